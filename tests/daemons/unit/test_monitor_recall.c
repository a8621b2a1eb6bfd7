/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What survives a restart, and a reload. emulated: long */

#include "monitor_rig.h"

static void restart_in_every_state_and_see_the_same(void **state)
{
    struct rig *rig = rig_new(12, 2);
    enum node_state before[13];
    struct node_view view;

    (void)state;
    rig->monitor[0].settings.mass_percent = 100;
    rig->monitor[1].settings.mass_percent = 100;
    for (unsigned i = 3; i <= 5; i++) {
        rig->declared[i].lease_proof = LEASE_PROOF_NEVER;
    }
    rig->declared[4].levels = 0;
    rig->declared[5].levels = 0;
    rig_begin(rig);
    rig->node[2].dead = true; /* fenced */
    rig_run(rig, 5 * SECOND);
    rig->node[3].dead = true; /* fenced, then returned: quarantined */
    rig_run(rig, 5 * SECOND);
    rig_boot(rig, 3);
    rig->node[4].dead = true; /* unknown */
    rig_run(rig, 10 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_MAINTENANCE_ON, "n6", "anna"));
    assert_true(rig_order(rig, 0, COMMAND_DISARM, NULL, "anna"));
    for (unsigned i = 1; i <= 12; i++) {
        before[i] = rig_state(rig, 0, i);
    }
    assert_int_equal(before[2], NODE_FENCED);
    assert_int_equal(before[3], NODE_QUARANTINED);
    assert_int_equal(before[4], NODE_UNKNOWN);
    assert_int_equal(before[6], NODE_AWAY);
    rig_stop_monitor(rig, 0);
    rig_run(rig, 60 * SECOND);
    rig_start_monitor(rig, 0);
    assert_false(monitor_armed(rig->monitor[0].monitor));
    for (unsigned i = 1; i <= 12; i++) {
        assert_state(rig, 0, i, before[i]);
        view = rig_view(rig, 0, i);
        assert_int_equal(view.withheld, before[i] >= NODE_FENCED && before[i] <= NODE_QUARANTINED);
    }
    assert_string_equal(rig_view(rig, 0, 2).verdict, "off");
    assert_true(rig_view(rig, 0, 2).verdict_ago == USEC_NEVER); /* when that was, nobody knows any more */
    rig_run(rig, 100 * MS);
    /* A verdict stands until it was acted on: it is told again, the same one. */
    assert_int_equal(rig_count(rig, 0, "verdict", "off"), 3);
    rig_run(rig, 10 * SECOND);
    for (unsigned i = 1; i <= 12; i++) {
        assert_state(rig, 0, i, before[i]);
    }
    rig_sound(rig);
    rig_free(rig);
}

static void who_was_alive_is_judged_after_full_time(void **state)
{
    struct rig *rig = rig_new(3, 1);
    usec started;

    (void)state;
    rig_begin(rig);
    rig_stop_monitor(rig, 0);
    rig->node[2].dead = true;
    rig_run(rig, 600 * SECOND);
    rig_start_monitor(rig, 0);
    assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
    started = rig->now;
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig_run(rig, 4900 * MS);
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig_run(rig, 2 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_true(rig_when(rig, 0, "state", "suspect") >= started + 5 * SECOND);
    assert_state(rig, 0, 1, NODE_ALIVE);
    rig_sound(rig);
    rig_free(rig);
}

static void who_was_never_heard_is_only_reported(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->node[2].dead = true;
    rig_begin(rig);
    rig_run(rig, 600 * SECOND);
    assert_state(rig, 0, 2, NODE_UNHEARD);
    assert_int_equal(rig->monitor[0].fences, 0);
    rig_sound(rig);
    rig_free(rig);
}

static void a_restart_while_fencing_goes_on_and_trusts_no_lease_it_did_not_hear_of(void **state)
{
    (void)state;
    for (int lease = 0; lease <= 1; lease++) {
        struct rig *rig = rig_new(3, 1);

        rig->declared[2].levels = lease ? 0 : 1;
        rig->monitor[0].fence_result = -1;
        rig_begin(rig);
        rig->node[2].dead = true;
        rig_run(rig, 4 * SECOND);
        assert_state(rig, 0, 2, NODE_FENCING);
        rig_restart_monitor(rig, 0);
        assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
        assert_true(rig_view(rig, 0, 2).withheld);
        rig->monitor[0].fence_result = FENCE_PROVEN;
        rig_run(rig, 30 * SECOND);
        assert_state(rig, 0, 2, lease ? NODE_UNKNOWN : NODE_FENCED);
        rig_sound(rig);
        rig_free(rig);
    }
}

/* Killed at any moment from the loss to the verdict: it is told, and what was promised holds. */
static void killed_at_any_moment_the_verdict_comes(void **state)
{
    (void)state;
    for (usec when = 0; when < 3 * SECOND; when += 37 * MS) {
        struct rig *rig = rig_new(4, 1);

        rig_begin(rig);
        rig_run(rig, 2 * SECOND);
        rig->node[2].dead = true;
        rig_run(rig, when);
        rig_restart_monitor(rig, 0);
        assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
        rig_run(rig, 20 * SECOND);
        assert_state(rig, 0, 2, NODE_FENCED);
        assert_true(rig_count(rig, 0, "verdict", "off") >= 1);
        rig_sound(rig);
        rig_free(rig);
    }
}

static void lines_that_are_wrong_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "armed",
        "armed maybe",
        "node",
        "node x state=alive",
        "node 0 state=alive",
        "node 99999999999 state=alive",
        "node 2 state",
        "node 2 state=dancing",
        "node 2 boot=xyz",
        "node 2 boot=-1",
        "node 2 boot=",
        "node 2 own=2",
        "node 2 own=",
        "node 2 promised=a",
        "node 2 promised=1;2",
        "node 2 asked=0",
        "node 2 person=%",
        "node 2 person=%4",
        "node 2 person=%zz",
        "node 2 person=%00",
        "node 2 verdict=much-too-long-for-a-verdict",
        "node 2 colour=red",
    };
    struct rig *rig = rig_new(3, 2);
    char said[120];
    char big[4096];

    (void)state;
    rig_start_monitor(rig, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (monitor_restore(rig->monitor[0].monitor, wrong[i], said, sizeof said, rig->now)) {
            fail_msg("\"%s\" was taken", wrong[i]);
        }
        assert_true(strlen(said) > 0);
    }
    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = '\0';
    assert_false(monitor_restore(rig->monitor[0].monitor, big, said, sizeof said, rig->now));
    assert_state(rig, 0, 2, NODE_UNHEARD);
    rig_free(rig);
}

static void nodes_that_are_gone_keep_their_promises(void **state)
{
    struct rig *rig = rig_new(3, 2);
    struct monitor_settings settings;

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[3].deaf = 3;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 3, NODE_FENCING);
    assert_true(rig_view(rig, 1, 3).withheld);
    for (unsigned i = 0; i < 2; i++) {
        settings = rig->monitor[i].settings;
        settings.nodes = 2;
        assert_true(monitor_reload(rig->monitor[i].monitor, &settings, rig->now));
    }
    rig_run(rig, 5 * SECOND);
    rig->nodes = 2;
    rig_restart_monitor(rig, 1);
    rig->nodes = 3;
    rig_run(rig, 5 * SECOND);
    for (unsigned i = 0; i < 2; i++) {
        settings = rig->monitor[i].settings;
        settings.nodes = 3;
        assert_true(monitor_reload(rig->monitor[i].monitor, &settings, rig->now));
    }
    assert_true(rig_view(rig, 1, 3).withheld);
    assert_true(rig_view(rig, 0, 3).withheld);
    rig_sound(rig);
    rig_free(rig);
}

static void a_reload_loses_nothing(void **state)
{
    struct rig *rig = rig_new(4, 2);
    struct monitor_settings settings;

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    /* Another order of nodes and peers, other times. */
    settings = rig->monitor[0].settings;
    {
        struct monitor_node turned[4];

        for (unsigned i = 0; i < 4; i++) {
            turned[i] = rig->declared[4 - i];
        }
        settings.node = turned;
        settings.suspect_floor = 500 * MS;
        assert_true(monitor_reload(rig->monitor[0].monitor, &settings, rig->now));
    }
    rig_run(rig, 2 * SECOND);
    {
        struct node_view view;

        assert_true(monitor_view(rig->monitor[0].monitor, 2, rig->now, &view));
        assert_int_equal(view.id, 2);
        assert_int_equal(view.state, NODE_FENCED);
        assert_true(monitor_view(rig->monitor[0].monitor, 0, rig->now, &view));
        assert_int_equal(view.id, 4);
        assert_int_equal(view.state, NODE_ALIVE);
        assert_false(monitor_view(rig->monitor[0].monitor, 4, rig->now, &view));
    }
    assert_int_equal(rig_count(rig, 0, "state", "suspect"), 1);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restart_in_every_state_and_see_the_same),
        cmocka_unit_test(who_was_alive_is_judged_after_full_time),
        cmocka_unit_test(who_was_never_heard_is_only_reported),
        cmocka_unit_test(a_restart_while_fencing_goes_on_and_trusts_no_lease_it_did_not_hear_of),
        cmocka_unit_test(killed_at_any_moment_the_verdict_comes),
        cmocka_unit_test(lines_that_are_wrong_are_refused),
        cmocka_unit_test(nodes_that_are_gone_keep_their_promises),
        cmocka_unit_test(a_reload_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
