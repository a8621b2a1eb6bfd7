/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The monitor's metrics in Prometheus' text format, for the text file collector of a node exporter. */
#ifndef HELIOSTAT_MONITOR_METRICS_H
#define HELIOSTAT_MONITOR_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"
#include "monitor.h"

struct metrics {
    const char *file;
    const struct monitor *monitor;
    usec now;
    uint32_t id;
    unsigned nodes;
    unsigned subscribers, fences_running, fences_waiting;
    uint64_t events_dropped, memory_failures;
    struct journal_view journal;
};

/* Of a struct metrics: writes beside and renames. Prints why it could not; 0: it did. For a child: a disk may hang. */
int metrics_write(void *metrics);

#endif
