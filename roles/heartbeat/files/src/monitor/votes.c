/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "votes.h"

#include "peers.h"
#include "say.h"

#define LOOK (200 * USEC_PER_MS)

usec votes_clock(const struct monitor *monitor, usec now)
{
    return now + monitor->clock_skew;
}

void votes_heard(struct monitor *monitor, struct node *node)
{
    const usec sent = node->last.vote_echo - monitor->clock_skew;
    const usec promised = (usec)monitor->settings.vote_ms * USEC_PER_MS;
    const unsigned number = node_number(monitor, node);

    if (node->last.vote != monitor->settings.id) {
        /* It may have promised to this monitor and to no other until then; but it says that it holds to it no more. */
        monitor->vote_until[number] = 0;
        return;
    }
    /* An echo of what this incarnation sent, not of a predecessor's clock; two machines of one number may promise
     * twice. */
    if (node->last.vote_echo == 0 || sent < monitor->votes_from || sent > monitor->now || node->disputed) {
        return;
    }
    const usec until = sent + time_at_least(promised, monitor->settings.drift_ppm);

    if (until > monitor->vote_until[number]) {
        monitor->vote_until[number] = until;
    }
}

static unsigned count(const struct monitor *monitor, usec now)
{
    unsigned votes = 0;

    for (unsigned i = 0; i < monitor->settings.nodes; i++) {
        votes += monitor->vote_until[i] > now ? 1 : 0;
    }
    return votes;
}

bool votes_acting(const struct monitor *monitor, usec now)
{
    if (monitor->settings.acting == ACTING_BY_CLUSTER) {
        return monitor->named;
    }
    return (uint64_t)count(monitor, now) * 2 > monitor->settings.nodes;
}

bool votes_acting_now(struct monitor *monitor)
{
    if (monitor->acting_seen != monitor->now) {
        (void)votes_look(monitor);
    }
    return monitor->acting;
}

/* Nobody is asked while another monitor has more votes, or as many and the smaller number: so one of two gives way. */
static bool may_want(const struct monitor *monitor, unsigned mine)
{
    const usec fresh = (usec)monitor->settings.vote_ms * USEC_PER_MS;
    unsigned others[MONITOR_PEERS + 1] = {0};
    uint32_t id[MONITOR_PEERS + 1] = {0};
    unsigned known = 0;

    for (unsigned i = 0; i < monitor->settings.nodes; i++) {
        const struct node *node = &monitor->node[i];
        unsigned at = 0;

        if (node->heard == NEVER_HEARD || monitor->now - node->heard > fresh || node->last.vote == 0 ||
            node->last.vote == monitor->settings.id) {
            continue;
        }
        while (at < known && id[at] != node->last.vote) {
            at++;
        }
        if (at == known && known <= MONITOR_PEERS) {
            id[known++] = node->last.vote;
        }
        if (at < known) {
            others[at]++;
        }
    }
    for (unsigned i = 0; i < known; i++) {
        if (others[i] > mine || (others[i] == mine && id[i] < monitor->settings.id)) {
            return false;
        }
    }
    return true;
}

usec votes_look(struct monitor *monitor)
{
    const bool acting = votes_acting(monitor, monitor->now);

    if (monitor->settings.acting == ACTING_BY_VOTES) {
        monitor->wants_votes = may_want(monitor, count(monitor, monitor->now));
    } else {
        monitor->wants_votes = false;
    }
    monitor->acting_seen = monitor->now;
    if (acting != monitor->acting) {
        monitor->acting = acting;
        say_step(monitor, NULL, "acting", acting ? "observing" : "acting", acting ? "acting" : "observing",
                 monitor->settings.acting == ACTING_BY_CLUSTER ? "so named by the cluster"
                 : acting ? "more than half of the nodes gave this monitor their vote"
                          : "no more than half of the nodes give this monitor their vote");
    }
    return monitor->now + LOOK;
}
