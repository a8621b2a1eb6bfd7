/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A small generator (xorshift64*): the same numbers from the same seed everywhere. HELIOSTAT_SEED sets it. */
#ifndef HELIOSTAT_TESTS_UNIT_RANDOM_H
#define HELIOSTAT_TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

static uint64_t random_state;

static inline void random_start(void)
{
    const char *seed = getenv("HELIOSTAT_SEED");

    random_state = UINT64_C(0x9e3779b97f4a7c15) ^ (seed != NULL ? strtoull(seed, NULL, 10) : 1);
}

static inline uint64_t random_number(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

#endif
