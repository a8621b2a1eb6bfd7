/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What goes wrong, when and for how long: drawn from the schedule's seed. */
#include "coverage.h"
#include "world.h"

static unsigned some_node(void)
{
    return below(w.nodes);
}

static unsigned some_monitor(void)
{
    return below(w.monitors);
}

usec faults_while(void)
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

/*
 * Whole machines: only where a watchdog ends that, or nobody was told that the agent can be trusted. The clock stands
 * still with them only where that proves nothing anyway, or the watchdog strikes: the lease is promised on a clock that
 * runs on, as that of a real machine does.
 */
static void freeze(unsigned i)
{
    const struct node_host *node = &w.node[i];
    const usec duration = faults_while();
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
        event_at(w.now + faults_while(), AT_SENDER_ON, i, node->process, 0);
    }
}

static void crash(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->up) {
        total.crashes++;
        coverage_restart(PART_NODE, i);
        node_end(i, "crash");
    }
}

static void restart_monitor(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    if (host->running) {
        total.restarts++;
        coverage_restart(PART_MONITOR, i);
        monitor_host_stop(i);
        if (chance(300)) {
            /* The whole machine: its clock begins anew. */
            clock_start(&host->clock, between(USEC_PER_SECOND, 100 * USEC_PER_SECOND), drift());
        }
        event_at(w.now + (chance(500) ? between(0, USEC_PER_SECOND) : faults_while() / 3), AT_MONITOR_ON, i, 0, 0);
    }
}

static void strike_node(unsigned i)
{
    struct node_host *node = &w.node[i];

    switch (below(16)) {
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
    case 10:
        faults_one_hears(i);
        break;
    case 11:
    case 12:
        faults_one_forgets(i);
        break;
    case 13:
        faults_late_answers(i);
        break;
    default:
        faults_isolate(i);
        break;
    }
}

void faults_restart(enum part part, unsigned which)
{
    if (w.quiet) {
        return;
    }
    if (part == PART_MONITOR) {
        restart_monitor(which);
    } else if (part == PART_AGENT) {
        total.restarts++;
        agent_host_guard_restart(which);
    } else {
        crash(which);
    }
}

/* The whole server, its clock too. */
static void suspend_monitor(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    if (host->running && !host->paused) {
        host->suspended = true;
        clock_stop(&host->clock);
        monitor_host_pause(i, faults_while());
    }
}

static void strike_monitor(unsigned i)
{
    switch (below(7)) {
    case 0:
    case 1:
        monitor_host_pause(i, faults_while());
        break;
    case 6:
        suspend_monitor(i);
        break;
    case 2:
        restart_monitor(i);
        break;
    case 3:
        w.monitor[i].disk_full = chance(500);
        break;
    case 4:
        clock_rate(&w.monitor[i].clock, drift());
        break;
    default:
        faults_isolate(MONITOR_HOST(i));
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
        faults_between(some_node(), MONITOR_HOST(some_monitor()));
        break;
    case 7:
        if (w.monitors > 1) {
            faults_between(MONITOR_HOST(0), MONITOR_HOST(1 + below(w.monitors - 1)));
        }
        break;
    case 8:
        if (chance(500)) {
            faults_weather();
        } else {
            network_replay();
        }
        break;
    default:
        faults_partition();
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
        host->suspended = host->suspended && host->paused;
        host->cut_since = FOREVER;
        if (!host->running) {
            monitor_host_start(i);
        } else if (host->paused) {
            monitor_host_go_on(i);
        }
    }
    persons_settle();
}
