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

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/monitor.h"
#include "wire/seal.h"

#define RIG_NODES 64
#define RIG_MONITORS 3
#define RIG_PATHS 2
#define RIG_FLYING 4096
#define RIG_EVENTS 4096
#define RIG_MEMORY 65536
#define MS USEC_PER_MS
#define SECOND USEC_PER_SECOND

struct rig;

struct rig_node {
    struct seal_keys keys;
    uint64_t incarnation;
    uint64_t boot;
    uint64_t sequence;
    uint64_t session[RIG_MONITORS];
    usec due;
    usec interval;
    usec extended; /* when an answer said EXTENDS last; 0: never */
    unsigned extensions;
    unsigned answers;
    uint8_t answer_flags; /* of the last answer */
    uint32_t vote;
    usec vote_until;
    usec vote_echo[RIG_MONITORS];
    uint8_t path_down; /* bit i */
    uint8_t deaf;      /* bit i: hears and speaks no more with monitor[i] */
    bool dead;
    bool votes;
    struct keepalive says;
};

struct rig_monitor {
    struct rig *rig;
    struct monitor *monitor;
    struct monitor_settings settings;
    unsigned number;
    usec tick;
    uint32_t cut; /* bit i: not connected with monitor[i] */
    bool paused;
    bool unwritable;
    unsigned writes;
    char memory[RIG_MEMORY];
    uint64_t fence_ticket;
    uint32_t fence_node;
    unsigned fence_level;
    uint64_t fence_boot;
    usec fence_at;
    unsigned fences;
    int fence_result; /* -1: the test answers */
    uint64_t probe_ticket;
    int probe_result; /* -1: never */
    unsigned probes;
    uint64_t reference_ticket;
    int reference_result; /* -1: never */
};

struct rig_packet {
    usec at;
    bool to_monitor;
    unsigned monitor; /* of the two ends; to a peer: the receiving one */
    unsigned node;
    unsigned path;
    struct address from;
    size_t size;
    uint8_t bytes[PACKET_MAX];
};

struct rig_event {
    usec at;
    unsigned monitor;
    char name[24];
    uint32_t node;
    char to[24];
    char reason[256];
    uint64_t boot;
    uint64_t incident;
};

struct rig {
    usec now;
    uint64_t random;
    unsigned nodes;
    unsigned monitors;
    unsigned loss[RIG_PATHS]; /* per mille */
    usec delay;
    usec jitter;
    struct monitor_node declared[RIG_NODES + 1];
    struct rig_node node[RIG_NODES + 1]; /* by number, from 1 */
    struct rig_monitor monitor[RIG_MONITORS];
    struct rig_packet flying[RIG_FLYING];
    unsigned flights;
    struct rig_event event[RIG_EVENTS];
    unsigned events;
    bool quiet; /* keep no events */
    uint8_t master[SEAL_KEY_SIZE];
};

static inline uint64_t rig_random(struct rig *rig)
{
    rig->random ^= rig->random << 13;
    rig->random ^= rig->random >> 7;
    rig->random ^= rig->random << 17;
    return rig->random;
}

static inline bool rig_lost(struct rig *rig, unsigned path)
{
    return rig->loss[path] > 0 && rig_random(rig) % 1000 < rig->loss[path];
}

static inline void rig_fly(struct rig *rig, const struct rig_packet *packet)
{
    assert_true(rig->flights < RIG_FLYING);
    rig->flying[rig->flights] = *packet;
    rig->flying[rig->flights].at =
        rig->now + rig->delay + (rig->jitter > 0 ? (usec)(rig_random(rig) % (uint64_t)rig->jitter) : 0);
    rig->flights++;
}

/* --- effects ----------------------------------------------------------------------------------------------------- */

static inline void rig_send(void *context, unsigned path, const struct address *to, const uint8_t *bytes, size_t size)
{
    struct rig_monitor *monitor = context;
    struct rig *rig = monitor->rig;
    struct rig_packet packet;

    memset(&packet, 0, sizeof packet);
    packet.path = path;
    packet.size = size;
    memcpy(packet.bytes, bytes, size);
    if (to->port >= 2000) {
        packet.to_monitor = true;
        packet.monitor = to->port - 2000u;
        packet.from.family = ADDRESS_IPV4;
        packet.from.port = (uint16_t)(2000 + monitor->number);
        if ((monitor->cut >> packet.monitor & 1) != 0 ||
            (rig->monitor[packet.monitor].cut >> monitor->number & 1) != 0) {
            return;
        }
    } else {
        packet.node = to->port;
        packet.monitor = monitor->number;
    }
    if (!rig_lost(rig, path)) {
        rig_fly(rig, &packet);
    }
}

static inline void rig_event(void *context, const struct monitor_event *event)
{
    struct rig_monitor *monitor = context;
    struct rig *rig = monitor->rig;
    struct rig_event *kept;

    if (rig->quiet) {
        return;
    }
    if (getenv("RIG_TRACE") != NULL) {
        fprintf(stderr, "%8.3f m%u node %u %s %s->%s: %s\n", (double)rig->now / 1e6, monitor->number, event->node,
                event->name, event->from == NULL ? "" : event->from, event->to == NULL ? "" : event->to,
                event->reason == NULL ? "" : event->reason);
    }
    assert_true(rig->events < RIG_EVENTS);
    kept = &rig->event[rig->events++];
    memset(kept, 0, sizeof *kept);
    kept->at = rig->now;
    kept->monitor = monitor->number;
    kept->node = event->node;
    kept->boot = event->boot;
    kept->incident = event->incident;
    snprintf(kept->name, sizeof kept->name, "%s", event->name);
    snprintf(kept->to, sizeof kept->to, "%s", event->to == NULL ? "" : event->to);
    snprintf(kept->reason, sizeof kept->reason, "%s", event->reason == NULL ? "" : event->reason);
}

static inline void rig_probe(void *context, unsigned node, uint64_t ticket)
{
    struct rig_monitor *monitor = context;

    (void)node;
    monitor->probe_ticket = ticket;
    monitor->probes++;
}

static inline void rig_fence(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket)
{
    struct rig_monitor *monitor = context;

    monitor->fence_node = node;
    monitor->fence_level = level;
    monitor->fence_boot = boot;
    monitor->fence_ticket = ticket;
    monitor->fence_at = monitor->rig->now;
    monitor->fences++;
}

static inline void rig_reference(void *context, uint64_t ticket)
{
    ((struct rig_monitor *)context)->reference_ticket = ticket;
}

static inline void rig_write(void *context, const char *line)
{
    struct rig_monitor *monitor = context;
    const size_t used = strlen(monitor->memory);

    assert_true(used + strlen(line) + 2 < sizeof monitor->memory);
    snprintf(monitor->memory + used, sizeof monitor->memory - used, "%s\n", line);
}

static inline bool rig_remember(void *context)
{
    struct rig_monitor *monitor = context;

    if (monitor->unwritable) {
        return false;
    }
    monitor->writes++;
    monitor->memory[0] = '\0';
    monitor_save(monitor->monitor, rig_write, monitor);
    return true;
}

static inline void rig_random_bytes(void *context, void *bytes, size_t size)
{
    struct rig_monitor *monitor = context;

    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)rig_random(monitor->rig);
    }
}

static inline bool rig_peer_address(void *context, unsigned peer, unsigned path, struct address *address)
{
    const struct rig_monitor *monitor = context;

    (void)path;
    memset(address, 0, sizeof *address);
    address->family = ADDRESS_IPV4;
    address->port = (uint16_t)(2000 + monitor->settings.peer[peer] - 1);
    return true;
}

static inline struct monitor_effects rig_effects(struct rig_monitor *monitor)
{
    const struct monitor_effects effects = {.context = monitor,
                                            .send = rig_send,
                                            .event = rig_event,
                                            .probe = rig_probe,
                                            .fence = rig_fence,
                                            .reference = rig_reference,
                                            .remember = rig_remember,
                                            .random = rig_random_bytes,
                                            .peer_address = rig_peer_address};

    return effects;
}

/* --- nodes ------------------------------------------------------------------------------------------------------- */

static inline void rig_speak_to(struct rig *rig, unsigned number, unsigned monitor, unsigned path, unsigned flags)
{
    struct rig_node *node = &rig->node[number];
    struct rig_packet flying;
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    memset(&flying, 0, sizeof flying);
    packet.header.type = PACKET_KEEPALIVE;
    packet.header.key = 1;
    packet.header.sender = number;
    packet.header.receiver = monitor + 1;
    packet.header.incarnation = node->incarnation;
    packet.header.boot = node->boot;
    packet.header.sequence = ++node->sequence;
    packet.header.path = (uint8_t)(path + 1);
    packet.body.keepalive = node->says;
    packet.body.keepalive.sent = rig->now;
    packet.body.keepalive.session = node->session[monitor];
    packet.body.keepalive.flags = (uint8_t)(packet.body.keepalive.flags | flags);
    if (node->vote != 0 && rig->now < node->vote_until) {
        packet.body.keepalive.vote = node->vote;
        packet.body.keepalive.vote_echo = node->vote == monitor + 1 ? node->vote_echo[monitor] : 0;
    }
    flying.size = packet_encode(&packet, flying.bytes);
    assert_true(seal_sign(&node->keys, flying.bytes, flying.size));
    flying.to_monitor = true;
    flying.monitor = monitor;
    flying.path = path;
    flying.from.family = ADDRESS_IPV4;
    flying.from.port = (uint16_t)number;
    if ((node->deaf >> monitor & 1) == 0 && (node->path_down >> path & 1) == 0 && !rig_lost(rig, path)) {
        rig_fly(rig, &flying);
    }
}

static inline void rig_beat(struct rig *rig, unsigned number, unsigned flags)
{
    for (unsigned monitor = 0; monitor < rig->monitors; monitor++) {
        for (unsigned path = 0; path < RIG_PATHS; path++) {
            rig_speak_to(rig, number, monitor, path, flags);
        }
    }
}

static inline void rig_boot(struct rig *rig, unsigned number)
{
    struct rig_node *node = &rig->node[number];

    node->incarnation = rig_random(rig) | 1;
    node->boot = rig_random(rig) | 1;
    node->sequence = 0;
    memset(node->session, 0, sizeof node->session);
    node->says.lease = LEASE_UNARMED;
    node->dead = false;
    node->extended = 0;
    node->extensions = 0;
    node->due = rig->now;
}

static inline void rig_restart_agent(struct rig *rig, unsigned number)
{
    struct rig_node *node = &rig->node[number];

    node->incarnation = rig_random(rig) | 1;
    node->sequence = 0;
    memset(node->session, 0, sizeof node->session);
}

static inline void rig_deliver_to_node(struct rig *rig, const struct rig_packet *flying)
{
    struct rig_node *node = &rig->node[flying->node];
    struct packet packet;

    if (node->dead || (node->deaf >> flying->monitor & 1) != 0 || (node->path_down >> flying->path & 1) != 0) {
        return;
    }
    assert_int_equal(packet_decode(&packet, flying->bytes, flying->size), PACKET_OK);
    assert_true(seal_check(&node->keys, flying->bytes, flying->size));
    if (packet.header.type == PACKET_SOLICIT) {
        if (packet.body.solicit.session == node->session[flying->monitor]) {
            rig_speak_to(rig, flying->node, flying->monitor, flying->path, KEEPALIVE_SOLICITED);
        }
        return;
    }
    assert_int_equal(packet.header.type, PACKET_ANSWER);
    if (packet.body.answer.echo_incarnation != node->incarnation) {
        return;
    }
    node->session[flying->monitor] = packet.body.answer.session;
    node->answers++;
    node->answer_flags = packet.body.answer.flags;
    if ((packet.body.answer.flags & ANSWER_EXTENDS) != 0) {
        node->extended = rig->now;
        node->extensions++;
        if (node->says.lease == LEASE_UNARMED) {
            node->says.lease = LEASE_HELD;
        }
    }
    if (node->votes && (packet.body.answer.flags & ANSWER_WANTS_VOTE) != 0 &&
        (node->vote == flying->monitor + 1 || rig->now >= node->vote_until)) {
        node->vote = flying->monitor + 1;
        node->vote_until = rig->now + (usec)packet.body.answer.vote_ms * MS;
        node->vote_echo[flying->monitor] = packet.body.answer.sent;
    }
}

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
