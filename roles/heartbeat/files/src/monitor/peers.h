/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The other monitors: questions to them and their replies, their questions and ours. */
#ifndef HELIOSTAT_MONITOR_PEERS_H
#define HELIOSTAT_MONITOR_PEERS_H

#include "core.h"

void peers_set(struct monitor *monitor, const struct monitor_settings *settings);
/* Bits of all peers. */
uint16_t peers_all(const struct monitor *monitor);
/* Asks those of `peers` over every path. */
void peers_ask(struct monitor *monitor, const struct node *node, enum query_op op, uint16_t peers);
/* Whoever may withhold the node for our sake is told to answer it again, until it says that it does. */
void peers_release(struct monitor *monitor, struct node *node);
void peers_release_look(struct monitor *monitor, struct node *node);
/* "Speak now", over every path that the node was heard on. */
void peers_solicit(struct monitor *monitor, struct node *node);
/* A sealed packet of a peer that decodes. */
void peers_receive(struct monitor *monitor, unsigned path, const struct address *from, const struct packet *packet);
unsigned peers_index(const struct monitor *monitor, uint32_t id); /* MONITOR_PEERS: none */

#endif
