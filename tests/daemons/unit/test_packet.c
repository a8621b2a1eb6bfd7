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

#include "packets.h"
#include "random.h"
#include "wire/packet.h"

#define ROUNDS 20000

static const uint8_t types[] = {PACKET_KEEPALIVE, PACKET_ANSWER, PACKET_SOLICIT, PACKET_QUERY, PACKET_REPLY};
#define TYPES (sizeof types)

static void every_packet_comes_back(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const struct packet packet = random_packet(types[round % TYPES]);
        uint8_t bytes[PACKET_MAX + 8];
        uint8_t again[PACKET_MAX];
        uint8_t *at = bytes + round % 8; /* every alignment */
        struct packet back;
        const size_t size = packet_encode(&packet, at);

        assert_int_equal(size, packet_size(packet.header.type));
        assert_true(size <= PACKET_MAX);
        assert_int_equal(packet_decode(&back, at, size), PACKET_OK);
        assert_same(&packet, &back);
        assert_int_equal(packet_encode(&back, again), size);
        assert_memory_equal(at, again, size - PACKET_SEAL);
    }
}

/* What a decoder lets through, the encoder writes the same again: no bit is ignored. */
static void every_changed_bit_is_seen_or_refused(void **state)
{
    (void)state;
    for (size_t type = 0; type < TYPES; type++) {
        const struct packet packet = random_packet(types[type]);
        uint8_t bytes[PACKET_MAX];
        const size_t size = packet_encode(&packet, bytes);

        for (size_t bit = 0; bit < (size - PACKET_SEAL) * 8; bit++) {
            uint8_t again[PACKET_MAX];
            struct packet back;

            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1U << bit % 8));
            if (packet_decode(&back, bytes, size) == PACKET_OK) {
                assert_int_equal(packet_encode(&back, again), size);
                assert_memory_equal(bytes, again, size - PACKET_SEAL);
            }
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1U << bit % 8));
        }
    }
}

static void every_other_length_is_refused(void **state)
{
    (void)state;
    for (size_t type = 0; type < TYPES; type++) {
        const struct packet packet = random_packet(types[type]);
        uint8_t bytes[PACKET_MAX * 2] = {0};
        struct packet back;
        const size_t right = packet_encode(&packet, bytes);

        for (size_t size = 0; size <= sizeof bytes; size++) {
            assert_int_equal(packet_decode(&back, bytes, size), size == right ? PACKET_OK : PACKET_SHORT);
        }
    }
}

static void a_truncated_packet_is_not_read_past_its_end(void **state)
{
    (void)state;
    for (size_t type = 0; type < TYPES; type++) {
        const struct packet packet = random_packet(types[type]);
        uint8_t bytes[PACKET_MAX];
        const size_t right = packet_encode(&packet, bytes);

        for (size_t size = 1; size < right; size++) {
            uint8_t *copy = malloc(size); /* so that address sanitizer and valgrind see the end */
            struct packet back;

            assert_non_null(copy);
            memcpy(copy, bytes, size);
            assert_int_equal(packet_decode(&back, copy, size), PACKET_SHORT);
            free(copy);
        }
    }
}

struct change {
    uint8_t type;
    size_t offset;
    size_t size;
    uint8_t value;
    enum packet_error error;
};

static void what_does_not_exist_is_refused(void **state)
{
    static const struct change changes[] = {
        {PACKET_SOLICIT, 0, 1, 'h', PACKET_FOREIGN},
        {PACKET_SOLICIT, 3, 1, 'b', PACKET_FOREIGN},
        {PACKET_SOLICIT, 4, 1, 0, PACKET_OTHER_VERSION},
        {PACKET_SOLICIT, 4, 1, 2, PACKET_OTHER_VERSION},
        {PACKET_SOLICIT, 5, 1, 0, PACKET_MALFORMED},
        {PACKET_SOLICIT, 5, 1, 6, PACKET_MALFORMED},
        {PACKET_SOLICIT, 5, 1, 255, PACKET_MALFORMED},
        {PACKET_SOLICIT, 5, 1, PACKET_ANSWER, PACKET_SHORT}, /* of another type's length */
        {PACKET_SOLICIT, 8, 4, 0, PACKET_MALFORMED},         /* sender */
        {PACKET_SOLICIT, 12, 4, 0, PACKET_MALFORMED},        /* receiver */
        {PACKET_SOLICIT, 16, 8, 0, PACKET_MALFORMED},        /* incarnation */
        {PACKET_SOLICIT, 24, 8, 0, PACKET_MALFORMED},        /* boot */
        {PACKET_SOLICIT, 32, 8, 0, PACKET_MALFORMED},        /* sequence */
        {PACKET_SOLICIT, 40, 1, 0, PACKET_MALFORMED},        /* path */
        {PACKET_SOLICIT, 41, 1, 1, PACKET_MALFORMED},
        {PACKET_SOLICIT, 47, 1, 1, PACKET_MALFORMED},
        {PACKET_KEEPALIVE, 48, 1, 0x80, PACKET_MALFORMED},      /* sent below zero */
        {PACKET_KEEPALIVE, 48 + 16, 1, 0xff, PACKET_MALFORMED}, /* vote_echo below zero */
        {PACKET_KEEPALIVE, 48 + 40, 1, 4, PACKET_MALFORMED},    /* lease */
        {PACKET_KEEPALIVE, 48 + 41, 1, 4, PACKET_MALFORMED},    /* self_fence */
        {PACKET_KEEPALIVE, 48 + 42, 1, 0x10, PACKET_MALFORMED}, /* flags */
        {PACKET_KEEPALIVE, 48 + 43, 1, 1, PACKET_MALFORMED},
        {PACKET_ANSWER, 48, 1, 0x80, PACKET_MALFORMED},
        {PACKET_ANSWER, 48 + 32, 1, 0x80, PACKET_MALFORMED}, /* echo_sent below zero */
        {PACKET_ANSWER, 48 + 44, 1, 0x10, PACKET_MALFORMED},
        {PACKET_ANSWER, 48 + 45, 1, 1, PACKET_MALFORMED},
        {PACKET_ANSWER, 48 + 47, 1, 1, PACKET_MALFORMED},
        {PACKET_QUERY, 48 + 12, 1, 0, PACKET_MALFORMED}, /* op */
        {PACKET_QUERY, 48 + 12, 1, QUERY_QUARANTINE + 1, PACKET_MALFORMED},
        {PACKET_QUERY, 48 + 13, 1, 1, PACKET_MALFORMED},
        {PACKET_QUERY, 48 + 15, 1, 1, PACKET_MALFORMED},
        {PACKET_REPLY, 48 + 36, 1, 0, PACKET_MALFORMED},
        {PACKET_REPLY, 48 + 36, 1, QUERY_QUARANTINE + 1, PACKET_MALFORMED},
        {PACKET_REPLY, 48 + 37, 1, 8, PACKET_MALFORMED},
        {PACKET_REPLY, 48 + 38, 1, 1, PACKET_MALFORMED},
        {PACKET_REPLY, 48 + 39, 1, 1, PACKET_MALFORMED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct packet packet = random_packet(changes[i].type);
        uint8_t bytes[PACKET_MAX];
        struct packet back;
        const size_t size = packet_encode(&packet, bytes);

        memset(bytes + changes[i].offset, changes[i].value, changes[i].size);
        assert_int_equal(packet_decode(&back, bytes, size), changes[i].error);
    }
}

/* The layout itself: other versions and other machines must find the same bytes. */
static void the_layout_is_fixed(void **state)
{
    static const uint8_t expected[] = {
        0x48, 0x56, 0x48, 0x42, 1,    4,    0x12, 0x34, /* HVHB, version, type, key */
        0,    0,    0,    7,    0xde, 0xad, 0xbe, 0xef, /* sender, receiver */
        1,    2,    3,    4,    5,    6,    7,    8,    /* incarnation */
        0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, /* boot */
        0,    0,    0,    0,    0,    0,    1,    0,    /* sequence */
        2,    0,    0,    0,    0,    0,    0,    0,    /* path */
        0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, /* session */
        0,    1,    0xe2, 0x40, 2,    0,    0,    0,    /* node, op */
        0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7  /* boot */
    };
    const struct packet packet = {.header = {.type = PACKET_QUERY,
                                             .key = 0x1234,
                                             .sender = 7,
                                             .receiver = 0xdeadbeef,
                                             .incarnation = UINT64_C(0x0102030405060708),
                                             .boot = UINT64_C(0x1112131415161718),
                                             .sequence = 256,
                                             .path = 2},
                                  .body.query = {.session = UINT64_C(0xa0a1a2a3a4a5a6a7),
                                                 .node = 123456,
                                                 .op = QUERY_WITHHOLD,
                                                 .boot = UINT64_C(0xb0b1b2b3b4b5b6b7)}};
    uint8_t bytes[PACKET_MAX];

    (void)state;
    assert_int_equal(packet_encode(&packet, bytes), sizeof expected + PACKET_SEAL);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void sizes_are_those_of_the_types(void **state)
{
    (void)state;
    assert_int_equal(packet_size(PACKET_KEEPALIVE), 144);
    assert_int_equal(packet_size(PACKET_ANSWER), 128);
    assert_int_equal(packet_size(PACKET_SOLICIT), 88);
    assert_int_equal(packet_size(PACKET_QUERY), 104);
    assert_int_equal(packet_size(PACKET_REPLY), 120);
    for (unsigned type = 0; type < 256; type++) {
        assert_int_equal(packet_size((uint8_t)type) != 0, type >= 1 && type <= 5);
    }
    /* Nobody gets more back than he sent. */
    assert_true(packet_size(PACKET_ANSWER) < packet_size(PACKET_KEEPALIVE));
}

static void no_such_type_is_not_encoded(void **state)
{
    struct packet packet = random_packet(PACKET_SOLICIT);
    uint8_t bytes[PACKET_MAX] = {0x55};

    (void)state;
    packet.header.type = 6;
    assert_int_equal(packet_encode(&packet, bytes), 0);
    assert_int_equal(bytes[0], 0x55);
}

static void every_error_has_a_name(void **state)
{
    (void)state;
    for (int one = PACKET_OK; one <= PACKET_MALFORMED; one++) {
        for (int other = PACKET_OK; other < one; other++) {
            assert_string_not_equal(packet_error_name((enum packet_error)one),
                                    packet_error_name((enum packet_error)other));
        }
    }
}

static void monitors_stand_for_their_ids_in_any_order(void **state)
{
    const uint32_t ids[] = {1, 2, 101}, turned[] = {101, 1, 2};

    (void)state;
    assert_int_equal(packet_monitors(ids, 3), packet_monitors(turned, 3));
    assert_int_not_equal(packet_monitors(ids, 3), packet_monitors(ids, 2));
    assert_int_not_equal(packet_monitors(ids, 1), packet_monitors(ids + 1, 1));
    assert_int_equal(packet_monitors(ids, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_packet_comes_back),        cmocka_unit_test(every_changed_bit_is_seen_or_refused),
        cmocka_unit_test(every_other_length_is_refused),  cmocka_unit_test(a_truncated_packet_is_not_read_past_its_end),
        cmocka_unit_test(what_does_not_exist_is_refused), cmocka_unit_test(the_layout_is_fixed),
        cmocka_unit_test(sizes_are_those_of_the_types),   cmocka_unit_test(no_such_type_is_not_encoded),
        cmocka_unit_test(every_error_has_a_name),         cmocka_unit_test(monitors_stand_for_their_ids_in_any_order),
    };

    random_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
