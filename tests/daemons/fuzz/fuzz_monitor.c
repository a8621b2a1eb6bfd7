/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever reaches the monitor's core: raw bytes, packets rightly sealed with anything in them, results, orders, time
 * in any steps. */
#include "monitor.h"

#define STEPS 96

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t forge(struct fuzzed *fuzzed, struct input *input, uint8_t *bytes)
{
    const uint8_t how = input_byte(input);
    const uint32_t node = how % 3;
    struct packet packet;
    size_t size;

    memset(&packet, 0, sizeof packet);
    packet.header.type = how & 0x80 ? (uint8_t)(1 + input_byte(input) % 5) : PACKET_KEEPALIVE;
    (void)input_bytes(input, &packet.body, input_byte(input) % (sizeof packet.body + 1));
    packet.header.key = 1;
    packet.header.sender = packet.header.type >= PACKET_QUERY ? 102 : node + 1;
    packet.header.receiver = 101;
    packet.header.incarnation = (uint64_t)1 + (input_byte(input) & 3);
    packet.header.boot = (uint64_t)1 + (input_byte(input) & 3);
    packet.header.sequence = (uint64_t)1 + input_byte(input);
    packet.header.path = (uint8_t)(1 + (how >> 6 & 1));
    if (packet.header.type == PACKET_KEEPALIVE) {
        struct keepalive *body = &packet.body.keepalive;

        body->session = how & 0x20 ? fuzzed->session[node] : body->session;
        body->sent = fuzzed->now;
        body->vote_echo = (usec)((uint64_t)body->vote_echo >> 30);
        body->lease &= 3;
        body->self_fence &= 3;
        body->flags &= 15;
        body->monitors = how & 0x10 ? body->monitors : packet_monitors((const uint32_t[]){101, 102}, 2);
    }
    size = packet_encode(&packet, bytes);
    (void)seal_sign(packet.header.type >= PACKET_QUERY ? &fuzzed->peers : &fuzzed->node[node], bytes, size);
    return size;
}

static void order(struct fuzzed *fuzzed, struct input *input)
{
    static const char *const names[] = {"alpha", "beta", "gamma", "nobody", ""};
    const enum monitor_command command = (enum monitor_command)(input_byte(input) % (COMMAND_OBSERVE + 1));
    const char *name = names[input_byte(input) % 5];
    char said[200] = "";

    (void)monitor_order(fuzzed->monitor, command, name, "uid 0", "because", said, sizeof said, fuzzed->now);
    demand(strlen(said) > 0);
}

static void step(struct fuzzed *fuzzed, struct input *input)
{
    const struct address from = {.family = ADDRESS_IPV4, .bytes = {192, 0, 2, 1}, .port = 4791};
    uint8_t bytes[PACKET_MAX + 32];
    size_t length;

    switch (input_byte(input) % 8) {
    case 0:
        length = input_bytes(input, bytes, input_byte(input) % sizeof bytes);
        monitor_receive(fuzzed->monitor, 0, &from, bytes, length, fuzzed->now);
        break;
    case 1:
    case 2:
    case 3:
        length = forge(fuzzed, input, bytes);
        monitor_receive(fuzzed->monitor, bytes[40] == 2, &from, bytes, length, fuzzed->now);
        break;
    case 4:
        fuzzed->now += (usec)input_byte(input) * 50 * USEC_PER_MS;
        break;
    case 5:
        monitor_fenced(fuzzed->monitor, fuzzed->ticket + input_byte(input) % 2, FENCE_FAILED, "did not", fuzzed->now);
        break;
    case 6:
        monitor_probed(fuzzed->monitor, fuzzed->ticket, (enum probe_result)(input_byte(input) % 3), "probe",
                       fuzzed->now);
        monitor_referenced(fuzzed->monitor, fuzzed->ticket, true, fuzzed->now);
        break;
    default:
        order(fuzzed, input);
        break;
    }
}

/* Nothing proved a death, and no person said it, nor did any node's lease allow it: node 3's is never believed. */
static void look(const struct fuzzed *fuzzed)
{
    struct node_view view;

    for (unsigned i = 0; i < 3; i++) {
        demand(monitor_view(fuzzed->monitor, i, fuzzed->now, &view));
        demand(view.state < NODE_STATES);
        demand(view.state != NODE_FENCED || view.verdict != NULL);
    }
    demand(!monitor_view(fuzzed->monitor, 3, fuzzed->now, &view));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzzed fuzzed;
    struct input input = {data, size};

    (void)fuzzed_start(&fuzzed);
    for (unsigned i = 0; i < STEPS && input.left > 0; i++) {
        step(&fuzzed, &input);
        (void)monitor_tick(fuzzed.monitor, fuzzed.now);
        look(&fuzzed);
    }
    monitor_free(fuzzed.monitor);
    return 0;
}
