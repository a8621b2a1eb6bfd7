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

#include <stdio.h>

#include "agent/agent_configuration.h"
#include "platform/platform.h"
#include "wire/packet.h"

#define BASE                                                                                                           \
    "node 17 seventeen\npath 1 management 192.0.2.17\npath 4 backup [2001:db8::17]:5000\n"                             \
    "monitor 101 path 1 192.0.2.1 path 4 2001:db8::1\nmonitor 102 path 1 192.0.2.2:99\nkeys /etc/keys\n"

static struct agent_configuration configuration;
static char error[512];

static bool parse(const char *text)
{
    error[0] = '\0';
    return agent_configuration_parse(&configuration, "a.conf", text, strlen(text), error, sizeof error);
}

static void test_defaults(void **state)
{
    struct agent_settings settings;

    (void)state;
    assert_true(parse(BASE "self-fence stop\n"));
    assert_int_equal(configuration.interval, 250 * USEC_PER_MS);
    assert_int_equal(configuration.lease, 10 * USEC_PER_SECOND);
    assert_int_equal(configuration.halt, 5 * USEC_PER_SECOND);
    assert_int_equal(configuration.fence.told, SELF_FENCE_STOP);
    assert_int_equal(configuration.fence.how, STOP_REBOOT);
    assert_string_equal(configuration.run_directory, AGENT_RUN_DIRECTORY);
    assert_true(configuration.lock_memory && configuration.real_time);
    assert_false(configuration.gated || configuration.slot);
    assert_int_equal(configuration.path[0].local.port, AGENT_PORT);
    assert_int_equal(configuration.path[1].local.port, 5000);
    assert_int_equal(configuration.monitor[0].reach, 3);
    assert_int_equal(configuration.monitor[1].reach, 1);
    assert_int_equal(configuration.monitor[0].address[1].port, MONITOR_PORT);
    assert_int_equal(configuration.monitor[1].address[0].port, 99);
    agent_configuration_settings(&configuration, &settings);
    assert_int_equal(settings.lease_ms, 10000);
    assert_int_equal(settings.path[1], 4);
    assert_int_equal(settings.monitor[1], 102);
}

static void test_everything(void **state)
{
    (void)state;
    assert_true(parse("monitor 101 path 4 192.0.2.1 # before its path\n" /* order does not matter */
                      "path 4 backup 192.0.2.17\nnode 17 n\nkeys /k\nprofile fast\nlease 3s\nhalt 2s\ngated yes\n"
                      "slot /dev/rdsk/c0t0d0s2 17\nuser heartbeat\nrun-directory /run/x\nlock-memory no\nreal-time no\n"
                      "zoneadm /opt/zoneadm\nself-fence halt-zones power-off\nzones a b\nzones c\n"));
    assert_int_equal(configuration.interval, 50 * USEC_PER_MS);
    assert_int_equal(configuration.fence.zones, 3);
    assert_string_equal(configuration.fence.zone[2], "c");
    assert_int_equal(configuration.fence.how, STOP_POWER_OFF);
    assert_int_equal(configuration.slot_index, 17);
    assert_true(configuration.gated && configuration.slot);
    assert_true(parse(BASE "self-fence watchdog /dev/watchdog 4s\n"));
    assert_int_equal(configuration.fence.seconds, 4);
    assert_true(parse(BASE "self-fence command /fence stop\n"));
    assert_int_equal(configuration.fence.told, SELF_FENCE_STOP);
    assert_true(parse(BASE "self-fence command /fence none\n"));
    assert_int_equal(configuration.fence.told, SELF_FENCE_NONE);
    assert_true(parse(BASE "self-fence stop\nprofile fast\ninterval 100ms\n"));
    assert_int_equal(configuration.interval, 100 * USEC_PER_MS);
}

static void test_errors_name_file_and_line(void **state)
{
    static const struct {
        const char *text;
        const char *said; /* where it begins */
    } cases[] = {
        {"", "a.conf: node is missing"},
        {"node 17 n\n", "a.conf: path is missing"},
        {"node 17 n\npath 1 p 192.0.2.1\n", "a.conf: monitor is missing"},
        {"node 17 n\npath 1 p 192.0.2.1\nmonitor 1 path 1 192.0.2.2\n", "a.conf: keys is missing"},
        {BASE, "a.conf: self-fence is missing"},
        {"node 0 n\n", "a.conf:1: node: \"0\" is not a whole number"},
        {"node 17 n/x\n", "a.conf:1: node: \"n/x\" is not a name"},
        {"node 17 -x\n", "a.conf:1: node: \"-x\" is not a name"},
        {"node 17\n", "a.conf:1: node needs"},
        {"node 17 n more\n", "a.conf:1: "},
        {"node 17 n\nnode 18 m\n", "a.conf:2: node was given in line 1 already"},
        {"\n\nnodes 17 n\n", "a.conf:3: no such keyword \"nodes\""},
        {"path 256 p 192.0.2.1\n", "a.conf:1: path: \"256\" is not"},
        {"path 1 p host\n", "a.conf:1: path: \"host\" is not an address"},
        {"path 1 p 192.0.2.1\npath 1 q 192.0.2.2\n", "a.conf:2: path: number, name or address is that of line 1"},
        {"path 1 p 192.0.2.1\npath 2 p 192.0.2.2\n", "a.conf:2: path: number, name or address is that of line 1"},
        {"path 1 p 192.0.2.1\npath 2 q 192.0.2.1\n", "a.conf:2: path: number, name or address is that of line 1"},
        {"monitor 1\n", "a.conf:1: monitor needs"},
        {"monitor 1 path 1\n", "a.conf:1: monitor needs"},
        {"monitor 1 over 1 192.0.2.1\n", "a.conf:1: monitor: \"over\" is not one of path"},
        {"monitor 1 path 1 192.0.2.1\nmonitor 1 path 1 192.0.2.2\n", "a.conf:2: monitor 1 was given in line 1 already"},
        {BASE "self-fence stop\nmonitor 103 path 2 192.0.2.3\n", "a.conf:8: monitor: over a path that is not declared"},
        {BASE "self-fence stop\nmonitor 103 path 1 192.0.2.3 path 1 192.0.2.4\n",
         "a.conf:8: monitor: a path is named twice"},
        {BASE "self-fence stop\nmonitor 103 path 1 2001:db8::3\n",
         "a.conf:8: monitor: its address is not of the family"},
        {BASE "self-fence stop\npath 9 spare 192.0.2.99\n", "a.conf:8: path: no monitor is reached over it"},
        {BASE "self-fence stop\ninterval 5ms\n", "a.conf:8: interval: \"5ms\" is not"},
        {BASE "self-fence stop\ninterval 250\n", "a.conf:8: interval: \"250\" is not"},
        {BASE "self-fence stop\ninterval 1s\nlease 3s\n", "a.conf:9: lease is less than four intervals"},
        {BASE "self-fence stop\ninterval 10s\n", "a.conf:8: lease is less than four intervals"},
        {BASE "self-fence stop\nlease 1500500us\n", "a.conf:8: interval, lease and halt are whole milliseconds"},
        {BASE "self-fence stop\nprofile quick\n", "a.conf:8: profile: \"quick\" is not one of default, fast"},
        {BASE "self-fence maybe\n", "a.conf:7: self-fence: \"maybe\" is not one of"},
        {BASE "self-fence halt-zones\n", "a.conf:7: self-fence halt-zones needs zones"},
        {BASE "self-fence stop\nzones a\n", "a.conf:8: zones are for self-fence halt-zones only"},
        {BASE "self-fence halt-zones\nzones a b a\n", "a.conf:8: zones: a was given already"},
        {BASE "self-fence halt-zones\nzones a;reboot\n", "a.conf:8: zones: \"a;reboot\" is not a name"},
        {BASE "self-fence halt-zones\nzones\n", "a.conf:8: zones needs"},
        {BASE "self-fence stop now\n", "a.conf:7: self-fence: \"now\" is not one of reboot, power-off, halt"},
        {BASE "self-fence watchdog\n", "a.conf:7: self-fence needs"},
        {BASE "self-fence watchdog /dev/watchdog 6s\n",
         "a.conf:7: self-fence: the watchdog strikes later than halt allows"},
        {BASE "self-fence watchdog watchdog 4s\n", "a.conf:7: self-fence: \"watchdog\" does not begin with /"},
        {BASE "self-fence command /x\n", "a.conf:7: self-fence needs"},
        {BASE "self-fence command /x watchdog\n",
         "a.conf:7: self-fence: \"watchdog\" is not one of none, halt-zones, stop"},
        {BASE "self-fence stop\nslot rdsk 1\n", "a.conf:8: slot: \"rdsk\" does not begin with /"},
        {BASE "self-fence stop\nslot /rdsk 18\n", "a.conf:8: slot: the place of a node on the LUN is its own number"},
        {BASE "self-fence stop\nslot /rdsk -1\n", "a.conf:8: slot: \"-1\" is not"},
        {BASE "self-fence stop\ngated maybe\n", "a.conf:8: gated: \"maybe\" is not one of no, yes"},
        {BASE "self-fence stop\nkeys /other\n", "a.conf:8: keys was given in line 6 already"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(parse(cases[i].text));
        if (strncmp(error, cases[i].said, strlen(cases[i].said)) != 0) {
            fail_msg("case %zu said \"%s\", not \"%s\"", i, error, cases[i].said);
        }
    }
}

static void test_too_many(void **state)
{
    static char text[65536];
    size_t at = 0;

    (void)state;
    for (unsigned i = 1; i <= AGENT_PATHS + 1; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "path %u p%u 192.0.2.%u\n", i, i, i);
    }
    assert_false(parse(text));
    assert_string_equal(error, "a.conf:9: more than 8 paths");
    at = 0;
    for (unsigned i = 1; i <= AGENT_MONITORS + 1; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "monitor %u path 1 192.0.2.%u\n", i, i);
    }
    assert_false(parse(text));
    assert_string_equal(error, "a.conf:9: more than 8 monitors");
    at = 0;
    for (unsigned i = 1; i <= FENCE_ZONES + 1; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "zones z%u\n", i);
    }
    assert_false(parse(text));
    assert_string_equal(error, "a.conf:65: more than 64 zones");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_errors_name_file_and_line),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
