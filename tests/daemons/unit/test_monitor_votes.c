/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who may act: never two at once, one after a while. emulated: long */

#include "monitor_rig.h"

static struct rig *start(unsigned nodes, unsigned monitors)
{
    struct rig *rig = rig_new(nodes, monitors);

    for (unsigned i = 0; i < monitors; i++) {
        rig->monitor[i].settings.acting = ACTING_BY_VOTES;
    }
    return rig;
}

static unsigned acting(const struct rig *rig)
{
    unsigned count = 0;

    for (unsigned i = 0; i < rig->monitors; i++) {
        count += rig->monitor[i].monitor != NULL && monitor_acting(rig->monitor[i].monitor, rig->now) ? 1 : 0;
    }
    return count;
}

static void one_of_three_acts_soon(void **state)
{
    struct rig *rig = start(7, 3);

    (void)state;
    rig_begin(rig);
    rig_run(rig, 10 * SECOND);
    assert_int_equal(acting(rig), 1);
    rig_sound(rig);
    rig_free(rig);
}

static void another_acts_when_the_one_is_gone(void **state)
{
    struct rig *rig = start(5, 2);

    (void)state;
    rig_begin(rig);
    rig_run(rig, 5 * SECOND);
    assert_int_equal(acting(rig), 1);
    rig_stop_monitor(rig, monitor_acting(rig->monitor[0].monitor, rig->now) ? 0 : 1);
    rig_run(rig, 12 * SECOND);
    assert_int_equal(acting(rig), 1);
    rig_free(rig);
}

static void half_of_the_nodes_is_not_more_than_half(void **state)
{
    struct rig *rig = start(4, 1);

    (void)state;
    rig->node[1].votes = rig->node[2].votes = false;
    rig_begin(rig);
    rig_run(rig, 10 * SECOND);
    assert_int_equal(acting(rig), 0);
    rig->node[1].votes = true;
    rig_run(rig, 2 * SECOND);
    assert_int_equal(acting(rig), 1);
    rig_free(rig);
}

static void echoes_of_what_was_never_sent_count_nothing(void **state)
{
    static const usec wrong[] = {1, 1000 * SECOND, INT64_MAX, INT64_MAX - 5 * SECOND};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct rig *rig = start(3, 1);

        for (unsigned node = 1; node <= 3; node++) {
            rig->node[node].votes = false;
            rig->node[node].vote = 1;
            rig->node[node].vote_until = USEC_NEVER;
            rig->node[node].vote_echo[0] = wrong[i];
        }
        rig_begin(rig);
        rig_run(rig, 10 * SECOND);
        assert_int_equal(acting(rig), 0);
        rig_free(rig);
    }
}

static void a_fresh_incarnation_counts_no_echo_of_the_one_before(void **state)
{
    struct rig *rig = start(3, 1);

    (void)state;
    rig_begin(rig);
    assert_int_equal(acting(rig), 1);
    for (unsigned node = 1; node <= 3; node++) {
        rig->node[node].votes = false; /* keep to what they promised, and promise nothing new */
        rig->node[node].vote_until = USEC_NEVER;
    }
    rig_restart_monitor(rig, 0);
    rig_run(rig, 3 * SECOND);
    assert_int_equal(acting(rig), 0);
    rig_free(rig);
}

static void a_disputed_number_has_no_vote(void **state)
{
    struct rig *rig = start(3, 1);

    (void)state;
    rig->node[3].votes = false;
    rig_begin(rig);
    assert_int_equal(acting(rig), 1);
    {
        char line[] = "node 2 state=alive disputed=1";
        char said[100];

        assert_true(monitor_restore(rig->monitor[0].monitor, line, said, sizeof said, rig->now));
    }
    rig_run(rig, 6 * SECOND);
    assert_int_equal(acting(rig), 0);
    rig_free(rig);
}

/* Loss, cuts, restarts of monitors and nodes, at random: at no moment two act, whatever the nodes hear. */
static void never_two_at_once(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 12; seed++) {
        struct rig *rig = start(5, 2);
        unsigned seen = 0;

        rig->random ^= seed * 0x9e3779b97f4a7c15u;
        rig->quiet = true;
        rig->loss[0] = rig->loss[1] = 100;
        rig->jitter = 100 * MS;
        rig_start_monitor(rig, 0);
        rig_start_monitor(rig, 1);
        for (unsigned step = 0; step < 600; step++) {
            const uint64_t chance = rig_random(rig);

            if (chance % 40 == 0) {
                rig_restart_monitor(rig, (unsigned)(chance >> 8) % 2);
            } else if (chance % 10 == 1) {
                rig->node[1 + (chance >> 8) % 5].deaf = (uint8_t)((chance >> 16) % 4);
            } else if (chance % 40 == 2) {
                rig->monitor[(chance >> 8) % 2].paused = !rig->monitor[(chance >> 8) % 2].paused;
            }
            rig_run(rig, (usec)((chance >> 20) % 200) * MS);
            assert_true(acting(rig) <= 1);
            seen += acting(rig);
        }
        assert_true(seen > 20);
        rig_free(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_three_acts_soon),
        cmocka_unit_test(another_acts_when_the_one_is_gone),
        cmocka_unit_test(half_of_the_nodes_is_not_more_than_half),
        cmocka_unit_test(echoes_of_what_was_never_sent_count_nothing),
        cmocka_unit_test(a_fresh_incarnation_counts_no_echo_of_the_one_before),
        cmocka_unit_test(a_disputed_number_has_no_vote),
        cmocka_unit_test(never_two_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
