/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What is heard again of a node that was lost: called off, returned, kept in quarantine. */

#include "monitor_rig.h"

static void heard_again_while_no_level_runs_calls_it_off(void **state)
{
    struct rig *rig = rig_new(3, 1);
    unsigned extensions;

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig_run(rig, 4 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCING);
    extensions = rig->node[2].extensions;
    rig->node[2].deaf = 0;
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_true(rig->node[2].extensions > extensions);
    assert_false(rig_view(rig, 0, 2).withheld);
    assert_int_equal(rig_count(rig, 0, "verdict", NULL), 0);
    /* The next loss of the same boot is another one. */
    rig->node[2].dead = true;
    rig_run(rig, 20 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    assert_int_equal(rig_view(rig, 0, 2).incident, 2);
    rig_sound(rig);
    rig_free(rig);
}

static void heard_again_while_a_level_runs_extends_nothing(void **state)
{
    (void)state;
    for (int restart = 0; restart < 3; restart++) {
        struct rig *rig = rig_new(3, 1);
        unsigned extensions;

        rig->monitor[0].fence_result = -1;
        rig_begin(rig);
        rig->node[2].deaf = 1;
        rig_run(rig, 4 * SECOND);
        assert_state(rig, 0, 2, NODE_FENCING);
        extensions = rig->node[2].extensions;
        rig->node[2].deaf = 0;
        if (restart == 1) {
            rig_restart_agent(rig, 2);
        } else if (restart == 2) {
            rig_boot(rig, 2);
            extensions = 0;
        }
        rig_run(rig, 3 * SECOND);
        assert_state(rig, 0, 2, NODE_FENCING);
        assert_int_equal(rig->node[2].extensions, extensions);
        assert_true(rig->node[2].answers > 0);
        /* It proves nothing: the node is back. It proves: it is fenced, whoever spoke meanwhile. */
        monitor_fenced(rig->monitor[0].monitor, rig->monitor[0].fence_ticket,
                       restart == 1 ? FENCE_PROVEN : FENCE_FAILED, "late", rig->now);
        rig->node[2].dead = restart == 1;
        rig_run(rig, SECOND);
        assert_state(rig, 0, 2, restart == 1 ? NODE_FENCED : NODE_ALIVE);
        rig_sound(rig);
        rig_free(rig);
    }
}

static void an_expired_lease_is_not_called_off(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig->declared[2].levels = 0;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig_run(rig, 4 * SECOND);
    rig->node[2].deaf = 0;
    rig->node[2].says.lease = LEASE_EXPIRED;
    rig_run(rig, 10 * SECOND);
    /* The verdict is told although it speaks: it has fenced itself, says so, and returns into quarantine. */
    assert_int_equal(rig_count(rig, 0, "verdict", "lease"), 1);
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    rig_sound(rig);
    rig_free(rig);
}

static void who_returns_is_quarantined_until_released(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_boot(rig, 2);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    assert_int_equal(rig->node[2].extensions, 0);
    assert_int_equal(rig->node[2].answer_flags & ANSWER_QUARANTINED, ANSWER_QUARANTINED);
    /* Over a restart, too. */
    rig_restart_monitor(rig, 0);
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    assert_int_equal(rig->node[2].extensions, 0);
    assert_true(rig_order(rig, 0, COMMAND_RELEASE, "n2", "anna"));
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_ALIVE);
    assert_true(rig->node[2].extensions > 0);
    assert_int_equal(rig->node[2].answer_flags & ANSWER_QUARANTINED, 0);
    assert_int_equal(rig_view(rig, 0, 2).incident, 1);
    rig_sound(rig);
    rig_free(rig);
}

static void a_packet_of_before_does_not_bring_it_back(void **state)
{
    struct rig *rig = rig_new(3, 1);
    struct rig_packet late;

    (void)state;
    rig_begin(rig);
    /* Sent and held up on its way: the session is right, the sequence is growing. */
    rig_speak_to(rig, 2, 0, 0, 0);
    late = rig->flying[--rig->flights];
    rig->node[2].dead = true;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    for (unsigned i = 0; i < 3; i++) {
        monitor_receive(rig->monitor[0].monitor, late.path, &late.from, late.bytes, late.size, rig->now);
    }
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig_sound(rig);
    rig_free(rig);
}

static void a_proof_that_was_none_is_said_loudly(void **state)
{
    struct rig *rig = rig_new(3, 1);

    (void)state;
    rig_begin(rig);
    rig->node[2].deaf = 1;
    rig_run(rig, 5 * SECOND);
    assert_state(rig, 0, 2, NODE_FENCED);
    rig->node[2].deaf = 0;
    rig_run(rig, SECOND);
    assert_state(rig, 0, 2, NODE_QUARANTINED);
    assert_int_equal(rig_count(rig, 0, "contradiction", NULL), 1);
    rig_sound(rig);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heard_again_while_no_level_runs_calls_it_off),
        cmocka_unit_test(heard_again_while_a_level_runs_extends_nothing),
        cmocka_unit_test(an_expired_lease_is_not_called_off),
        cmocka_unit_test(who_returns_is_quarantined_until_released),
        cmocka_unit_test(a_packet_of_before_does_not_bring_it_back),
        cmocka_unit_test(a_proof_that_was_none_is_said_loudly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
