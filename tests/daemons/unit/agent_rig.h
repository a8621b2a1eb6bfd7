/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A sender core with recording effects, and answers of monitors as it would hear them. */
#ifndef HELIOSTAT_TESTS_UNIT_AGENT_RIG_H
#define HELIOSTAT_TESTS_UNIT_AGENT_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"

#define RIG_SENT 4096
#define MS USEC_PER_MS
#define START (1000 * USEC_PER_SECOND)

struct rig_sent {
    unsigned monitor, path;
    usec at;
    struct packet packet;
};

struct rig {
    struct agent *agent;
    struct agent_settings settings;
    usec now;
    struct rig_sent sent[RIG_SENT];
    unsigned count;
    usec extended;
    unsigned extensions, announcements, refusals, vitals;
    enum lease_state lease;
    int quarantined; /* -1: not told */
    char event[64], detail[192];
    uint64_t incarnation[8]; /* of the monitors */
    uint64_t sequence;
};

static struct rig rig;
static const uint8_t rig_secret[SEAL_KEY_SIZE] = {9, 8, 7};

static void rig_on_send(void *context, unsigned monitor, unsigned path, const uint8_t *bytes, size_t size)
{
    struct rig_sent *sent = &rig.sent[rig.count++];

    (void)context;
    assert_true(rig.count < RIG_SENT);
    assert_true(seal_check(&rig.settings.keys, bytes, size));
    assert_int_equal(packet_decode(&sent->packet, bytes, size), PACKET_OK);
    assert_int_equal(sent->packet.header.type, PACKET_KEEPALIVE);
    assert_int_equal(sent->packet.header.receiver, rig.settings.monitor[monitor]);
    assert_int_equal(sent->packet.header.path, rig.settings.path[path]);
    sent->monitor = monitor;
    sent->path = path;
    sent->at = rig.now;
}

static void rig_on_extend(void *context, usec until)
{
    (void)context;
    rig.extended = until;
    rig.extensions++;
}

static enum lease_state rig_on_lease(void *context)
{
    (void)context;
    return rig.lease;
}

static void rig_on_vitals(void *context, struct vitals *vitals)
{
    (void)context;
    rig.vitals++;
    *vitals = (struct vitals){.load = 1500, .memory_total = 64, .memory_free = 32, .zones = 3};
}

static void rig_on_quarantined(void *context, bool quarantined)
{
    (void)context;
    rig.quarantined = quarantined ? 1 : 0;
}

static void rig_on_announced(void *context)
{
    (void)context;
    rig.announcements++;
}

static void rig_on_event(void *context, const char *name, const char *detail)
{
    (void)context;
    (void)snprintf(rig.event, sizeof rig.event, "%s", name);
    (void)snprintf(rig.detail, sizeof rig.detail, "%s", detail);
    rig.refusals += strcmp(name, "refused") == 0 ? 1 : 0;
}

/* Two monitors, two paths, 100 ms, lease 1 s. */
static inline int rig_set_up(void **state)
{
    static const struct agent_effects effects = {.send = rig_on_send,
                                                 .extend = rig_on_extend,
                                                 .lease = rig_on_lease,
                                                 .vitals = rig_on_vitals,
                                                 .quarantined = rig_on_quarantined,
                                                 .announced = rig_on_announced,
                                                 .event = rig_on_event};

    (void)state;
    memset(&rig, 0, sizeof rig);
    rig.now = START;
    rig.quarantined = -1;
    rig.settings = (struct agent_settings){.node = 17,
                                           .lease_ms = 1000,
                                           .halt_ms = 500,
                                           .interval_ms = 100,
                                           .self_fence = SELF_FENCE_STOP,
                                           .gated = true,
                                           .paths = 2,
                                           .path = {1, 4},
                                           .monitors = 2,
                                           .monitor = {101, 102},
                                           .reach = {3, 3},
                                           .boot = 77,
                                           .incarnation = 55};
    rig.settings.keys.count = 1;
    rig.settings.keys.id[0] = 3;
    hmac_key_set(&rig.settings.keys.key[0], rig_secret, sizeof rig_secret);
    for (unsigned i = 0; i < 8; i++) {
        rig.incarnation[i] = 900 + i;
    }
    rig.agent = malloc(agent_size());
    agent_start(rig.agent, &rig.settings, &effects, rig.now);
    return rig.agent == NULL ? -1 : 0;
}

static inline int rig_tear_down(void **state)
{
    (void)state;
    free(rig.agent);
    return 0;
}

/* Ticks whenever the core asks for it, up to START + `until`. */
static inline void rig_run(usec until)
{
    for (usec next = rig.now; next <= START + until;) {
        rig.now = next;
        next = agent_tick(rig.agent, rig.now);
        assert_true(next > rig.now);
    }
    rig.now = START + until;
}

/* The newest keep-alive to that monitor over that path. */
static inline const struct rig_sent *rig_last(unsigned monitor, unsigned path)
{
    for (unsigned i = rig.count; i > 0; i--) {
        if (rig.sent[i - 1].monitor == monitor && rig.sent[i - 1].path == path) {
            return &rig.sent[i - 1];
        }
    }
    return NULL;
}

static inline struct packet rig_answer_to(const struct rig_sent *sent, uint8_t flags)
{
    return (struct packet){.header = {.type = PACKET_ANSWER,
                                      .key = 3,
                                      .sender = sent->packet.header.receiver,
                                      .receiver = 17,
                                      .incarnation = rig.incarnation[sent->monitor],
                                      .boot = 5,
                                      .sequence = ++rig.sequence,
                                      .path = sent->packet.header.path},
                           .body.answer = {.sent = rig.now - START + 1,
                                           .session = 7000 + sent->monitor,
                                           .echo_incarnation = sent->packet.header.incarnation,
                                           .echo_sequence = sent->packet.header.sequence,
                                           .echo_sent = sent->packet.body.keepalive.sent,
                                           .vote_ms = 300,
                                           .flags = flags}};
}

static inline void rig_deliver(const struct packet *packet, unsigned path)
{
    uint8_t bytes[PACKET_MAX];
    const size_t size = packet_encode(packet, bytes);

    assert_true(seal_sign(&rig.settings.keys, bytes, size));
    agent_receive(rig.agent, path, bytes, size, rig.now);
}

static inline void rig_answer(unsigned monitor, unsigned path, uint8_t flags)
{
    const struct packet packet = rig_answer_to(rig_last(monitor, path), flags);

    rig_deliver(&packet, path);
}

#define RIG_TEST(function) cmocka_unit_test_setup_teardown(function, rig_set_up, rig_tear_down)

#endif
