/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A node's machine: power, clock, watchdog, storage, and the zones that write. */
#include <string.h>

#include "world.h"

static void build_levels(struct node_host *node)
{
    node->levels = 0;
    if (chance(500)) {
        node->level[node->levels++] = LEVEL_POWER;
    }
    if (chance(200)) {
        node->level[node->levels++] = LEVEL_STORAGE;
    }
    if (node->slot && chance(850)) {
        node->level[node->levels++] = LEVEL_SLOT;
    }
}

void node_build(unsigned i)
{
    struct node_host *node = &w.node[i];

    memset(node, 0, sizeof *node);
    node->interval_ms = 100 + below(5) * 100;
    node->lease_ms = 2000 + below(7) * 1000;
    node->halt_ms = 500 + below(4) * 500;
    node->watchdog = chance(500);
    node->self_fence = node->watchdog ? SELF_FENCE_WATCHDOG : chance(500) ? SELF_FENCE_HALT_ZONES : SELF_FENCE_STOP;
    node->proof = chance(600) ? LEASE_PROOF_WATCHDOG : chance(750) ? LEASE_PROOF_AGENT : LEASE_PROOF_NEVER;
    node->gated = chance(850);
    node->slot = chance(350);
    node->processor = (uint8_t)(chance(600) ? PROCESSOR_WORKS : below(PROCESSORS));
    build_levels(node);
    node->storage = true;
    node->slot_reached = true;
    node_boot(i);
}

bool node_may_write(unsigned i)
{
    const struct node_host *node = &w.node[i];

    return node->up && node->zones && node->storage;
}

void node_wake(unsigned i, usec when)
{
    struct node_host *node = &w.node[i];

    if (node->up && when < node->sender_at) {
        node->sender_at = when;
        event_at(when, AT_NODE, i, 0, 0);
    }
}

void node_boot(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->up || node->gone_for_good) {
        return;
    }
    node->up = true;
    node->frozen = false;
    node->life++;
    node->boot = draw() | 1;
    if (node->life > 1 && chance(250)) {
        node->lease_ms = 2000 + below(7) * 1000; /* configured anew meanwhile */
    }
    node->recorded = false;
    node->halt_at = 0;
    node->bites = 0;
    node->died = 0;
    node->sender_at = FOREVER;
    node->up_at = w.now + between(USEC_PER_SECOND, 5 * USEC_PER_SECOND);
    clock_start(&node->clock, between(USEC_PER_SECOND, 100 * USEC_PER_SECOND), drift());
    trace("node %u boots", i + 1);
    event_at(w.now + between(100, 2 * USEC_PER_SECOND), AT_GUARD_ON, i, node->life, 0);
    node_wake(i, node->up_at);
}

void node_end(unsigned i, const char *why)
{
    struct node_host *node = &w.node[i];

    if (!node->up) {
        return;
    }
    trace("node %u ends: %s", i + 1, why);
    agent_host_stop(i);
    node->up = false;
    node->frozen = false;
    node->life++;
    node->zones = false;
    node->halt_at = 0;
    node->bites = 0;
    node->leaving = false;
    node->died = w.now;
    node->reported = false;
    node->steady_since = FOREVER;
    node->guard_at = FOREVER;
    if (!node->gone_for_good) {
        event_at(w.now + between(4 * USEC_PER_SECOND, 60 * USEC_PER_SECOND), AT_BOOT, i, node->life, 0);
    }
}

void node_freeze(unsigned i, usec duration, bool clock_stops)
{
    struct node_host *node = &w.node[i];

    if (!node->up || node->frozen) {
        return;
    }
    trace("node %u stands still for %lld ms%s", i + 1, (long long)(duration / 1000),
          clock_stops ? ", its clock too" : "");
    total.freezes++;
    node->frozen = true;
    node->steady_since = FOREVER;
    if (clock_stops) {
        clock_stop(&node->clock);
    }
    event_at(w.now + duration, AT_THAW, i, node->life, 0);
}

void node_thaw(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (!node->frozen) {
        return;
    }
    trace("node %u goes on", i + 1);
    node->frozen = false;
    node->steady_since = node->paused || !node->running ? FOREVER : w.now;
    if (node->clock.stopped) {
        clock_go(&node->clock);
    }
    node->sender_at = FOREVER;
    node_look(i);
}

void node_halt(unsigned i, usec when)
{
    w.node[i].halt_at = when < w.now + 1 ? w.now + 1 : when;
    node_wake(i, w.node[i].halt_at);
}

static void finish_halt(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->guard.past.kept.fence.told == SELF_FENCE_HALT_ZONES) {
        trace("node %u has halted its zones", i + 1);
        node->zones = false;
        node->halt_at = 0;
        event_at(w.now + between(10 * USEC_PER_SECOND, 60 * USEC_PER_SECOND), AT_OTHER, i, node->life, 0);
    } else {
        node_end(i, "fenced itself");
    }
}

static void look_at_zones(unsigned i)
{
    struct node_host *node = &w.node[i];
    const enum lease_state lease = node->running ? guard_state(&node->guard, clock_read(&node->clock)) : LEASE_UNARMED;

    if (node->zones || w.now < node->up_at || node->halt_at != 0 || node->guard.fencing || !node->running) {
        return;
    }
    if (node->gated ? lease == LEASE_HELD && !node->quarantined : lease != LEASE_EXPIRED) {
        trace("node %u starts its zones", i + 1);
        node->zones = true;
        invariant_zones(i);
    }
}

/* What happens on a machine that runs, at this moment; and when the next thing will. */
void node_look(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (!node->up || node->frozen) {
        return;
    }
    if (node->halt_at != 0 && w.now >= node->halt_at) {
        finish_halt(i);
    }
    if (!node->up) {
        return;
    }
    agent_host_look(i);
    if (node->up) {
        look_at_zones(i);
        node_wake(i, w.now + 200 * USEC_PER_MS);
        if (node->halt_at != 0) {
            node_wake(i, node->halt_at);
        }
    }
}
