/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* When silence is suspicious. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/interval.h"
#include "random.h"

#define MS USEC_PER_MS

static const struct interval_bounds wide = {.floor = 1, .ceiling = 60 * USEC_PER_SECOND};
static const struct interval_bounds usual = {.floor = USEC_PER_SECOND, .ceiling = 5 * USEC_PER_SECOND};

static void nothing_measured_is_the_floor_or_what_is_announced(void **state)
{
    const struct interval interval = {0};

    (void)state;
    assert_int_equal(interval_timeout(&interval, 0, &usual), USEC_PER_SECOND);
    assert_int_equal(interval_timeout(&interval, 2 * USEC_PER_SECOND, &usual), 4 * USEC_PER_SECOND);
    assert_int_equal(interval_timeout(&interval, 3 * USEC_PER_SECOND, &usual), 5 * USEC_PER_SECOND);
    /* What a node announces is bounded, whatever it is. */
    assert_int_equal(interval_timeout(&interval, (usec)UINT32_MAX * MS, &usual), 5 * USEC_PER_SECOND);
}

static void steady_beats_lead_to_the_mean(void **state)
{
    struct interval interval = {0};

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        interval_add(&interval, 250 * MS, &wide);
    }
    assert_in_range(interval_timeout(&interval, 0, &wide), 250 * MS, 251 * MS);
    assert_int_equal(interval_timeout(&interval, 250 * MS, &wide), 500 * MS);
    assert_int_equal(interval_timeout(&interval, 250 * MS, &usual), USEC_PER_SECOND);
}

static void jitter_raises_it_above_nearly_every_interval(void **state)
{
    struct interval interval = {0};
    unsigned over = 0;

    (void)state;
    random_start();
    for (unsigned i = 0; i < 20000; i++) {
        const usec measured = (usec)(150 + random_number() % 200) * MS;

        if (i > 50 && measured > interval_timeout(&interval, 0, &wide)) {
            over++;
        }
        interval_add(&interval, measured, &wide);
    }
    assert_true(over < 100); /* of 20000; the floor is for the rest */
    assert_in_range(interval_timeout(&interval, 0, &wide), 350 * MS, 650 * MS);
}

static void loss_raises_it_and_is_forgotten(void **state)
{
    struct interval interval = {0};
    usec during;

    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        interval_add(&interval, 250 * MS, &usual);
    }
    interval_add(&interval, 1000 * MS, &usual);
    during = interval_timeout(&interval, 250 * MS, &usual);
    assert_true(during > USEC_PER_SECOND);
    for (unsigned i = 0; i < 20; i++) {
        interval_add(&interval, 250 * MS, &usual);
    }
    assert_int_equal(interval_timeout(&interval, 250 * MS, &usual), USEC_PER_SECOND);
}

static void an_outage_is_no_interval(void **state)
{
    struct interval interval = {0};

    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        interval_add(&interval, 250 * MS, &usual);
    }
    interval_add(&interval, 3600 * USEC_PER_SECOND, &usual);
    interval_add(&interval, 5 * USEC_PER_SECOND + 1, &usual);
    interval_add(&interval, -1, &usual);
    assert_int_equal(interval_timeout(&interval, 250 * MS, &usual), USEC_PER_SECOND);
}

static void never_outside_the_bounds(void **state)
{
    struct interval interval = {0};

    (void)state;
    random_start();
    for (unsigned i = 0; i < 20000; i++) {
        usec timeout;

        interval_add(&interval, (usec)(random_number() % (uint64_t)(7 * USEC_PER_SECOND)) >> (random_number() % 30),
                     &usual);
        timeout = interval_timeout(&interval, (usec)(random_number() % UINT32_MAX) * MS, &usual);
        assert_true(timeout >= usual.floor && timeout <= usual.ceiling);
        assert_true(interval.mean >= 0 && interval.deviation >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_measured_is_the_floor_or_what_is_announced),
        cmocka_unit_test(steady_beats_lead_to_the_mean),
        cmocka_unit_test(jitter_raises_it_above_nearly_every_interval),
        cmocka_unit_test(loss_raises_it_and_is_forgotten),
        cmocka_unit_test(an_outage_is_no_interval),
        cmocka_unit_test(never_outside_the_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
