/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/lease.h"

static void test_unarmed_until_extended(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    assert_int_equal(lease_state(&lease, 1000), LEASE_UNARMED);
    assert_int_equal(lease_end(&lease), USEC_NEVER);
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 1000);
    assert_int_equal(lease_state(&lease, 1999), LEASE_HELD);
    assert_int_equal(lease_state(&lease, 2000), LEASE_EXPIRED);
    assert_int_equal(lease_end(&lease), 2000);
}

static void test_any_source_holds_it(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 1000);
    lease_extend(&lease, LEASE_BY_SLOT, 3000, 1000);
    assert_int_equal(lease_state(&lease, 2500), LEASE_HELD);
    assert_int_equal(lease_end(&lease), 3000);
}

static void test_never_shortened(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    lease_extend(&lease, LEASE_BY_MONITORS, 3000, 1000);
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 1000);
    assert_int_equal(lease_end(&lease), 3000);
}

static void test_ended_is_not_revived(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 1000);
    lease_extend(&lease, LEASE_BY_SLOT, 9000, 2000);
    assert_int_equal(lease_state(&lease, 2000), LEASE_EXPIRED);
    assert_true(lease.fenced);
    assert_int_equal(lease_end(&lease), 0);
    /* Not by a clock that is read a moment earlier either. */
    lease_extend(&lease, LEASE_BY_MONITORS, 9000, 1500);
    assert_int_equal(lease_state(&lease, 1500), LEASE_EXPIRED);
}

static void test_late_answer_does_not_arm(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 2000);
    assert_int_equal(lease_state(&lease, 3000), LEASE_UNARMED);
}

static void test_pill_ends_it_armed_or_not(void **state)
{
    struct lease lease = {.until = {0, 0}};

    (void)state;
    lease_expire(&lease, 1000);
    assert_int_equal(lease_state(&lease, 1000), LEASE_EXPIRED);
    lease_extend(&lease, LEASE_BY_MONITORS, 9000, 1000);
    assert_int_equal(lease_state(&lease, 1000), LEASE_EXPIRED);
}

static void test_none_neither_holds_nor_ends(void **state)
{
    struct lease lease = {.none = true};

    (void)state;
    lease_extend(&lease, LEASE_BY_MONITORS, 2000, 1000);
    assert_int_equal(lease_state(&lease, 1500), LEASE_NONE);
    assert_int_equal(lease_state(&lease, 5000), LEASE_NONE);
    assert_int_equal(lease_end(&lease), USEC_NEVER);
    lease_extend(&lease, LEASE_BY_MONITORS, 8000, 5000);
    assert_false(lease.fenced);
    assert_int_equal(lease.until[LEASE_BY_MONITORS], 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unarmed_until_extended),
        cmocka_unit_test(test_any_source_holds_it),
        cmocka_unit_test(test_never_shortened),
        cmocka_unit_test(test_ended_is_not_revived),
        cmocka_unit_test(test_late_answer_does_not_arm),
        cmocka_unit_test(test_pill_ends_it_armed_or_not),
        cmocka_unit_test(test_none_neither_holds_nor_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
