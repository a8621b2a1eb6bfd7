/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever reaches the agent's core: raw bytes, packets rightly sealed with anything in them, time in any steps. */
#include "input.h"

#include "agent/agent.h"

#define STEPS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct seal_keys keys;
    usec now;
    usec until;            /* of the lease */
    usec sent;             /* newest keep-alive */
    struct keepalive last; /* to monitor 101 */
    struct packet_header header;
};

static void receive_sent(void *context, unsigned monitor, unsigned path, const uint8_t *bytes, size_t size)
{
    struct world *world = context;
    struct packet packet;

    demand(monitor < 2 && path < 2);
    demand(seal_check(&world->keys, bytes, size));
    demand(packet_decode(&packet, bytes, size) == PACKET_OK);
    demand(packet.header.type == PACKET_KEEPALIVE && packet.header.sender == 7);
    demand(packet.header.sequence > world->header.sequence);
    demand(packet.body.keepalive.sent <= world->now);
    world->header = packet.header;
    world->last = packet.body.keepalive;
    world->sent = packet.body.keepalive.sent;
}

/* No answer reaches further than the lease from a keep-alive that was sent. */
static void extend(void *context, usec until)
{
    struct world *world = context;

    demand(until <= world->sent + 5000 * USEC_PER_MS);
    world->until = until > world->until ? until : world->until;
}

static enum lease_state lease(void *context)
{
    const struct world *world = context;

    return world->until == 0 ? LEASE_UNARMED : world->now < world->until ? LEASE_HELD : LEASE_EXPIRED;
}

static void vitals(void *context, struct vitals *found)
{
    (void)context;
    memset(found, 0, sizeof *found);
}

static void quarantined(void *context, bool is)
{
    (void)context;
    (void)is;
}

static void announced(void *context)
{
    (void)context;
}

static void event(void *context, const char *name, const char *detail)
{
    (void)context;
    demand(name != NULL && (detail == NULL || strlen(detail) < 1000));
}

/* A packet whose seal, header and echoes are right as often as the fuzzer likes, and whose other fields are its own. */
static size_t forge(struct world *world, struct input *input, uint8_t *bytes)
{
    const uint8_t how = input_byte(input);
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    packet.header.type = (uint8_t)(1 + input_byte(input) % 5);
    (void)input_bytes(input, &packet.body, sizeof packet.body);
    packet.header.key = (uint16_t)(how & 0x80 ? 2 : 1);
    packet.header.sender = how & 0x40 ? 102 : 101;
    packet.header.receiver = how & 0x20 ? 8 : 7;
    packet.header.incarnation = 1 + input_byte(input);
    packet.header.boot = 1;
    packet.header.sequence = (uint64_t)1 + input_byte(input);
    packet.header.path = (uint8_t)(1 + (how & 1));
    if (packet.header.type == PACKET_ANSWER && (how & 0x02)) {
        packet.body.answer.echo_incarnation = world->header.incarnation;
        packet.body.answer.echo_sequence = world->header.sequence;
        packet.body.answer.echo_sent = world->last.sent;
        packet.body.answer.flags &= 15;
        packet.body.answer.sent = (usec)((uint64_t)packet.body.answer.sent >> 20);
    }
    if (packet_encode(&packet, bytes) == 0) {
        return 0;
    }
    (void)seal_sign(&world->keys, bytes, packet_size(packet.header.type));
    return packet_size(packet.header.type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[SEAL_KEY_SIZE] = {1};
    static struct agent *agent;
    struct world world = {.now = USEC_PER_SECOND};
    const struct agent_effects effects = {.context = &world,
                                          .send = receive_sent,
                                          .extend = extend,
                                          .lease = lease,
                                          .vitals = vitals,
                                          .quarantined = quarantined,
                                          .announced = announced,
                                          .event = event};
    struct agent_settings settings = {.node = 7,
                                      .lease_ms = 5000,
                                      .halt_ms = 2000,
                                      .interval_ms = 250,
                                      .self_fence = SELF_FENCE_STOP,
                                      .gated = true,
                                      .paths = 2,
                                      .path = {1, 2},
                                      .monitors = 2,
                                      .monitor = {101, 102},
                                      .reach = {3, 3},
                                      .boot = 5,
                                      .incarnation = 6};
    struct input input = {data, size};

    settings.keys.count = 1;
    settings.keys.id[0] = 1;
    hmac_key_set(&settings.keys.key[0], secret, sizeof secret);
    world.keys = settings.keys;
    if (agent == NULL) {
        agent = malloc(agent_size());
        demand(agent != NULL);
    }
    agent_start(agent, &settings, &effects, world.now);
    for (unsigned step = 0; step < STEPS && input.left > 0; step++) {
        uint8_t bytes[PACKET_MAX + 32];
        size_t length;

        switch (input_byte(&input) % 4) {
        case 0:
            length = input_bytes(&input, bytes, input_byte(&input) % sizeof bytes);
            agent_receive(agent, step & 1, bytes, length, world.now);
            break;
        case 1:
            length = forge(&world, &input, bytes);
            agent_receive(agent, step & 1, bytes, length, world.now);
            break;
        case 2:
            world.now += (usec)input_byte(&input) * 20 * USEC_PER_MS;
            break;
        default:
            settings.interval_ms = 100 + (uint32_t)input_byte(&input) * 4;
            agent_reload(agent, &settings, world.now);
            break;
        }
        demand(agent_tick(agent, world.now) > world.now);
    }
    agent_leave(agent, world.now);
    return 0;
}
