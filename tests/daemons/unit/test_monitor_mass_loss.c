/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Too many at once: stop and ask. */

#include "monitor_rig.h"

static unsigned fenced(const struct rig *rig)
{
    unsigned count = 0;

    for (unsigned i = 1; i <= rig->nodes; i++) {
        count += rig_state(rig, 0, i) == NODE_FENCED ? 1 : 0;
    }
    return count;
}

static void kill(struct rig *rig, unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to; i++) {
        rig->node[i].dead = true;
    }
}

static void more_than_the_share_at_once_stops_everything(void **state)
{
    struct rig *rig = rig_new(20, 1);

    (void)state;
    rig_begin(rig);
    kill(rig, 1, 7);
    rig_run(rig, 60 * SECOND);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_int_equal(rig_count(rig, 0, "mass_loss", NULL), 1);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 7);
    /* Over a restart, too. */
    rig_restart_monitor(rig, 0);
    assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
    rig_run(rig, 60 * SECOND);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_true(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    for (unsigned i = 0; i < 50; i++) {
        rig_run(rig, 200 * MS);
        if (rig->monitor[0].fence_ticket == 0) {
            continue;
        }
    }
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 7);
    assert_false(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    rig_sound(rig);
    rig_free(rig);
}

static void a_small_share_is_fenced(void **state)
{
    struct rig *rig = rig_new(20, 1);

    (void)state;
    rig_begin(rig);
    for (unsigned i = 1; i <= 6; i++) {
        kill(rig, i, i);
        rig_run(rig, 300 * MS);
    }
    rig_run(rig, 10 * SECOND);
    assert_int_equal(rig_count(rig, 0, "mass_loss", NULL), 0);
    assert_int_equal(fenced(rig), 6);
    rig_sound(rig);
    rig_free(rig);
}

static void one_of_two_is_no_mass(void **state)
{
    struct rig *rig = rig_new(2, 1);

    (void)state;
    rig_begin(rig);
    kill(rig, 1, 1);
    rig_run(rig, 10 * SECOND);
    assert_int_equal(fenced(rig), 1);
    rig_sound(rig);
    rig_free(rig);
}

static void losses_far_apart_are_no_mass(void **state)
{
    struct rig *rig = rig_new(10, 1);

    (void)state;
    rig_begin(rig);
    for (unsigned i = 1; i <= 8; i++) {
        kill(rig, i, i);
        rig_run(rig, 12 * SECOND);
        assert_int_equal(fenced(rig), i);
    }
    assert_int_equal(rig_count(rig, 0, "mass_loss", NULL), 0);
    rig_sound(rig);
    rig_free(rig);
}

static void new_losses_after_going_on_are_counted_anew(void **state)
{
    struct rig *rig = rig_new(20, 1);

    (void)state;
    rig_begin(rig);
    kill(rig, 1, 7);
    rig_run(rig, 5 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    rig_run(rig, 2 * SECOND);
    kill(rig, 8, 12);
    rig_run(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, 0, "mass_loss", NULL), 2);
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 7);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_than_the_share_at_once_stops_everything),
        cmocka_unit_test(a_small_share_is_fenced),
        cmocka_unit_test(one_of_two_is_no_mass),
        cmocka_unit_test(losses_far_apart_are_no_mass),
        cmocka_unit_test(new_losses_after_going_on_are_counted_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
