/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of monitor_rig.h: what there is, and what a monitor does to it. */
#ifndef MONITOR_RIG_PARTS_H
#define MONITOR_RIG_PARTS_H

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

#endif
