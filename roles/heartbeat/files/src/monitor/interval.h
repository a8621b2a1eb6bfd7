/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* From when on silence is suspicious: mean and deviation of the intervals measured, between bounds. */
#ifndef HELIOSTAT_MONITOR_INTERVAL_H
#define HELIOSTAT_MONITOR_INTERVAL_H

#include "../common/time.h"

struct interval {
    usec mean; /* 0: nothing measured yet */
    usec deviation;
};

struct interval_bounds {
    usec floor;
    usec ceiling;
};

/* One more interval. What is longer than the ceiling was an outage, no interval, and is not measured. */
void interval_add(struct interval *interval, usec measured, const struct interval_bounds *bounds);
/* mean + 4 * deviation; at least two of the announced intervals and the floor, at most the ceiling. */
usec interval_timeout(const struct interval *interval, usec announced, const struct interval_bounds *bounds);

#endif
