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

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/guard_record.h"
#include "agent/message.h"

static char path[64];

static int set_up(void **state)
{
    int made;

    (void)state;
    strcpy(path, "/tmp/heliostat-record-XXXXXX");
    made = mkstemp(path);
    return made == -1 || close(made) != 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static struct guard_past past_of(usec until)
{
    struct guard_past past;

    memset(&past, 0, sizeof past);
    past.lease.until[LEASE_BY_MONITORS] = until;
    past.kept.lease_ms = 10000;
    return past;
}

static void close_record(struct guard_record *record)
{
    assert_int_equal(munmap(record->copies, 2 * sizeof(struct guard_copy)), 0);
}

static void test_newest_is_found_again(void **state)
{
    struct guard_record record;
    struct guard_past past;

    (void)state;
    assert_true(guard_record_open(&record, path));
    assert_false(guard_record_read(&record, 77, &past));
    for (usec until = 1; until <= 5; until++) {
        past = past_of(until);
        guard_record_write(&record, 77, &past);
        close_record(&record);
        assert_true(guard_record_open(&record, path));
        assert_true(guard_record_read(&record, 77, &past));
        assert_int_equal(past.lease.until[LEASE_BY_MONITORS], until);
        assert_true(guard_record_look(path, 77, &past));
        assert_int_equal(past.lease.until[LEASE_BY_MONITORS], until);
    }
    close_record(&record);
}

static void test_another_boot_is_none(void **state)
{
    struct guard_record record;
    struct guard_past past = past_of(9);

    (void)state;
    assert_true(guard_record_open(&record, path));
    guard_record_write(&record, 77, &past);
    assert_false(guard_record_read(&record, 78, &past));
    assert_false(guard_record_look(path, 78, &past));
    close_record(&record);
}

/* Killed amid writing: the copy before it stands. */
static void test_torn_copy(void **state)
{
    struct guard_record record;
    struct guard_past past = past_of(1);
    uint8_t *newer;

    (void)state;
    assert_true(guard_record_open(&record, path));
    guard_record_write(&record, 77, &past);
    past = past_of(2);
    guard_record_write(&record, 77, &past);
    newer = (uint8_t *)&record.copies[record.turn % 2];
    for (size_t i = 0; i < sizeof(struct guard_copy); i += 97) {
        newer[i] ^= 1;
        assert_true(guard_record_read(&record, 77, &past));
        assert_int_equal(past.lease.until[LEASE_BY_MONITORS], 1);
        newer[i] ^= 1;
    }
    newer[0] ^= 1;
    close_record(&record);
    assert_true(guard_record_open(&record, path));
    past = past_of(3);
    guard_record_write(&record, 77, &past);
    assert_true(guard_record_read(&record, 77, &past));
    assert_int_equal(past.lease.until[LEASE_BY_MONITORS], 3);
    close_record(&record);
}

static void test_file_of_something_else(void **state)
{
    struct guard_past past;
    const int file = open(path, O_WRONLY);

    (void)state;
    assert_int_equal(write(file, "what is this", 12), 12);
    assert_int_equal(close(file), 0);
    assert_false(guard_record_look(path, 77, &past));
    assert_false(guard_record_look("/nonexistent", 77, &past));
}

static void test_messages_by_who_may_send_them(void **state)
{
    static struct message message;
    const char *why = NULL;
    int pair[2];

    (void)state;
    assert_true(message_pair(pair));
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_SENDER, &message, &why), MESSAGE_NONE);
    assert_true(message_send(pair[0], MESSAGE_EXTEND, 0, 4711));
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_SENDER, &message, &why), MESSAGE_TAKEN);
    assert_int_equal(message.type, MESSAGE_EXTEND);
    assert_int_equal(message.time, 4711);
    assert_true(message_send(pair[0], MESSAGE_PILL, 1, 1));
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_SENDER, &message, &why), MESSAGE_REFUSED);
    assert_string_equal(why, "of a type that this process does not send");
    assert_true(message_send(pair[0], 4000000000u, 1, 1));
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_SLOT, &message, &why), MESSAGE_REFUSED);
    assert_int_equal(send(pair[0], "abc", 3, 0), 3);
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_SLOT, &message, &why), MESSAGE_REFUSED);
    assert_string_equal(why, "shorter than a message");
    memset(&message, 0, sizeof message);
    message.type = MESSAGE_CONFIGURE;
    assert_int_equal(send(pair[0], &message, sizeof message - 1, 0), (int)sizeof message - 1);
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_GUARD, &message, &why), MESSAGE_REFUSED);
    assert_string_equal(why, "not of the length of its type");
    close(pair[0]);
    close(pair[1]);
}

static void test_configuration_as_a_message(void **state)
{
    static struct message message;
    static struct agent_configuration configuration;
    const char *why = NULL;
    int pair[2];

    (void)state;
    assert_true(message_pair(pair));
    configuration.node = 17;
    configuration.real_time = true;
    assert_true(message_send_configuration(pair[0], 6, &configuration));
    assert_int_equal(message_receive(pair[1], MESSAGES_OF_GUARD, &message, &why), MESSAGE_TAKEN);
    assert_int_equal(message.number, 6);
    assert_int_equal(message.configuration.node, 17);
    assert_true(message.configuration.real_time);
    close(pair[0]);
    close(pair[1]);
}

/* Who does not read does not make the other one wait. */
static void test_full_pair_refuses(void **state)
{
    unsigned sent = 0;
    int pair[2];

    (void)state;
    assert_true(message_pair(pair));
    while (message_send(pair[0], MESSAGE_EXTEND, 0, 1)) {
        assert_true(++sent < 1000000);
    }
    close(pair[0]);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_newest_is_found_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_boot_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_torn_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_file_of_something_else, set_up, tear_down),
        cmocka_unit_test(test_messages_by_who_may_send_them),
        cmocka_unit_test(test_configuration_as_a_message),
        cmocka_unit_test(test_full_pair_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
