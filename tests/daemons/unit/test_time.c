/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time.h"
#include "random.h"

static void stretched_by_the_drift(void **state)
{
    static const struct {
        usec duration;
        uint32_t ppm;
        usec most;
        usec least;
    } cases[] = {
        {0, 2000, 0, 0},
        {1000000, 0, 1000000, 1000000},
        {1000000, 2000, 1002000, 998000},
        {10 * USEC_PER_SECOND, 1, 10000010, 9999990},
        {1, 1, 2, 0},                   /* a part of a microsecond counts against us */
        {999999, 1, 1000000, 999998},   /* likewise */
        {1000000, 1000000, 2000000, 0}, /* double */
        {1000000, 2000000, 3000000, 0}, /* never below zero */
        {1000000, UINT32_MAX, 4295967295, 0},
        {-5, 2000, -5, -5},
        {USEC_NEVER, 0, USEC_NEVER, USEC_NEVER},
        {USEC_NEVER, 2000, USEC_NEVER, USEC_NEVER},
        {USEC_NEVER - 1, 1, USEC_NEVER, USEC_NEVER - 1 - 9223372036855},
        {USEC_NEVER - 1, UINT32_MAX, USEC_NEVER, 0},
        {USEC_NEVER / 2, 1000000, USEC_NEVER - 1, 0},
        {USEC_NEVER / 2 + 1, 1000000, USEC_NEVER, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(time_at_most(cases[i].duration, cases[i].ppm) == cases[i].most);
        assert_true(time_at_least(cases[i].duration, cases[i].ppm) == cases[i].least);
    }
}

static void longest_and_shortest_enclose_the_duration(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 100000; round++) {
        const usec duration = (usec)(random_number() >> (1 + random_number() % 63));
        const uint32_t ppm = (uint32_t)(random_number() >> (32 + random_number() % 32));
        const usec most = time_at_most(duration, ppm);
        const usec least = time_at_least(duration, ppm);

        assert_true(least >= 0 && least <= duration && duration <= most);
        assert_true(time_at_most(duration, ppm == UINT32_MAX ? ppm : ppm + 1) >= most);
        if (duration < USEC_NEVER) {
            assert_true(time_at_most(duration + 1, ppm) >= most);
            assert_true(time_at_least(duration + 1, ppm) >= least);
        }
        if (duration < INT64_C(1) << 30 && ppm < UINT32_C(1) << 20) {
            const usec millionths = duration * (usec)ppm;

            assert_true((most - duration) * 1000000 >= millionths);
            assert_true((most - duration - 1) * 1000000 < millionths);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretched_by_the_drift),
        cmocka_unit_test(longest_and_shortest_enclose_the_duration),
    };

    random_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
