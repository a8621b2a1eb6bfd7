/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What monitors ask and promise each other, and what of it survives. */

#include "monitor_rig.h"

static void a_peer_that_hears_it_ends_the_suspicion(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_SUSPECT);
    assert_state(rig, 1, 2, NODE_ALIVE);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 0);
    /* And when the peer does not hear it any more either, it is declared. */
    rig->node[2].dead = true;
    rig_run(rig, 6 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_lease_is_proof_only_when_every_peer_withholds(void **state)
{
    struct rig *rig = rig_new(3, 3);
    usec told;

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->monitor[0].cut = 4;
    rig->node[2].dead = true;
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    assert_true(rig_view(rig, 1, 2).withheld);
    assert_false(rig_view(rig, 2, 2).withheld);
    rig->monitor[0].cut = 0;
    rig_run(rig, 3 * SECOND);
    told = rig_when(rig, 0, "verdict", "lease");
    assert_true(told != USEC_NEVER && told >= rig->now - 3 * SECOND);
    rig_sound(rig);
    rig_free(rig);
}

static void the_latest_answer_of_all_monitors_counts(void **state)
{
    struct rig *rig = rig_new(3, 2);
    usec told;

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig_run(rig, 30 * SECOND);
    rig->node[2].dead = true;
    rig_run(rig, 30 * SECOND);
    told = rig_when(rig, 0, "verdict", "lease");
    assert_true(told != USEC_NEVER);
    assert_true(told - rig->node[2].extended >= 10020 * MS - 3 * MS);
    assert_true(told - rig->node[2].extended < 10500 * MS);
    rig_sound(rig);
    rig_free(rig);
}

/* Withheld for a fencing that goes on: neither a restart of the peer nor one of who asked makes it answer. */
static void a_promise_outlives_every_restart(void **state)
{
    struct rig *rig = rig_new(3, 2);
    unsigned extensions;

    (void)state;
    rig->declared[2].levels = 1;
    rig->monitor[0].fence_result = -1;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig_begin(rig);
    rig->node[2].deaf = 3;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    assert_true(rig_view(rig, 1, 2).withheld);
    rig_restart_monitor(rig, 1);
    rig_run(rig, 100 * MS);
    rig_stop_monitor(rig, 0);
    rig->node[2].deaf = 0;
    extensions = rig->node[2].extensions;
    rig_run(rig, 20 * SECOND);
    assert_state(rig, 1, 2, NODE_ALIVE);
    assert_true(rig_view(rig, 1, 2).withheld);
    assert_int_equal(rig->node[2].extensions, extensions);
    /* Who asked comes back, hears it, and releases. */
    rig_start_monitor(rig, 0);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_false(rig_view(rig, 1, 2).withheld);
    assert_true(rig->node[2].extensions > extensions);
    rig_sound(rig);
    rig_free(rig);
}

static void a_person_releases_what_nobody_comes_back_for(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].deaf = 3;
    rig_run(rig, 5 * SECOND);
    rig_stop_monitor(rig, 0);
    rig->node[2].deaf = 0;
    rig_run(rig, 5 * SECOND);
    assert_true(rig_view(rig, 1, 2).withheld);
    assert_true(rig_order(rig, 1, COMMAND_RELEASE, "n2", "anna"));
    assert_false(rig_view(rig, 1, 2).withheld);
    assert_false(rig_order(rig, 1, COMMAND_RELEASE, "n2", "anna"));
    rig_sound(rig);
    rig_free(rig);
}

static void a_promise_is_on_disk_before_it_is_given(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->monitor[1].unwritable = true;
    rig->node[2].dead = true;
    rig_run(rig, 40 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    rig->monitor[1].unwritable = false;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void who_heard_a_good_bye_does_not_agree(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig->node[2].says.flags |= KEEPALIVE_LEAVING;
    rig_run(rig, SECOND);
    assert_state(rig, 1, 2, NODE_AWAY);
    rig->node[2].dead = true;
    rig_restart_monitor(rig, 1);
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_SUSPECT);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    rig_sound(rig);
    rig_free(rig);
}

static void a_release_that_comes_late_undoes_nothing(void **state)
{
    struct rig *rig = rig_new(3, 2);
    struct rig_packet held[8];
    unsigned count = 0;

    (void)state;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].deaf = 3;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    rig->node[2].deaf = 0;
    /* The releases are held up on their way. */
    while (rig_state(rig, 0, 2) == NODE_FENCING) {
        rig_run(rig, 50);
    }
    for (unsigned i = 0; i < rig->flights;) {
        if (rig->flying[i].to_monitor && rig->flying[i].monitor == 1 && rig->flying[i].from.port >= 2000) {
            assert_true(count < 8);
            held[count++] = rig->flying[i];
            rig->flying[i] = rig->flying[--rig->flights];
        } else {
            i++;
        }
    }
    assert_true(count > 0);
    rig_run(rig, 3 * SECOND);
    assert_false(rig_view(rig, 1, 2).withheld);
    rig->node[2].deaf = 3;
    rig_run(rig, 5 * SECOND);
    assert_true(rig_view(rig, 1, 2).withheld);
    for (unsigned i = 0; i < count; i++) {
        monitor_receive(rig->monitor[1].monitor, held[i].path, &held[i].from, held[i].bytes, held[i].size, rig->now);
    }
    assert_true(rig_view(rig, 1, 2).withheld);
    rig_free(rig);
}

static void a_peer_that_was_not_reached_learns_of_the_quarantine(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    rig->monitor[0].cut = 2;
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    /* It boots while the monitors do not see each other: who does not act gives no boot its first lease unasked. */
    rig_boot(rig, 2);
    rig->node[2].deaf = 1;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 1, 2, NODE_ALIVE);
    assert_int_equal(rig->node[2].extensions, 0);
    rig->monitor[0].cut = 0;
    rig_run(rig, 3 * SECOND);
    assert_true(rig_view(rig, 1, 2).withheld);
    assert_int_equal(rig->node[2].answer_flags & ANSWER_QUARANTINED, ANSWER_QUARANTINED);
    rig->node[2].deaf = 0;
    rig_run(rig, 3 * SECOND);
    assert_int_equal(rig->node[2].extensions, 0);
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    rig_run(rig, 3 * SECOND);
    assert_false(rig_view(rig, 1, 2).withheld);
    assert_true(rig->node[2].extensions > 0);
    rig_sound(rig);
    rig_free(rig);
}

static void a_boot_gets_its_first_lease_when_no_peer_withholds(void **state)
{
    struct rig *rig = rig_new(3, 3);

    (void)state;
    rig_begin(rig);
    /* Who observes asks, is told that nobody withholds, and extends. */
    rig->node[1].deaf = 1;
    rig_boot(rig, 1);
    rig_run(rig, 2 * SECOND);
    assert_true(rig->node[1].extensions > 0);
    rig_sound(rig);
    rig_free(rig);
}

/* A recorded question opens nothing: it names a session that is worth nothing to a fresh incarnation. */
static void replayed_queries_do_nothing(void **state)
{
    struct rig *rig = rig_new(3, 2);
    struct rig_packet kept[64];
    unsigned count = 0;
    struct monitor_counts before;
    struct monitor_counts after;

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].deaf = 3;
    for (unsigned k = 0; k < 30000 && count < 64; k++) {
        rig_run(rig, 200);
        for (unsigned i = 0; i < rig->flights && count < 64; i++) {
            if (rig->flying[i].to_monitor && rig->flying[i].monitor == 1 && rig->flying[i].from.port >= 2000) {
                kept[count++] = rig->flying[i];
            }
        }
    }
    assert_true(count > 10);
    rig_run(rig, 20 * MS);
    rig_stop_monitor(rig, 0);
    assert_true(rig_order(rig, 1, COMMAND_RELEASE, "n2", "anna"));
    rig_run(rig, 3 * SECOND);
    for (int restart = 0; restart < 2; restart++) {
        monitor_counts(rig->monitor[1].monitor, &before);
        for (unsigned i = 0; i < count; i++) {
            monitor_receive(rig->monitor[1].monitor, kept[i].path, &kept[i].from, kept[i].bytes, kept[i].size,
                            rig->now);
        }
        monitor_counts(rig->monitor[1].monitor, &after);
        assert_int_equal(after.believed, before.believed);
        assert_false(rig_view(rig, 1, 2).withheld);
        rig_restart_monitor(rig, 1);
    }
    rig_free(rig);
}

static void two_that_act_are_harmless(void **state)
{
    struct rig *rig = rig_new(3, 2);

    (void)state;
    rig_begin(rig);
    assert_true(rig_order(rig, 1, COMMAND_ACT, NULL, "cluster"));
    rig->node[2].dead = true;
    rig_run(rig, 20 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_state(rig, 1, 2, NODE_FENCED);
    assert_int_equal(rig_view(rig, 0, 2).incident, rig_view(rig, 1, 2).incident);
    rig_boot(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    rig_run(rig, 5 * SECOND);
    assert_int_equal(rig->node[2].extensions, 0);
    assert_true(rig_order(rig, 1, COMMAND_RELEASE, "n2", "anna"));
    rig_run(rig, 5 * SECOND);
    assert_true(rig->node[2].extensions > 0);
    assert_false(rig_view(rig, 0, 2).withheld);
    assert_false(rig_view(rig, 1, 2).withheld);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_hears_it_ends_the_suspicion),
        cmocka_unit_test(a_lease_is_proof_only_when_every_peer_withholds),
        cmocka_unit_test(the_latest_answer_of_all_monitors_counts),
        cmocka_unit_test(a_promise_outlives_every_restart),
        cmocka_unit_test(a_person_releases_what_nobody_comes_back_for),
        cmocka_unit_test(a_promise_is_on_disk_before_it_is_given),
        cmocka_unit_test(who_heard_a_good_bye_does_not_agree),
        cmocka_unit_test(a_release_that_comes_late_undoes_nothing),
        cmocka_unit_test(a_peer_that_was_not_reached_learns_of_the_quarantine),
        cmocka_unit_test(a_boot_gets_its_first_lease_when_no_peer_withholds),
        cmocka_unit_test(replayed_queries_do_nothing),
        cmocka_unit_test(two_that_act_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
