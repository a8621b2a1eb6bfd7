/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * What the monitor's core costs without sockets: NODES nodes over two paths with two packets a second each, every one
 * sealed, checked, judged and answered. `monitor_core [NODES [SECONDS]]`. Exits with 1 where 10,000 nodes take more
 * than half of a core or 64 MiB. The nodes' own work is not counted.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "monitor/monitor.h"
#include "wire/seal.h"

#define PATHS 2
#define INTERVAL (500 * USEC_PER_MS)
#define BATCH (5 * USEC_PER_MS) /* how long packets gather before they are read */

struct sent {
    struct address from;
    unsigned path;
    size_t size;
    uint8_t bytes[PACKET_MAX];
};

struct bench_node {
    struct seal_keys keys;
    uint64_t sequence;
    uint64_t session;
    bool dead;
};

static struct bench_node *nodes;
static struct sent *batch;
static unsigned long answers;
static unsigned long events;

static double cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file != NULL) {
        if (fscanf(file, "%*d %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static void on_send(void *context, unsigned path, const struct address *to, const uint8_t *bytes, size_t size)
{
    struct packet packet;

    (void)context;
    (void)path;
    answers++;
    if (packet_decode(&packet, bytes, size) == PACKET_OK && packet.header.type == PACKET_ANSWER) {
        nodes[(unsigned)to->port << 8 | to->bytes[0]].session = packet.body.answer.session;
    }
}

static void on_event(void *context, const struct monitor_event *event)
{
    (void)context;
    (void)event;
    events++;
}

static void on_probe(void *context, unsigned node, uint64_t ticket)
{
    (void)context;
    (void)node;
    (void)ticket;
}

static void on_fence(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket)
{
    (void)context;
    (void)node;
    (void)level;
    (void)boot;
    (void)ticket;
}

static void on_reference(void *context, uint64_t ticket)
{
    (void)context;
    (void)ticket;
}

static bool on_remember(void *context)
{
    (void)context;
    return true;
}

static void on_random(void *context, void *bytes, size_t size)
{
    (void)context;
    memset(bytes, 0x5a, size);
}

static bool on_peer_address(void *context, unsigned peer, unsigned path, struct address *address)
{
    (void)context;
    (void)peer;
    (void)path;
    (void)address;
    return false;
}

static void speak(unsigned number, unsigned path, usec now, struct sent *sent)
{
    struct bench_node *node = &nodes[number];
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    packet.header.type = PACKET_KEEPALIVE;
    packet.header.key = 1;
    packet.header.sender = number;
    packet.header.receiver = 1;
    packet.header.incarnation = number + 1u;
    packet.header.boot = 1;
    packet.header.sequence = ++node->sequence;
    packet.header.path = (uint8_t)(path + 1);
    packet.body.keepalive.sent = now;
    packet.body.keepalive.session = node->session;
    packet.body.keepalive.lease = LEASE_HELD;
    packet.body.keepalive.self_fence = SELF_FENCE_STOP;
    packet.body.keepalive.flags = KEEPALIVE_GATED;
    packet.body.keepalive.lease_ms = 10000;
    packet.body.keepalive.halt_ms = 5000;
    packet.body.keepalive.interval_ms = (uint32_t)(INTERVAL / USEC_PER_MS);
    packet.body.keepalive.monitors = packet_monitors(&packet.header.receiver, 1);
    memset(sent, 0, sizeof *sent);
    sent->from.family = ADDRESS_IPV4;
    sent->from.port = (uint16_t)(number >> 8);
    sent->from.bytes[0] = (uint8_t)number;
    sent->path = path;
    sent->size = packet_encode(&packet, sent->bytes);
    (void)seal_sign(&node->keys, sent->bytes, sent->size);
}

/* Processor seconds of the monitor for `seconds` of the nodes' beats, spread evenly; the longest tick in `longest`. */
static double run(struct monitor *monitor, unsigned count, usec *now, unsigned seconds, double *longest)
{
    const unsigned parts = (unsigned)(INTERVAL / BATCH);
    double used = 0;

    for (unsigned long k = 0; k < (unsigned long)seconds * (unsigned long)(USEC_PER_SECOND / BATCH); k++) {
        unsigned waiting = 0;
        double began;
        double ticked;

        for (unsigned number = 1 + (unsigned)(k % parts); number <= count; number += parts) {
            for (unsigned path = 0; path < PATHS && !nodes[number].dead; path++) {
                speak(number, path, *now, &batch[waiting++]);
            }
        }
        *now += BATCH;
        began = cpu();
        for (unsigned i = 0; i < waiting; i++) {
            monitor_receive(monitor, batch[i].path, &batch[i].from, batch[i].bytes, batch[i].size, *now);
        }
        ticked = cpu();
        (void)monitor_tick(monitor, *now);
        used += cpu() - began;
        if (longest != NULL && cpu() - ticked > *longest) {
            *longest = cpu() - ticked;
        }
    }
    return used;
}

static struct monitor *start(unsigned count)
{
    struct monitor_settings settings;
    const struct monitor_effects effects = {.send = on_send,
                                            .event = on_event,
                                            .probe = on_probe,
                                            .fence = on_fence,
                                            .reference = on_reference,
                                            .remember = on_remember,
                                            .random = on_random,
                                            .peer_address = on_peer_address};
    struct monitor_node *declared = calloc(count, sizeof *declared);
    struct monitor *monitor;

    if (declared == NULL) {
        return NULL;
    }
    memset(&settings, 0, sizeof settings);
    settings.id = 1;
    settings.boot = 1;
    settings.incarnation = 1;
    settings.paths = PATHS;
    settings.path[0] = 1;
    settings.path[1] = 2;
    settings.masters = 1;
    settings.master_id[0] = 1;
    settings.nodes = count;
    settings.node = declared;
    settings.suspect_floor = USEC_PER_SECOND;
    settings.suspect_ceiling = 5 * USEC_PER_SECOND;
    settings.probe_time = 350 * USEC_PER_MS;
    settings.watch_gap = 50 * USEC_PER_MS;
    settings.retry = 60 * USEC_PER_SECOND;
    settings.drift_ppm = 2000;
    settings.vote_ms = 5000;
    settings.mass_percent = 30;
    settings.mass_time = 10 * USEC_PER_SECOND;
    settings.persons = 1;
    for (unsigned i = 0; i < count; i++) {
        declared[i].id = i + 1;
        (void)snprintf(declared[i].name, sizeof declared[i].name, "node%u", i + 1);
    }
    monitor = monitor_new(&settings, &effects, 0);
    free(declared);
    return monitor;
}

static double reject(struct monitor *monitor, usec now, unsigned packets)
{
    double began;

    speak(1, 0, now, &batch[0]);
    batch[0].bytes[batch[0].size - 1] ^= 1;
    began = cpu();
    for (unsigned i = 0; i < packets; i++) {
        monitor_receive(monitor, 0, &batch[0].from, batch[0].bytes, batch[0].size, now);
    }
    return (cpu() - began) / packets * 1e6;
}

int main(int argc, char **argv)
{
    const unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    const unsigned seconds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10;
    struct monitor *monitor;
    struct monitor_counts counts;
    double before;
    double memory;
    double used;
    double share;
    double longest = 0;
    usec now = 0;

    if (count == 0 || seconds == 0) {
        fprintf(stderr, "usage: %s [NODES [SECONDS]]\n", argv[0]);
        return 2;
    }
    nodes = calloc(count + 1, sizeof *nodes);
    batch = calloc((size_t)PATHS * (count / (unsigned)(INTERVAL / BATCH) + 2), sizeof *batch);
    if (nodes == NULL || batch == NULL) {
        return 2;
    }
    memset(batch, 1, (size_t)PATHS * (count / (unsigned)(INTERVAL / BATCH) + 2) * sizeof *batch);
    for (unsigned i = 1; i <= count; i++) {
        const uint8_t master[SEAL_KEY_SIZE] = {0};
        uint8_t key[SEAL_KEY_SIZE];

        seal_node_key(master, i, key);
        nodes[i].keys.count = 1;
        nodes[i].keys.id[0] = 1;
        hmac_key_set(&nodes[i].keys.key[0], key, sizeof key);
    }
    before = resident();
    monitor = start(count);
    if (monitor == NULL) {
        return 2;
    }
    (void)run(monitor, count, &now, 3, NULL);
    used = run(monitor, count, &now, seconds, &longest);
    share = used / seconds;
    memory = resident() - before;
    monitor_counts(monitor, &counts);
    printf("%u nodes, %d paths, %.0f packets/s: %.1f %% of a core, %.1f us a packet, longest tick %.2f ms, %.1f MiB\n",
           count, PATHS, (double)count * PATHS * 2, used / seconds * 100, used / seconds / count / PATHS / 2 * 1e6,
           longest * 1e3, memory);
    printf(
        "a packet with a wrong seal is refused in %.2f us; %llu believed, %llu suspicions, %lu answers, %lu events\n",
        reject(monitor, now, 100000), (unsigned long long)counts.believed, (unsigned long long)counts.suspicions,
        answers, events);
    for (unsigned i = 1; i <= count / 5; i++) {
        nodes[i].dead = true;
    }
    longest = 0;
    used = run(monitor, count, &now, 5, &longest);
    printf("a fifth of them lost: %.1f %% of a core, longest tick %.2f ms, %lu events\n", used / 5 * 100, longest * 1e3,
           events);
    monitor_free(monitor);
    free(nodes);
    free(batch);
    return counts.suspicions == 0 && (count != 10000 || (share < 0.5 && memory < 64)) ? 0 : 1;
}
