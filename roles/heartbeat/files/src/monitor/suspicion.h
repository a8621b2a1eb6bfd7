/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* From silence to a declared loss: solicit, ask the peers, prove the own connectivity, probe. */
#ifndef HELIOSTAT_MONITOR_SUSPICION_H
#define HELIOSTAT_MONITOR_SUSPICION_H

#include "core.h"

void suspicion_begin(struct monitor *monitor, struct node *node, enum node_state from);
/* A keep-alive of it was challenged: its agent may have been started anew, and answers with its next beat. Waited for
 * once in a suspicion, since it may be a recorded one. */
void suspicion_spoke(struct monitor *monitor, struct node *node);
void suspicion_end(struct monitor *monitor, struct node *node);
/* Of a node that is SUSPECT or PROBING. Returns when to look again, watched time. */
usec suspicion_look(struct monitor *monitor, struct node *node);
/* Of one that is UNREACHABLE: why it is not fenced, NULL where it may be. */
void suspicion_unreachable(struct monitor *monitor, struct node *node);
/* Are they reachable? Asked as often as is needed, however often this is called. */
void suspicion_ask_references(struct monitor *monitor);
/* A peer heard it at `when`, real time. */
void suspicion_peer_heard(struct monitor *monitor, struct node *node, const struct peer *peer, usec when);
void suspicion_probed(struct monitor *monitor, struct node *node, enum probe_result result, const char *said);
/* Whether own connectivity was proven after `since` (watched), by what the node could have been heard over. */
bool suspicion_connected(const struct monitor *monitor, const struct node *node, usec since);

#endif
