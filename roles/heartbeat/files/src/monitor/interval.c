/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "interval.h"

/* The weights of the round-trip estimator of RFC 6298: a deviation grows fast with loss and is forgotten in a few
 * beats. */
#define MEAN_PART 8
#define DEVIATION_PART 4
#define DEVIATIONS 4

void interval_add(struct interval *interval, usec measured, const struct interval_bounds *bounds)
{
    if (measured < 0 || measured > bounds->ceiling) {
        return;
    }
    if (interval->mean == 0) {
        interval->mean = measured;
        interval->deviation = measured / 2;
        return;
    }
    const usec error = measured > interval->mean ? measured - interval->mean : interval->mean - measured;

    interval->deviation += (error - interval->deviation) / DEVIATION_PART;
    interval->mean += (measured - interval->mean) / MEAN_PART;
    if (interval->mean == 0) {
        interval->mean = 1;
    }
}

usec interval_timeout(const struct interval *interval, usec announced, const struct interval_bounds *bounds)
{
    usec timeout = interval->mean + DEVIATIONS * interval->deviation;

    if (announced > bounds->ceiling) {
        announced = bounds->ceiling;
    }
    if (timeout < 2 * announced) {
        timeout = 2 * announced;
    }
    if (timeout < bounds->floor) {
        timeout = bounds->floor;
    }
    return timeout > bounds->ceiling ? bounds->ceiling : timeout;
}
