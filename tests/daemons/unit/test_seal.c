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

#include "wire/seal.h"

static const uint8_t old_secret[SEAL_KEY_SIZE] = {1, 2, 3};
static const uint8_t new_secret[SEAL_KEY_SIZE] = {4, 5, 6};

static void add_key(struct seal_keys *keys, uint16_t id, const uint8_t secret[SEAL_KEY_SIZE])
{
    keys->id[keys->count] = id;
    hmac_key_set(&keys->key[keys->count], secret, SEAL_KEY_SIZE);
    keys->count++;
}

static size_t make(uint8_t *bytes, uint16_t key)
{
    const struct packet packet = {.header = {.type = PACKET_SOLICIT,
                                             .key = key,
                                             .sender = 1,
                                             .receiver = 2,
                                             .incarnation = 3,
                                             .boot = 4,
                                             .sequence = 5,
                                             .path = 1},
                                  .body.solicit = {.session = 6}};

    return packet_encode(&packet, bytes);
}

static void a_sealed_packet_is_believed_and_no_other(void **state)
{
    struct seal_keys keys = {.count = 0};
    uint8_t buffer[PACKET_MAX + 8];

    (void)state;
    add_key(&keys, 10, old_secret);
    for (size_t shift = 0; shift < 8; shift++) {
        uint8_t *bytes = buffer + shift;
        const size_t size = make(bytes, 10);

        assert_false(seal_check(&keys, bytes, size)); /* not sealed yet */
        assert_true(seal_sign(&keys, bytes, size));
        assert_true(seal_check(&keys, bytes, size));
        for (size_t bit = 0; bit < size * 8; bit++) {
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1U << bit % 8));
            assert_false(seal_check(&keys, bytes, size));
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1U << bit % 8));
        }
        for (size_t shorter = 0; shorter < size; shorter++) {
            assert_false(seal_check(&keys, bytes, shorter));
        }
    }
}

/* First every receiver learns the new key, then senders use it, then the old one goes. */
static void keys_are_rotated_without_a_gap(void **state)
{
    struct seal_keys before = {.count = 0};
    struct seal_keys both = {.count = 0};
    struct seal_keys after = {.count = 0};
    uint8_t old[PACKET_MAX];
    uint8_t new[PACKET_MAX];
    size_t size;

    (void)state;
    add_key(&before, 10, old_secret);
    add_key(&both, 11, new_secret);
    add_key(&both, 10, old_secret);
    add_key(&after, 11, new_secret);
    size = make(old, 10);
    (void)make(new, 11);
    assert_true(seal_sign(&before, old, size));
    assert_true(seal_check(&both, old, size));
    assert_false(seal_check(&after, old, size));
    assert_true(seal_sign(&both, new, size));
    assert_false(seal_check(&before, new, size));
    assert_true(seal_check(&after, new, size));
    assert_false(seal_sign(&before, new, size));
}

/* The id is under the seal too: a packet cannot be moved to another key. */
static void the_same_id_with_another_secret_is_refused(void **state)
{
    struct seal_keys one = {.count = 0};
    struct seal_keys other = {.count = 0};
    uint8_t bytes[PACKET_MAX];
    size_t size;

    (void)state;
    add_key(&one, 10, old_secret);
    add_key(&other, 10, new_secret);
    size = make(bytes, 10);
    assert_true(seal_sign(&one, bytes, size));
    assert_false(seal_check(&other, bytes, size));
}

static void without_keys_nothing_is_sealed_or_believed(void **state)
{
    const struct seal_keys none = {.count = 0};
    uint8_t bytes[PACKET_MAX];
    const size_t size = make(bytes, 0);

    (void)state;
    assert_false(seal_sign(&none, bytes, size));
    assert_false(seal_check(&none, bytes, size));
}

/* Reckoned with another program: printf 'heliostat node\0\0\0\7' | openssl dgst -sha256 -mac HMAC -macopt
 * hexkey:000102... */
static void keys_are_derived_as_written(void **state)
{
    static const uint8_t of_node_7[SEAL_KEY_SIZE] = {0xc2, 0x40, 0x51, 0x1d, 0x36, 0x98, 0x4d, 0x77, 0x5c, 0x5f, 0xc3,
                                                     0xf8, 0xea, 0x35, 0xe1, 0x48, 0x6c, 0xeb, 0x14, 0x76, 0xf5, 0x5f,
                                                     0xf1, 0x00, 0xfe, 0xe1, 0x85, 0xe5, 0xf0, 0x80, 0x25, 0x0e};
    static const uint8_t of_monitors[SEAL_KEY_SIZE] = {0x1a, 0x9a, 0x8f, 0x19, 0x81, 0xc8, 0x03, 0xda, 0x75, 0xac, 0x1f,
                                                       0xf8, 0xa1, 0xe3, 0x83, 0xc5, 0xed, 0x3e, 0xf0, 0x78, 0xb6, 0xcf,
                                                       0xb6, 0x1c, 0x6a, 0x69, 0x46, 0xb3, 0xda, 0xa8, 0x12, 0xa1};
    uint8_t master[SEAL_KEY_SIZE];
    uint8_t key[SEAL_KEY_SIZE];
    uint8_t other[SEAL_KEY_SIZE];

    (void)state;
    for (uint8_t i = 0; i < sizeof master; i++) {
        master[i] = i;
    }
    seal_node_key(master, 7, key);
    assert_memory_equal(key, of_node_7, sizeof key);
    seal_node_key(master, UINT32_C(0x07000000), other); /* network byte order */
    assert_memory_not_equal(key, other, sizeof key);
    seal_monitors_key(master, key);
    assert_memory_equal(key, of_monitors, sizeof key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_packet_is_believed_and_no_other),
        cmocka_unit_test(keys_are_rotated_without_a_gap),
        cmocka_unit_test(the_same_id_with_another_secret_is_refused),
        cmocka_unit_test(without_keys_nothing_is_sealed_or_believed),
        cmocka_unit_test(keys_are_derived_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
