/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What goes wrong, when and for how long: drawn from the schedule's seed. */
#include "world.h"

static unsigned some_node(void)
{
    return below(w.nodes);
}

static unsigned some_monitor(void)
{
    return below(w.monitors);
}

static usec a_while(void)
{
    switch (below(4)) {
    case 0:
        return between(20 * USEC_PER_MS, USEC_PER_SECOND);
    case 1:
        return between(USEC_PER_SECOND, 6 * USEC_PER_SECOND);
    case 2:
        return between(3 * USEC_PER_SECOND, 20 * USEC_PER_SECOND);
    default:
        return between(5 * USEC_PER_SECOND, 60 * USEC_PER_SECOND);
    }
}

static void heal_later(unsigned from, unsigned to, unsigned path, usec duration)
{
    event_at(w.now + duration, AT_HEAL, from, to, path);
}

static void cut(unsigned from, unsigned to, unsigned path, usec duration)
{
    network_cut(from, to, path, true);
    heal_later(from, to, path, duration);
}

/* Between two hosts: one way or both, one path or all. */
static void cut_between(unsigned one, unsigned other)
{
    const usec duration = a_while();
    const bool all = chance(600);
    const unsigned only = below(w.paths);
    const unsigned ways = 1 + below(3);

    total.cuts++;
    trace("cut between hosts %u and %u, ways %u, %s", one, other, ways, all ? "all paths" : "one path");
    for (unsigned path = 0; path < w.paths; path++) {
        if (!all && path != only) {
            continue;
        }
        if ((ways & 1) != 0) {
            cut(one, other, path, duration);
        }
        if ((ways & 2) != 0) {
            cut(other, one, path, duration);
        }
    }
}

static void isolate(unsigned host)
{
    const usec duration = a_while();

    total.cuts++;
    trace("host %u is cut from all", host);
    for (unsigned other = 0; other < HOSTS; other++) {
        for (unsigned path = 0; path < w.paths && other != host; path++) {
            cut(host, other, path, duration);
            cut(other, host, path, duration);
        }
    }
}

/* Every node from some of the monitors: the halves of a data centre. */
static void partition(void)
{
    const usec duration = a_while();
    const unsigned side = below(1u << (w.nodes + w.monitors));
    unsigned host[HOSTS], hosts = 0;

    total.cuts++;
    trace("partition %x", side);
    for (unsigned i = 0; i < w.nodes; i++) {
        host[hosts++] = i;
    }
    for (unsigned i = 0; i < w.monitors; i++) {
        host[hosts++] = MONITOR_HOST(i);
    }
    for (unsigned i = 0; i < hosts; i++) {
        for (unsigned k = 0; k < hosts; k++) {
            for (unsigned path = 0; path < w.paths && (side >> i & 1) != (side >> k & 1); path++) {
                cut(host[i], host[k], path, duration);
            }
        }
    }
}

static void weather(void)
{
    const usec duration = a_while();
    const unsigned loss = chance(600) ? below(600) : 0;
    const unsigned late = chance(500) ? below(400) : 0;
    const usec delay = chance(300) ? between(0, 400 * USEC_PER_MS) : 200;
    const unsigned only = chance(500) ? below(HOSTS) : HOSTS;

    trace("weather: loss %u, late %u, delay %lld us", loss, late, (long long)delay);
    for (unsigned from = 0; from < HOSTS; from++) {
        for (unsigned to = 0; to < HOSTS; to++) {
            for (unsigned path = 0; path < w.paths; path++) {
                struct link *link = &w.link[from][to][path];

                if (only < HOSTS && from != only && to != only) {
                    continue;
                }
                link->loss = loss;
                link->late = late;
                link->delay = delay;
                network_sound(from, to, path);
                event_at(w.now + duration, AT_HEAL, from, to, path);
            }
        }
    }
}

/*
 * Whole machines: only where a watchdog ends that, or nobody was told that the agent can be trusted. The clock stands
 * still with them only where that proves nothing anyway, or the watchdog strikes: the lease is promised on a clock that
 * runs on, as that of a real machine does.
 */
static void freeze(unsigned i)
{
    const struct node_host *node = &w.node[i];
    const usec duration = a_while();
    const bool proves = node->watchdog && node->proof != LEASE_PROOF_NEVER;

    if (node->watchdog || node->proof == LEASE_PROOF_NEVER || node->proof == LEASE_PROOF_WATCHDOG) {
        node_freeze(i, duration, chance(400) && (!proves || duration > 3 * USEC_PER_SECOND));
    }
}

static void pause_sender(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->agent != NULL && !node->frozen && !node->paused) {
        total.pauses++;
        trace("sender of agent %u stands still", i + 1);
        node->paused = true;
        node->steady_since = FOREVER;
        event_at(w.now + a_while(), AT_SENDER_ON, i, node->process, 0);
    }
}

static void crash(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->up) {
        total.crashes++;
        node_end(i, "crash");
    }
}

static void restart_monitor(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    if (host->running) {
        total.restarts++;
        monitor_host_stop(i);
        if (chance(300)) {
            /* The whole machine: its clock begins anew. */
            clock_start(&host->clock, between(USEC_PER_SECOND, 100 * USEC_PER_SECOND),
                        (int)below(DRIFT_PPM - 1) - DRIFT_PPM / 2 + 1);
        }
        event_at(w.now + a_while() / 3, AT_MONITOR_ON, i, 0, 0);
    }
}

static void strike_node(unsigned i)
{
    struct node_host *node = &w.node[i];

    switch (below(12)) {
    case 0:
    case 1:
        crash(i);
        break;
    case 2:
    case 3:
        freeze(i);
        break;
    case 4:
        pause_sender(i);
        break;
    case 5:
        total.restarts++;
        agent_host_guard_restart(i);
        break;
    case 6:
        agent_host_leave(i);
        break;
    case 7:
        agent_host_reload(i);
        break;
    case 8:
        node->processor = (uint8_t)below(PROCESSORS);
        break;
    case 9:
        node->slot_reached = !node->slot_reached;
        break;
    default:
        isolate(i);
        break;
    }
}

static void strike_monitor(unsigned i)
{
    switch (below(6)) {
    case 0:
    case 1:
        monitor_host_pause(i, a_while());
        break;
    case 2:
        restart_monitor(i);
        break;
    case 3:
        w.monitor[i].disk_full = chance(500);
        break;
    case 4:
        clock_rate(&w.monitor[i].clock, (int)below(DRIFT_PPM - 1) - DRIFT_PPM / 2 + 1);
        break;
    default:
        isolate(MONITOR_HOST(i));
        break;
    }
}

void faults_strike(void)
{
    if (w.quiet) {
        return;
    }
    switch (below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
        strike_node(some_node());
        break;
    case 4:
    case 5:
        strike_monitor(some_monitor());
        break;
    case 6:
        cut_between(some_node(), MONITOR_HOST(some_monitor()));
        break;
    case 7:
        if (w.monitors > 1) {
            cut_between(MONITOR_HOST(0), MONITOR_HOST(1 + below(w.monitors - 1)));
        }
        break;
    case 8:
        if (chance(500)) {
            weather();
        } else {
            network_replay();
        }
        break;
    default:
        partition();
        break;
    }
    event_at(w.now + between(200 * USEC_PER_MS, 9 * USEC_PER_SECOND), AT_FAULT, 0, 0, 0);
}

void faults_start(void)
{
    event_at(w.now + between(5 * USEC_PER_SECOND, 15 * USEC_PER_SECOND), AT_FAULT, 0, 0, 0);
}

/* From now on everything works, but for who is dead for good. */
void faults_over(void)
{
    w.quiet = true;
    trace("--- all faults are over");
    network_heal();
    for (unsigned i = 0; i < w.nodes; i++) {
        struct node_host *node = &w.node[i];

        node->slot_reached = true;
        node->gone_for_good = node->gone_for_good || (!node->up && chance(600));
        node_thaw(i);
        if (node->up && node->paused) {
            node->paused = false;
            node->steady_since = w.now;
            node_wake(i, w.now);
        }
        if (!node->up && !node->gone_for_good) {
            event_at(w.now + between(USEC_PER_SECOND, 10 * USEC_PER_SECOND), AT_BOOT, i, node->life, 0);
        }
    }
    for (unsigned i = 0; i < w.monitors; i++) {
        struct monitor_host *host = &w.monitor[i];

        host->disk_full = false;
        host->cut_since = FOREVER;
        if (!host->running) {
            monitor_host_start(i);
        } else if (host->paused) {
            host->paused = false;
            host->steady_since = w.now;
            monitor_host_look(i);
        }
    }
    persons_settle();
}
