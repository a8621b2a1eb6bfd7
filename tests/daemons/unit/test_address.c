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

#include "common/address.h"
#include "random.h"

#define TEXT 56

static void what_is_an_address(void **state)
{
    static const struct {
        const char *text;
        uint16_t port;
        const char *back;
    } cases[] = {
        {"192.0.2.1:4790", 0, "192.0.2.1:4790"},
        {"192.0.2.1:1", 4790, "192.0.2.1:1"},
        {"192.0.2.1:00080", 0, "192.0.2.1:80"},
        {"192.0.2.1:65535", 0, "192.0.2.1:65535"},
        {"192.0.2.1", 4790, "192.0.2.1:4790"},
        {"0.0.0.0:4790", 0, "0.0.0.0:4790"},
        {"[2001:db8::1]:4790", 0, "[2001:db8::1]:4790"},
        {"[2001:db8::1]", 4790, "[2001:db8::1]:4790"},
        {"2001:db8::1", 4790, "[2001:db8::1]:4790"},
        {"2001:DB8:0:0:0:0:0:1", 7, "[2001:db8::1]:7"},
        {"[::]:4790", 0, "[::]:4790"},
        {"[::ffff:192.0.2.1]:1", 0, "[::ffff:192.0.2.1]:1"},
        {"[1111:2222:3333:4444:5555:6666:7777:8888]:65535", 0, "[1111:2222:3333:4444:5555:6666:7777:8888]:65535"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        struct address again;
        char text[TEXT];

        memset(&address, 0x55, sizeof address);
        assert_true(address_parse(&address, cases[i].text, cases[i].port));
        address_format(&address, text, sizeof text);
        assert_string_equal(text, cases[i].back);
        assert_true(address_parse(&again, text, 0));
        assert_true(address_equal(&address, &again));
    }
}

static void what_is_none(void **state)
{
    static const struct {
        const char *text;
        uint16_t port;
    } cases[] = {
        {"", 4790},
        {":", 4790},
        {":4790", 4790},
        {"192.0.2.1", 0},
        {"[2001:db8::1]", 0},
        {"2001:db8::1", 0},
        {"192.0.2.1:", 4790},
        {"192.0.2.1:0", 4790},
        {"192.0.2.1:65536", 4790},
        {"192.0.2.1:000001", 0},
        {"192.0.2.1:+1", 0},
        {"192.0.2.1: 1", 0},
        {"192.0.2.1:1 ", 0},
        {" 192.0.2.1:1", 0},
        {"192.0.2.1:1x", 0},
        {"192.0.2:1", 0},
        {"192.0.2.1.1:1", 0},
        {"192.0.2.256:1", 0},
        {"192.0.2.-1:1", 0},
        {"host:1", 0},
        {"[192.0.2.1]:1", 0},
        {"[2001:db8::1:1", 0},
        {"[2001:db8::1]1", 0},
        {"[2001:db8::1]:", 4790},
        {"[]:1", 0},
        {"[::1%lo]:1", 0},
        {"[2001:db8::1::]:1", 0},
        {"[2001:db8::12345]:1", 0},
        {"[1111:2222:3333:4444:5555:6666:7777:8888:9999]:1", 0},
        {"[0000000000000000000000000000000000000000000000000000000001]:1", 0},
        {"1111111111111111111111111111111111111111111111111111111.1.1.1:1", 0},
    };
    struct address address;
    struct address before;

    (void)state;
    memset(&address, 0x55, sizeof address);
    before = address;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(address_parse(&address, cases[i].text, cases[i].port));
        assert_memory_equal(&address, &before, sizeof address);
    }
}

static void every_address_comes_back(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        const bool six = round % 2 == 1;
        struct address address = {.family = six ? ADDRESS_IPV6 : ADDRESS_IPV4};
        struct address again;
        char text[TEXT];

        for (unsigned i = 0; i < (six ? 16U : 4U); i++) {
            address.bytes[i] = (uint8_t)(random_number() % 3 == 0 ? random_number() : 0);
        }
        address.port = (uint16_t)(1 + random_number() % UINT16_MAX);
        address_format(&address, text, sizeof text);
        assert_true(address_parse(&again, text, 0));
        assert_true(address_equal(&address, &again));
        again.port ^= 1;
        assert_false(address_equal(&address, &again));
        again.port ^= 1;
        again.bytes[random_number() % (six ? 16 : 4)] ^= 1;
        assert_false(address_equal(&address, &again));
    }
}

static void only_what_the_family_has_is_compared(void **state)
{
    struct address one = {.family = ADDRESS_IPV4, .bytes = {192, 0, 2, 1}, .port = 1};
    struct address other = one;
    const struct address none = {.family = ADDRESS_NONE};

    (void)state;
    other.bytes[4] = 9;
    assert_true(address_equal(&one, &other));
    other.family = ADDRESS_IPV6;
    assert_false(address_equal(&one, &other));
    assert_false(address_equal(&one, &none));
    assert_true(address_equal(&none, &none));
}

static void none_is_said_and_nothing_is_written_too_far(void **state)
{
    const struct address none = {.family = ADDRESS_NONE};
    const struct address one = {.family = ADDRESS_IPV4, .bytes = {192, 0, 2, 1}, .port = 4790};
    char text[TEXT + 1];

    (void)state;
    address_format(&none, text, TEXT);
    assert_string_equal(text, "none");
    for (size_t size = 1; size <= TEXT; size++) {
        memset(text, 'x', sizeof text);
        address_format(&one, text, size);
        assert_int_equal(text[size], 'x');
        assert_true(strlen(text) < size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_an_address),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(every_address_comes_back),
        cmocka_unit_test(only_what_the_family_has_is_compared),
        cmocka_unit_test(none_is_said_and_nothing_is_written_too_far),
    };

    random_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
