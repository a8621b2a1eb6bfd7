/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Which monitor may act: whoever has the votes of more than half of the nodes, or whom the cluster names. */
#ifndef HELIOSTAT_MONITOR_VOTES_H
#define HELIOSTAT_MONITOR_VOTES_H

#include "core.h"

/* The time that packets carry: of this incarnation only. */
usec votes_clock(const struct monitor *monitor, usec now);
/* A believed keep-alive is in `last`. */
void votes_heard(struct monitor *monitor, struct node *node);
/* Counts, says who acts now, and whether votes are asked for. Returns when to be called again. */
usec votes_look(struct monitor *monitor);
bool votes_acting(const struct monitor *monitor, usec now);
/* At this moment; counted once for all that ask. */
bool votes_acting_now(struct monitor *monitor);

#endif
