/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The guard process: root's part of the agent, parent of the others. It sleeps, looks at the clock before anything
 * else, and fences when the lease is over; the rest of it is in between.
 */
#ifndef HELIOSTAT_AGENT_GUARD_PROCESS_H
#define HELIOSTAT_AGENT_GUARD_PROCESS_H

#include <stdbool.h>

#include "agent_configuration.h"

#define LEASE_FILE "lease"
#define QUARANTINE_FILE "quarantined"
#define LOCK_FILE "pid"

/* Runs until it is told to end. Returns the program's exit status. `file` is read again on SIGHUP. */
int guard_run(const struct agent_configuration *configuration, const char *file, bool foreground);

#endif
