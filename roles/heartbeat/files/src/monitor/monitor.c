/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "monitor.h"

#include <stdlib.h>
#include <string.h>

#include "../wire/seal.h"
#include "fencing.h"
#include "judge.h"
#include "nodes.h"
#include "paths.h"
#include "peers.h"
#include "promises.h"
#include "say.h"
#include "suspicion.h"
#include "votes.h"

#define SAVE_AGAIN USEC_PER_SECOND
#define SAVE_PAUSE (20 * USEC_PER_MS) /* between two, however urgent: what comes meanwhile is saved together */
#define SKEW_MASK ((UINT64_C(1) << 50) - 1)

static void settle(struct monitor *monitor, const struct monitor_settings *settings)
{
    peers_set(monitor, settings);
    monitor->settings = *settings;
    monitor->settings.node = NULL;
    monitor->bounds.floor = settings->suspect_floor;
    monitor->bounds.ceiling = settings->suspect_ceiling;
}

struct monitor *monitor_new(const struct monitor_settings *settings, const struct monitor_effects *effects, usec now)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    uint8_t secret[SEAL_KEY_SIZE];
    uint64_t skew = 0;

    if (monitor == NULL) {
        return NULL;
    }
    monitor->effects = *effects;
    monitor->now = now;
    monitor->started = now;
    monitor->looked = now;
    monitor->forgot = now;
    monitor->votes_from = now;
    monitor->forgiven = NEVER_HEARD;
    monitor->mass_seen = NEVER_HEARD;
    monitor->reference_asked = NEVER_HEARD;
    monitor->reference = NEVER_HEARD;
    monitor->ask_from = now;
    monitor->saved_at = now - SAVE_PAUSE;
    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        monitor->path[i].heard = NEVER_HEARD;
        monitor->path[i].other = NEVER_HEARD;
        monitor->path[i].peer = NEVER_HEARD;
    }
    if (!nodes_set(monitor, settings)) {
        free(monitor);
        return NULL;
    }
    effects->random(effects->context, secret, sizeof secret);
    hmac_key_set(&monitor->secret, secret, sizeof secret);
    memset(secret, 0, sizeof secret);
    effects->random(effects->context, &skew, sizeof skew);
    monitor->clock_skew = (usec)(skew & SKEW_MASK);
    settle(monitor, settings);
    return monitor;
}

void monitor_free(struct monitor *monitor)
{
    if (monitor != NULL) {
        nodes_free(monitor);
        memset(monitor, 0, sizeof *monitor);
        free(monitor);
    }
}

/* The paths of the new settings where they were; who is gone is as if it had never been heard. */
static void move_paths(struct monitor *monitor, const struct monitor_settings *settings)
{
    const struct monitor_settings *old = &monitor->settings;
    struct own_path own[MONITOR_PATHS];
    unsigned was[MONITOR_PATHS];

    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        was[i] = 0;
        while (i < settings->paths && was[i] < old->paths && old->path[was[i]] != settings->path[i]) {
            was[i]++;
        }
        was[i] = i < settings->paths && was[i] < old->paths ? was[i] : MONITOR_PATHS;
        memset(&own[i], 0, sizeof own[i]);
        own[i].heard = own[i].other = own[i].peer = NEVER_HEARD;
        if (was[i] < MONITOR_PATHS) {
            own[i] = monitor->path[was[i]];
        }
    }
    memcpy(monitor->path, own, sizeof own);
    for (unsigned n = 0; n < monitor->nodes; n++) {
        struct node_path paths[MONITOR_PATHS];

        memset(paths, 0, sizeof paths);
        for (unsigned i = 0; i < MONITOR_PATHS; i++) {
            paths[i].beat = NEVER_HEARD;
            if (was[i] < MONITOR_PATHS) {
                paths[i] = monitor->node[n].path[was[i]];
            }
        }
        memcpy(monitor->node[n].path, paths, sizeof paths);
    }
}

bool monitor_reload(struct monitor *monitor, const struct monitor_settings *settings, usec now)
{
    struct monitor_settings kept = *settings;

    monitor->now = now > monitor->now ? now : monitor->now;
    /* The same machine and the same process. */
    kept.id = monitor->settings.id;
    kept.boot = monitor->settings.boot;
    kept.incarnation = monitor->settings.incarnation;
    if (!nodes_set(monitor, &kept)) {
        return false;
    }
    promises_renumber(monitor, &kept);
    move_paths(monitor, &kept);
    if (kept.vote_ms != monitor->settings.vote_ms) {
        /* What was promised for another time is not counted on. */
        monitor->votes_from = monitor->now;
        memset(monitor->vote_until, 0, monitor->room * sizeof *monitor->vote_until);
    }
    settle(monitor, &kept);
    monitor->forgot = monitor->now;
    for (unsigned i = 0; i < monitor->nodes; i++) {
        struct node *node = &monitor->node[i];

        node->tight = false;
        /* A level may be another one now; its result would be taken for this one's. */
        node->fencing.ticket = 0;
        node->fencing.level = 0;
        node->fencing.tries = 0;
        node->suspicion.paths = paths_last(monitor, node);
        due_real(monitor, node, monitor->now);
        due_watched(monitor, node, monitor->watched);
    }
    monitor->isolated = 0;
    for (unsigned i = 0; i < monitor->nodes; i++) {
        monitor->isolated += monitor->node[i].suspicion.isolated ? 1 : 0;
    }
    monitor->change++;
    say(monitor, NULL, "reloaded", "%u nodes, %u peers, %u paths", kept.nodes, kept.peers, kept.paths);
    return true;
}

/* --- time ------------------------------------------------------------------------------------------------------ */

static void look_watched(struct monitor *monitor)
{
    usec next = USEC_NEVER;

    if (monitor->watched < monitor->next_watched) {
        return;
    }
    monitor->next_watched = USEC_NEVER;
    for (unsigned i = 0; i < monitor->nodes; i++) {
        if (monitor->due_watched[i] <= monitor->watched) {
            struct node *node = &monitor->node[i];
            usec due;
            usec other;

            monitor->due_watched[i] = USEC_NEVER;
            due = paths_look(monitor, node);
            other =
                node->state == NODE_SUSPECT || node->state == NODE_PROBING ? suspicion_look(monitor, node) : USEC_NEVER;
            due = other < due ? other : due;
            due = monitor->due_watched[i] < due ? monitor->due_watched[i] : due;
            /* Not again in this look, else it might not end. */
            monitor->due_watched[i] = due <= monitor->watched ? monitor->watched + 1 : due;
        }
        next = monitor->due_watched[i] < next ? monitor->due_watched[i] : next;
    }
    monitor->next_watched = next;
}

static void look_real(struct monitor *monitor)
{
    usec next = USEC_NEVER;

    if (monitor->now < monitor->next_real) {
        return;
    }
    monitor->next_real = USEC_NEVER;
    for (unsigned i = 0; i < monitor->nodes; i++) {
        if (monitor->due_real[i] <= monitor->now) {
            struct node *node = &monitor->node[i];

            monitor->due_real[i] = USEC_NEVER;
            if (node->state == NODE_UNREACHABLE) {
                suspicion_unreachable(monitor, node);
            }
            fencing_look(monitor, node);
            peers_release_look(monitor, node);
            if (monitor->due_real[i] <= monitor->now) {
                monitor->due_real[i] = monitor->now + 1;
            }
        }
        next = monitor->due_real[i] < next ? monitor->due_real[i] : next;
    }
    monitor->next_real = next;
}

static bool save(struct monitor *monitor)
{
    const uint64_t change = monitor->change;

    monitor->saved_at = monitor->now;
    if (monitor->effects.remember(monitor->effects.context)) {
        monitor->saved = change;
        monitor->urgent = false;
        monitor->save_at = monitor->now + SAVE_AGAIN;
        if (monitor->unwritable) {
            monitor->unwritable = false;
            say(monitor, NULL, "memory", "what must survive a restart is written to disk again");
        }
        return true;
    }
    monitor->save_at = monitor->now + SAVE_AGAIN;
    if (!monitor->unwritable) {
        monitor->unwritable = true;
        say(monitor, NULL, "memory",
            "what must survive a restart cannot be written: nothing is fenced, no verdict is told and no promise is "
            "given "
            "until it can. Look at the state directory");
    }
    return false;
}

static usec next_save(const struct monitor *monitor)
{
    if (monitor->change <= monitor->saved) {
        return USEC_NEVER;
    }
    return monitor->urgent && !monitor->unwritable && monitor->saved_at + SAVE_PAUSE < monitor->save_at
               ? monitor->saved_at + SAVE_PAUSE
               : monitor->save_at;
}

/* What waits for the disk: once for all that wait, and again for what that brings about. */
static void look_saved(struct monitor *monitor)
{
    for (unsigned round = 0; round < 4 && (monitor->change > monitor->saved || monitor->waiters > 0); round++) {
        const unsigned waiters = monitor->waiters;

        if (monitor->change > monitor->saved) {
            if (monitor->now < next_save(monitor)) {
                return;
            }
            if (!save(monitor)) {
                return;
            }
        }
        monitor->waiters = 0;
        for (unsigned i = 0; i < waiters; i++) {
            monitor->node[monitor->waiting[i]].waiting = false;
        }
        for (unsigned i = 0; i < waiters; i++) {
            /* Only this node can begin to wait by that, so the list never grows over what is still to be read. */
            fencing_saved(monitor, &monitor->node[monitor->waiting[i]]);
        }
    }
}

usec monitor_tick(struct monitor *monitor, usec now)
{
    usec next;

    monitor->now = now > monitor->now ? now : monitor->now;
    monitor->watched = watched_at(monitor, monitor->now);
    monitor->looked = monitor->now;
    if (monitor->now >= monitor->mark_at) {
        monitor->sequence_stale = monitor->sequence_mark;
        monitor->sequence_mark = monitor->sequence;
        monitor->mark_at = monitor->now + USEC_PER_SECOND;
    }
    if (monitor->now >= monitor->votes_at) {
        monitor->votes_at = votes_look(monitor);
    }
    look_watched(monitor);
    look_real(monitor);
    look_saved(monitor);
    /* Looked at often enough that all of the time counts as watched. */
    next = monitor->now + monitor->settings.watch_gap / 2;
    if (monitor->next_watched != USEC_NEVER && monitor->next_watched - monitor->watched < next - monitor->now) {
        next = monitor->now + (monitor->next_watched - monitor->watched);
    }
    next = monitor->next_real < next ? monitor->next_real : next;
    next = next_save(monitor) < next ? next_save(monitor) : next;
    return next > monitor->now ? next : monitor->now + 1;
}

/* --- results --------------------------------------------------------------------------------------------------- */

static struct node *node_of(struct monitor *monitor, uint64_t ticket, usec now)
{
    monitor->now = now > monitor->now ? now : monitor->now;
    return ticket == 0 ? NULL : nodes_find(monitor, (uint32_t)(ticket & UINT32_MAX));
}

void monitor_probed(struct monitor *monitor, uint64_t ticket, enum probe_result result, const char *said, usec now)
{
    struct node *node = node_of(monitor, ticket, now);

    if (node != NULL && node->suspicion.ticket == ticket) {
        suspicion_probed(monitor, node, result, said);
    }
}

void monitor_fenced(struct monitor *monitor, uint64_t ticket, enum fence_result result, const char *said, usec now)
{
    struct node *node = node_of(monitor, ticket, now);

    if (node != NULL && node->fencing.ticket == ticket && node->state == NODE_FENCING && !node->fencing.proven) {
        fencing_result(monitor, node, result, said);
    }
}

void monitor_referenced(struct monitor *monitor, uint64_t ticket, bool reachable, usec now)
{
    monitor->now = now > monitor->now ? now : monitor->now;
    if (ticket != 0 && ticket == monitor->reference_ticket && reachable) {
        /* What was found belongs to the moment of asking. */
        monitor->reference = monitor->reference_asked + 1;
    }
}
