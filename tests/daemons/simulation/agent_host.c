/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The agent on a node: the sender's core, the guard's and the slot's, with what their processes do around them. */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "coverage.h"
#include "world.h"

static unsigned of(void *context)
{
    return (unsigned)((struct node_host *)context - w.node);
}

static usec local(const struct node_host *node)
{
    return clock_read(&node->clock);
}

static void keep(struct node_host *node)
{
    node->record = node->guard.past;
    node->recorded = true;
}

static void on_send(void *context, unsigned monitor, unsigned path, const uint8_t *bytes, size_t size)
{
    network_send(of(context), MONITOR_HOST(monitor), path, bytes, size);
}

static void on_extend(void *context, usec until)
{
    struct node_host *node = context;

    if (node->replayed) {
        wrong("what was recorded is not believed", "the lease of node %u is extended by it", of(context) + 1);
    }
    (void)guard_extend(&node->guard, node->guard.generation, until, local(node));
    keep(node);
}

static enum lease_state on_lease(void *context)
{
    struct node_host *node = context;

    return guard_state(&node->guard, local(node));
}

static void on_vitals(void *context, struct vitals *vitals)
{
    (void)context;
    memset(vitals, 0, sizeof *vitals);
}

static void on_quarantined(void *context, bool quarantined)
{
    ((struct node_host *)context)->quarantined = quarantined;
}

static void on_announced(void *context)
{
    struct node_host *node = context;

    (void)guard_announced(&node->guard, node->guard.generation);
    keep(node);
}

static void on_event(void *context, const char *name, const char *detail)
{
    if (strcmp(name, "refused") != 0) {
        trace("  agent %u: %s: %s", of(context) + 1, name, detail);
    }
}

static void settings_of(unsigned i, struct agent_settings *settings)
{
    struct node_host *node = &w.node[i];
    uint8_t key[SEAL_KEY_SIZE];

    memset(settings, 0, sizeof *settings);
    settings->node = i + 1;
    settings->lease_ms = node->lease_ms;
    settings->kept_lease_ms = node->guard.past.kept.lease_ms;
    settings->halt_ms = node->halt_ms;
    settings->interval_ms = node->interval_ms;
    settings->self_fence = node->self_fence;
    settings->gated = node->gated;
    settings->slot = node->slot;
    settings->paths = w.paths;
    settings->monitors = w.monitors;
    for (unsigned path = 0; path < w.paths; path++) {
        settings->path[path] = (uint8_t)(path + 1);
    }
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        settings->monitor[monitor] = 101 + monitor;
        settings->reach[monitor] = (uint8_t)((1u << w.paths) - 1);
    }
    seal_node_key(master, i + 1, key);
    settings->keys.count = 1;
    settings->keys.id[0] = 1;
    hmac_key_set(&settings->keys.key[0], key, sizeof key);
    settings->boot = node->boot;
    settings->incarnation = draw() | 1;
    node->keys = settings->keys;
}

static void promise_of(const struct node_host *node, struct promise *promise)
{
    memset(promise, 0, sizeof *promise);
    promise->lease_ms = node->lease_ms;
    promise->halt_ms = node->halt_ms;
    promise->slot = node->slot;
    promise->fence.told = node->self_fence;
    promise->fence.by = node->self_fence == SELF_FENCE_WATCHDOG ? FENCE_BY_WATCHDOG
                        : node->self_fence == SELF_FENCE_STOP   ? FENCE_BY_STOP
                                                                : FENCE_BY_ZONES;
}

static void sender_start(unsigned i)
{
    static const struct agent_effects effects = {.send = on_send,
                                                 .extend = on_extend,
                                                 .lease = on_lease,
                                                 .vitals = on_vitals,
                                                 .quarantined = on_quarantined,
                                                 .announced = on_announced,
                                                 .event = on_event};
    struct node_host *node = &w.node[i];
    struct agent_effects own = effects;
    struct agent_settings settings;

    own.context = node;
    settings_of(i, &settings);
    node->agent = malloc(agent_size());
    if (node->agent == NULL) {
        abort();
    }
    agent_start(node->agent, &settings, &own, local(node));
    node->inbox.count = 0;
    node->process++;
    node->paused = false;
    node->started = w.now;
    node->steady_since = w.now;
    if (node->leaving) {
        agent_leave(node->agent, local(node));
    }
}

void agent_host_start(unsigned i)
{
    struct node_host *node = &w.node[i];
    struct promise promise;

    if (!node->up || node->running) {
        return;
    }
    promise_of(node, &promise);
    guard_start(&node->guard, &promise, node->recorded ? &node->record : NULL, local(node));
    if (node->self_fence == SELF_FENCE_WATCHDOG && node->watchdog) {
        node->guard.feed_every = (usec)node->halt_ms * USEC_PER_MS / 4;
    }
    keep(node);
    node->running = true;
    sender_start(i);
    if (!w.quiet && chance(3)) {
        clock_rate(&node->clock, drift());
    }
    event_at(w.now, AT_SLOT_READ, i, node->process, 0);
    node->sender_at = FOREVER;
    node_wake(i, w.now);
}

static void sender_stop(struct node_host *node)
{
    free(node->agent);
    node->agent = NULL;
    node->process++;
    node->steady_since = FOREVER;
}

void agent_host_stop(unsigned i)
{
    struct node_host *node = &w.node[i];

    sender_stop(node);
    node->running = false;
}

/* Both processes; the watchdog goes on unless the guard closed it. */
void agent_host_guard_restart(unsigned i)
{
    struct node_host *node = &w.node[i];
    /* Where nothing but the agent is trusted it is started anew at once, as smf does. */
    const usec most = node->watchdog && chance(300) ? 3 * USEC_PER_SECOND : 40 * USEC_PER_MS;

    if (!node->running || node->frozen || node->guard.fencing) {
        return;
    }
    trace("agent %u starts anew", i + 1);
    coverage_restart(PART_AGENT, i);
    agent_host_stop(i);
    event_at(w.now + between(USEC_PER_MS, most), AT_GUARD_ON, i, node->life, 0);
}

void agent_host_reload(unsigned i)
{
    struct node_host *node = &w.node[i];
    struct agent_settings settings;
    struct promise promise;
    unsigned lease_ms;
    unsigned halt_ms;

    if (!node->running || node->agent == NULL || node->frozen) {
        return;
    }
    lease_ms = 2000 + below(7) * 1000;
    halt_ms = 500 + below(4) * 500;
    if (node->guard.fencing) {
        return;
    }
    node->lease_ms = lease_ms;
    node->halt_ms = halt_ms;
    trace("agent %u: lease %u ms, halt %u ms from now on", i + 1, node->lease_ms, node->halt_ms);
    promise_of(node, &promise);
    guard_reload(&node->guard, &promise, local(node));
    keep(node);
    settings_of(i, &settings);
    agent_reload(node->agent, &settings, local(node));
}

void agent_host_leave(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (node->agent != NULL && !node->frozen && !node->paused) {
        trace("agent %u is told to end", i + 1);
        node->leaving = true;
        agent_leave(node->agent, local(node));
    }
}

static void leave(unsigned i)
{
    struct node_host *node = &w.node[i];

    trace("agent %u ends, good-bye heard", i + 1);
    guard_leave(&node->guard);
    keep(node);
    agent_host_stop(i);
    node->leaving = false;
    node->bites = 0;
    event_at(w.now + between(USEC_PER_SECOND, 30 * USEC_PER_SECOND), AT_GUARD_ON, i, node->life, 0);
}

static void guard_step_of(unsigned i)
{
    struct node_host *node = &w.node[i];
    const usec now = local(node);
    struct guard_step step;

    guard_wake(&node->guard, now, &step);
    if (step.fence) {
        const usec halt = (usec)node->guard.past.kept.halt_ms * USEC_PER_MS;
        const usec latest = guard_end(&node->guard, now) + halt;

        trace("node %u fences itself", i + 1);
        total.self_fences++;
        invariant_self_fence(i);
        keep(node);
        node_halt(i,
                  latest <= now ? w.now : clock_world(&node->clock, chance(400) ? latest : between(now, latest)) - 1);
    }
    if (step.feed) {
        /* The hardware is set to less than `halt`, as the configuration demands. */
        node->bites = clock_world(&node->clock, now + (usec)node->guard.past.kept.halt_ms * USEC_PER_MS * 9 / 10);
        event_at(node->bites, AT_OTHER, i, node->life, 1);
    }
    node_wake(i, clock_world(&node->clock, step.again));
}

static void hear(struct node_host *node, const struct letter *letter)
{
    node->replayed = letter->old != 0 && letter->old < node->started;
    agent_receive(node->agent, letter->path, letter->bytes, letter->size, local(node));
    node->replayed = false;
}

static void drain(struct node_host *node)
{
    for (unsigned k = 0; k < node->inbox.count; k++) {
        hear(node, &node->inbox.letter[k]);
    }
    node->inbox.count = 0;
}

void agent_host_look(unsigned i)
{
    struct node_host *node = &w.node[i];

    if (!node->running) {
        return;
    }
    guard_step_of(i);
    if (!node->up || node->agent == NULL || node->paused) {
        return;
    }
    drain(node);
    node_wake(i, clock_world(&node->clock, agent_tick(node->agent, local(node))));
    if (node->leaving && agent_left(node->agent) && !node->guard.fencing) {
        leave(i);
    }
}

void agent_host_arrived(unsigned i, const struct letter *letter)
{
    struct node_host *node = &w.node[i];

    if (!node->up || node->agent == NULL) {
        return;
    }
    if (node->frozen || node->paused) {
        if (node->inbox.count < w.inbox) {
            node->inbox.letter[node->inbox.count++] = *letter;
        }
        return;
    }
    hear(node, letter);
    node_wake(i, w.now);
}

/* One round of the slot writer; what it tells the guard may be a while on its way. */
void slot_host_read(unsigned i, unsigned process)
{
    struct node_host *node = &w.node[i];
    struct slot_beat beat = {.node = i + 1, .incarnation = process, .boot = node->boot, .sequence = ++node->beat};
    enum slot_round round = SLOT_ROUND_UNREADABLE;
    uint32_t monitor = 0;

    if (process != node->process || !node->slot || !node->running) {
        return;
    }
    beat.sent = local(node);
    if (!node->frozen && node->slot_reached) {
        round = slot_round(slot_disk, i, &beat, &node->keys, &monitor);
    }
    if (round == SLOT_ROUND_BEATEN || round == SLOT_ROUND_PILL) {
        event_at(w.now + (chance(50) ? between(0, 3 * USEC_PER_SECOND) : 1000), AT_SLOT_WRITTEN, i, process,
                 round == SLOT_ROUND_PILL)
            ->d = beat.sent;
    }
    event_at(w.now + between(200, 600) * USEC_PER_MS, AT_SLOT_READ, i, process, 0);
}

void slot_host_written(unsigned i, unsigned process, usec read, uint64_t pill)
{
    struct node_host *node = &w.node[i];

    if (process != node->process || !node->running || node->frozen) {
        return;
    }
    if (pill != 0) {
        guard_pill(&node->guard, local(node));
        node_wake(i, w.now);
    } else {
        (void)guard_beaten(&node->guard, read, local(node));
    }
    keep(node);
}
