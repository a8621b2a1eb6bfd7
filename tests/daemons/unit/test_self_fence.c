/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: platform_stop platform_zone_runs fork execv kill */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/types.h>

#include "agent/self_fence.h"
#include "platform/platform.h"
#include "wire/packet.h"

#define S USEC_PER_SECOND
#define END (100 * S)
#define HALT (5 * S)

static struct fence_plan plan;
static struct self_fencing fencing;
static unsigned stopped, forked, killed;
static enum stop_how stopped_how;
static bool fork_fails;

static const char *runs; /* the first letters of the zones that do */

void __wrap_platform_stop(enum stop_how how);
bool __wrap_platform_zone_runs(const char *zone);
pid_t __wrap_fork(void);
int __wrap_execv(const char *program, char *const *words);
int __wrap_kill(pid_t child, int number);

void __wrap_platform_stop(enum stop_how how)
{
    stopped++;
    stopped_how = how;
}

bool __wrap_platform_zone_runs(const char *zone)
{
    return strchr(runs, zone[0]) != NULL;
}

pid_t __wrap_fork(void)
{
    return fork_fails ? -1 : (pid_t)(1000 + ++forked);
}

int __wrap_execv(const char *program, char *const *words)
{
    (void)program;
    (void)words;
    fail();
    return -1;
}

int __wrap_kill(pid_t child, int number)
{
    assert_true(child > 1000);
    assert_int_equal(number, SIGKILL);
    killed++;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&plan, 0, sizeof plan);
    memset(&fencing, 0, sizeof fencing);
    stopped = forked = killed = 0;
    fork_fails = false;
    runs = "abcde";
    return 0;
}

static void zones(unsigned count)
{
    plan.by = FENCE_BY_ZONES;
    plan.told = SELF_FENCE_HALT_ZONES;
    plan.how = STOP_POWER_OFF;
    plan.zones = count;
    for (unsigned i = 0; i < count; i++) {
        plan.zone[i][0] = (char)('a' + i);
    }
}

static void test_stop_is_the_first_thing(void **state)
{
    (void)state;
    plan.by = FENCE_BY_STOP;
    plan.how = STOP_HALT;
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_int_equal(stopped, 1);
    assert_int_equal(stopped_how, STOP_HALT);
}

static void test_stop_that_returned_is_tried_again(void **state)
{
    usec again;

    (void)state;
    plan.by = FENCE_BY_WATCHDOG;
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    again = self_fencing_go_on(&fencing, &plan, END);
    assert_int_equal(stopped, 1);
    assert_int_equal(again, END + S);
    for (unsigned i = 2; i < 10; i++) {
        again = self_fencing_go_on(&fencing, &plan, again);
        assert_int_equal(stopped, i);
    }
    assert_false(fencing.done);
}

static void test_zones_all_at_once(void **state)
{
    (void)state;
    zones(5);
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_int_equal(forked, 5);
    assert_int_equal(stopped, 0);
    for (pid_t child = 1001; child <= 1005; child++) {
        assert_false(fencing.done);
        assert_true(self_fencing_ended(&fencing, &plan, child, 0));
    }
    assert_true(fencing.done);
    assert_int_equal(self_fencing_go_on(&fencing, &plan, END + 10 * S), USEC_NEVER);
    assert_int_equal(stopped, 0);
}

static void test_zone_that_does_not_halt_stops_the_machine_in_time(void **state)
{
    usec again;

    (void)state;
    zones(2);
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_true(self_fencing_ended(&fencing, &plan, 1002, 0));
    again = self_fencing_go_on(&fencing, &plan, END + S);
    assert_int_equal(again, END + HALT - S / 2);
    assert_int_equal(stopped, 0);
    (void)self_fencing_go_on(&fencing, &plan, again);
    assert_int_equal(stopped, 1);
    assert_int_equal(stopped_how, STOP_POWER_OFF);
    assert_true(self_fencing_ended(&fencing, &plan, 1001, 0));
    assert_false(fencing.done);
}

static void test_zone_that_cannot_be_halted_stops_the_machine_now(void **state)
{
    (void)state;
    zones(2);
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_true(self_fencing_ended(&fencing, &plan, 1001, 0x100)); /* status 1 */
    (void)self_fencing_go_on(&fencing, &plan, END + 1);
    assert_int_equal(stopped, 1);
}

/* It is detached, or runs on another node: zoneadm fails, and there is nothing to halt. */
static void test_zone_that_is_not_here(void **state)
{
    (void)state;
    zones(3);
    runs = "ac";
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_true(self_fencing_ended(&fencing, &plan, 1001, 0));
    assert_true(self_fencing_ended(&fencing, &plan, 1002, 0x100));
    assert_false(fencing.done);
    assert_true(self_fencing_ended(&fencing, &plan, 1003, 0));
    assert_true(fencing.done);
    assert_int_equal(stopped, 0);
}

static void test_no_process_no_zone_halted(void **state)
{
    (void)state;
    zones(2);
    fork_fails = true;
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_int_equal(stopped, 1);
}

/* Thawed after the time in which the node was to be off: no time for zones. */
static void test_too_late_for_zones(void **state)
{
    (void)state;
    zones(2);
    self_fencing_begin(&fencing, &plan, END, HALT, END + HALT);
    assert_int_equal(forked, 0);
    assert_int_equal(stopped, 1);
}

static void test_command_never_stops_the_machine(void **state)
{
    usec again;

    (void)state;
    plan.by = FENCE_BY_COMMAND;
    self_fencing_begin(&fencing, &plan, END, HALT, END + 3600 * S);
    assert_int_equal(forked, 1);
    again = self_fencing_go_on(&fencing, &plan, END + 3601 * S);
    (void)self_fencing_go_on(&fencing, &plan, again);
    assert_int_equal(killed, 1);
    assert_true(self_fencing_ended(&fencing, &plan, 1001, SIGKILL));
    again = self_fencing_go_on(&fencing, &plan, again);
    again = self_fencing_go_on(&fencing, &plan, again);
    assert_int_equal(forked, 2);
    assert_true(self_fencing_ended(&fencing, &plan, 1002, 0));
    assert_true(fencing.done);
    assert_int_equal(stopped, 0);
}

static void test_nothing_is_done_at_once(void **state)
{
    (void)state;
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_true(fencing.done);
    assert_int_equal(stopped + forked, 0);
}

static void test_stranger_that_ended(void **state)
{
    (void)state;
    zones(1);
    self_fencing_begin(&fencing, &plan, END, HALT, END);
    assert_false(self_fencing_ended(&fencing, &plan, 4711, 0));
    assert_false(fencing.done);
}

static void test_stronger_of_two(void **state)
{
    struct fence_plan other;

    (void)state;
    zones(2);
    other = plan;
    other.zone[0][0] = 'x';
    fence_plan_stronger(&plan, &other);
    assert_int_equal(plan.zones, 3);
    memset(&other, 0, sizeof other);
    fence_plan_stronger(&plan, &other);
    assert_int_equal(plan.by, FENCE_BY_ZONES);
    other.by = FENCE_BY_STOP;
    other.told = SELF_FENCE_STOP;
    fence_plan_stronger(&plan, &other);
    assert_int_equal(plan.by, FENCE_BY_STOP);
}

static void test_more_zones_than_there_is_room_for(void **state)
{
    struct fence_plan other;

    (void)state;
    zones(2);
    other = plan;
    plan.zones = FENCE_ZONES;
    for (unsigned i = 0; i < FENCE_ZONES; i++) {
        plan.zone[i][0] = (char)('A' + i / 26);
        plan.zone[i][1] = (char)('A' + i % 26);
    }
    fence_plan_stronger(&plan, &other);
    assert_int_equal(plan.by, FENCE_BY_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_stop_is_the_first_thing, set_up),
        cmocka_unit_test_setup(test_stop_that_returned_is_tried_again, set_up),
        cmocka_unit_test_setup(test_zones_all_at_once, set_up),
        cmocka_unit_test_setup(test_zone_that_does_not_halt_stops_the_machine_in_time, set_up),
        cmocka_unit_test_setup(test_zone_that_cannot_be_halted_stops_the_machine_now, set_up),
        cmocka_unit_test_setup(test_zone_that_is_not_here, set_up),
        cmocka_unit_test_setup(test_no_process_no_zone_halted, set_up),
        cmocka_unit_test_setup(test_too_late_for_zones, set_up),
        cmocka_unit_test_setup(test_command_never_stops_the_machine, set_up),
        cmocka_unit_test_setup(test_nothing_is_done_at_once, set_up),
        cmocka_unit_test_setup(test_stranger_that_ended, set_up),
        cmocka_unit_test_setup(test_stronger_of_two, set_up),
        cmocka_unit_test_setup(test_more_zones_than_there_is_room_for, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
