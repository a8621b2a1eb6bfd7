/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What monitors promise each other about a node: not to answer it. */
#ifndef HELIOSTAT_MONITOR_PROMISES_H
#define HELIOSTAT_MONITOR_PROMISES_H

#include "core.h"

/* A believed query of peer[peer]; `reply` is filled. A promise is on disk before it is given. One that was overtaken by
 * a later one changes nothing. */
void promises_asked(struct monitor *monitor, unsigned peer, const struct query *query, bool overtaken,
                    struct reply *reply);
/* A reply of peer[peer] that echoes this incarnation. */
void promises_told(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply);
/* A person's word: nobody comes back for what was promised. False: nothing was. */
bool promises_forget(struct monitor *monitor, struct node *node);
/* A person's word: whom the first lease of this boot waits for is gone. False: it waits for nobody. */
bool promises_waived(struct monitor *monitor, struct node *node);
/* Peers have other places after a reload. */
void promises_renumber(struct monitor *monitor, const struct monitor_settings *settings);
/* Whether a lease that this boot never had may be given: nobody else withholds it, as far as can be known. */
bool promises_clear(struct monitor *monitor, struct node *node);

#endif
