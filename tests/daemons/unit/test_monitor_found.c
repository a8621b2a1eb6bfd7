/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the simulation found, each by itself. */

#include "monitor_rig.h"

static void maintenance_of_a_suspect_outlives_a_crash(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    while (rig_state(rig, 0, 2) != NODE_SUSPECT && rig_state(rig, 0, 2) != NODE_PROBING) {
        rig_run(rig, 5 * MS);
    }
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    rig_restart_monitor(rig, 0); /* nothing was written but what the order waited for */
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    rig_sound(rig);
    rig_free(rig);
}

static void maintenance_holds_after_a_release(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n2", "anna"));
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_boot(rig, 2);
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_OFF, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig_sound(rig);
    rig_free(rig);
}

/* Its agent was started anew, and its next beat answers the challenge: half a second later. */
static void who_speaks_and_cannot_be_believed_yet_is_waited_for(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->node[2].interval = 500 * MS;
    rig->node[2].says.interval_ms = 500;
    rig_begin(rig);
    rig->node[2].dead = true;
    while (rig_state(rig, 0, 2) != NODE_SUSPECT && rig_state(rig, 0, 2) != NODE_PROBING) {
        rig_run(rig, 5 * MS);
    }
    rig_boot(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 0);
    rig_sound(rig);
    rig_free(rig);
}

/* "Go on" before there is a mass loss is no leave for the next one. */
static void to_go_on_is_about_what_was_looked_at(void **state)
{
    struct rig *rig = rig_new(4, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig->node[3].dead = true;
    while (rig_state(rig, 0, 2) < NODE_SUSPECT || rig_state(rig, 0, 3) < NODE_SUSPECT) {
        rig_run(rig, 5 * MS);
    }
    assert_false(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    rig_run(rig, 10 * SECOND);
    assert_int_equal(rig_count(rig, 0, "mass_loss", NULL), 1);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    assert_true(rig_order(rig, 0, COMMAND_GO_ON, NULL, "anna"));
    rig_run(rig, 10 * SECOND);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 2);
    rig_sound(rig);
    rig_free(rig);
}

/* The only other node beats every half second, in step with the time that is given after the network came back. */
static void a_network_that_came_back_keeps_nobody_unreported(void **state)
{
    struct rig *rig = rig_new(2, 1);

    (void)state;
    rig->monitor[0].settings.mass_percent = 100;
    for (unsigned i = 1; i <= 2; i++) {
        rig->node[i].interval = 500 * MS;
        rig->node[i].says.interval_ms = 500;
    }
    rig->jitter = 0;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig->loss[0] = 1000;
    rig->loss[1] = 1000;
    rig_run(rig, 4 * SECOND);
    assert_int_equal(rig_count(rig, 0, "isolated", NULL), 1);
    rig->loss[0] = 0;
    rig->loss[1] = 0;
    rig_run(rig, 20 * SECOND);
    assert_state(rig, 0, 1, NODE_ALIVE);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

/* Fenced while it is reloaded, and heard again while a level runs: nothing extends its lease any more, but what it
 * promised before the reload did. */
static void promised_while_it_is_fenced(uint32_t lease_ms, uint32_t monitors)
{
    struct rig *rig = rig_new(3, 1);
    const uint32_t right = rig->node[2].says.monitors;
    usec heard;

    rig->node[2].says.lease_ms = lease_ms;
    rig->node[2].says.monitors = monitors == 0 ? right : monitors;
    rig->monitor[0].fence_result = -1; /* a level runs, and says nothing */
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 6 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    rig->node[2].says.lease_ms = 3000;
    rig->node[2].says.monitors = right;
    rig->node[2].dead = false;
    heard = rig->now;
    rig_run(rig, 4900 * MS);
    assert_state(rig, 0, 2, NODE_FENCING);
    assert_int_equal(rig_view(rig, 0, 2).last.lease_ms, 3000);
    rig_run(rig, SECOND);
    assert_int_equal(rig_count(rig, 0, "verdict", "lease"), 1);
    assert_true(rig_when(rig, 0, "verdict", "lease") >= heard + 5010 * MS);
    rig_sound(rig);
    rig_free(rig);
}

static void a_lease_that_became_shorter_counts_from_when_that_was_heard(void **state)
{
    (void)state;
    promised_while_it_is_fenced(20000, 0);
}

static void a_monitor_that_the_agent_forgot_may_have_answered_until_that_was_heard(void **state)
{
    (void)state;
    promised_while_it_is_fenced(3000, 4711);
}

/* Its good-bye was heard while it was kept from use. Released it is away, not merely unheard, for the peers are told of
 * the good-bye all the same: a monitor that had it as unheard kept them waiting, and said nothing itself. */
static void a_good_bye_holds_after_a_release(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig->node[2].says.flags |= KEEPALIVE_LEAVING;
    rig_boot(rig, 2);
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    rig->node[2].dead = true;
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_restart_monitor(rig, 0); /* nothing was written but what the order waited for */
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    rig->node[2].says.flags = KEEPALIVE_GATED;
    rig_boot(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_int_equal(rig->node[2].says.lease, LEASE_HELD);
    rig_sound(rig);
    rig_free(rig);
}

/* Both heard the good-bye; of the agent that was started anew one knows, and that one judges it. */
static void a_good_bye_that_was_taken_back_keeps_nobody_waiting(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    rig->node[2].says.flags |= KEEPALIVE_LEAVING;
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    assert_state(rig, 1, 2, NODE_AWAY);
    rig->node[2].deaf = 2;
    rig->node[2].says.flags = KEEPALIVE_GATED;
    rig_restart_agent(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_state(rig, 1, 2, NODE_AWAY);
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

/* One monitor heard it; of no later agent does the other know. */
static void a_good_bye_that_stands_is_waited_for(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    rig_restart_agent(rig, 2); /* so that there is one that was followed */
    rig_run(rig, 2 * SECOND);
    rig->node[2].deaf = 1;
    rig->node[2].says.flags |= KEEPALIVE_LEAVING;
    rig_run(rig, SECOND / 2);
    assert_state(rig, 1, 2, NODE_AWAY);
    rig->node[2].dead = true;
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_SUSPECT);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 0);
    rig_sound(rig);
    rig_free(rig);
}

/* Lost, and what its fencing needs is not on disk yet; then a person's word waits for the disk, too. */
static void what_bars_a_fencing_takes_nothing_from_a_word_that_waits_for_the_disk(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->monitor[0].unwritable = true;
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_true(rig_order(rig, 0, COMMAND_ACKNOWLEDGE, "n2", "anna"));
    assert_true(rig_order(rig, 0, COMMAND_OBSERVE, NULL, "test"));
    rig_run(rig, 5 * SECOND);
    assert_true(rig_view(rig, 0, 2).withheld);
    rig->monitor[0].unwritable = false;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_boot(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    assert_int_equal(rig->node[2].extensions, 0);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maintenance_of_a_suspect_outlives_a_crash),
        cmocka_unit_test(maintenance_holds_after_a_release),
        cmocka_unit_test(who_speaks_and_cannot_be_believed_yet_is_waited_for),
        cmocka_unit_test(to_go_on_is_about_what_was_looked_at),
        cmocka_unit_test(a_network_that_came_back_keeps_nobody_unreported),
        cmocka_unit_test(a_lease_that_became_shorter_counts_from_when_that_was_heard),
        cmocka_unit_test(what_bars_a_fencing_takes_nothing_from_a_word_that_waits_for_the_disk),
        cmocka_unit_test(a_monitor_that_the_agent_forgot_may_have_answered_until_that_was_heard),
        cmocka_unit_test(a_good_bye_holds_after_a_release),
        cmocka_unit_test(a_good_bye_that_was_taken_back_keeps_nobody_waiting),
        cmocka_unit_test(a_good_bye_that_stands_is_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
