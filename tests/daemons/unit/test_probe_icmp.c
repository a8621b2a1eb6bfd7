/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: recv sendto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor/probe_icmp.h"

static uint8_t waits[128]; /* the datagram that is received */
static ssize_t size;
static unsigned strangers; /* that come before it */
static unsigned received;

ssize_t __wrap_recv(int descriptor, void *bytes, size_t room, int flags);
ssize_t __wrap_sendto(int descriptor, const void *bytes, size_t length, int flags, const struct sockaddr *to,
                      socklen_t to_size);

ssize_t __wrap_recv(int descriptor, void *bytes, size_t room, int flags)
{
    static const uint8_t ping[84] = {0x45};
    ssize_t got;

    (void)descriptor;
    (void)flags;
    assert_true(room >= sizeof waits);
    received++;
    if (strangers > 0) {
        strangers--;
        memcpy(bytes, ping, sizeof ping);
        return (ssize_t)sizeof ping;
    }
    if (size == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(bytes, waits, (size_t)size);
    got = size;
    size = 0;
    return got;
}

/* What is asked comes back as its answer. */
ssize_t __wrap_sendto(int descriptor, const void *bytes, size_t length, int flags, const struct sockaddr *to,
                      socklen_t to_size)
{
    (void)descriptor;
    (void)flags;
    (void)to;
    (void)to_size;
    memset(waits, 0, sizeof waits);
    waits[0] = 0x45;
    memcpy(waits + 20, bytes, length);
    waits[20] = 0;
    size = (ssize_t)(20 + length);
    return (ssize_t)length;
}

static const struct probe_icmp icmp = {.socket = 5, .family = ADDRESS_IPV4, .raw = true};

static void ask(void)
{
    struct address to;

    memset(&to, 0, sizeof to);
    to.family = ADDRESS_IPV4;
    to.bytes[0] = 192;
    assert_true(probe_icmp_send(&icmp, &to, 1, 0x1122334455667788));
    received = 0;
}

static void test_behind_strangers(void **state)
{
    uint64_t mark = 0;

    (void)state;
    ask();
    strangers = 1000;
    assert_true(probe_icmp_receive(&icmp, &mark));
    assert_int_equal(mark, 0x1122334455667788);
}

/* Faster than they can be read: they are left for the next round, or there would be none. */
static void test_strangers_without_end(void **state)
{
    uint64_t mark = 0;

    (void)state;
    ask();
    strangers = UINT32_MAX;
    assert_false(probe_icmp_receive(&icmp, &mark));
    assert_true(received < 10000);
    strangers = 0;
}

static void test_headers_of_every_length(void **state)
{
    uint64_t mark = 0;

    (void)state;
    for (unsigned words = 0; words < 16; words++) {
        for (ssize_t length = 0; length <= (ssize_t)sizeof waits; length++) {
            memset(waits, 0, sizeof waits);
            waits[0] = (uint8_t)(0x40 | words);
            size = length;
            strangers = 0;
            assert_false(probe_icmp_receive(&icmp, &mark));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_behind_strangers),
        cmocka_unit_test(test_strangers_without_end),
        cmocka_unit_test(test_headers_of_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
