/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The monitor's memory on disk: lines of monitor_save between a first line that says whose it is and a last that says
 * how many there are. Written beside, synced, renamed, the directory synced: there is always one whole memory, old or
 * new.
 */
#ifndef HELIOSTAT_MONITOR_MEMORY_H
#define HELIOSTAT_MONITOR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor.h"

/* False with the reason, and then what was there before is there still. */
bool memory_save(const char *file, const struct monitor *monitor, uint32_t id, char *error, size_t size);

enum memory_found { MEMORY_READ, MEMORY_MISSING, MEMORY_DAMAGED };
/* Before the first tick. MEMORY_DAMAGED with "FILE:LINE: what is wrong": a monitor that forgot what it promised must
 * not start. */
enum memory_found memory_load(const char *file, struct monitor *monitor, uint32_t id, char *error, size_t size,
                              usec now);

#endif
