/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: pwrite pwrite64 fcntl64 fcntl */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/guard_state.h"

static char directory[64];
static bool full;         /* the file system */
static bool other_ending; /* another guard ends between our opening of the lock and our locking */

ssize_t __real_pwrite(int descriptor, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int descriptor, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite64(int descriptor, const void *bytes, size_t size, off_t at);
int __real_fcntl(int descriptor, int what, ...);
int __wrap_fcntl(int descriptor, int what, ...);
int __wrap_fcntl64(int descriptor, int what, ...);

ssize_t __wrap_pwrite64(int descriptor, const void *bytes, size_t size, off_t at)
{
    return full ? 0 : __real_pwrite(descriptor, bytes, size, at);
}

ssize_t __wrap_pwrite(int descriptor, const void *bytes, size_t size, off_t at)
{
    return __wrap_pwrite64(descriptor, bytes, size, at);
}

static const char *in_directory(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

int __wrap_fcntl(int descriptor, int what, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, what);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (what == F_SETLK && other_ending) {
        (void)unlink(in_directory(LOCK_FILE));
    }
    return __real_fcntl(descriptor, what, argument);
}

int __wrap_fcntl64(int descriptor, int what, ...) __attribute__((alias("__wrap_fcntl")));

static int set_up(void **state)
{
    (void)state;
    full = other_ending = false;
    (void)snprintf(directory, sizeof directory, "/tmp/test-guard-setup-%ld", (long)getpid());
    memset(&guard_self, 0, sizeof guard_self);
    (void)snprintf(guard_self.configuration.run_directory, sizeof guard_self.configuration.run_directory, "%s",
                   directory);
    guard_self.configuration.fence.by = FENCE_BY_STOP;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(in_directory(LOCK_FILE));
    (void)unlink(in_directory(LEASE_FILE));
    (void)unlink(in_directory("agent.conf"));
    (void)unlink(in_directory("keys"));
    (void)unlink(directory);
    (void)rmdir(directory);
    return 0;
}

static void test_makes_its_directory(void **state)
{
    struct stat found;

    (void)state;
    assert_true(guard_set_up());
    assert_int_equal(stat(in_directory(LEASE_FILE), &found), 0);
    assert_int_equal(stat(in_directory(LOCK_FILE), &found), 0);
    guard_tear_down();
}

/* What it finds there says what is run as root when the lease ends. */
static void test_a_directory_that_others_may_write_to(void **state)
{
    (void)state;
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(chmod(directory, 0777), 0);
    assert_false(guard_set_up());
    assert_int_equal(chmod(directory, 0775), 0);
    assert_false(guard_set_up());
    assert_int_equal(chmod(directory, 0750), 0);
    assert_true(guard_set_up());
    guard_tear_down();
}

static void test_a_directory_by_a_link(void **state)
{
    (void)state;
    assert_int_equal(symlink("/tmp", directory), 0);
    assert_false(guard_set_up());
}

static void test_no_room_for_the_record(void **state)
{
    (void)state;
    full = true;
    assert_false(guard_set_up());
}

static void test_a_lock_that_nobody_else_can_find(void **state)
{
    (void)state;
    other_ending = true;
    assert_false(guard_set_up());
    other_ending = false;
    assert_true(guard_set_up());
    guard_tear_down();
}

static void write_file(const char *name, const char *text)
{
    const int file = open(in_directory(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file != -1);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(file);
}

static void configure(const char *promise)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "node 17 n\npath 1 p 192.0.2.17\nmonitor 101 path 1 192.0.2.1\nkeys %s/keys\nrun-directory %s\n%s\n",
                   directory, directory, promise);
    write_file("agent.conf", text);
}

/* What monitors conclude from must be true of the fencing that runs. */
static void test_a_reload_changes_no_fencing_under_way(void **state)
{
    static char file[128];
    char error[256] = "";

    (void)state;
    assert_int_equal(mkdir(directory, 0700), 0);
    (void)snprintf(file, sizeof file, "%s", in_directory("agent.conf"));
    write_file("keys", "key 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    configure("lease 10s\nhalt 6s\nself-fence halt-zones\nzones a");
    assert_true(agent_configuration_read(&guard_self.configuration, file, error, sizeof error));
    guard_self.file = file;
    assert_true(guard_set_up());
    guard_self.guard.fencing = true;
    configure("lease 5s\nhalt 1s\nself-fence stop\ninterval 100ms");
    guard_reconfigure(1);
    assert_int_equal(guard_self.configuration.interval, 100 * USEC_PER_MS);
    assert_int_equal(guard_self.configuration.lease, 10 * USEC_PER_SECOND);
    assert_int_equal(guard_self.configuration.halt, 6 * USEC_PER_SECOND);
    assert_int_equal(guard_self.configuration.fence.told, SELF_FENCE_HALT_ZONES);
    assert_int_equal(guard_self.guard.past.kept.halt_ms, 6000);
    assert_int_equal(guard_self.guard.past.kept.fence.by, FENCE_BY_ZONES);
    guard_self.guard.fencing = false;
    guard_reconfigure(1);
    assert_int_equal(guard_self.configuration.halt, 1 * USEC_PER_SECOND);
    assert_int_equal(guard_self.guard.past.kept.fence.by, FENCE_BY_STOP);
    guard_tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_makes_its_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_directory_that_others_may_write_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_directory_by_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_room_for_the_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_lock_that_nobody_else_can_find, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_reload_changes_no_fencing_under_way, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
