/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the agent's guard process decides: the lease's end, from every source that may extend it. Pure. */
#ifndef HELIOSTAT_AGENT_LEASE_H
#define HELIOSTAT_AGENT_LEASE_H

#include <stdbool.h>

#include "../common/time.h"
#include "../wire/packet.h"

/* What may extend a lease. The node holds it as long as one of them does. */
enum lease_source { LEASE_BY_MONITORS, LEASE_BY_SLOT, LEASE_SOURCES };

struct lease {
    usec until[LEASE_SOURCES]; /* 0: that source never extended it */
    bool fenced;               /* expired once: nothing extends it any more until the machine starts anew */
    bool none;                 /* the administrator switched self-fencing off, or stopped the agent */
};

/* Extends to `until`, never shortens. Ignored once expired at `now`: an answer that arrives too late does not revive.
 */
void lease_extend(struct lease *lease, enum lease_source source, usec until, usec now);
/* A poison pill, or a command: expires now. */
void lease_expire(struct lease *lease, usec now);
enum lease_state lease_state(const struct lease *lease, usec now);
/* When it ends as things are; USEC_NEVER where unarmed or none. */
usec lease_end(const struct lease *lease);

#endif
