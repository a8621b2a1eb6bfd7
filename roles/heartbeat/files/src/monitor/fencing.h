/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Proving a node dead: levels in their order, the lease that runs out meanwhile, a person's word. */
#ifndef HELIOSTAT_MONITOR_FENCING_H
#define HELIOSTAT_MONITOR_FENCING_H

#include "core.h"

/* Why a lost node may not be fenced now; NULL: it may. A constant sentence. */
const char *fencing_barred(struct monitor *monitor, const struct node *node);
void fencing_begin(struct monitor *monitor, struct node *node, enum node_state from);
void fencing_unknown(struct monitor *monitor, struct node *node);
void fencing_proven(struct monitor *monitor, struct node *node);
void fencing_end(struct monitor *monitor, struct node *node);
/* What is due of a node that is being fenced, or was, or could not be. */
void fencing_look(struct monitor *monitor, struct node *node);
/* What waited for the disk, and is there now. */
void fencing_saved(struct monitor *monitor, struct node *node);
/* The result of the level that runs. */
void fencing_result(struct monitor *monitor, struct node *node, enum fence_result result, const char *said);
/* A peer's reply to the question to withhold. */
void fencing_granted(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply);
/* There is proof: told when it is on disk. `verdict` is a word: off, lease, storage, person. */
void fencing_prove(struct monitor *monitor, struct node *node, const char *verdict);

#endif
