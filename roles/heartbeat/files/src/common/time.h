/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Time is a count of microseconds on a monotonic clock of the machine it was read on; no two machines' clocks compare.
 */
#ifndef HELIOSTAT_COMMON_TIME_H
#define HELIOSTAT_COMMON_TIME_H

#include <stdint.h>

typedef int64_t usec;

#define USEC_NEVER INT64_MAX
#define USEC_PER_MS ((usec)1000)
#define USEC_PER_SECOND ((usec)1000000)

/* The longest that `duration` of another clock can be on ours, where both keep within `ppm` of each other; and the
 * shortest. */
usec time_at_most(usec duration, uint32_t ppm);
usec time_at_least(usec duration, uint32_t ppm);

#endif
