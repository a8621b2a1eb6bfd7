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

#include "agent/guard.h"

#define MS USEC_PER_MS
#define S USEC_PER_SECOND
#define NOW (100 * S)

static struct promise promise;
static struct guard guard;

static int set_up(void **state)
{
    (void)state;
    memset(&promise, 0, sizeof promise);
    promise.lease_ms = 10000;
    promise.halt_ms = 5000;
    promise.fence.by = FENCE_BY_STOP;
    promise.fence.told = SELF_FENCE_STOP;
    guard_start(&guard, &promise, NULL, NOW);
    return 0;
}

static struct guard_step wake(usec now)
{
    struct guard_step step;

    guard_wake(&guard, now, &step);
    return step;
}

static void test_unarmed_sleeps(void **state)
{
    (void)state;
    assert_false(wake(NOW).fence);
    assert_false(wake(NOW + 3600 * S).fence);
    assert_int_equal(guard_state(&guard, NOW), LEASE_UNARMED);
}

static void test_wakes_at_the_end_and_fences_once(void **state)
{
    (void)state;
    assert_null(guard_extend(&guard, guard.generation, NOW + 10 * S, NOW));
    assert_false(wake(NOW).fence);
    assert_int_equal(wake(NOW + 9500 * MS).again, NOW + 10 * S);
    assert_false(wake(NOW + 10 * S - 1).fence);
    assert_true(wake(NOW + 10 * S).fence);
    assert_false(wake(NOW + 10 * S + 1).fence);
    assert_int_equal(guard_end(&guard, NOW + 11 * S), NOW + 10 * S);
}

static void test_never_sleeps_for_long(void **state)
{
    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    assert_true(wake(NOW).again <= NOW + S);
}

/* Frozen for an hour; the first thing after it is the clock, whatever waits in the sockets. */
static void test_frozen_and_thawed(void **state)
{
    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    assert_true(wake(NOW + 3600 * S).fence);
    assert_null(guard_extend(&guard, guard.generation, NOW + 3610 * S, NOW + 3600 * S));
    assert_int_equal(guard_state(&guard, NOW + 3600 * S), LEASE_EXPIRED);
}

/* It thaws amid its messages: the one that comes first does not revive what ended meanwhile. */
static void test_thawed_amid_messages(void **state)
{
    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    assert_false(wake(NOW + 1 * S).fence);
    (void)guard_extend(&guard, guard.generation, NOW + 3605 * S, NOW + 3600 * S);
    assert_true(wake(NOW + 3600 * S).fence);
}

static void test_no_extension_beyond_a_lease(void **state)
{
    (void)state;
    assert_non_null(guard_extend(&guard, guard.generation, NOW + 10 * S + 1, NOW));
    assert_int_equal(guard_state(&guard, NOW), LEASE_UNARMED);
}

static void test_watchdog_is_fed_while_the_lease_stands(void **state)
{
    unsigned fed = 0;

    (void)state;
    guard.feed_every = 1 * S;
    assert_true(wake(NOW).feed);
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    for (usec at = 100 * MS; at < 10 * S; at += 100 * MS) {
        fed += wake(NOW + at).feed ? 1 : 0;
    }
    assert_int_equal(fed, 9);
    assert_false(wake(NOW + 10 * S).feed);
    assert_false(wake(NOW + 20 * S).feed);
}

static void test_pill_fences(void **state)
{
    (void)state;
    guard_pill(&guard, NOW);
    assert_true(wake(NOW).fence);
    assert_int_equal(guard_end(&guard, NOW), NOW);
}

static void test_slot_prolongs_where_it_is_promised(void **state)
{
    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    assert_null(guard_beaten(&guard, NOW + 5 * S, NOW + 5 * S));
    assert_true(wake(NOW + 10 * S).fence);
    promise.slot = true;
    guard_start(&guard, &promise, NULL, NOW);
    assert_null(guard_beaten(&guard, NOW, NOW));
    assert_int_equal(guard_state(&guard, NOW), LEASE_UNARMED);
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    assert_null(guard_beaten(&guard, NOW + 5 * S, NOW + 6 * S));
    assert_false(wake(NOW + 15 * S - 1).fence);
    assert_true(wake(NOW + 15 * S).fence);
    assert_non_null(guard_beaten(&guard, NOW + 5 * S, NOW + 4 * S));
}

static void test_next_guard_goes_on(void **state)
{
    struct guard_past past;

    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    past = guard.past;
    guard_start(&guard, &promise, &past, NOW);
    assert_false(wake(NOW + 9 * S).fence);
    assert_true(wake(NOW + 10 * S).fence);
    past = guard.past;
    guard_start(&guard, &promise, &past, NOW);
    assert_true(wake(NOW + 11 * S).fence); /* again: the last one may have been killed amid it */
}

static void test_left_is_no_end(void **state)
{
    struct guard_past past;

    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    guard_leave(&guard);
    assert_false(wake(NOW + 20 * S).fence);
    assert_int_equal(guard_state(&guard, NOW + 20 * S), LEASE_NONE);
    past = guard.past;
    guard_start(&guard, &promise, &past, NOW);
    assert_int_equal(guard_state(&guard, NOW + 20 * S), LEASE_UNARMED);
    assert_false(guard.past.left);
}

static void test_weaker_promise_waits_until_it_is_heard(void **state)
{
    struct promise weaker = promise;

    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    weaker.lease_ms = 60000;
    weaker.halt_ms = 30000;
    weaker.slot = true;
    weaker.fence.by = FENCE_BY_NOTHING;
    weaker.fence.told = SELF_FENCE_NONE;
    guard_reload(&guard, &weaker, NOW);
    assert_int_equal(guard.past.kept.lease_ms, 10000);
    assert_int_equal(guard.past.kept.halt_ms, 5000);
    assert_false(guard.past.kept.slot);
    assert_int_equal(guard_state(&guard, NOW), LEASE_HELD);
    assert_non_null(guard_announced(&guard, 1));
    assert_int_equal(guard_state(&guard, NOW), LEASE_HELD);
    assert_null(guard_announced(&guard, 2));
    assert_int_equal(guard_state(&guard, NOW), LEASE_NONE);
    assert_false(wake(NOW + 20 * S).fence);
}

static void test_stronger_promise_counts_at_once(void **state)
{
    struct promise stronger = promise;

    (void)state;
    stronger.lease_ms = 3000;
    stronger.fence.by = FENCE_BY_WATCHDOG;
    stronger.fence.told = SELF_FENCE_WATCHDOG;
    guard_reload(&guard, &stronger, NOW);
    assert_int_equal(guard.past.kept.fence.by, FENCE_BY_WATCHDOG);
    assert_non_null(guard_extend(&guard, guard.generation, NOW + 10 * S, NOW));
    assert_null(guard_extend(&guard, guard.generation, NOW + 3 * S, NOW));
}

/* Monitors count the shorter one from the first keep-alive that says it. Found by the simulation. */
static void test_shorter_lease_ends_sooner_also_where_the_longer_one_extended_it(void **state)
{
    struct promise shorter = promise;
    struct guard_past past;

    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    past = guard.past;
    shorter.lease_ms = 3000;
    guard_reload(&guard, &shorter, NOW + S);
    assert_int_equal(guard_end(&guard, NOW + 10 * S), NOW + 4 * S);
    assert_false(wake(NOW + 4 * S - 1).fence);
    assert_true(wake(NOW + 4 * S).fence);
    guard_start(&guard, &shorter, &past, NOW + 2 * S);
    assert_true(wake(NOW + 5 * S).fence);
    guard_start(&guard, &shorter, &past, NOW + 9 * S);
    assert_false(wake(NOW + 10 * S - 1).fence);
    assert_true(wake(NOW + 10 * S).fence);
}

/* Counted by a sender that does not know of the reload yet, and read a moment later. */
static void test_what_the_longer_lease_extends_after_a_reload_comes_too_late(void **state)
{
    struct promise shorter = promise;

    (void)state;
    assert_null(guard_extend(&guard, 1, NOW + 10 * S, NOW));
    shorter.lease_ms = 7000;
    guard_reload(&guard, &shorter, NOW + S);
    assert_non_null(guard_extend(&guard, 1, NOW + 11 * S, NOW + 5 * S));
    assert_int_equal(guard_end(&guard, NOW + 20 * S), NOW + 8 * S);
    assert_null(guard_extend(&guard, 2, NOW + 11 * S, NOW + 5 * S));
    assert_int_equal(guard_end(&guard, NOW + 20 * S), NOW + 11 * S);
}

static void test_fencing_that_comes_into_force_has_no_past(void **state)
{
    struct promise none = promise;

    (void)state;
    none.fence.by = FENCE_BY_NOTHING;
    none.fence.told = SELF_FENCE_NONE;
    guard_start(&guard, &none, NULL, NOW);
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    guard_reload(&guard, &promise, NOW);
    assert_false(wake(NOW + 60 * S).fence);
    assert_int_equal(guard_state(&guard, NOW + 60 * S), LEASE_UNARMED);
}

static void test_announced_while_fencing_changes_nothing(void **state)
{
    struct promise none = promise;

    (void)state;
    (void)guard_extend(&guard, guard.generation, NOW + 10 * S, NOW);
    none.fence.by = FENCE_BY_NOTHING;
    none.fence.told = SELF_FENCE_NONE;
    guard_reload(&guard, &none, NOW);
    assert_true(wake(NOW + 10 * S).fence);
    assert_null(guard_announced(&guard, 2));
    assert_int_equal(guard.past.kept.fence.by, FENCE_BY_STOP);
    assert_int_equal(guard_state(&guard, NOW + 10 * S), LEASE_EXPIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_unarmed_sleeps, set_up),
        cmocka_unit_test_setup(test_wakes_at_the_end_and_fences_once, set_up),
        cmocka_unit_test_setup(test_never_sleeps_for_long, set_up),
        cmocka_unit_test_setup(test_frozen_and_thawed, set_up),
        cmocka_unit_test_setup(test_thawed_amid_messages, set_up),
        cmocka_unit_test_setup(test_no_extension_beyond_a_lease, set_up),
        cmocka_unit_test_setup(test_watchdog_is_fed_while_the_lease_stands, set_up),
        cmocka_unit_test_setup(test_pill_fences, set_up),
        cmocka_unit_test_setup(test_slot_prolongs_where_it_is_promised, set_up),
        cmocka_unit_test_setup(test_next_guard_goes_on, set_up),
        cmocka_unit_test_setup(test_left_is_no_end, set_up),
        cmocka_unit_test_setup(test_weaker_promise_waits_until_it_is_heard, set_up),
        cmocka_unit_test_setup(test_stronger_promise_counts_at_once, set_up),
        cmocka_unit_test_setup(test_shorter_lease_ends_sooner_also_where_the_longer_one_extended_it, set_up),
        cmocka_unit_test_setup(test_what_the_longer_lease_extends_after_a_reload_comes_too_late, set_up),
        cmocka_unit_test_setup(test_fencing_that_comes_into_force_has_no_past, set_up),
        cmocka_unit_test_setup(test_announced_while_fencing_changes_nothing, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
