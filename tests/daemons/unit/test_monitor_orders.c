/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Commands: right and wrong, and in which states. */

#include "monitor_rig.h"

static void names_and_words_that_are_wrong(void **state)
{
    static const char *const wrong[] = {"", "n9", "9", "0", "-1", "n2 ", "2x", "99999999999999999999", NULL};
    static const enum monitor_command commands[] = {COMMAND_MAINTENANCE_ON, COMMAND_MAINTENANCE_OFF,
                                                    COMMAND_ACKNOWLEDGE, COMMAND_RELEASE, COMMAND_UNDISPUTE};
    struct rig *rig = rig_new(3, 1);
    char said[8];

    (void)state;
    rig_begin(rig);
    for (size_t c = 0; c < sizeof commands / sizeof commands[0]; c++) {
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            assert_false(rig_order(rig, 0, commands[c], wrong[i], "anna"));
        }
    }
    assert_false(rig_order(rig, 0, (enum monitor_command)99, "n2", "anna"));
    /* A sentence that does not fit is cut, not more. */
    memset(said, 'x', sizeof said);
    assert_false(monitor_order(rig->monitor[0].monitor, COMMAND_RELEASE, "n2", "anna", NULL, said, 4, rig->now));
    assert_int_equal(said[3], '\0');
    assert_int_equal(said[4], 'x');
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "2", NULL));
    rig_free(rig);
}

static void a_living_node_is_not_acknowledged(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    assert_false(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    assert_false(rig_order(rig, 0, COMMAND_UNDISPUTE, "n2", "anna"));
    assert_false(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig_free(rig);
}

static void one_persons_word(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", NULL));
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", ""));
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_string_equal(rig_view(rig, 0, 2).verdict, "person");
    assert_int_equal(rig_count(rig, 0, "verdict", "person"), 1);
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    rig_sound(rig);
    rig_free(rig);
}

static void two_persons_are_two(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].settings.persons = 2;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna %20\n"));
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "ANNA %20\n"));
    /* The first one's word survives a restart. */
    rig_restart_monitor(rig, 0);
    assert_false(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna %20\n"));
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "bert"));
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_first_word_is_void_when_the_node_is_heard(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].settings.persons = 2;
    rig_begin(rig);
    assert_true(rig_order(rig, 0, COMMAND_DISARM, NULL, "anna"));
    rig->node[2].deaf = 1;
    rig_run(rig, 5 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    rig->node[2].deaf = 0;
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig->node[2].deaf = 1;
    rig_run(rig, 5 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "bert"));
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    rig_sound(rig);
    rig_free(rig);
}

static void maintenance_means_silence_means_nothing(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_run(rig, 2 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    rig->node[2].dead = true;
    rig_run(rig, 60 * SECOND);
    rig_restart_monitor(rig, 0);
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    assert_true(rig_view(rig, 0, 2).maintenance);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_OFF, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_UNHEARD);
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_UNHEARD);
    rig_boot(rig, 2);
    rig_run(rig, 2 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_OFF, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig->node[2].dead = true;
    assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_false(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    rig_sound(rig);
    rig_free(rig);
}

static void maintenance_does_not_stop_a_fencing(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    assert_false(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_FENCING);
    assert_false(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    /* A person's word ends it, and the level's result comes too late to matter. */
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_FENCED);
    monitor_fenced(rig->monitor[0].monitor, rig->monitor[0].fence_ticket, FENCE_FAILED, "late", rig->now);
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void what_is_not_on_disk_is_not_done(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->monitor[0].unwritable = true;
    assert_false(rig_order(rig, 0, COMMAND_DISARM, NULL, "anna"));
    assert_true(monitor_armed(rig->monitor[0].monitor));
    assert_false(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig->monitor[0].unwritable = false;
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig->monitor[0].unwritable = true;
    assert_false(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_free(rig);
}

static void a_release_is_on_disk_when_it_is_told(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    rig_restart_monitor(rig, 0);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_UNHEARD);
    assert_int_equal(rig_view(rig, 0, 2).incident, 2);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 1);
    rig_free(rig);
}

static void votes_are_not_overruled(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].settings.acting = ACTING_BY_VOTES;
    rig_begin(rig);
    assert_false(rig_order(rig, 0, COMMAND_ACT, NULL, "anna"));
    assert_false(rig_order(rig, 0, COMMAND_OBSERVE, NULL, "anna"));
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_words_that_are_wrong),
        cmocka_unit_test(a_living_node_is_not_acknowledged),
        cmocka_unit_test(one_persons_word),
        cmocka_unit_test(two_persons_are_two),
        cmocka_unit_test(a_first_word_is_void_when_the_node_is_heard),
        cmocka_unit_test(maintenance_means_silence_means_nothing),
        cmocka_unit_test(maintenance_does_not_stop_a_fencing),
        cmocka_unit_test(what_is_not_on_disk_is_not_done),
        cmocka_unit_test(a_release_is_on_disk_when_it_is_told),
        cmocka_unit_test(votes_are_not_overruled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
