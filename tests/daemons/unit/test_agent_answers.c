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

static void refused(const char *why)
{
    assert_string_equal(rig.event, "refused");
    assert_string_equal(rig.detail, why);
    rig.event[0] = '\0';
}

static void test_extends_from_the_sending(void **state)
{
    const struct rig_sent *sent;

    (void)state;
    rig_run(0);
    sent = rig_last(0, 0);
    rig.now += 400 * MS;
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extensions, 1);
    assert_int_equal(rig.extended, sent->at + 1000 * MS);
}

static void test_late_answer_extends_nothing(void **state)
{
    (void)state;
    rig_run(0);
    rig.now += 1000 * MS;
    rig_answer(0, 0, ANSWER_EXTENDS);
    assert_int_equal(rig.extensions, 0);
}

static void test_challenge_is_taken_up_and_extends_nothing(void **state)
{
    (void)state;
    rig_run(0);
    assert_int_equal(rig_last(0, 0)->packet.body.keepalive.session, 0);
    rig_answer(0, 0, ANSWER_CHALLENGE | ANSWER_EXTENDS);
    assert_int_equal(rig.extensions, 0);
    rig_run(100 * MS);
    assert_int_equal(rig_last(0, 0)->packet.body.keepalive.session, 7000);
    assert_int_equal(rig_last(1, 0)->packet.body.keepalive.session, 0);
}

static void test_answer_without_extends(void **state)
{
    (void)state;
    rig_run(0);
    rig_answer(0, 0, 0);
    assert_int_equal(rig.extensions, 0);
}

static void test_same_answer_twice(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    rig_deliver(&packet, 0);
    rig_deliver(&packet, 0);
    refused("answers what was answered already");
    assert_int_equal(rig.extensions, 1);
}

static void test_older_answer_of_another_incarnation_of_the_monitor(void **state)
{
    struct packet old;

    (void)state;
    rig_run(0);
    old = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    old.header.incarnation = 4444;
    rig_run(100 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS);
    rig_deliver(&old, 0);
    refused("answers what was answered already");
}

static void test_other_incarnation_of_the_agent(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.body.answer.echo_incarnation = 56;
    rig_deliver(&packet, 0);
    refused("answers another incarnation");
}

static void test_answer_to_what_was_never_sent(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.body.answer.echo_sequence = 1000;
    rig_deliver(&packet, 0);
    refused("answers what was never sent");
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.body.answer.echo_sent = rig.now + 1;
    rig_deliver(&packet, 0);
    refused("answers what was never sent");
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.body.answer.echo_sent = START - 1;
    rig_deliver(&packet, 0);
    refused("answers what was never sent");
    assert_int_equal(rig.extensions, 0);
}

static void test_forged(void **state)
{
    uint8_t bytes[PACKET_MAX];
    struct packet packet;
    size_t size;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    size = packet_encode(&packet, bytes);
    assert_true(seal_sign(&rig.settings.keys, bytes, size));
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 1;
        agent_receive(rig.agent, 0, bytes, size, rig.now);
        bytes[i] ^= 1;
    }
    assert_int_equal(rig.refusals, size);
    assert_int_equal(rig.extensions, 0);
    agent_receive(rig.agent, 0, bytes, size, rig.now);
    assert_int_equal(rig.extensions, 1);
}

static void test_truncated_and_too_long(void **state)
{
    uint8_t bytes[PACKET_MAX + 64] = {0};
    struct packet packet;
    size_t size;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    size = packet_encode(&packet, bytes);
    assert_true(seal_sign(&rig.settings.keys, bytes, size));
    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        if (cut != size) {
            agent_receive(rig.agent, 0, bytes, cut, rig.now);
        }
    }
    assert_int_equal(rig.refusals, sizeof bytes);
    assert_int_equal(rig.extensions, 0);
}

static void test_not_for_this_node_not_from_a_monitor_not_over_this_path(void **state)
{
    struct packet packet;

    (void)state;
    rig_run(0);
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.header.receiver = 18;
    rig_deliver(&packet, 0);
    refused("for another node");
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    packet.header.sender = 103;
    rig_deliver(&packet, 0);
    refused("from a monitor that is not declared");
    packet = rig_answer_to(rig_last(0, 0), ANSWER_EXTENDS);
    rig_deliver(&packet, 1);
    refused("over another path than it says");
    rig_deliver(&packet, 7);
    refused("over no declared path");
    assert_int_equal(rig.extensions, 0);
}

static void test_own_keepalive_sent_back(void **state)
{
    (void)state;
    rig_run(0);
    rig_deliver(&rig_last(0, 0)->packet, 0);
    refused("neither answer nor solicitation");
}

static struct packet solicit(uint64_t session)
{
    return (struct packet){.header = {.type = PACKET_SOLICIT,
                                      .key = 3,
                                      .sender = 101,
                                      .receiver = 17,
                                      .incarnation = 900,
                                      .boot = 5,
                                      .sequence = ++rig.sequence,
                                      .path = 1},
                           .body.solicit = {.session = session}};
}

static void test_solicited_once_however_often_it_is_asked(void **state)
{
    struct packet packet;
    unsigned before;

    (void)state;
    rig_run(10 * MS);
    rig_answer(0, 0, 0);
    before = rig.count;
    for (unsigned i = 0; i < 50; i++) {
        packet = solicit(7000);
        rig_deliver(&packet, 0);
    }
    assert_int_equal(rig.count - before, 1);
    assert_true(rig.sent[before].packet.body.keepalive.flags & KEEPALIVE_SOLICITED);
    assert_int_equal(rig.sent[before].monitor, 0);
    rig.now += 25 * MS;
    packet = solicit(7000);
    rig_deliver(&packet, 0);
    assert_int_equal(rig.count - before, 2);
}

static void test_solicited_by_a_stranger_or_again(void **state)
{
    struct packet packet;
    unsigned before;

    (void)state;
    rig_run(10 * MS);
    before = rig.count;
    packet = solicit(0);
    rig_deliver(&packet, 0);
    refused("solicited by another session");
    rig_answer(0, 0, 0);
    packet = solicit(7001);
    rig_deliver(&packet, 0);
    refused("solicited by another session");
    packet = solicit(7000);
    packet.header.incarnation = 901;
    rig_deliver(&packet, 0);
    refused("solicited by another session");
    assert_int_equal(rig.count, before);
    packet = solicit(7000);
    rig_deliver(&packet, 0);
    rig.now += 50 * MS;
    rig_deliver(&packet, 0);
    refused("solicited already");
    assert_int_equal(rig.count, before + 1);
}

static void test_quarantine_is_what_any_monitor_says(void **state)
{
    (void)state;
    rig_run(100 * MS);
    rig_answer(0, 0, ANSWER_QUARANTINED);
    assert_int_equal(rig.quarantined, 1);
    rig_answer(1, 0, 0);
    assert_int_equal(rig.quarantined, 1);
    rig_run(200 * MS);
    rig_answer(0, 0, ANSWER_CHALLENGE);
    assert_int_equal(rig.quarantined, 1);
    rig_run(300 * MS);
    rig_answer(0, 0, 0);
    assert_int_equal(rig.quarantined, 0);
}

static void test_good_bye_is_answered(void **state)
{
    (void)state;
    rig_run(100 * MS);
    agent_leave(rig.agent, rig.now);
    assert_false(agent_left(rig.agent));
    rig_answer(0, 0, ANSWER_CHALLENGE);
    assert_false(agent_left(rig.agent));
    rig_run(200 * MS);
    rig_answer(0, 0, ANSWER_EXTENDS); /* heard, but not on disk yet */
    assert_false(agent_left(rig.agent));
    rig_run(300 * MS);
    rig_answer(0, 0, 0);
    assert_true(agent_left(rig.agent));
}

static void test_answer_to_an_earlier_keepalive_is_none_to_the_good_bye(void **state)
{
    struct packet before;

    (void)state;
    rig_run(100 * MS);
    before = rig_answer_to(rig_last(0, 0), 0);
    agent_leave(rig.agent, rig.now);
    rig_deliver(&before, 0);
    assert_false(agent_left(rig.agent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_extends_from_the_sending),
        RIG_TEST(test_late_answer_extends_nothing),
        RIG_TEST(test_challenge_is_taken_up_and_extends_nothing),
        RIG_TEST(test_answer_without_extends),
        RIG_TEST(test_same_answer_twice),
        RIG_TEST(test_older_answer_of_another_incarnation_of_the_monitor),
        RIG_TEST(test_other_incarnation_of_the_agent),
        RIG_TEST(test_answer_to_what_was_never_sent),
        RIG_TEST(test_forged),
        RIG_TEST(test_truncated_and_too_long),
        RIG_TEST(test_not_for_this_node_not_from_a_monitor_not_over_this_path),
        RIG_TEST(test_own_keepalive_sent_back),
        RIG_TEST(test_solicited_once_however_often_it_is_asked),
        RIG_TEST(test_solicited_by_a_stranger_or_again),
        RIG_TEST(test_quarantine_is_what_any_monitor_says),
        RIG_TEST(test_good_bye_is_answered),
        RIG_TEST(test_answer_to_an_earlier_keepalive_is_none_to_the_good_bye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
