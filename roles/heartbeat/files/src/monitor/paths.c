/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "paths.h"

#include "judge.h"
#include "say.h"

static usec timeout_of(const struct monitor *monitor, const struct node *node, unsigned path)
{
    return interval_timeout(&node->path[path].interval, (usec)node->last.interval_ms * USEC_PER_MS, &monitor->bounds);
}

/* Where everybody was silent the silence of one says nothing: it counts from when the path spoke again. */
static usec silent_since(const struct monitor *monitor, const struct node *node, unsigned path)
{
    const usec heard = node->path[path].heard;

    return heard > monitor->path[path].since ? heard : monitor->path[path].since;
}

static void own_path_heard(struct monitor *monitor, const struct node *node, unsigned path, usec watched)
{
    struct own_path *own = &monitor->path[path];

    if (node->path[path].known && watched - own->heard >= timeout_of(monitor, node, path)) {
        own->since = watched;
    }
    if (own->who != node->settings.id) {
        own->other = own->heard;
        own->who = node->settings.id;
    }
    own->heard = watched;
}

void paths_heard(struct monitor *monitor, struct node *node, unsigned path, const struct address *from, bool solicited,
                 usec watched)
{
    struct node_path *way = &node->path[path];

    own_path_heard(monitor, node, path, watched);
    way->address = *from;
    if (!solicited) {
        /* Packets that waited while this process stood still came at no interval of the node's. */
        if (way->beat != NEVER_HEARD && monitor->now - monitor->looked <= monitor->settings.watch_gap) {
            interval_add(&way->interval, watched - way->beat, &monitor->bounds);
        }
        way->beat = watched;
    }
    way->heard = watched;
    if (!way->known) {
        const usec due = watched + timeout_of(monitor, node, path);

        way->known = true;
        way->late = false;
        if (due < monitor->due_watched[node_number(monitor, node)]) {
            due_watched(monitor, node, due);
        }
    } else if (way->late) {
        const usec due = watched + timeout_of(monitor, node, path);

        way->late = false;
        if (due < monitor->due_watched[node_number(monitor, node)]) {
            due_watched(monitor, node, due);
        }
        if (node->state != NODE_SUSPECT || paths_known(node) > 1) {
            say_path(monitor, node, path, "late", "in time", "heard again over path %u",
                     (unsigned)monitor->settings.path[path]);
        }
    }
}

usec paths_look(struct monitor *monitor, struct node *node)
{
    const bool in_use = node->state == NODE_ALIVE || node->state == NODE_LATE;
    usec next = USEC_NEVER;
    bool newly = false;
    unsigned in_time = 0;

    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        struct node_path *way = &node->path[i];
        usec due;

        if (!way->known || way->late) {
            continue;
        }
        due = silent_since(monitor, node, i) + timeout_of(monitor, node, i);
        if (monitor->watched >= due) {
            way->late = true;
            newly = true;
            if (node->state != NODE_AWAY) {
                say_path(monitor, node, i, "in time", "late", "nothing over path %u for %lld ms",
                         (unsigned)monitor->settings.path[i],
                         (long long)((monitor->watched - way->heard) / USEC_PER_MS));
            }
        } else {
            in_time++;
            next = due < next ? due : next;
        }
    }
    if (in_use && node->judged_from != USEC_NEVER && paths_known(node) == 0) {
        next = node->judged_from + monitor->bounds.ceiling;
        if (monitor->watched >= next) {
            (void)judge(monitor, node, EVENT_SILENT, "not heard since this monitor was started");
            return USEC_NEVER;
        }
    } else if (in_use && newly && in_time == 0) {
        (void)judge(monitor, node, EVENT_SILENT, "silent on every path");
    } else if (in_use && newly) {
        (void)judge(monitor, node, EVENT_HEARD_SOME, "late on some paths");
    }
    return next;
}

usec paths_timeout(const struct monitor *monitor, const struct node *node)
{
    usec longest = 0;

    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        if (node->path[i].known) {
            const usec timeout = timeout_of(monitor, node, i);

            longest = timeout > longest ? timeout : longest;
        }
    }
    return longest == 0 ? monitor->bounds.ceiling : longest;
}

unsigned paths_known(const struct node *node)
{
    unsigned known = 0;

    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        known += node->path[i].known ? 1 : 0;
    }
    return known;
}

unsigned paths_late(const struct node *node)
{
    unsigned late = 0;

    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        late += node->path[i].known && node->path[i].late ? 1 : 0;
    }
    return late;
}

uint8_t paths_last(const struct monitor *monitor, const struct node *node)
{
    const usec timeout = paths_timeout(monitor, node);
    usec newest = NEVER_HEARD;
    unsigned paths = 0;

    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        if (node->path[i].known && node->path[i].heard > newest) {
            newest = node->path[i].heard;
        }
    }
    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        /* Of a node that was not heard yet any path proves that this monitor is connected. */
        if (newest == NEVER_HEARD || (node->path[i].known && node->path[i].heard + timeout > newest)) {
            paths |= 1u << i;
        }
    }
    return (uint8_t)paths;
}
