/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: platform_watchdog_open platform_watchdog_close agent_configuration_read */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/guard_state.h"
#include "platform/platform.h"

#define DEVICE 900 /* far from every descriptor that is open */

static struct agent_configuration file; /* what a reload reads */
static unsigned open_seconds, shortest; /* 0: not open; what is shorter the device has not */
static char open_path[FENCE_PATH];
static char directory[64]; /* the guard makes it */

int __wrap_platform_watchdog_open(const char *device, unsigned seconds);
bool __wrap_platform_watchdog_close(int watchdog);
bool __wrap_agent_configuration_read(struct agent_configuration *configuration, const char *path, char *error,
                                     size_t error_size);

int __wrap_platform_watchdog_open(const char *device, unsigned seconds)
{
    if (seconds < shortest) {
        errno = ERANGE;
        return -1;
    }
    if (open_seconds != 0) {
        errno = EBUSY;
        return -1;
    }
    open_seconds = seconds;
    (void)snprintf(open_path, sizeof open_path, "%s", device);
    return DEVICE;
}

bool __wrap_platform_watchdog_close(int watchdog)
{
    assert_int_equal(watchdog, DEVICE);
    assert_true(open_seconds != 0);
    open_seconds = 0;
    return true;
}

bool __wrap_agent_configuration_read(struct agent_configuration *configuration, const char *path, char *error,
                                     size_t error_size)
{
    (void)path;
    (void)error;
    (void)error_size;
    *configuration = file;
    return true;
}

static void name(char *path, const char *file_name)
{
    (void)snprintf(path, AGENT_FILE, "%s/%s", directory, file_name);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/test-guard-watchdog-%ld", (long)getpid());
    memset(&file, 0, sizeof file);
    (void)snprintf(file.run_directory, sizeof file.run_directory, "%s", directory);
    file.node = 17;
    file.lease = 60 * USEC_PER_SECOND;
    file.halt = 60 * USEC_PER_SECOND;
    file.fence.by = FENCE_BY_WATCHDOG;
    file.fence.told = SELF_FENCE_WATCHDOG;
    file.fence.seconds = 60;
    (void)strcpy(file.fence.path, "/dev/watchdog");
    memset(&guard_self, 0, sizeof guard_self);
    guard_self.configuration = file;
    open_seconds = shortest = 0;
    assert_true(guard_set_up());
    assert_int_equal(open_seconds, 60);
    return 0;
}

static int tear_down(void **state)
{
    char path[AGENT_FILE];

    (void)state;
    guard_tear_down();
    name(path, LEASE_FILE);
    (void)unlink(path);
    return rmdir(directory);
}

/* The monitors count on it from the first keep-alive on that says so. */
static void test_a_shorter_one_strikes_sooner_at_once(void **state)
{
    (void)state;
    file.fence.seconds = 5;
    file.halt = 5 * USEC_PER_SECOND;
    guard_reconfigure(USEC_PER_SECOND);
    assert_int_equal(guard_self.guard.past.kept.halt_ms, 5000);
    assert_int_equal(open_seconds, 5);
    assert_int_equal(guard_self.guard.feed_every, 5 * USEC_PER_SECOND / 4);
    assert_int_equal(guard_self.guard.feed_at, 0);
}

static void test_a_longer_one_waits_until_it_is_heard(void **state)
{
    (void)state;
    file.fence.seconds = 120;
    file.halt = 120 * USEC_PER_SECOND;
    guard_reconfigure(USEC_PER_SECOND);
    assert_int_equal(open_seconds, 60);
    assert_null(guard_announced(&guard_self.guard, guard_self.guard.generation));
    assert_true(guard_watchdog_follow());
    assert_int_equal(open_seconds, 120);
    assert_int_equal(guard_self.guard.feed_every, 30 * USEC_PER_SECOND);
}

static void test_another_device(void **state)
{
    (void)state;
    (void)strcpy(file.fence.path, "/dev/watchdog1");
    guard_self.guard.past.kept.fence.seconds = 60;
    assert_null(guard_announced(&guard_self.guard, guard_self.guard.generation));
    guard_self.guard.past.kept.fence = file.fence;
    assert_true(guard_watchdog_follow());
    assert_string_equal(open_path, "/dev/watchdog1");
    assert_int_equal(open_seconds, 60);
}

static void test_what_the_device_cannot_is_not_promised(void **state)
{
    (void)state;
    shortest = 10;
    file.fence.seconds = 5;
    file.halt = 5 * USEC_PER_SECOND;
    guard_reconfigure(USEC_PER_SECOND);
    assert_int_equal(open_seconds, 60);
    assert_int_equal(guard_self.guard.past.kept.halt_ms, 60000);
    assert_int_equal(guard_self.configuration.fence.seconds, 60);
    assert_true(guard_self.guard.feed_every != 0);
}

static void test_no_watchdog_any_more(void **state)
{
    (void)state;
    file.fence.by = FENCE_BY_STOP;
    file.fence.told = SELF_FENCE_STOP;
    guard_reconfigure(USEC_PER_SECOND);
    assert_int_equal(open_seconds, 60);
    assert_null(guard_announced(&guard_self.guard, guard_self.guard.generation));
    assert_true(guard_watchdog_follow());
    assert_int_equal(open_seconds, 0);
    assert_int_equal(guard_self.guard.feed_every, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_shorter_one_strikes_sooner_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_longer_one_waits_until_it_is_heard, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_device_cannot_is_not_promised, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_watchdog_any_more, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
