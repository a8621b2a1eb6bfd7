/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The paths of a node: which are in time, and when the next is late. */
#ifndef HELIOSTAT_MONITOR_PATHS_H
#define HELIOSTAT_MONITOR_PATHS_H

#include "core.h"

/* A believed keep-alive came over path[path]. */
void paths_heard(struct monitor *monitor, struct node *node, unsigned path, const struct address *from, bool solicited,
                 usec watched);
/* Judges what has become late. Returns when to look again, watched time. */
usec paths_look(struct monitor *monitor, struct node *node);
/* The longest time-out of the node's paths; the ceiling where nothing is measured. */
usec paths_timeout(const struct monitor *monitor, const struct node *node);
unsigned paths_late(const struct node *node);
unsigned paths_known(const struct node *node);
/* Bit i: in time on path[i] when it was heard last. */
uint8_t paths_last(const struct monitor *monitor, const struct node *node);

#endif
