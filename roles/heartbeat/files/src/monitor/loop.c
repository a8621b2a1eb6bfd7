/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "descriptor.h"
#include "loop_parts.h"

#define DESCRIPTORS 512u
#define IN_BATCH 64u
/* As many as can have waited in the largest receive buffer when reading began: what comes in meanwhile is the next
 * round's, so that a flood does not keep the monitor from judging. */
#define IN_ROUND 16384u
#define ROUND_LEAST (2 * USEC_PER_MS) /* between rounds in which packets come in: they are cheaper together */
#define METRICS_WITHIN (10 * USEC_PER_SECOND)

static volatile sig_atomic_t term_wanted, hup_wanted;
static int wake_end = -1;

static void on_signal(int number)
{
    const int error = errno;

    if (number == SIGHUP) {
        hup_wanted = 1;
    } else if (number != SIGCHLD) {
        term_wanted = 1;
    }
    (void)!write(wake_end, "", 1); /* a full pipe wakes as well */
    errno = error;
}

static void catch_signals(struct daemon *daemon)
{
    static const int numbers[] = {SIGHUP, SIGTERM, SIGINT, SIGCHLD};
    struct sigaction action;

    wake_end = daemon->wake[1];
    memset(&action, 0, sizeof action);
    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)sigaction(numbers[i], &action, NULL);
    }
    (void)signal(SIGPIPE, SIG_IGN);
}

static unsigned read_sockets(struct daemon *daemon)
{
    static struct datagram datagrams[IN_BATCH];
    unsigned total = 0;

    for (unsigned path = 0; path < daemon->configuration->settings.paths; path++) {
        unsigned got = IN_BATCH;

        for (unsigned read = 0; read < IN_ROUND && got == IN_BATCH; read += got) {
            const int found = platform_receive(daemon->socket[path], datagrams, IN_BATCH);

            got = found > 0 ? (unsigned)found : 0;
            daemon->now = platform_now();
            for (unsigned i = 0; i < got; i++) {
                monitor_receive(daemon->monitor, path, &datagrams[i].peer, datagrams[i].bytes, datagrams[i].size,
                                daemon->now);
            }
            total += got;
        }
    }
    return total;
}

static void begin_metrics(struct daemon *daemon)
{
    struct metrics *const metrics = &daemon->metrics;

    metrics->file = daemon->configuration->metrics;
    metrics->monitor = daemon->monitor;
    metrics->now = daemon->now;
    metrics->id = daemon->configuration->settings.id;
    metrics->nodes = daemon->configuration->settings.nodes;
    metrics->subscribers = subscribers_count(daemon->subscribers);
    metrics->events_dropped = subscribers_dropped(daemon->subscribers);
    metrics->fences_running = fence_run_running(daemon->fences);
    metrics->fences_waiting = fence_run_waiting(daemon->fences);
    metrics->memory_failures = daemon->memory_failures;
    memset(&metrics->journal, 0, sizeof metrics->journal);
    if (daemon->journal != NULL) {
        journal_look(daemon->journal, &metrics->journal);
    }
    (void)child_function(&daemon->metrics_child, metrics_write, metrics, -1, METRICS_WITHIN, daemon->now);
}

/* Written by a copy of this process: ten thousand nodes take longer than the sockets can wait. */
static usec advance_metrics(struct daemon *daemon)
{
    int code = 0;

    if (daemon->configuration->metrics[0] == '\0') {
        return USEC_NEVER;
    }
    if (daemon->metrics_child.pid != 0) {
        const enum child_end end = child_look(&daemon->metrics_child, &code, daemon->now);

        if (end == CHILD_RUNS) {
            return child_next(&daemon->metrics_child);
        }
        if ((end != CHILD_EXITED || code != 0) != daemon->metrics_failed) {
            daemon->metrics_failed = !daemon->metrics_failed;
            loop_event(daemon, daemon->metrics_failed ? "metrics_failing" : "metrics_written",
                       daemon->metrics_child.text[0] != '\0' ? daemon->metrics_child.text : NULL);
        }
    }
    if (daemon->now >= daemon->metrics_due) {
        daemon->metrics_due = daemon->now + daemon->configuration->metrics_interval;
        begin_metrics(daemon);
    }
    return daemon->metrics_due;
}

static void reload_if_wanted(struct daemon *daemon)
{
    char said[512];

    if (hup_wanted) {
        hup_wanted = 0;
        (void)loop_reload(daemon, said, sizeof said); /* what came of it is an event */
    }
}

static usec sooner(usec one, usec other)
{
    return one < other ? one : other;
}

/* One round. When the next is due at the latest. */
static usec go_round(struct daemon *daemon, unsigned *received)
{
    usec next;

    daemon->again = false;
    *received = read_sockets(daemon);
    daemon->now = platform_now();
    next = fence_run_advance(daemon->fences, daemon->now);
    next = sooner(next, probe_run_advance(daemon->probes, daemon->now));
    reload_if_wanted(daemon);
    next = sooner(next, control_advance(daemon->control, daemon->now));
    next = sooner(next, monitor_tick(daemon->monitor, daemon->now));
    for (unsigned path = 0; path < daemon->configuration->settings.paths; path++) {
        loop_flush(daemon, path);
    }
    if (daemon->journal != NULL) {
        next = sooner(next, journal_advance(daemon->journal, daemon->now));
    }
    subscribers_advance(daemon->subscribers);
    next = sooner(next, advance_metrics(daemon));
    return daemon->again ? daemon->now : next;
}

static unsigned gather(const struct daemon *daemon, struct pollfd *descriptors)
{
    unsigned count = 0;

    descriptors[count].fd = daemon->wake[0];
    descriptors[count++].events = POLLIN;
    for (unsigned path = 0; path < daemon->configuration->settings.paths; path++) {
        descriptors[count].fd = daemon->socket[path];
        descriptors[count++].events = POLLIN;
    }
    count += control_poll(daemon->control, descriptors + count, DESCRIPTORS - count);
    count += subscribers_poll(daemon->subscribers, descriptors + count, DESCRIPTORS - count);
    if (daemon->journal != NULL) {
        count += journal_poll(daemon->journal, descriptors + count, DESCRIPTORS - count);
    }
    count += fence_run_poll(daemon->fences, descriptors + count, DESCRIPTORS - count);
    count += probe_run_poll(daemon->probes, descriptors + count, DESCRIPTORS - count);
    return count;
}

static void wait_for_more(struct daemon *daemon, usec next, unsigned received)
{
    struct pollfd descriptors[DESCRIPTORS];
    char bytes[64];
    const usec now = platform_now();
    const struct timespec least = {0, (long)ROUND_LEAST * 1000};
    usec wait = next > now ? next - now : 0;

    if (received > 0 && wait > ROUND_LEAST) {
        (void)nanosleep(&least, NULL);
        wait -= ROUND_LEAST;
    }
    wait = wait > 60 * USEC_PER_SECOND ? 60 * USEC_PER_SECOND : wait;
    (void)poll(descriptors, gather(daemon, descriptors), (int)((wait + USEC_PER_MS - 1) / USEC_PER_MS));
    while (read(daemon->wake[0], bytes, sizeof bytes) > 0) {
    }
}

void daemon_run(struct daemon *daemon)
{
    unsigned received = 0;

    catch_signals(daemon);
    while (!term_wanted) {
        const usec next = go_round(daemon, &received);

        if (!term_wanted) {
            wait_for_more(daemon, next, received);
        }
    }
}
