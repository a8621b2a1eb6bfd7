/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "time.h"

#define MILLION 1000000

/* The millionths of `duration` that `ppm` is, rounded down, and up where `up`; USEC_NEVER where that is too much for
 * the type. */
static usec share(usec duration, uint32_t ppm, usec up)
{
    const usec millions = duration / MILLION;
    const usec rest = ((duration % MILLION) * (usec)ppm + up) / MILLION;

    if (ppm != 0 && millions > (USEC_NEVER - rest) / (usec)ppm) {
        return USEC_NEVER;
    }
    return millions * (usec)ppm + rest;
}

usec time_at_most(usec duration, uint32_t ppm)
{
    if (duration <= 0 || duration == USEC_NEVER) {
        return duration;
    }
    const usec more = share(duration, ppm, MILLION - 1);

    return more >= USEC_NEVER - duration ? USEC_NEVER : duration + more;
}

usec time_at_least(usec duration, uint32_t ppm)
{
    if (duration <= 0 || duration == USEC_NEVER) {
        return duration;
    }
    const usec less = share(duration, ppm, MILLION - 1);

    return less >= duration ? 0 : duration - less;
}
