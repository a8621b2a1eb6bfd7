/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: clock_gettime */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>

#include "platform/platform.h"

#define MONOTONIC 1
#define RAW 4
#define BOOTTIME 7
#define SECOND ((int64_t)1000000000)

static int64_t raw;       /* nanoseconds that the machine ran */
static int64_t slewed;    /* by how much more the others say */
static int64_t suspended; /* nanoseconds that it slept besides */
static int64_t pause;     /* between two readings */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    int64_t now = raw;

    assert_true(clock == MONOTONIC || clock == RAW || clock == BOOTTIME); /* and none that can be set */
    now += clock == RAW ? 0 : slewed;
    now += clock == BOOTTIME ? suspended : 0;
    time->tv_sec = (time_t)(now / SECOND);
    time->tv_nsec = (long)(now % SECOND);
    raw += pause;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    raw += 1000 * SECOND; /* what the clock remembers stays */
    pause = 0;
    return 0;
}

/* A program that sets the time slowly makes the other clocks run a twelfth faster or slower for as long as it takes. */
static void test_is_not_made_faster_or_slower(void **state)
{
    usec before;

    (void)state;
    before = platform_now();
    raw += 10 * SECOND;
    slewed += SECOND;
    assert_int_equal(platform_now() - before, 10 * USEC_PER_SECOND);
    raw += 10 * SECOND;
    slewed -= SECOND;
    assert_int_equal(platform_now() - before, 20 * USEC_PER_SECOND);
}

static void test_goes_on_while_suspended(void **state)
{
    const usec before = platform_now();

    (void)state;
    suspended += 3600 * SECOND;
    raw += SECOND;
    assert_int_equal(platform_now() - before, 3601 * USEC_PER_SECOND);
}

/* The process is not given the processor between two readings. */
static void test_a_pause_amid_it_does_not_stay(void **state)
{
    usec before;

    (void)state;
    before = platform_now();
    pause = SECOND / 2;
    assert_true(platform_now() >= before);
    assert_true(platform_now() >= before);
    pause = 0;
    before = platform_now();
    suspended += 60 * SECOND;
    pause = SECOND;
    assert_true(platform_now() - before <= 63 * USEC_PER_SECOND);
    pause = 0;
    raw -= 3 * SECOND;
    assert_int_equal(platform_now() - before, 60 * USEC_PER_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_is_not_made_faster_or_slower, set_up),
        cmocka_unit_test_setup(test_goes_on_while_suspended, set_up),
        cmocka_unit_test_setup(test_a_pause_amid_it_does_not_stay, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
