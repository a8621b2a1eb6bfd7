/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One schedule, from its seed to its end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

struct world w;
struct counts total;
int slot_disk = -1;

static void thaw_or_go_on(const struct event *event)
{
    struct node_host *node = &w.node[event->a];

    if (event->kind == AT_THAW) {
        if (event->b == node->life) {
            node_thaw(event->a);
        }
    } else if (event->b == node->process && node->paused) {
        node->paused = false;
        node->steady_since = node->frozen ? FOREVER : w.now;
        node_wake(event->a, w.now);
    }
}

static void other(const struct event *event)
{
    if (event->b == w.node[event->a].life) {
        if (event->c == 0) {
            node_end(event->a, "started anew by a person");
        } else if (w.node[event->a].bites == w.now) {
            node_end(event->a, "its watchdog");
        }
    }
}

static void heal(const struct event *event)
{
    struct link *link = &w.link[event->a][event->b][event->c];

    link->loss = 0;
    link->late = 0;
    link->delay = 500;
    network_cut(event->a, event->b, (unsigned)event->c, link->until > w.now);
}

static void node_timer(const struct event *event)
{
    if (w.node[event->a].sender_at == w.now) {
        w.node[event->a].sender_at = FOREVER;
        node_look(event->a);
    }
}

static void monitor_timer(const struct event *event)
{
    struct monitor_host *host = &w.monitor[event->a];

    if (event->b == host->process && host->wake_at == w.now) {
        host->wake_at = FOREVER;
        monitor_host_look(event->a);
    }
}

static void resume(const struct event *event)
{
    struct monitor_host *host = &w.monitor[event->a];

    if (event->b == host->process && host->paused) {
        monitor_host_go_on(event->a);
    }
}

static void guard_on(const struct event *event)
{
    if (event->b != w.node[event->a].life) {
        return;
    }
    if (w.node[event->a].frozen) {
        event_at(w.now + 10 * USEC_PER_MS, AT_GUARD_ON, event->a, event->b, 0);
    } else {
        agent_host_start(event->a);
    }
}

static void happen(const struct event *event)
{
    switch (event->kind) {
    case AT_ARRIVAL:
        if (event->a < NODES) {
            agent_host_arrived(event->a, &event->letter);
        } else {
            monitor_host_arrived(event->a - NODES, &event->letter);
        }
        break;
    case AT_NODE:
        node_timer(event);
        break;
    case AT_BOOT:
        if (event->b == w.node[event->a].life) {
            node_boot(event->a);
        }
        break;
    case AT_SLOT_READ:
        slot_host_read(event->a, event->b);
        break;
    case AT_SLOT_WRITTEN:
        slot_host_written(event->a, event->b, event->d, event->c);
        break;
    case AT_THAW:
    case AT_SENDER_ON:
        thaw_or_go_on(event);
        break;
    case AT_GUARD_ON:
        guard_on(event);
        break;
    case AT_MONITOR:
        monitor_timer(event);
        break;
    case AT_MONITOR_ON:
        monitor_host_start(event->a);
        break;
    case AT_MONITOR_RESUMED:
        resume(event);
        break;
    case AT_FAULT:
        faults_strike();
        break;
    case AT_HEAL:
        heal(event);
        break;
    case AT_PERSON:
        persons_act();
        break;
    case AT_CUT:
        if (!w.quiet) {
            faults_cut(event->a, event->b, event->d);
        }
        break;
    case AT_LEAVE:
        if (!w.quiet) {
            agent_host_leave(event->a);
        }
        break;
    case AT_RELOAD:
        if (!w.quiet) {
            agent_host_reload(event->a);
        }
        break;
    case AT_STRIKE:
        faults_restart((enum part)event->a, event->b);
        break;
    case AT_OTHER:
        other(event);
        break;
    case AT_PROBED:
    case AT_REFERENCED:
    case AT_POWER:
    case AT_FENCED:
    case AT_PILL:
    default:
        monitor_host_event(event);
        break;
    }
}

static void build(uint64_t seed, enum tell told)
{
    memset(&w, 0, sizeof w);
    w.seed = seed;
    w.random = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    w.told = told;
    w.nodes = 1 + below(chance(700) ? 4 : NODES);
    w.monitors = 1 + below(MONITORS);
    w.paths = 1 + below(PATHS);
    w.acting = chance(650) ? ACTING_BY_VOTES : ACTING_BY_CLUSTER;
    w.references = chance(500);
    w.drift_ppm = chance(500) ? 2000 : chance(200) ? 200 : 20000;
    w.inbox = chance(500) ? INBOX : 4 + below(INBOX - 3);
    w.end_of_faults = between(40 * USEC_PER_SECOND, 180 * USEC_PER_SECOND);
    w.end = w.end_of_faults + 150 * USEC_PER_SECOND;
    w.now = 1;
    if (ftruncate(slot_disk, 0) != 0 || ftruncate(slot_disk, (off_t)NODES * SLOT_STRIDE) != 0) {
        abort();
    }
    network_start();
    for (unsigned i = 0; i < w.nodes; i++) {
        node_build(i);
    }
    monitor_host_build();
    for (unsigned i = 0; i < w.monitors; i++) {
        struct monitor_host *host = &w.monitor[i];

        host->cut_since = FOREVER;
        clock_start(&host->clock, between(USEC_PER_SECOND, 100 * USEC_PER_SECOND), drift());
        monitor_host_start(i);
        (void)monitor_host_order(i, COMMAND_ARM, 0, "ann");
    }
    faults_start();
    event_at(w.now + 10 * USEC_PER_SECOND, AT_PERSON, 0, 0, 0);
}

static void clear(void)
{
    events_forget();
    for (unsigned i = 0; i < w.nodes; i++) {
        free(w.node[i].agent);
    }
    for (unsigned i = 0; i < w.monitors; i++) {
        monitor_free(w.monitor[i].monitor);
    }
}

/* True: every invariant held. */
bool world_run(uint64_t seed, enum tell told)
{
    struct event *event;
    usec settle_at;

    build(seed, told);
    settle_at = w.end_of_faults;
    while (w.wrong == NULL && (event = event_next()) != NULL) {
        if (event->when > w.end) {
            event_free(event);
            break;
        }
        w.now = event->when;
        if (w.now >= settle_at) {
            settle_at = w.now + 10 * USEC_PER_SECOND;
            if (!w.quiet) {
                faults_over();
            } else {
                persons_settle();
            }
        }
        happen(event);
        event_free(event);
        total.events++;
    }
    if (w.wrong == NULL) {
        w.now = w.end;
        invariants_at_the_end();
    }
    total.schedules++;
    total.time += w.now;
    clear();
    return w.wrong == NULL;
}
