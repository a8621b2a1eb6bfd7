/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The daemon around the monitor: it waits, reads every socket empty, hands over what probes and fence agents found,
 * lets the monitor judge, and sends what it said. Nothing in it waits for anybody but poll, and the memory's disk.
 */
#ifndef HELIOSTAT_MONITOR_LOOP_H
#define HELIOSTAT_MONITOR_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "configuration.h"

struct daemon;

/* Opens what needs privileges: sockets, the LUN, echo requests. `file` is read again by a reload; it and
 * `configuration` become the daemon's. NULL with the reason. */
struct daemon *daemon_open(struct configuration *configuration, const char *file, bool foreground, char *error,
                           size_t size);
/* After privileges are dropped: the memory, the journal, the monitor. False with the reason. */
bool daemon_begin(struct daemon *daemon, char *error, size_t size);
/* Until SIGTERM or SIGINT. SIGHUP reloads. */
void daemon_run(struct daemon *daemon);
/* Saves, says good-bye, removes its sockets. */
void daemon_close(struct daemon *daemon);

#endif
