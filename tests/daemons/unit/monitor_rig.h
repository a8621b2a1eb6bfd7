/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Monitors, nodes that speak as the test says, and a network between them, on one clock. The nodes are no agents: they
 * beat, learn their session from answers, and do what a test tells them, right or wrong.
 */
#ifndef MONITOR_RIG_H
#define MONITOR_RIG_H

#include "monitor_rig_nodes.h"

/* --- the clock --------------------------------------------------------------------------------------------------- */

static inline void rig_deliver(struct rig *rig, unsigned index)
{
    const struct rig_packet flying = rig->flying[index];

    rig->flying[index] = rig->flying[--rig->flights];
    if (!flying.to_monitor) {
        rig_deliver_to_node(rig, &flying);
    } else if (rig->monitor[flying.monitor].monitor != NULL) {
        monitor_receive(rig->monitor[flying.monitor].monitor, flying.path, &flying.from, flying.bytes, flying.size,
                        rig->now);
    }
}

static inline bool rig_deliver_due(struct rig *rig)
{
    bool any = false;

    for (unsigned i = 0; i < rig->flights;) {
        const struct rig_packet *flying = &rig->flying[i];

        if (flying->at <= rig->now && !(flying->to_monitor && rig->monitor[flying->monitor].paused)) {
            rig_deliver(rig, i);
            any = true;
            i = 0;
        } else {
            i++;
        }
    }
    return any;
}

static inline void rig_answer_effects(struct rig_monitor *monitor, usec now)
{
    if (monitor->probe_ticket != 0 && monitor->probe_result >= 0) {
        const uint64_t ticket = monitor->probe_ticket;

        monitor->probe_ticket = 0;
        monitor_probed(monitor->monitor, ticket, (enum probe_result)monitor->probe_result, "as the test says", now);
    }
    if (monitor->fence_ticket != 0 && monitor->fence_result >= 0) {
        const uint64_t ticket = monitor->fence_ticket;

        monitor->fence_ticket = 0;
        monitor_fenced(monitor->monitor, ticket, (enum fence_result)monitor->fence_result, "as the test says", now);
        monitor->tick = now;
    }
    if (monitor->reference_ticket != 0 && monitor->reference_result >= 0) {
        const uint64_t ticket = monitor->reference_ticket;

        monitor->reference_ticket = 0;
        monitor_referenced(monitor->monitor, ticket, monitor->reference_result != 0, now);
    }
}

static inline usec rig_next(const struct rig *rig)
{
    usec next = USEC_NEVER;

    for (unsigned i = 1; i <= rig->nodes; i++) {
        if (!rig->node[i].dead && rig->node[i].due < next) {
            next = rig->node[i].due;
        }
    }
    for (unsigned i = 0; i < rig->monitors; i++) {
        if (rig->monitor[i].monitor != NULL && !rig->monitor[i].paused && rig->monitor[i].tick < next) {
            next = rig->monitor[i].tick;
        }
    }
    for (unsigned i = 0; i < rig->flights; i++) {
        if (rig->flying[i].at < next && !(rig->flying[i].to_monitor && rig->monitor[rig->flying[i].monitor].paused)) {
            next = rig->flying[i].at;
        }
    }
    return next;
}

static inline void rig_run(struct rig *rig, usec duration)
{
    const usec end = rig->now + duration;

    for (;;) {
        const usec next = rig_next(rig);

        if (next > end) {
            break;
        }
        rig->now = next > rig->now ? next : rig->now;
        for (unsigned i = 1; i <= rig->nodes; i++) {
            struct rig_node *node = &rig->node[i];

            if (!node->dead && node->due <= rig->now) {
                rig_beat(rig, i, 0);
                node->due += node->interval;
                node->due = node->due <= rig->now ? rig->now + node->interval : node->due;
            }
        }
        while (rig_deliver_due(rig)) {
        }
        for (unsigned i = 0; i < rig->monitors; i++) {
            struct rig_monitor *monitor = &rig->monitor[i];

            if (monitor->monitor == NULL || monitor->paused) {
                continue;
            }
            rig_answer_effects(monitor, rig->now);
            monitor->tick = monitor_tick(monitor->monitor, rig->now);
        }
    }
    rig->now = end;
}

/* --- beginning and end ---------------------------------------------------------------------------------------------
 */

static inline void rig_start_monitor(struct rig *rig, unsigned number)
{
    struct rig_monitor *monitor = &rig->monitor[number];
    const struct monitor_effects effects = rig_effects(monitor);
    char *line = monitor->memory;
    char said[200];

    monitor->settings.node = rig->declared + 1;
    monitor->settings.nodes = rig->nodes;
    monitor->settings.incarnation = rig_random(rig) | 1;
    monitor->monitor = monitor_new(&monitor->settings, &effects, rig->now);
    monitor->fence_ticket = monitor->probe_ticket = monitor->reference_ticket = 0;
    assert_non_null(monitor->monitor);
    while (*line != '\0') {
        char *end = strchr(line, '\n');
        char copy[1024];

        snprintf(copy, sizeof copy, "%.*s", (int)(end - line), line);
        if (!monitor_restore(monitor->monitor, copy, said, sizeof said, rig->now)) {
            fail_msg("%s: %s", copy, said);
        }
        line = end + 1;
    }
    monitor->tick = rig->now;
}

static inline void rig_stop_monitor(struct rig *rig, unsigned number)
{
    monitor_free(rig->monitor[number].monitor);
    rig->monitor[number].monitor = NULL;
}

static inline void rig_restart_monitor(struct rig *rig, unsigned number)
{
    rig_stop_monitor(rig, number);
    rig_start_monitor(rig, number);
}

static inline bool rig_order(struct rig *rig, unsigned monitor, enum monitor_command command, const char *node,
                             const char *person)
{
    char said[300] = "";
    const bool done = monitor_order(rig->monitor[monitor].monitor, command, node, person, "as the test says", said,
                                    sizeof said, rig->now);

    assert_true(strlen(said) > 0);
    return done;
}

/* Nothing is started yet: a test may change what is declared before rig_begin. */
static inline struct rig *rig_new(unsigned nodes, unsigned monitors)
{
    struct rig *rig = calloc(1, sizeof *rig);

    assert_non_null(rig);
    rig->now = 1000 * SECOND;
    rig->random = 88172645463325252u;
    rig->nodes = nodes;
    rig->monitors = monitors;
    rig->delay = 200;
    rig->jitter = 300;
    memset(rig->master, 7, sizeof rig->master);
    for (unsigned i = 1; i <= nodes; i++) {
        struct rig_node *node = &rig->node[i];
        uint8_t key[SEAL_KEY_SIZE];

        rig->declared[i].id = i;
        snprintf(rig->declared[i].name, sizeof rig->declared[i].name, "n%u", i);
        rig->declared[i].levels = 1;
        rig->declared[i].level[0] = LEVEL_POWER;
        rig->declared[i].lease_proof = LEASE_PROOF_WATCHDOG;
        seal_node_key(rig->master, i, key);
        node->keys.count = 1;
        node->keys.id[0] = 1;
        hmac_key_set(&node->keys.key[0], key, sizeof key);
        node->interval = 250 * MS;
        node->votes = true;
        node->says.lease_ms = 8000;
        node->says.halt_ms = 2000;
        node->says.interval_ms = 250;
        node->says.self_fence = SELF_FENCE_WATCHDOG;
        node->says.flags = KEEPALIVE_GATED;
        rig_boot(rig, i);
        node->due = rig->now + (usec)(rig_random(rig) % 250000);
    }
    for (unsigned i = 0; i < monitors; i++) {
        struct rig_monitor *monitor = &rig->monitor[i];
        struct monitor_settings *settings = &monitor->settings;

        monitor->rig = rig;
        monitor->number = i;
        monitor->fence_result = FENCE_PROVEN;
        monitor->probe_result = PROBE_SILENT;
        monitor->reference_result = -1;
        settings->id = i + 1;
        settings->boot = 77 + i;
        settings->paths = RIG_PATHS;
        settings->path[0] = 1;
        settings->path[1] = 2;
        for (unsigned peer = 0; peer < monitors; peer++) {
            if (peer != i) {
                settings->peer[settings->peers++] = peer + 1;
            }
        }
        settings->masters = 1;
        settings->master_id[0] = 1;
        memcpy(settings->master[0], rig->master, SEAL_KEY_SIZE);
        settings->suspect_floor = SECOND;
        settings->suspect_ceiling = 5 * SECOND;
        settings->probe_time = 350 * MS;
        settings->watch_gap = 50 * MS;
        settings->retry = 60 * SECOND;
        settings->drift_ppm = 2000;
        settings->vote_ms = 5000;
        settings->mass_percent = 30;
        settings->mass_time = 10 * SECOND;
        settings->acting = ACTING_BY_CLUSTER;
        settings->persons = 1;
        for (unsigned node = 1; node <= nodes; node++) {
            rig->node[node].says.monitors += packet_monitors(&settings->id, 1);
        }
    }
    return rig;
}

/* Starts the monitors, arms them, has the first act, and lets everybody be heard. */
static inline void rig_begin(struct rig *rig)
{
    for (unsigned i = 0; i < rig->monitors; i++) {
        rig_start_monitor(rig, i);
        assert_true(rig_order(rig, i, COMMAND_ARM, NULL, "test"));
        if (i == 0 && rig->monitor[i].settings.acting == ACTING_BY_CLUSTER) {
            assert_true(rig_order(rig, i, COMMAND_ACT, NULL, "test"));
        }
    }
    rig_run(rig, 5 * SECOND);
}

static inline void rig_free(struct rig *rig)
{
    for (unsigned i = 0; i < rig->monitors; i++) {
        rig_stop_monitor(rig, i);
    }
    free(rig);
}

/* --- what is seen --------------------------------------------------------------------------------------------------
 */

static inline struct node_view rig_view(const struct rig *rig, unsigned monitor, unsigned node)
{
    struct node_view view;

    assert_true(monitor_view(rig->monitor[monitor].monitor, node - 1, rig->now, &view));
    return view;
}

static inline enum node_state rig_state(const struct rig *rig, unsigned monitor, unsigned node)
{
    return rig_view(rig, monitor, node).state;
}

#define assert_state(rig, monitor, node, state)                                                                        \
    assert_string_equal(node_state_name(rig_state(rig, monitor, node)), node_state_name(state))

static inline unsigned rig_count(const struct rig *rig, unsigned monitor, const char *name, const char *to)
{
    unsigned count = 0;

    for (unsigned i = 0; i < rig->events; i++) {
        count += rig->event[i].monitor == monitor && strcmp(rig->event[i].name, name) == 0 &&
                         (to == NULL || strcmp(rig->event[i].to, to) == 0)
                     ? 1
                     : 0;
    }
    return count;
}

/* When it was said first; USEC_NEVER: not. */
static inline usec rig_when(const struct rig *rig, unsigned monitor, const char *name, const char *to)
{
    for (unsigned i = 0; i < rig->events; i++) {
        if (rig->event[i].monitor == monitor && strcmp(rig->event[i].name, name) == 0 &&
            (to == NULL || strcmp(rig->event[i].to, to) == 0)) {
            return rig->event[i].at;
        }
    }
    return USEC_NEVER;
}

/* The table never lacked a step. */
static inline void rig_sound(const struct rig *rig)
{
    for (unsigned i = 0; i < rig->monitors; i++) {
        struct monitor_counts counts;

        if (rig->monitor[i].monitor != NULL) {
            monitor_counts(rig->monitor[i].monitor, &counts);
            assert_int_equal(counts.refused_transition, 0);
            assert_int_equal(counts.refused_seal, 0);
            assert_int_equal(counts.refused_malformed, 0);
        }
    }
}

#endif
