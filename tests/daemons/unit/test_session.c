/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who is believed: incarnations, challenges, sequences. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/session.h"

struct talk {
    struct session session;
    struct hmac_key secret;
    uint64_t sequence;
    uint64_t number; /* of the last challenge */
    struct session_retired *retired;
};

static struct talk fresh(uint8_t secret)
{
    struct talk talk;
    uint8_t bytes[32];

    memset(&talk, 0, sizeof talk);
    memset(bytes, secret, sizeof bytes);
    hmac_key_set(&talk.secret, bytes, sizeof bytes);
    return talk;
}

static enum session_found say(struct talk *talk, uint64_t incarnation, uint64_t boot, uint64_t sequence,
                              uint64_t carried)
{
    const struct packet_header header = {.sender = 7, .incarnation = incarnation, .boot = boot, .sequence = sequence};
    const enum session_found found =
        session_look(&talk->session, &talk->secret, &header, carried, talk->sequence, &talk->number, &talk->retired);

    if (found == SESSION_NEW || found == SESSION_BELIEVED) {
        talk->sequence = sequence;
    }
    return found;
}

/* Challenged, and answers it. */
static uint64_t introduce(struct talk *talk, uint64_t incarnation, uint64_t boot)
{
    uint64_t number;

    assert_int_equal(say(talk, incarnation, boot, 1, 0), SESSION_CHALLENGE);
    number = talk->number;
    assert_int_not_equal(number, 0);
    assert_int_equal(say(talk, incarnation, boot, 2, number), SESSION_NEW);
    return number;
}

static void an_unknown_incarnation_is_challenged(void **state)
{
    struct talk talk = fresh(1);
    const uint64_t number = introduce(&talk, 11, 5);

    (void)state;
    assert_int_equal(say(&talk, 11, 5, 3, number), SESSION_BELIEVED);
    assert_int_equal(say(&talk, 11, 5, 3, number), SESSION_REPLAYED);
    assert_int_equal(say(&talk, 11, 5, 2, number), SESSION_REPLAYED);
    assert_int_equal(say(&talk, 11, 5, UINT64_MAX, number), SESSION_BELIEVED);
    assert_int_equal(say(&talk, 11, 5, UINT64_MAX, number), SESSION_REPLAYED);
    assert_int_equal(say(&talk, 11, 5, 4, number ^ 1), SESSION_CHALLENGE);
    assert_int_equal(say(&talk, 11, 6, 4, number), SESSION_REFUSED);
}

static void challenges_leave_nothing_behind(void **state)
{
    struct talk talk = fresh(1);
    struct session before;
    const uint64_t number = introduce(&talk, 11, 5);

    (void)state;
    before = talk.session;
    for (uint64_t other = 100; other < 1100; other++) {
        assert_int_equal(say(&talk, other, 5, 1, 0), SESSION_CHALLENGE);
        assert_int_equal(say(&talk, other, 5, 1, number), SESSION_CHALLENGE);
    }
    assert_memory_equal(&before, &talk.session, sizeof before);
    assert_int_equal(say(&talk, 11, 5, 3, number), SESSION_BELIEVED);
}

static void what_was_given_up_is_never_believed_again(void **state)
{
    struct talk talk = fresh(1);
    const uint64_t first = introduce(&talk, 11, 5);
    uint64_t again;

    (void)state;
    assert_false(session_followed(&talk.session, 11));
    (void)introduce(&talk, 12, 5);
    assert_true(session_followed(&talk.session, 11));
    assert_false(session_followed(&talk.session, 12));
    assert_false(session_followed(&talk.session, 0)); /* places of the ring that are free hold it */
    /* A recorded packet carries the number of before: it is challenged, and cannot answer. */
    assert_int_equal(say(&talk, 11, 5, 1000, first), SESSION_CHALLENGE);
    again = talk.number;
    assert_true(again != first);
    /* A second machine can, and is known by it. */
    assert_int_equal(say(&talk, 11, 5, 1001, again), SESSION_GIVEN_UP);
    assert_non_null(talk.retired);
    assert_int_equal(talk.retired->incarnation, 11);
    assert_int_equal(talk.session.incarnation, 12);
}

static void a_secret_of_another_start_gives_other_numbers(void **state)
{
    struct talk one = fresh(1);
    struct talk other = fresh(2);
    const uint64_t number = introduce(&one, 11, 5);

    (void)state;
    assert_int_equal(say(&other, 11, 5, 9, number), SESSION_CHALLENGE);
    assert_true(other.number != number);
}

static void renewed_it_must_answer_anew(void **state)
{
    struct talk talk = fresh(1);
    const uint64_t number = introduce(&talk, 11, 5);

    (void)state;
    session_renew(&talk.session, &talk.secret, 7);
    assert_int_equal(say(&talk, 11, 5, 3, number), SESSION_CHALLENGE);
    assert_int_equal(say(&talk, 11, 5, 4, talk.number), SESSION_BELIEVED);
}

static void forgiven_either_may_speak(void **state)
{
    struct talk talk = fresh(1);
    uint64_t second;

    (void)state;
    (void)introduce(&talk, 11, 5);
    second = introduce(&talk, 12, 6);
    session_forgive(&talk.session, &talk.secret, 7);
    assert_int_equal(say(&talk, 12, 6, 10, second), SESSION_CHALLENGE);
    (void)introduce(&talk, 11, 5);
    assert_int_equal(talk.session.incarnation, 11);
}

static void the_ring_of_given_up_ones_goes_round(void **state)
{
    struct talk talk = fresh(1);

    (void)state;
    for (uint64_t incarnation = 1; incarnation <= 3 * SESSION_RETIRED; incarnation++) {
        (void)introduce(&talk, incarnation, 5);
    }
    for (uint64_t incarnation = 2 * SESSION_RETIRED; incarnation < 3 * SESSION_RETIRED; incarnation++) {
        assert_int_equal(say(&talk, incarnation, 5, 50, 0), SESSION_CHALLENGE);
        assert_int_equal(say(&talk, incarnation, 5, 51, talk.number), SESSION_GIVEN_UP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_incarnation_is_challenged),
        cmocka_unit_test(challenges_leave_nothing_behind),
        cmocka_unit_test(what_was_given_up_is_never_believed_again),
        cmocka_unit_test(a_secret_of_another_start_gives_other_numbers),
        cmocka_unit_test(renewed_it_must_answer_anew),
        cmocka_unit_test(forgiven_either_may_speak),
        cmocka_unit_test(the_ring_of_given_up_ones_goes_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
