/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A node's step from state to state: by the table only, said in the journal, with what begins and ends by it. */
#ifndef HELIOSTAT_MONITOR_JUDGE_H
#define HELIOSTAT_MONITOR_JUDGE_H

#include "core.h"

/* False: the table has no such step; that is said, and nothing changed. */
bool judge(struct monitor *monitor, struct node *node, enum node_event event, const char *reason);
/* What is known of a loss that is over; `from` is the state that the node had in it. */
void judge_forget(struct node *node, enum node_state from);
/* A believed keep-alive is in `last`. */
void judge_heard(struct monitor *monitor, struct node *node, bool new_incarnation);

#endif
