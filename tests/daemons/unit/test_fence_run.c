/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* With real processes. emulated: never */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/fence_run.h"
#include "platform/platform.h"

static char directory[64];
static struct configuration *configuration;
static struct fence_run *run;
static uint64_t done_ticket;
static unsigned done, proven;

static const char *in_directory(const char *name)
{
    static char path[2][128];
    static unsigned turn;

    turn = 1 - turn;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", directory, name);
    return path[turn];
}

static void write_file(const char *name, mode_t mode, const char *text)
{
    FILE *file = fopen(in_directory(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(in_directory(name), mode), 0);
}

static void on_done(void *context, uint64_t ticket, enum fence_result result, const char *said)
{
    (void)context;
    (void)said;
    done_ticket = ticket;
    done++;
    proven += result == FENCE_PROVEN ? 1 : 0;
}

static void on_said(void *context, uint32_t node, const char *name, unsigned level, const char *sentence)
{
    (void)context;
    (void)node;
    (void)name;
    (void)level;
    (void)sentence;
}

/* It notes what it was asked; the files "hang-off" and "hang-status" hold it up. */
static const char agent[] = "#!/bin/sh\n"
                            "cd %s || exit 1\n"
                            "read -r action\n"
                            "echo \"$action\" >> asked\n"
                            "while [ -e hang-${action#action=} ]; do sleep 0.02; done\n"
                            "[ \"$action\" = action=off ] && exit 0\n"
                            "echo 'Status: OFF'\n"
                            "exit 2\n";

static int set_up(void **state)
{
    const struct fence_effects effects = {NULL, on_done, on_said};
    char text[1024], error[512];

    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/test-fence-run-%ld", (long)getpid());
    assert_int_equal(mkdir(directory, 0700), 0);
    (void)snprintf(text, sizeof text, agent, directory);
    write_file("agent", 0700, text);
    write_file("keys", 0600, "key 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    (void)snprintf(text, sizeof text,
                   "id 1\nlisten 1 127.0.0.1\nkeys %s/keys\nstate %s/state\ncontrol %s/control\nnode 17 t8a\n"
                   "fence t8a 1 power %s/agent within=20s attempts=1\n",
                   directory, directory, directory, directory);
    write_file("conf", 0600, text);
    configuration = configuration_load(in_directory("conf"), error, sizeof error);
    if (configuration == NULL) {
        fail_msg("%s", error);
    }
    run = fence_run_new(configuration, -1, &effects);
    assert_non_null(run);
    done = proven = 0;
    done_ticket = 0;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"agent", "keys", "conf", "asked", "hang-off", "hang-status"};

    (void)state;
    fence_run_free(run);
    configuration_free(configuration);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(in_directory(names[i]));
    }
    return rmdir(directory);
}

static unsigned times_asked(const char *action)
{
    FILE *file = fopen(in_directory("asked"), "r");
    char line[64];
    unsigned times = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        times += strncmp(line, action, strlen(action)) == 0 ? 1 : 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return times;
}

static void go_on_until_asked(const char *action, unsigned times)
{
    for (unsigned turn = 0; turn < 1000 && times_asked(action) < times; turn++) {
        (void)fence_run_advance(run, platform_now());
        (void)poll(NULL, 0, 10);
    }
    assert_int_equal(times_asked(action), times);
}

static void go_on_until_done(void)
{
    for (unsigned turn = 0; turn < 1000 && done == 0; turn++) {
        (void)fence_run_advance(run, platform_now());
        (void)poll(NULL, 0, 10);
    }
    assert_int_equal(done, 1);
    assert_int_equal(fence_run_running(run), 0);
}

static void test_one_that_runs_answers_to_the_newest_ticket(void **state)
{
    (void)state;
    write_file("hang-off", 0600, "");
    fence_run_begin(run, 17, 0, 77, 1, platform_now());
    go_on_until_asked("action=off", 1);
    fence_run_begin(run, 17, 0, 77, 2, platform_now());
    assert_int_equal(unlink(in_directory("hang-off")), 0);
    go_on_until_done();
    assert_int_equal(done_ticket, 2);
    assert_int_equal(proven, 1);
    assert_int_equal(times_asked("action=off"), 1);
}

/* It was off, was started anew, and is lost again: what was begun before is no proof. */
static void test_what_was_begun_for_another_boot_proves_nothing(void **state)
{
    (void)state;
    write_file("hang-status", 0600, "");
    fence_run_begin(run, 17, 0, 77, 1, platform_now());
    go_on_until_asked("action=status", 1);
    fence_run_begin(run, 17, 0, 78, 2, platform_now());
    assert_int_equal(unlink(in_directory("hang-status")), 0);
    go_on_until_done();
    assert_int_equal(done_ticket, 2);
    assert_int_equal(proven, 1);
    assert_int_equal(times_asked("action=off"), 2);
}

static void test_a_level_that_is_gone(void **state)
{
    (void)state;
    fence_run_begin(run, 17, 1, 77, 1, platform_now());
    go_on_until_done();
    assert_int_equal(proven, 0);
    done = 0;
    fence_run_begin(run, 18, 0, 77, 2, platform_now());
    go_on_until_done();
    assert_int_equal(proven, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_that_runs_answers_to_the_newest_ticket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_begun_for_another_boot_proves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_level_that_is_gone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
