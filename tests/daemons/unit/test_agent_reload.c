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

static void answer_all(void)
{
    rig_answer(0, 0, ANSWER_EXTENDS);
    rig_answer(1, 0, ANSWER_EXTENDS);
}

static void test_reload_keeps_sequence_sessions_and_vote(void **state)
{
    struct agent_settings settings = rig.settings;
    uint64_t sequence;

    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS | ANSWER_WANTS_VOTE);
    rig_answer(1, 0, ANSWER_EXTENDS);
    sequence = rig.sent[rig.count - 1].packet.header.sequence;
    settings.interval_ms = 50;
    settings.incarnation = 99; /* not taken over: it is the same process */
    /* The monitors change places, and so do the paths. */
    settings.monitor[0] = 102;
    settings.monitor[1] = 101;
    settings.path[0] = 4;
    settings.path[1] = 1;
    rig.settings = settings;
    agent_reload(rig.agent, &settings, rig.now);
    rig_run(600 * MS);
    assert_int_equal(rig_last(0, 0)->packet.body.keepalive.session, 7001);
    assert_int_equal(rig_last(1, 0)->packet.body.keepalive.session, 7000);
    assert_int_equal(rig_last(1, 0)->packet.body.keepalive.vote, 101);
    assert_int_equal(rig_last(1, 0)->packet.header.incarnation, 55);
    assert_int_equal(rig_last(1, 0)->packet.body.keepalive.interval_ms, 50);
    assert_true(rig_last(1, 0)->packet.header.sequence > sequence);
}

static void test_old_answer_is_old_after_a_reload_too(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    rig_deliver(&packet, 0);
    agent_reload(rig.agent, &rig.settings, rig.now);
    rig_deliver(&packet, 0);
    assert_int_equal(rig.refusals, 1);
}

static void test_longer_lease_waits_for_every_monitor(void **state)
{
    struct agent_settings settings = rig.settings;

    (void)state;
    rig_run(0);
    answer_all();
    assert_int_equal(rig.announcements, 1);
    settings.lease_ms = 5000;
    agent_reload(rig.agent, &settings, rig.now);
    rig_answer(0, 0, ANSWER_EXTENDS); /* refused: answered already */
    rig_run(100 * MS);
    assert_int_equal(rig_last(0, 0)->packet.body.keepalive.lease_ms, 5000);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(0, 0)->at + 1000 * MS);
    assert_int_equal(rig.announcements, 1);
    rig_answer(1, 0, ANSWER_CHALLENGE);
    assert_int_equal(rig.announcements, 1);
    rig_run(200 * MS);
    rig_answer(1, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.announcements, 2);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(0, 0)->at + 5000 * MS);
}

static void test_added_monitor_extends_when_every_monitor_knows_of_it(void **state)
{
    struct agent_settings settings = rig.settings;

    (void)state;
    settings.monitors = 1;
    agent_reload(rig.agent, &settings, rig.now);
    rig_run(100 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.announcements, 1);
    agent_reload(rig.agent, &rig.settings, rig.now);
    rig.extended = 0;
    rig_run(200 * MS);
    rig_answer(1, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, 0);
    assert_int_equal(rig_last(0, 0)->packet.body.keepalive.monitors, packet_monitors(rig.settings.monitor, 2));
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.announcements, 2);
    rig_run(300 * MS);
    rig.extended = 0;
    rig_answer(1, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(1, 0)->at + 1000 * MS);
}

static void test_shorter_lease_counts_at_once(void **state)
{
    struct agent_settings settings = rig.settings;

    (void)state;
    rig_run(0);
    settings.lease_ms = 400;
    agent_reload(rig.agent, &settings, rig.now);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(0, 0)->at + 400 * MS);
}

static void test_predecessors_shorter_lease_is_kept(void **state)
{
    struct agent_settings settings = rig.settings;
    static const struct agent_effects effects = {.send = rig_on_send,
                                                 .extend = rig_on_extend,
                                                 .lease = rig_on_lease,
                                                 .vitals = rig_on_vitals,
                                                 .quarantined = rig_on_quarantined,
                                                 .event = rig_on_event};

    (void)state;
    settings.kept_lease_ms = 300;
    agent_start(rig.agent, &settings, &effects, rig.now);
    rig_run(0);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(0, 0)->at + 300 * MS);
    rig_answer(1, 0, ANSWER_EXTENDS);
    rig_run(100 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extended, rig_last(0, 0)->at + 1000 * MS);
}

static void test_removed_monitor_is_heard_no_more(void **state)
{
    struct agent_settings settings = rig.settings;
    struct packet packet;

    (void)state;
    rig_run(100 * MS);
    rig_answer(1, 0, ANSWER_QUARANTINED);
    rig_run(200 * MS);
    packet = rig_answer_to(rig_last(1, 0), ANSWER_EXTENDS);
    settings.monitors = 1;
    agent_reload(rig.agent, &settings, rig.now);
    assert_int_equal(rig.quarantined, 0);
    rig_deliver(&packet, 0);
    assert_string_equal(rig.detail, "from a monitor that is not declared");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_reload_keeps_sequence_sessions_and_vote),
        RIG_TEST(test_old_answer_is_old_after_a_reload_too),
        RIG_TEST(test_added_monitor_extends_when_every_monitor_knows_of_it),
        RIG_TEST(test_longer_lease_waits_for_every_monitor),
        RIG_TEST(test_shorter_lease_counts_at_once),
        RIG_TEST(test_predecessors_shorter_lease_is_kept),
        RIG_TEST(test_removed_monitor_is_heard_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
