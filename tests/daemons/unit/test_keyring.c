/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: geteuid stat */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/keyring.h"

#define ONE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TWO "FFfefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static uid_t owner;
static uid_t reader;

uid_t __wrap_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return reader;
}

int __real_stat(const char *path, struct stat *found);
int __wrap_stat(const char *path, struct stat *found);
int __wrap_stat(const char *path, struct stat *found)
{
    const int result = __real_stat(path, found);

    found->st_uid = owner;
    return result;
}

static char error[300];
static struct keyring ring;

static bool parse(const char *text)
{
    error[0] = '\0';
    return keyring_parse(&ring, "keys", text, strlen(text), error, sizeof error);
}

static void keys_are_kept_in_their_order(void **state)
{
    (void)state;
    assert_true(parse("# newest first\nkey 12 " TWO "\n\nkey 1 " ONE "\n"));
    assert_int_equal(ring.count, 2);
    assert_int_equal(ring.id[0], 12);
    assert_int_equal(ring.id[1], 1);
    assert_int_equal(ring.secret[0][0], 0xff);
    assert_int_equal(ring.secret[0][31], 0xe0);
    for (uint8_t i = 0; i < SEAL_KEY_SIZE; i++) {
        assert_int_equal(ring.secret[1][i], i);
    }
    assert_true(parse("key 65535 " ONE "\nkey 2 " ONE "\nkey 3 " ONE "\nkey 4 " ONE));
    assert_int_equal(ring.count, SEAL_KEYS);
}

static void errors_name_the_line_and_never_the_key(void **state)
{
    static const char *const cases[][2] = {
        {"", "keys: holds no key"},
        {"# nothing\n", "keys: holds no key"},
        {"\nkey 1\n", "keys:2: a line is \"key ID HEX\": a number and 64 hexadecimal digits"},
        {"key " ONE " 1\n", "keys:1: a line is \"key ID HEX\": a number and 64 hexadecimal digits"},
        {ONE "\n", "keys:1: a line is \"key ID HEX\": a number and 64 hexadecimal digits"},
        {"key 1 " ONE " x\n", "keys:1: a line is \"key ID HEX\": a number and 64 hexadecimal digits"},
        {"key 0 " ONE "\n", "keys:1: key: \"0\" is not a whole number from 1 to 65535"},
        {"key 65536 " ONE "\n", "keys:1: key: \"65536\" is not a whole number from 1 to 65535"},
        {"key 1 " ONE "0\n", "keys:1: key 1 is not 64 hexadecimal digits, or all zeros"},
        {"key 1 0102\n", "keys:1: key 1 is not 64 hexadecimal digits, or all zeros"},
        {"key 1 g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
         "keys:1: key 1 is not 64 hexadecimal digits, or all zeros"},
        {"key 1 0g0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
         "keys:1: key 1 is not 64 hexadecimal digits, or all zeros"},
        {"key 1 " ZERO "\n", "keys:1: key 1 is not 64 hexadecimal digits, or all zeros"},
        {"key 1 " ONE "\nkey 1 " TWO "\n", "keys:2: key 1 was given before"},
        {"key 1 " ONE "\nkey 2 " ONE "\nkey 3 " ONE "\nkey 4 " ONE "\nkey 5 " ONE,
         "keys:5: no more than 4 keys are valid at a time"},
    };
    struct keyring before;

    (void)state;
    assert_true(parse("key 9 " ONE));
    before = ring;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(parse(cases[i][0]));
        assert_string_equal(error, cases[i][1]);
        assert_null(strstr(error, "0203"));
        assert_memory_equal(&ring, &before, sizeof ring);
    }
}

static void forgotten_is_overwritten(void **state)
{
    static const struct keyring empty;

    (void)state;
    assert_true(parse("key 9 " ONE));
    keyring_forget(&ring);
    assert_memory_equal(&ring, &empty, sizeof ring);
}

static bool read_with(mode_t mode, uid_t of, uid_t by)
{
    char path[] = "/tmp/keyring.XXXXXX";
    const int file = mkstemp(path);
    bool good;

    assert_true(file >= 0);
    assert_int_equal(write(file, "key 5 " ONE "\n", 71), 71);
    assert_int_equal(fchmod(file, mode), 0);
    owner = of;
    reader = by;
    good = keyring_read(&ring, path, error, sizeof error);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(close(file), 0);
    return good;
}

static void only_a_private_file_is_read(void **state)
{
    static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666};

    (void)state;
    assert_true(read_with(0600, 0, 0));
    assert_int_equal(ring.id[0], 5);
    assert_true(read_with(0600, 0, 80));
    assert_true(read_with(0600, 80, 80));
    assert_false(read_with(0600, 81, 80));
    assert_non_null(strstr(error, "belongs to user 81"));
    assert_true(read_with(0600, 81, 0)); /* before it becomes that user */
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        assert_false(read_with(open_modes[i], 0, 0));
        assert_non_null(strstr(error, "0600"));
    }
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    assert_false(keyring_read(&ring, "/no/such/file", error, sizeof error));
    assert_string_equal(error, "/no/such/file: cannot be read: No such file or directory");
}

static bool understand(const struct seal_keys *one, const struct seal_keys *other)
{
    const struct packet packet = {.header = {.type = PACKET_SOLICIT,
                                             .key = one->id[0],
                                             .sender = 1,
                                             .receiver = 2,
                                             .incarnation = 3,
                                             .boot = 4,
                                             .sequence = 5,
                                             .path = 1}};
    uint8_t bytes[PACKET_MAX];
    const size_t size = packet_encode(&packet, bytes);

    assert_true(seal_sign(one, bytes, size));
    return seal_check(other, bytes, size);
}

static void keys_of_a_node_are_derived_of_the_masters(void **state)
{
    struct keyring masters;
    struct keyring own;
    struct seal_keys agent;
    struct seal_keys node;
    struct seal_keys other_node;
    struct seal_keys monitors;

    (void)state;
    assert_true(parse("key 2 " TWO "\nkey 1 " ONE "\n"));
    masters = ring;
    own = masters;
    for (unsigned i = 0; i < masters.count; i++) {
        seal_node_key(masters.secret[i], 7, own.secret[i]);
    }
    keyring_own(&own, &agent);
    keyring_node(&masters, 7, &node);
    keyring_node(&masters, 8, &other_node);
    keyring_monitors(&masters, &monitors);
    assert_int_equal(node.count, 2);
    assert_int_equal(node.id[0], 2);
    assert_int_equal(node.id[1], 1);
    assert_true(understand(&agent, &node));
    assert_true(understand(&node, &agent));
    assert_false(understand(&agent, &other_node));
    assert_false(understand(&agent, &monitors));
    assert_true(understand(&monitors, &monitors));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_kept_in_their_order), cmocka_unit_test(errors_name_the_line_and_never_the_key),
        cmocka_unit_test(forgotten_is_overwritten),     cmocka_unit_test(only_a_private_file_is_read),
        cmocka_unit_test(a_missing_file_is_named),      cmocka_unit_test(keys_of_a_node_are_derived_of_the_masters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
