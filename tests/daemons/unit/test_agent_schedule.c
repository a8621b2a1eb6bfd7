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

#include "agent_rig.h"

static void test_every_path_keeps_its_interval(void **state)
{
    (void)state;
    rig_run(2000 * MS);
    for (unsigned monitor = 0; monitor < 2; monitor++) {
        for (unsigned path = 0; path < 2; path++) {
            usec last = 0;
            unsigned count = 0;

            for (unsigned i = 0; i < rig.count; i++) {
                if (rig.sent[i].monitor == monitor && rig.sent[i].path == path) {
                    assert_true(last == 0 || rig.sent[i].at - last == 100 * MS);
                    last = rig.sent[i].at;
                    count++;
                }
            }
            assert_in_range(count, 20, 21);
        }
    }
}

static void test_paths_take_turns(void **state)
{
    (void)state;
    rig_run(1000 * MS);
    assert_int_equal((rig_last(0, 1)->at - rig_last(0, 0)->at + 100 * MS) % (100 * MS), 50 * MS);
}

static void test_sequence_grows_over_all(void **state)
{
    (void)state;
    rig_run(500 * MS);
    for (unsigned i = 0; i < rig.count; i++) {
        assert_int_equal(rig.sent[i].packet.header.sequence, i + 1);
    }
}

static void test_keepalive_says_what_was_set(void **state)
{
    const struct keepalive *said;

    (void)state;
    rig.lease = LEASE_HELD;
    rig_run(200 * MS);
    said = &rig_last(0, 0)->packet.body.keepalive;
    assert_int_equal(said->lease, LEASE_HELD);
    assert_int_equal(said->lease_ms, 1000);
    assert_int_equal(said->halt_ms, 500);
    assert_int_equal(said->interval_ms, 100);
    assert_int_equal(said->self_fence, SELF_FENCE_STOP);
    assert_int_equal(said->flags, KEEPALIVE_GATED);
    assert_int_equal(said->load, 1500);
    assert_int_equal(said->zones, 3);
    assert_int_equal(said->sent, rig_last(0, 0)->at);
    assert_int_equal(rig_last(0, 0)->packet.header.boot, 77);
    assert_int_equal(rig_last(0, 0)->packet.header.incarnation, 55);
}

static void test_pause_sends_once_and_keeps_the_grid(void **state)
{
    unsigned before;
    usec next;

    (void)state;
    rig_run(1000 * MS);
    before = rig.count;
    rig.now = START + 9930 * MS;
    next = agent_tick(rig.agent, rig.now);
    assert_int_equal(rig.count - before, 4); /* one a path and monitor */
    assert_int_equal(next, START + 9950 * MS);
    before = rig.count;
    rig.now = next;
    (void)agent_tick(rig.agent, rig.now);
    assert_int_equal(rig.count - before, 2);
    assert_int_equal(rig.sent[rig.count - 1].path, 1);
}

static void test_early_tick_sends_nothing(void **state)
{
    unsigned before;

    (void)state;
    rig_run(10 * MS);
    before = rig.count;
    for (unsigned i = 0; i < 20; i++) {
        rig.now += MS;
        assert_int_equal(agent_tick(rig.agent, rig.now), START + 50 * MS);
    }
    assert_int_equal(rig.count, before);
}

static void test_monitor_off_a_path_is_not_sent_to_over_it(void **state)
{
    struct agent_settings settings = rig.settings;

    (void)state;
    settings.reach[1] = 1;
    agent_reload(rig.agent, &settings, rig.now);
    rig_run(1000 * MS);
    assert_non_null(rig_last(1, 0));
    assert_null(rig_last(1, 1));
}

static void test_vitals_are_not_read_for_every_packet(void **state)
{
    (void)state;
    rig_run(10000 * MS);
    assert_in_range(rig.vitals, 2, 3);
}

static void test_leaving_is_said_at_once_and_again(void **state)
{
    unsigned before;

    (void)state;
    rig_run(120 * MS);
    before = rig.count;
    agent_leave(rig.agent, rig.now);
    assert_int_equal(rig.count - before, 4);
    rig_run(500 * MS);
    for (unsigned i = before; i < rig.count; i++) {
        assert_true(rig.sent[i].packet.body.keepalive.flags & KEEPALIVE_LEAVING);
    }
    assert_true(rig.count - before > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_every_path_keeps_its_interval),
        RIG_TEST(test_paths_take_turns),
        RIG_TEST(test_sequence_grows_over_all),
        RIG_TEST(test_keepalive_says_what_was_set),
        RIG_TEST(test_pause_sends_once_and_keeps_the_grid),
        RIG_TEST(test_early_tick_sends_nothing),
        RIG_TEST(test_monitor_off_a_path_is_not_sent_to_over_it),
        RIG_TEST(test_vitals_are_not_read_for_every_packet),
        RIG_TEST(test_leaving_is_said_at_once_and_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
