/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How soon a loss is declared, and that nothing is declared that is none. emulated: long */

#include "monitor_rig.h"

static int compare(const void *one, const void *other)
{
    const usec a = *(const usec *)one;
    const usec b = *(const usec *)other;

    return a < b ? -1 : a > b;
}

#define RUNS 60

static void measure(bool fast, usec *median, usec *longest, usec *fence)
{
    usec found[RUNS];

    *fence = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        struct rig *rig = rig_new(3, 1);
        usec dead;

        rig->random += run * 7919u;
        for (unsigned i = 1; fast && i <= 3; i++) {
            rig->node[i].interval = 50 * MS;
            rig->node[i].says.interval_ms = 50;
        }
        if (fast) {
            rig->monitor[0].settings.suspect_floor = 200 * MS;
            rig->monitor[0].settings.probe_time = 100 * MS;
        }
        rig_begin(rig);
        rig_run(rig, (usec)(rig_random(rig) % 1000000));
        dead = rig->now;
        rig->node[2].dead = true;
        rig_run(rig, 5 * SECOND);
        assert_state(rig, 0, 2, NODE_FENCED);
        found[run] = rig_when(rig, 0, "state", "unreachable") - dead;
        if (rig->monitor[0].fence_at - dead - found[run] > *fence) {
            *fence = rig->monitor[0].fence_at - dead - found[run];
        }
        rig_sound(rig);
        rig_free(rig);
    }
    qsort(found, RUNS, sizeof *found, compare);
    *median = found[RUNS / 2];
    *longest = found[RUNS - 1];
}

static void a_crash_is_declared_in_time(void **state)
{
    usec median;
    usec longest;
    usec fence;

    (void)state;
    measure(false, &median, &longest, &fence);
    print_message("defaults: median %lld ms, longest %lld ms, fence request after %lld ms\n", (long long)(median / MS),
                  (long long)(longest / MS), (long long)(fence / MS));
    assert_true(median <= 1500 * MS);
    assert_true(longest <= 2 * SECOND);
    assert_true(fence <= 50 * MS);
}

static void the_fast_profile_is_faster(void **state)
{
    usec median;
    usec longest;
    usec fence;

    (void)state;
    measure(true, &median, &longest, &fence);
    print_message("fast: median %lld ms, longest %lld ms, fence request after %lld ms\n", (long long)(median / MS),
                  (long long)(longest / MS), (long long)(fence / MS));
    assert_true(longest <= 400 * MS);
    assert_true(fence <= 50 * MS);
}

static void loss_raises_no_suspicion(unsigned one, unsigned other, usec jitter)
{
    struct rig *rig = rig_new(3, 1);
    struct monitor_counts counts;

    rig_begin(rig);
    rig->quiet = true;
    rig->loss[0] = one;
    rig->loss[1] = other;
    rig->jitter = jitter;
    rig_run(rig, 3600 * SECOND);
    monitor_counts(rig->monitor[0].monitor, &counts);
    assert_int_equal(counts.suspicions, 0);
    assert_true(counts.believed > 3600 * 20);
    rig_sound(rig);
    rig_free(rig);
}

static void no_suspicion_with_a_fifth_lost_on_one_path(void **state)
{
    (void)state;
    loss_raises_no_suspicion(200, 0, 300);
}

static void no_suspicion_with_a_twentieth_lost_on_both(void **state)
{
    (void)state;
    loss_raises_no_suspicion(50, 50, 300);
}

static void no_suspicion_with_delay_and_reordering(void **state)
{
    (void)state;
    loss_raises_no_suspicion(10, 10, 200 * MS);
}

static void one_path_cut_is_late_only(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].path_down = 1;
    rig_run(rig, 60 * SECOND);
    assert_state(rig, 0, 2, NODE_LATE);
    assert_int_equal(rig_count(rig, 0, "state", "suspect"), 0);
    rig->node[2].path_down = 0;
    rig_run(rig, 2 * SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_int_equal(rig_count(rig, 0, "path", "late"), 1);
    assert_int_equal(rig_count(rig, 0, "path", "in time"), 1);
    rig_sound(rig);
    rig_free(rig);
}

static void a_pause_of_the_monitor_declares_nobody(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    for (unsigned i = 0; i < 5; i++) {
        rig->monitor[0].paused = true;
        rig_run(rig, 20 * SECOND);
        /* The sockets keep no more than so much. */
        rig->flights = rig->flights > 100 ? 100 : rig->flights;
        rig->monitor[0].paused = false;
        rig_run(rig, 5 * SECOND);
        /* Stands still for a moment again and again, as on a machine under load. */
        for (unsigned k = 0; k < 20; k++) {
            rig->monitor[0].paused = true;
            rig_run(rig, 900 * MS);
            rig->monitor[0].paused = false;
            rig_run(rig, 100 * MS);
        }
    }
    assert_int_equal(rig_count(rig, 0, "state", "suspect"), 0);
    rig->node[1].dead = true;
    rig_run(rig, 3 * SECOND);
    assert_state(rig, 0, 1, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void an_isolated_monitor_declares_nobody_and_gives_full_time_afterwards(void **state)
{
    struct rig *rig = rig_new(4, 1);

    (void)state;
    rig_begin(rig);
    for (unsigned i = 1; i <= 4; i++) {
        rig->node[i].deaf = 1;
    }
    rig_run(rig, 60 * SECOND);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 0);
    assert_int_equal(rig_count(rig, 0, "isolated", NULL), 1);
    /* Healed, but one of them died meanwhile. */
    rig->node[3].dead = true;
    for (unsigned i = 1; i <= 4; i++) {
        rig->node[i].deaf = 0;
        rig->node[i].due = rig->now + i * 60 * MS;
    }
    rig_run(rig, 950 * MS);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 0);
    rig_run(rig, 2 * SECOND);
    assert_int_equal(rig_count(rig, 0, "state", "unreachable"), 1);
    assert_state(rig, 0, 3, NODE_FENCED);
    assert_state(rig, 0, 1, NODE_ALIVE);
    assert_int_equal(rig_count(rig, 0, "connected", NULL), 1);
    rig_sound(rig);
    rig_free(rig);
}

static void one_node_alone_is_declared_only_with_a_reference(void **state)
{
    (void)state;
    for (int reference = 0; reference <= 1; reference++) {
        struct rig *rig = rig_new(1, 1);

        rig->monitor[0].settings.references = true;
        rig->monitor[0].reference_result = reference;
        rig_begin(rig);
        rig->node[1].dead = true;
        rig_run(rig, 10 * SECOND);
        assert_state(rig, 0, 1, reference ? NODE_FENCED : NODE_SUSPECT);
        rig_sound(rig);
        rig_free(rig);
    }
}

static void a_program_that_answers_bars_the_fence(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].probes = 1;
    rig->monitor[0].probe_result = PROBE_PROGRAM;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 20 * SECOND);
    assert_state(rig, 0, 2, NODE_UNREACHABLE);
    assert_int_equal(rig->monitor[0].fences, 0);
    assert_true(rig->monitor[0].probes > 2);
    /* A kernel alone is what a frozen machine has, too. */
    rig->monitor[0].probe_result = PROBE_KERNEL;
    rig_run(rig, 7 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_is_declared_in_time),
        cmocka_unit_test(the_fast_profile_is_faster),
        cmocka_unit_test(no_suspicion_with_a_fifth_lost_on_one_path),
        cmocka_unit_test(no_suspicion_with_a_twentieth_lost_on_both),
        cmocka_unit_test(no_suspicion_with_delay_and_reordering),
        cmocka_unit_test(one_path_cut_is_late_only),
        cmocka_unit_test(a_pause_of_the_monitor_declares_nobody),
        cmocka_unit_test(an_isolated_monitor_declares_nobody_and_gives_full_time_afterwards),
        cmocka_unit_test(one_node_alone_is_declared_only_with_a_reference),
        cmocka_unit_test(a_program_that_answers_bars_the_fence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
