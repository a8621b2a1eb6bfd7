/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../wire/seal.h"

#define SAVE_SOON (100 * USEC_PER_MS)

struct tables {
    struct node *node;
    uint32_t *index;
    usec *due_watched;
    usec *due_real;
    usec *vote_until;
    unsigned *waiting;
};

static bool allocate(struct tables *tables, unsigned room, uint32_t slots)
{
    tables->node = calloc(room, sizeof *tables->node);
    tables->index = calloc(slots, sizeof *tables->index);
    tables->due_watched = calloc(room, sizeof *tables->due_watched);
    tables->due_real = calloc(room, sizeof *tables->due_real);
    tables->vote_until = calloc(room, sizeof *tables->vote_until);
    tables->waiting = calloc(room, sizeof *tables->waiting);
    return tables->node != NULL && tables->index != NULL && tables->due_watched != NULL && tables->due_real != NULL &&
           tables->vote_until != NULL && tables->waiting != NULL;
}

static void release(struct tables *tables)
{
    free(tables->node);
    free(tables->index);
    free(tables->due_watched);
    free(tables->due_real);
    free(tables->vote_until);
    free(tables->waiting);
}

static struct tables tables_of(const struct monitor *monitor)
{
    const struct tables tables = {.node = monitor->node,
                                  .index = monitor->index,
                                  .due_watched = monitor->due_watched,
                                  .due_real = monitor->due_real,
                                  .vote_until = monitor->vote_until,
                                  .waiting = monitor->waiting};

    return tables;
}

/* Knuth's multiplicative hash: numbers of nodes are often consecutive. */
static uint32_t slot_of(uint32_t id, uint32_t mask)
{
    return (id * 2654435761u >> 7) & mask;
}

static void enter(struct monitor *monitor, unsigned number)
{
    uint32_t slot = slot_of(monitor->node[number].settings.id, monitor->index_mask);

    while (monitor->index[slot] != 0) {
        slot = (slot + 1) & monitor->index_mask;
    }
    monitor->index[slot] = number + 1;
}

struct node *nodes_find(const struct monitor *monitor, uint32_t id)
{
    uint32_t slot;

    if (monitor->index == NULL) {
        return NULL;
    }
    slot = slot_of(id, monitor->index_mask);
    while (monitor->index[slot] != 0) {
        struct node *node = &monitor->node[monitor->index[slot] - 1];

        if (node->settings.id == id) {
            return node;
        }
        slot = (slot + 1) & monitor->index_mask;
    }
    return NULL;
}

static void start(const struct monitor *monitor, struct node *node, uint32_t id)
{
    memset(node, 0, sizeof *node);
    node->settings.id = id;
    (void)snprintf(node->settings.name, sizeof node->settings.name, "%lu", (unsigned long)id);
    node->state = NODE_UNHEARD;
    node->heard = NEVER_HEARD;
    node->answered = NEVER_HEARD;
    node->promise_heard = NEVER_HEARD;
    node->judged_from = USEC_NEVER;
    node->fencing.pill = NEVER_HEARD;
    node->suspicion.began = NEVER_HEARD;
    node->release_at = USEC_NEVER;
    node->proven_at = USEC_NEVER;
    node->spoke = NEVER_HEARD;
    node->clear_asked = NEVER_HEARD;
    node->incident = 1;
    node->change = monitor->saved;
    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        node->path[i].beat = NEVER_HEARD;
    }
}

static void set_keys(const struct monitor_settings *settings, struct node *node)
{
    uint8_t key[SEAL_KEY_SIZE];

    node->keys.count = settings->masters;
    for (unsigned i = 0; i < settings->masters; i++) {
        seal_node_key(settings->master[i], node->settings.id, key);
        node->keys.id[i] = settings->master_id[i];
        hmac_key_set(&node->keys.key[i], key, sizeof key);
    }
    memset(key, 0, sizeof key);
}

/* Whether forgetting it could do harm: what was promised, fenced or said of it. */
static bool must_be_kept(const struct node *node)
{
    return node_withheld(node) || node->asked != 0;
}

static unsigned count_kept(const struct monitor *monitor)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < monitor->nodes; i++) {
        kept += must_be_kept(&monitor->node[i]) ? 1 : 0;
    }
    return kept;
}

static void take_over(struct monitor *monitor, const struct tables *old, unsigned old_nodes,
                      const struct monitor *before, const struct monitor_settings *settings)
{
    for (unsigned i = 0; i < settings->nodes; i++) {
        const struct node *was = nodes_find(before, settings->node[i].id);

        if (was != NULL) {
            monitor->node[i] = *was;
            monitor->due_watched[i] = old->due_watched[was - old->node];
            monitor->due_real[i] = old->due_real[was - old->node];
            monitor->vote_until[i] = old->vote_until[was - old->node];
        } else {
            start(monitor, &monitor->node[i], settings->node[i].id);
            monitor->due_watched[i] = USEC_NEVER;
            monitor->due_real[i] = USEC_NEVER;
        }
        monitor->node[i].settings = settings->node[i];
        monitor->node[i].configured = true;
        set_keys(settings, &monitor->node[i]);
        enter(monitor, i);
    }
    monitor->nodes = settings->nodes;
    for (unsigned i = 0; i < old_nodes; i++) {
        if (nodes_find(monitor, old->node[i].settings.id) == NULL && must_be_kept(&old->node[i])) {
            struct node *node = nodes_keep(monitor, old->node[i].settings.id);

            *node = old->node[i];
            node->configured = false;
            node->keys.count = 0;
            monitor->due_watched[node - monitor->node] = USEC_NEVER;
            monitor->due_real[node - monitor->node] = old->due_real[i];
        }
    }
}

static bool make_room(struct monitor *monitor, unsigned room)
{
    struct tables tables;
    uint32_t slots = 64;

    while (slots < 2 * room) {
        slots *= 2;
    }
    if (!allocate(&tables, room, slots)) {
        release(&tables);
        return false;
    }
    monitor->node = tables.node;
    monitor->index = tables.index;
    monitor->due_watched = tables.due_watched;
    monitor->due_real = tables.due_real;
    monitor->vote_until = tables.vote_until;
    monitor->waiting = tables.waiting;
    monitor->index_mask = slots - 1;
    monitor->room = room;
    /* Bounds of what is due: looked at anew. */
    monitor->next_watched = 0;
    monitor->next_real = 0;
    return true;
}

bool nodes_set(struct monitor *monitor, const struct monitor_settings *settings)
{
    const struct monitor before = *monitor;
    struct tables old = tables_of(monitor);

    if (!make_room(monitor, settings->nodes + count_kept(monitor) + NODES_SPARE)) {
        return false;
    }
    take_over(monitor, &old, before.nodes, &before, settings);
    monitor->waiters = 0;
    for (unsigned i = 0; i < monitor->nodes; i++) {
        if (monitor->node[i].waiting) {
            monitor->waiting[monitor->waiters++] = i;
        }
    }
    release(&old);
    return true;
}

bool nodes_grow(struct monitor *monitor)
{
    struct tables old = tables_of(monitor);

    if (monitor->nodes < monitor->room) {
        return true;
    }
    if (!make_room(monitor, 2 * monitor->room)) {
        return false;
    }
    memcpy(monitor->node, old.node, monitor->nodes * sizeof *old.node);
    memcpy(monitor->due_watched, old.due_watched, monitor->nodes * sizeof *old.due_watched);
    memcpy(monitor->due_real, old.due_real, monitor->nodes * sizeof *old.due_real);
    memcpy(monitor->vote_until, old.vote_until, monitor->nodes * sizeof *old.vote_until);
    memcpy(monitor->waiting, old.waiting, monitor->waiters * sizeof *old.waiting);
    for (unsigned i = 0; i < monitor->nodes; i++) {
        enter(monitor, i);
    }
    release(&old);
    return true;
}

void nodes_free(struct monitor *monitor)
{
    struct tables tables = tables_of(monitor);

    release(&tables);
}

struct node *nodes_keep(struct monitor *monitor, uint32_t id)
{
    struct node *node = nodes_find(monitor, id);

    if (node != NULL) {
        return node;
    }
    if (monitor->nodes >= monitor->room) {
        return NULL;
    }
    node = &monitor->node[monitor->nodes];
    start(monitor, node, id);
    monitor->due_watched[monitor->nodes] = USEC_NEVER;
    monitor->due_real[monitor->nodes] = USEC_NEVER;
    enter(monitor, monitor->nodes);
    monitor->nodes++;
    return node;
}

struct node *nodes_named(const struct monitor *monitor, const char *name)
{
    char *end;
    unsigned long id;

    for (unsigned i = 0; i < monitor->settings.nodes; i++) {
        if (strcmp(monitor->node[i].settings.name, name) == 0) {
            return &monitor->node[i];
        }
    }
    if (*name < '0' || *name > '9') {
        return NULL;
    }
    id = strtoul(name, &end, 10);
    if (*end != '\0' || id == 0 || id > UINT32_MAX) {
        return NULL;
    }
    return nodes_find(monitor, (uint32_t)id);
}

void node_changed(struct monitor *monitor, struct node *node)
{
    node->change = ++monitor->change;
}

void node_soon(struct monitor *monitor, struct node *node)
{
    node_changed(monitor, node);
    if (monitor->save_at > monitor->saved_at + SAVE_SOON) {
        monitor->save_at = monitor->saved_at + SAVE_SOON;
    }
}

void node_urgent(struct monitor *monitor, struct node *node)
{
    node_changed(monitor, node);
    monitor->urgent = true;
    if (!node->waiting) {
        node->waiting = true;
        monitor->waiting[monitor->waiters++] = node_number(monitor, node);
    }
}

bool node_saved(const struct monitor *monitor, const struct node *node)
{
    return node->change <= monitor->saved;
}
