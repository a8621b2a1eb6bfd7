/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The nodes: table, look-up by number, what outlives a reload. */
#ifndef HELIOSTAT_MONITOR_NODES_H
#define HELIOSTAT_MONITOR_NODES_H

#include "core.h"

/* Tables for the nodes of `settings`, with what is remembered of those in `monitor`. False: no memory, as it was. */
bool nodes_set(struct monitor *monitor, const struct monitor_settings *settings);
void nodes_free(struct monitor *monitor);
struct node *nodes_find(const struct monitor *monitor, uint32_t id);
/* Also where it is not configured, so that a promise about it can be kept; NULL: no room. */
struct node *nodes_keep(struct monitor *monitor, uint32_t id);
/* Room for more of those that are not configured: before the first tick only, where memory may still be taken. */
bool nodes_grow(struct monitor *monitor);
/* By name, or by number in decimal, also of one that is kept and not configured any more. */
struct node *nodes_named(const struct monitor *monitor, const char *name);
/* Something changed that must outlive a restart. */
void node_changed(struct monitor *monitor, struct node *node);
/* ... and somebody who will ask again waits for it. */
void node_soon(struct monitor *monitor, struct node *node);
/* ... and its next step waits for it. */
void node_urgent(struct monitor *monitor, struct node *node);
/* Whether all of it is on disk. */
bool node_saved(const struct monitor *monitor, const struct node *node);

#endif
