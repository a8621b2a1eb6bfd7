/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Packets that must not be believed: replays, duplicates, forgeries, garbage. */

#include "monitor_rig.h"

static void everything_replayed_changes_nothing(void **state)
{
    struct rig *rig = rig_new(3, 1);
    static struct rig_packet kept[1000];
    unsigned count = 0;
    struct monitor_counts before;
    struct monitor_counts after;

    (void)state;
    rig_begin(rig);
    for (unsigned k = 0; k < 100000 && count < 1000; k++) {
        rig_run(rig, 150);
        for (unsigned i = 0; i < rig->flights && count < 1000; i++) {
            if (rig->flying[i].to_monitor) {
                kept[count++] = rig->flying[i];
            }
        }
    }
    assert_true(count > 100);
    rig_run(rig, SECOND);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    for (unsigned round = 0; round < 2; round++) {
        monitor_counts(rig->monitor[0].monitor, &before);
        for (unsigned i = 0; i < count; i++) {
            monitor_receive(rig->monitor[0].monitor, kept[i].path, &kept[i].from, kept[i].bytes, kept[i].size,
                            rig->now);
        }
        monitor_counts(rig->monitor[0].monitor, &after);
        assert_int_equal(after.believed, before.believed);
        assert_state(rig, 0, 2, NODE_FENCED);
        /* And by an incarnation that never heard them. */
        rig_restart_monitor(rig, 0);
    }
    rig_free(rig);
}

static void a_second_machine_is_disputed_and_nothing_is_fenced(void **state)
{
    struct rig *rig = rig_new(4, 1);
    struct rig_node second;
    struct rig_node first;

    (void)state;
    rig_begin(rig);
    /* The same number on another machine: both speak in turn. */
    first = rig->node[2];
    rig_boot(rig, 2);
    second = rig->node[2];
    second.due = USEC_NEVER;
    for (unsigned i = 0; i < 40; i++) {
        rig->node[2] = first;
        rig->node[2].due = USEC_NEVER;
        rig_beat(rig, 2, 0);
        rig_run(rig, 125 * MS);
        first = rig->node[2];
        rig->node[2] = second;
        rig_beat(rig, 2, 0);
        rig_run(rig, 125 * MS);
        second = rig->node[2];
    }
    assert_int_equal(rig_count(rig, 0, "duplicate", NULL), 1);
    assert_true(rig_view(rig, 0, 2).disputed);
    /* Neither fences itself meanwhile. */
    assert_true(rig->now - first.extended < SECOND);
    assert_true(rig->now - second.extended < SECOND);
    rig->node[2].dead = true;
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_int_equal(rig->monitor[0].fences, 0);
    rig_restart_monitor(rig, 0);
    assert_true(rig_order(rig, 0, COMMAND_ACT, NULL, "cluster"));
    rig_run(rig, 60 * SECOND);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_true(rig_order(rig, 0, COMMAND_UNDISPUTE, "n2", "anna"));
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_restart_of_the_agent_is_no_duplicate(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    for (unsigned i = 0; i < 30; i++) {
        rig_restart_agent(rig, 2);
        rig_run(rig, 700 * MS);
        rig_boot(rig, 3);
        rig_run(rig, 700 * MS);
    }
    assert_int_equal(rig_count(rig, 0, "duplicate", NULL), 0);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_state(rig, 0, 3, NODE_ALIVE);
    assert_int_equal(rig_count(rig, 0, "state", "suspect"), 0);
    assert_true(rig_count(rig, 0, "boot", NULL) >= 29);
    rig_sound(rig);
    rig_free(rig);
}

static void every_bit_that_is_wrong_is_refused(void **state)
{
    struct rig *rig = rig_new(2, 2);
    struct rig_packet kept;
    struct monitor_counts before;
    struct monitor_counts after;

    (void)state;
    rig_begin(rig);
    rig_speak_to(rig, 1, 0, 0, 0);
    kept = rig->flying[--rig->flights];
    monitor_counts(rig->monitor[0].monitor, &before);
    for (size_t bit = 0; bit < kept.size * 8; bit++) {
        struct rig_packet wrong = kept;

        wrong.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        monitor_receive(rig->monitor[0].monitor, wrong.path, &wrong.from, wrong.bytes, wrong.size, rig->now);
    }
    for (size_t size = 0; size < kept.size; size++) {
        monitor_receive(rig->monitor[0].monitor, kept.path, &kept.from, kept.bytes, size, rig->now);
    }
    monitor_receive(rig->monitor[0].monitor, 1, &kept.from, kept.bytes, kept.size, rig->now);
    monitor_receive(rig->monitor[0].monitor, 7, &kept.from, kept.bytes, kept.size, rig->now);
    monitor_receive(rig->monitor[1].monitor, 0, &kept.from, kept.bytes, kept.size, rig->now);
    monitor_counts(rig->monitor[0].monitor, &after);
    assert_int_equal(after.believed, before.believed);
    assert_int_equal(after.answered, before.answered);
    assert_true(after.refused_seal > before.refused_seal);
    assert_true(after.refused_version > before.refused_version);
    assert_true(after.refused_malformed > before.refused_malformed);
    assert_true(after.refused_unknown > before.refused_unknown);
    /* Told, and not once for each. */
    assert_in_range(rig_count(rig, 0, "refused", NULL), 1, 2);
    monitor_receive(rig->monitor[0].monitor, kept.path, &kept.from, kept.bytes, kept.size, rig->now);
    monitor_counts(rig->monitor[0].monitor, &after);
    assert_int_equal(after.believed, before.believed + 1);
    rig_free(rig);
}

static void a_node_speaks_for_none_but_itself(void **state)
{
    struct rig *rig = rig_new(3, 1);
    struct monitor_counts counts;

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig->node[2].keys = rig->node[1].keys;
    rig_speak_to(rig, 2, 0, 0, 0);
    rig_run(rig, 10 * MS);
    monitor_counts(rig->monitor[0].monitor, &counts);
    assert_int_equal(counts.refused_seal, 1);
    rig_free(rig);
}

static void what_the_agents_clock_says_is_only_echoed(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].lease_proof = LEASE_PROOF_NEVER;
    rig->node[2].says.interval_ms = 0;
    rig->node[3].says.interval_ms = UINT32_MAX;
    rig->node[3].says.lease_ms = UINT32_MAX;
    rig->node[3].says.halt_ms = UINT32_MAX;
    rig_begin(rig);
    rig->node[2].dead = rig->node[3].dead = true;
    rig->monitor[0].fence_result = FENCE_FAILED;
    rig->monitor[0].settings.mass_percent = 100;
    rig_run(rig, 20 * SECOND);
    assert_true(rig_state(rig, 0, 2) >= NODE_UNREACHABLE);
    assert_true(rig_state(rig, 0, 3) >= NODE_UNREACHABLE);
    assert_int_equal(rig_count(rig, 0, "interval", NULL), 1);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_replayed_changes_nothing),
        cmocka_unit_test(a_second_machine_is_disputed_and_nothing_is_fenced),
        cmocka_unit_test(a_restart_of_the_agent_is_no_duplicate),
        cmocka_unit_test(every_bit_that_is_wrong_is_refused),
        cmocka_unit_test(a_node_speaks_for_none_but_itself),
        cmocka_unit_test(what_the_agents_clock_says_is_only_echoed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
