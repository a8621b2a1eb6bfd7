/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A monitor of three nodes and one peer, whose effects do nothing but check what they are given. */
#ifndef HELIOSTAT_TESTS_FUZZ_MONITOR_H
#define HELIOSTAT_TESTS_FUZZ_MONITOR_H

#include "input.h"

#include "monitor/monitor.h"
#include "wire/seal.h"

struct fuzzed {
    struct monitor *monitor;
    usec now;
    uint64_t drawn;
    uint64_t ticket;
    uint64_t session[3]; /* that node i + 1 was told */
    unsigned fences;
    struct seal_keys node[3];
    struct seal_keys peers;
};

static inline void fuzzed_send(void *context, unsigned path, const struct address *to, const uint8_t *bytes,
                               size_t size)
{
    struct fuzzed *fuzzed = context;
    struct packet packet;

    demand(path < 2 && to->port != 0);
    demand(packet_decode(&packet, bytes, size) == PACKET_OK);
    demand(packet.header.sender == 101);
    if (packet.header.type == PACKET_ANSWER && packet.header.receiver >= 1 && packet.header.receiver <= 3) {
        fuzzed->session[packet.header.receiver - 1] = packet.body.answer.session;
    }
}

static inline void fuzzed_event(void *context, const struct monitor_event *event)
{
    (void)context;
    demand(event->name != NULL && (event->reason == NULL || strlen(event->reason) < 1000));
}

static inline void fuzzed_probe(void *context, unsigned node, uint64_t ticket)
{
    demand(node < 3);
    ((struct fuzzed *)context)->ticket = ticket;
}

static inline void fuzzed_fence(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket)
{
    struct fuzzed *fuzzed = context;

    (void)boot;
    demand(node < 3 && level < 2);
    demand(monitor_armed(fuzzed->monitor));
    fuzzed->ticket = ticket;
    fuzzed->fences++;
}

static inline void fuzzed_reference(void *context, uint64_t ticket)
{
    ((struct fuzzed *)context)->ticket = ticket;
}

static inline bool fuzzed_remember(void *context)
{
    (void)context;
    return true;
}

static inline void fuzzed_random(void *context, void *bytes, size_t size)
{
    struct fuzzed *fuzzed = context;

    memset(bytes, (int)(1 + fuzzed->drawn++ % 250), size);
}

static inline bool fuzzed_peer_address(void *context, unsigned peer, unsigned path, struct address *address)
{
    (void)context;
    demand(peer == 0 && path < 2);
    *address = (struct address){.family = ADDRESS_IPV4, .bytes = {192, 0, 2, 102}, .port = 4790};
    return true;
}

static inline struct monitor *fuzzed_start(struct fuzzed *fuzzed)
{
    static const struct monitor_node nodes[3] = {
        {.id = 1, .name = "alpha", .levels = 2, .level = {LEVEL_POWER, LEVEL_STORAGE}, .probes = 1},
        {.id = 2, .name = "beta", .levels = 1, .level = {LEVEL_SLOT}, .lease_proof = LEASE_PROOF_AGENT},
        {.id = 3, .name = "gamma", .lease_proof = LEASE_PROOF_NEVER}};
    static const uint8_t master[SEAL_KEY_SIZE] = {9};
    const struct monitor_effects effects = {.context = fuzzed,
                                            .send = fuzzed_send,
                                            .event = fuzzed_event,
                                            .probe = fuzzed_probe,
                                            .fence = fuzzed_fence,
                                            .reference = fuzzed_reference,
                                            .remember = fuzzed_remember,
                                            .random = fuzzed_random,
                                            .peer_address = fuzzed_peer_address};
    struct monitor_settings settings = {.id = 101,
                                        .boot = 11,
                                        .incarnation = 12,
                                        .paths = 2,
                                        .path = {1, 2},
                                        .peers = 1,
                                        .peer = {102},
                                        .masters = 1,
                                        .master_id = {1},
                                        .nodes = 3,
                                        .node = nodes,
                                        .suspect_floor = USEC_PER_SECOND,
                                        .suspect_ceiling = 5 * USEC_PER_SECOND,
                                        .probe_time = 350 * USEC_PER_MS,
                                        .watch_gap = 50 * USEC_PER_MS,
                                        .retry = 60 * USEC_PER_SECOND,
                                        .drift_ppm = 2000,
                                        .vote_ms = 5000,
                                        .mass_percent = 70,
                                        .mass_time = 10 * USEC_PER_SECOND,
                                        .persons = 1};

    memset(fuzzed, 0, sizeof *fuzzed);
    fuzzed->now = 100 * USEC_PER_SECOND;
    memcpy(settings.master[0], master, sizeof master);
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t key[SEAL_KEY_SIZE];

        seal_node_key(master, i + 1, key);
        fuzzed->node[i].count = 1;
        fuzzed->node[i].id[0] = 1;
        hmac_key_set(&fuzzed->node[i].key[0], key, sizeof key);
        seal_monitors_key(master, key);
        fuzzed->peers.count = 1;
        fuzzed->peers.id[0] = 1;
        hmac_key_set(&fuzzed->peers.key[0], key, sizeof key);
    }
    fuzzed->monitor = monitor_new(&settings, &effects, fuzzed->now);
    demand(fuzzed->monitor != NULL);
    return fuzzed->monitor;
}

#endif
