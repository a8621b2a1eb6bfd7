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

/* vote_ms of the rig's answers is 300. */
#define WANTS (ANSWER_EXTENDS | ANSWER_WANTS_VOTE)

static uint32_t vote(unsigned monitor)
{
    return rig_last(monitor, 0)->packet.body.keepalive.vote;
}

static usec echo(unsigned monitor)
{
    return rig_last(monitor, 0)->packet.body.keepalive.vote_echo;
}

static void test_no_vote_before_an_earlier_promise_has_run_out(void **state)
{
    (void)state;
    rig_run(200 * MS);
    rig_answer(0, 0, WANTS);
    rig_run(300 * MS);
    assert_int_equal(vote(0), 0);
    rig_answer(0, 0, WANTS);
    rig_run(400 * MS);
    assert_int_equal(vote(0), 101);
}

static void test_first_who_asks_has_it_for_as_long_as_it_asks(void **state)
{
    usec sent;

    (void)state;
    rig_run(500 * MS);
    sent = rig.now - START + 1;
    rig_answer(0, 0, WANTS);
    rig_answer(1, 0, WANTS);
    rig_run(600 * MS);
    assert_int_equal(vote(0), 101);
    assert_int_equal(vote(1), 101);
    assert_int_equal(echo(0), sent);
    assert_int_equal(echo(1), 0);
    for (unsigned turn = 6; turn < 20; turn++) {
        rig_answer(0, 0, WANTS);
        rig_answer(1, 0, WANTS);
        rig_run((turn + 1) * 100 * MS);
        assert_int_equal(vote(1), 101);
    }
}

static void test_never_two_within_the_promised_time(void **state)
{
    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, WANTS);
    for (unsigned at = 600; at < 800; at += 100) {
        rig_run(at * MS);
        rig_answer(1, 0, WANTS);
        assert_int_equal(vote(1), 101);
    }
    rig.now = START + 799 * MS;
    rig_answer(1, 1, WANTS);
    rig_run(800 * MS);
    assert_int_equal(vote(1), 0);
    rig_answer(1, 0, WANTS);
    rig_run(900 * MS);
    assert_int_equal(vote(0), 102);
}

static void test_promise_is_not_shortened(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, WANTS);
    rig_run(600 * MS);
    packet = rig_answer_to(rig_last(0, 0), WANTS);
    packet.body.answer.vote_ms = 1;
    rig_deliver(&packet, 0);
    rig_run(700 * MS);
    assert_int_equal(vote(0), 101);
}

static void test_who_does_not_ask_does_not_prolong(void **state)
{
    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, WANTS);
    rig_run(700 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS);
    rig_run(900 * MS);
    assert_int_equal(vote(0), 0);
}

static void test_challenge_gets_no_vote(void **state)
{
    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, WANTS | ANSWER_CHALLENGE);
    rig_run(600 * MS);
    assert_int_equal(vote(0), 0);
}

static void test_restarted_monitor_is_not_echoed_the_old_ones_clock(void **state)
{
    (void)state;
    rig_run(500 * MS);
    rig_answer(0, 0, WANTS);
    rig_run(600 * MS);
    assert_true(echo(0) > 0);
    rig.incarnation[0] = 4444;
    rig_answer(0, 0, ANSWER_EXTENDS);
    rig_run(700 * MS);
    assert_int_equal(vote(0), 101);
    assert_int_equal(echo(0), 0);
}

static void test_echo_never_goes_back(void **state)
{
    struct packet early;
    usec before;

    (void)state;
    rig_run(550 * MS);
    early = rig_answer_to(rig_last(0, 1), WANTS);
    rig_run(600 * MS);
    rig_answer(0, 0, WANTS);
    rig_deliver(&early, 1);
    before = rig.now - START + 1;
    rig_run(700 * MS);
    assert_int_equal(echo(0), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_no_vote_before_an_earlier_promise_has_run_out),
        RIG_TEST(test_first_who_asks_has_it_for_as_long_as_it_asks),
        RIG_TEST(test_never_two_within_the_promised_time),
        RIG_TEST(test_promise_is_not_shortened),
        RIG_TEST(test_who_does_not_ask_does_not_prolong),
        RIG_TEST(test_challenge_gets_no_vote),
        RIG_TEST(test_restarted_monitor_is_not_echoed_the_old_ones_clock),
        RIG_TEST(test_echo_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
