/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "lease.h"

/* The latest of what the sources reached; 0 where none ever extended it. */
static usec latest(const struct lease *lease)
{
    usec end = 0;

    for (unsigned source = 0; source < LEASE_SOURCES; source++) {
        if (lease->until[source] > end)
            end = lease->until[source];
    }
    return end;
}

void lease_extend(struct lease *lease, enum lease_source source, usec until, usec now)
{
    usec end = latest(lease);

    if (!lease->none && end != 0 && end <= now)
        lease->fenced = true;
    /* What would have ended already is no extension either: an unarmed node must not be armed and fenced by one late
     * answer. */
    if (lease->fenced || until <= now || until <= lease->until[source])
        return;
    lease->until[source] = until;
}

void lease_expire(struct lease *lease, usec now)
{
    (void)now;
    lease->fenced = true;
}

enum lease_state lease_state(const struct lease *lease, usec now)
{
    usec end = latest(lease);

    if (lease->none)
        return LEASE_NONE;
    if (lease->fenced)
        return LEASE_EXPIRED;
    if (end == 0)
        return LEASE_UNARMED;
    return now < end ? LEASE_HELD : LEASE_EXPIRED;
}

usec lease_end(const struct lease *lease)
{
    usec end = latest(lease);

    if (lease->none)
        return USEC_NEVER;
    if (lease->fenced)
        return 0;
    return end == 0 ? USEC_NEVER : end;
}
