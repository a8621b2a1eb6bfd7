/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* From unreachable to a verdict: levels, and the lease. */

#include "monitor_rig.h"

/* The lease of the rig's nodes: 8 s and 2 s to fence itself, drift 2000 ppm. */
#define LEASE_OVER (10020 * MS)

static void a_proof_is_told_once_with_boot_and_incident(void **state)
{
    struct rig *rig = rig_new(3, 1);
    uint64_t boot;

    (void)state;
    rig_begin(rig);
    boot = rig->node[2].boot;
    rig->node[2].dead = true;
    rig_run(rig, 30 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_string_equal(rig_view(rig, 0, 2).verdict, "off");
    assert_true(rig_view(rig, 0, 2).verdict_ago > 20 * SECOND && rig_view(rig, 0, 2).verdict_ago < 30 * SECOND);
    assert_true(rig_view(rig, 0, 1).verdict_ago == USEC_NEVER);
    assert_int_equal(rig->monitor[0].fences, 1);
    assert_int_equal(rig_count(rig, 0, "verdict", "off"), 1);
    for (unsigned i = 0; i < rig->events; i++) {
        if (strcmp(rig->event[i].name, "verdict") == 0) {
            assert_int_equal(rig->event[i].node, 2);
            assert_true(rig->event[i].boot == boot);
            assert_int_equal(rig->event[i].incident, 1);
        }
    }
    rig_sound(rig);
    rig_free(rig);
}

static void levels_follow_each_other_and_are_tried_twice(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].levels = 3;
    rig->declared[2].level[1] = LEVEL_POWER;
    rig->declared[2].level[2] = LEVEL_STORAGE;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig_begin(rig);
    rig->node[2].dead = true;
    while (rig->monitor[0].fence_level < 2) {
        rig_run(rig, 100 * MS);
        assert_true(rig->now < 1060 * SECOND);
    }
    rig->monitor[0].fence_result = FENCE_PROVEN;
    assert_int_equal(rig->monitor[0].fences, 5);
    rig_run(rig, 3 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_string_equal(rig_view(rig, 0, 2).verdict, "storage");
    rig_sound(rig);
    rig_free(rig);
}

static void nothing_proven_is_unknown_and_tried_again_ever_later(void **state)
{
    struct rig *rig = rig_new(3, 1);
    usec first;

    (void)state;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig->node[2].says.self_fence = SELF_FENCE_NONE;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    first = rig_when(rig, 0, "state", "unknown");
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    rig_run(rig, first + 59 * SECOND - rig->now);
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 1);
    rig_run(rig, 5 * SECOND);
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 2);
    rig_run(rig, 115 * SECOND);
    assert_int_equal(rig_count(rig, 0, "state", "fencing"), 2);
    rig->monitor[0].fence_result = FENCE_PROVEN;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_lease_that_ran_out_is_proof_and_not_a_moment_earlier(void **state)
{
    struct rig *rig = rig_new(3, 1);
    usec told;

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 20 * SECOND);
    told = rig_when(rig, 0, "verdict", "lease");
    assert_true(told != USEC_NEVER);
    assert_true(told - rig->node[2].extended >= LEASE_OVER - 2 * MS);
    assert_true(told - rig->node[2].extended < LEASE_OVER + 300 * MS);
    rig_sound(rig);
    rig_free(rig);
}

static void whose_lease_is_believed(void **state)
{
    static const struct {
        uint8_t proof;
        uint8_t self_fence;
        uint8_t flags;
        enum node_state end;
    } cases[] = {
        {LEASE_PROOF_WATCHDOG, SELF_FENCE_WATCHDOG, KEEPALIVE_GATED, NODE_FENCED},
        {LEASE_PROOF_WATCHDOG, SELF_FENCE_STOP, KEEPALIVE_GATED, NODE_UNKNOWN},
        {LEASE_PROOF_AGENT, SELF_FENCE_STOP, KEEPALIVE_GATED, NODE_FENCED},
        {LEASE_PROOF_AGENT, SELF_FENCE_HALT_ZONES, KEEPALIVE_GATED, NODE_UNKNOWN},
        {LEASE_PROOF_AGENT, SELF_FENCE_NONE, KEEPALIVE_GATED, NODE_UNKNOWN},
        {LEASE_PROOF_AGENT, SELF_FENCE_STOP, 0, NODE_UNKNOWN},
        {LEASE_PROOF_NEVER, SELF_FENCE_WATCHDOG, KEEPALIVE_GATED, NODE_UNKNOWN},
        {LEASE_PROOF_WATCHDOG, SELF_FENCE_WATCHDOG, KEEPALIVE_GATED | KEEPALIVE_SLOT, NODE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig *rig = rig_new(3, 1);

        rig->declared[2].levels = 0;
        rig->declared[2].lease_proof = cases[i].proof;
        rig->node[2].says.self_fence = cases[i].self_fence;
        rig->node[2].says.flags = cases[i].flags;
        rig_begin(rig);
        rig->node[2].dead = true;
        rig_run(rig, 30 * SECOND);
        assert_state(rig, 0, 2, cases[i].end);
        rig_sound(rig);
        rig_free(rig);
    }
}

/* A monitor that was forgotten here and still answers the node would extend its lease unasked. */
static void who_listens_to_other_monitors_has_no_proof_by_lease(void **state)
{
    const uint32_t forgotten = 9;
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].levels = 0;
    rig->node[2].says.monitors += packet_monitors(&forgotten, 1);
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 30 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    rig_sound(rig);
    rig_free(rig);
}

static void a_pill_closes_the_slot_and_is_no_proof_by_itself(void **state)
{
    struct rig *rig = rig_new(3, 1);
    usec pill;

    (void)state;
    rig->declared[2].level[0] = LEVEL_SLOT;
    rig->node[2].says.flags = KEEPALIVE_GATED | KEEPALIVE_SLOT;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 4 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    pill = rig->now;
    monitor_fenced(rig->monitor[0].monitor, rig->monitor[0].fence_ticket, FENCE_PROVEN, "read back", rig->now);
    rig_run(rig, LEASE_OVER - 10 * MS);
    assert_state(rig, 0, 2, NODE_FENCING);
    rig_run(rig, 300 * MS);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_true(rig_when(rig, 0, "verdict", "lease") - pill >= LEASE_OVER);
    rig_sound(rig);
    rig_free(rig);
}

static void results_of_other_tickets_answer_nobody(void **state)
{
    struct rig *rig = rig_new(3, 1);
    uint64_t old;

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    old = rig->monitor[0].fence_ticket;
    monitor_fenced(rig->monitor[0].monitor, old + 1, FENCE_PROVEN, NULL, rig->now);
    monitor_fenced(rig->monitor[0].monitor, 0, FENCE_PROVEN, NULL, rig->now);
    monitor_fenced(rig->monitor[0].monitor, old ^ (UINT64_C(1) << 32), FENCE_PROVEN, NULL, rig->now);
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    monitor_fenced(rig->monitor[0].monitor, old, FENCE_FAILED, "first", rig->now);
    rig_run(rig, 2 * SECOND);
    monitor_fenced(rig->monitor[0].monitor, old, FENCE_PROVEN, "again", rig->now);
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    assert_int_equal(rig->monitor[0].fences, 2);
    rig_sound(rig);
    rig_free(rig);
}

static void nothing_is_fenced_or_told_that_is_not_on_disk(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].fence_result = -1;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig_begin(rig);
    rig->monitor[0].unwritable = true;
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_int_equal(rig_count(rig, 0, "memory", NULL), 1);
    rig->monitor[0].unwritable = false;
    rig_run(rig, 2 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    rig->monitor[0].unwritable = true;
    monitor_fenced(rig->monitor[0].monitor, rig->monitor[0].fence_ticket, FENCE_PROVEN, "off", rig->now);
    rig_run(rig, 10 * SECOND);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    rig->monitor[0].unwritable = false;
    rig_run(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, 0, "verdict", "off"), 1);
    rig_sound(rig);
    rig_free(rig);
}

static void a_level_that_never_ends_has_failed(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig->monitor[0].fence_result = -1;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 650 * SECOND);
    assert_state(rig, 0, 2, NODE_UNKNOWN);
    rig_sound(rig);
    rig_free(rig);
}

static void disarmed_or_observing_it_only_tells(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    assert_true(rig_order(rig, 0, COMMAND_DISARM, NULL, "anna"));
    rig->node[2].dead = true;
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_int_equal(rig_count(rig, 0, "held", NULL), 1);
    assert_true(rig_order(rig, 0, COMMAND_OBSERVE, NULL, "cluster"));
    assert_true(rig_order(rig, 0, COMMAND_ARM, NULL, "anna"));
    rig_run(rig, 10 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_int_equal(rig_count(rig, 0, "held", NULL), 2);
    assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
    rig_run(rig, 100 * MS);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_good_bye_ends_a_suspicion_and_is_kept(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->monitor[0].settings.probe_time = 3 * SECOND;
    rig_begin(rig);
    rig->node[2].due = USEC_NEVER;
    rig_run(rig, 2 * SECOND);
    assert_true(rig_state(rig, 0, 2) == NODE_SUSPECT || rig_state(rig, 0, 2) == NODE_PROBING ||
                rig_state(rig, 0, 2) == NODE_ALIVE);
    rig_beat(rig, 2, KEEPALIVE_LEAVING);
    rig->node[2].answers = 0;
    rig_run(rig, 100 * MS);
    assert_state(rig, 0, 2, NODE_AWAY);
    /* Answered when it is on disk, and extending nothing. */
    rig_beat(rig, 2, KEEPALIVE_LEAVING);
    rig_run(rig, 100 * MS);
    assert_true(rig->node[2].answers > 0);
    assert_int_equal(rig->node[2].answer_flags, 0);
    rig->node[2].dead = true;
    rig_run(rig, 60 * SECOND);
    rig_restart_monitor(rig, 0);
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_AWAY);
    rig_restart_agent(rig, 2);
    rig->node[2].dead = false;
    rig->node[2].due = rig->now;
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_is_told_once_with_boot_and_incident),
        cmocka_unit_test(levels_follow_each_other_and_are_tried_twice),
        cmocka_unit_test(nothing_proven_is_unknown_and_tried_again_ever_later),
        cmocka_unit_test(a_lease_that_ran_out_is_proof_and_not_a_moment_earlier),
        cmocka_unit_test(whose_lease_is_believed),
        cmocka_unit_test(who_listens_to_other_monitors_has_no_proof_by_lease),
        cmocka_unit_test(a_pill_closes_the_slot_and_is_no_proof_by_itself),
        cmocka_unit_test(results_of_other_tickets_answer_nobody),
        cmocka_unit_test(nothing_is_fenced_or_told_that_is_not_on_disk),
        cmocka_unit_test(a_level_that_never_ends_has_failed),
        cmocka_unit_test(disarmed_or_observing_it_only_tells),
        cmocka_unit_test(a_good_bye_ends_a_suspicion_and_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
