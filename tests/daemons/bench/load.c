/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Speaks for many nodes at once, as their agents would: keep-alives over two paths, challenges answered, seals right.
 * load PORT PORT NODES PER_SECOND SECONDS MASTER: prints what was sent, answered and extended.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/sockets.h"
#include "platform/platform.h"
#include "wire/seal.h"

#define PATHS 2
#define BATCH 64u
#define SLICE (5 * USEC_PER_MS)

struct node {
    struct seal_keys keys;
    uint64_t incarnation, session, sequence;
    usec vote_echo;
    uint8_t lease;
};

static struct node *nodes;
static unsigned count;
static int sockets[PATHS];
static struct address monitor[PATHS];
static struct datagram out[PATHS][BATCH], in[BATCH];
static unsigned outs[PATHS];
static unsigned long long sent, unsent, answered, extended, strange;

static void flush(unsigned path)
{
    unsigned done = 0;

    while (done < outs[path]) {
        const int took = platform_send(sockets[path], out[path] + done, outs[path] - done);

        if (took <= 0) {
            unsent++;
            done++;
        } else {
            done += (unsigned)took;
            sent += (unsigned)took;
        }
    }
    outs[path] = 0;
}

static void speak(unsigned number, unsigned path, unsigned interval_ms)
{
    struct node *node = &nodes[number];
    struct datagram *datagram = &out[path][outs[path]];
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    packet.header.type = PACKET_KEEPALIVE;
    packet.header.key = node->keys.id[0];
    packet.header.sender = number + 1;
    packet.header.receiver = 1;
    packet.header.incarnation = node->incarnation;
    packet.header.boot = 7;
    packet.header.sequence = ++node->sequence;
    packet.header.path = (uint8_t)(path + 1);
    packet.body.keepalive.sent = platform_now();
    packet.body.keepalive.session = node->session;
    packet.body.keepalive.vote_echo = node->vote_echo;
    packet.body.keepalive.vote = node->vote_echo != 0 ? 1 : 0;
    packet.body.keepalive.lease_ms = 10000;
    packet.body.keepalive.halt_ms = 10000;
    packet.body.keepalive.interval_ms = interval_ms;
    packet.body.keepalive.lease = node->lease;
    packet.body.keepalive.self_fence = SELF_FENCE_WATCHDOG;
    packet.body.keepalive.flags = KEEPALIVE_GATED;
    packet.body.keepalive.load = 1500;
    packet.body.keepalive.memory_total = 65536;
    packet.body.keepalive.memory_free = 1024;
    packet.body.keepalive.zones = 12;
    packet.body.keepalive.monitors = packet_monitors(&packet.header.receiver, 1);
    datagram->peer = monitor[path];
    datagram->size = packet_encode(&packet, datagram->bytes);
    (void)seal_sign(&node->keys, datagram->bytes, datagram->size);
    if (++outs[path] == BATCH) {
        flush(path);
    }
}

static void hear(const struct datagram *datagram)
{
    struct packet packet;

    if (packet_decode(&packet, datagram->bytes, datagram->size) != PACKET_OK || packet.header.receiver > count) {
        strange++;
        return;
    }
    struct node *node = &nodes[packet.header.receiver - 1];

    /* One in so many: the load's own time is not what is measured, but a wrong answer must not pass either. */
    if (answered % 64 == 0 && !seal_check(&node->keys, datagram->bytes, datagram->size)) {
        strange++;
        return;
    }
    if (packet.header.type != PACKET_ANSWER) {
        return;
    }
    answered++;
    node->session = packet.body.answer.session;
    if ((packet.body.answer.flags & ANSWER_EXTENDS) != 0) {
        node->lease = LEASE_HELD;
        extended++;
    }
    if ((packet.body.answer.flags & ANSWER_WANTS_VOTE) != 0) {
        node->vote_echo = packet.body.answer.sent;
    }
}

static void listen_to_all(void)
{
    for (unsigned path = 0; path < PATHS; path++) {
        int got;

        while ((got = platform_receive(sockets[path], in, BATCH)) > 0) {
            for (int i = 0; i < got; i++) {
                hear(&in[i]);
            }
        }
    }
}

static bool prepare(char **words)
{
    uint8_t master[SEAL_KEY_SIZE], own[SEAL_KEY_SIZE];
    char text[64];

    nodes = calloc(count, sizeof *nodes);
    for (unsigned i = 0; i < SEAL_KEY_SIZE; i++) {
        char digits[3] = {words[6][2 * i], words[6][2 * i + 1], '\0'};

        master[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    for (unsigned i = 0; nodes != NULL && i < count; i++) {
        seal_node_key(master, i + 1, own);
        nodes[i].keys.count = 1;
        nodes[i].keys.id[0] = 3;
        hmac_key_set(&nodes[i].keys.key[0], own, sizeof own);
        (void)platform_random(&nodes[i].incarnation, sizeof nodes[i].incarnation);
    }
    for (unsigned path = 0; path < PATHS; path++) {
        struct address local;

        (void)snprintf(text, sizeof text, "127.0.0.1:%s", words[1 + path]);
        if (!address_parse(&monitor[path], text, 0)) {
            return false;
        }
        local = monitor[path];
        local.port = 0;
        sockets[path] = socket_datagram(&local, 0);
        if (sockets[path] < 0) {
            return false;
        }
        (void)platform_receive_buffer(sockets[path], 8 * 1024 * 1024);
    }
    return nodes != NULL;
}

int main(int words_count, char **words)
{
    unsigned per_second;
    unsigned long long turn = 0;
    usec start, end;

    if (words_count != 7 || strlen(words[6]) != 2 * SEAL_KEY_SIZE) {
        (void)fputs("usage: load PORT PORT NODES PER_SECOND SECONDS MASTER\n", stderr);
        return 2;
    }
    count = (unsigned)strtoul(words[3], NULL, 10);
    per_second = (unsigned)strtoul(words[4], NULL, 10);
    if (!prepare(words)) {
        perror("load");
        return 1;
    }
    start = platform_now();
    end = start + (usec)strtol(words[5], NULL, 10) * USEC_PER_SECOND;
    for (usec now = start; now < end; now = platform_now()) {
        /* What is due until now, spread evenly: node after node, over both paths. */
        const unsigned long long due =
            (unsigned long long)(now - start) * count * per_second / (unsigned long long)USEC_PER_SECOND;
        const struct timespec slice = {0, (long)SLICE * 1000};

        for (; turn < due; turn++) {
            for (unsigned path = 0; path < PATHS; path++) {
                speak((unsigned)(turn % count), path, 1000 / per_second);
            }
        }
        flush(0);
        flush(1);
        listen_to_all();
        (void)nanosleep(&slice, NULL);
    }
    (void)nanosleep(&(const struct timespec){0, 200000000}, NULL);
    listen_to_all();
    (void)printf("{\"sent\":%llu,\"unsent\":%llu,\"answered\":%llu,\"extended\":%llu,\"strange\":%llu}\n", sent, unsent,
                 answered, extended, strange);
    return 0;
}
