/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* An event as the journal and its subscribers see it: one JSON object, one line. */
#ifndef HELIOSTAT_MONITOR_EVENT_LINE_H
#define HELIOSTAT_MONITOR_EVENT_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "monitor.h"

#define EVENT_LINE 2048

/* UTC, "2026-03-01T12:00:00.123Z"; `size` of at least 25. */
void event_time(char *text, size_t size);
/* Members: time, sequence (of this monitor's run), monitor, event, and those of node, name, from, to, reason, path,
 * boot (sixteen hexadecimal digits) and incident that apply. Returns its size with the end of the line. */
size_t event_line(char line[EVENT_LINE], const struct monitor_event *event, uint32_t monitor, uint64_t sequence);

#endif
