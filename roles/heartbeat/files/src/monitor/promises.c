/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "promises.h"

#include "fencing.h"
#include "nodes.h"
#include "paths.h"
#include "peers.h"
#include "say.h"

#define CLEAR_AGAIN (250 * USEC_PER_MS)
#define WAITS_SAID (3 * USEC_PER_SECOND)

static uint32_t age(usec now, usec then)
{
    const usec ms = now <= then ? 0 : (now - then) / USEC_PER_MS;

    return ms >= (usec)AGE_NEVER ? AGE_NEVER - 1 : (uint32_t)ms;
}

/* In time on some path: this monitor hears it. */
static bool hears(const struct monitor *monitor, const struct node *node)
{
    const usec timeout = paths_timeout(monitor, node);
    const usec watched = watched_at(monitor, monitor->now);

    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        if (node->path[i].known && watched - node->path[i].heard < timeout) {
            return true;
        }
    }
    return node->heard == NEVER_HEARD && node->judged_from != USEC_NEVER &&
           watched - node->judged_from < monitor->bounds.ceiling && node->state == NODE_ALIVE;
}

/*
 * What a lease's end is concluded from is what was heard last; who heard something since that says otherwise does not
 * agree: it heard a good-bye, or that the lease is not held.
 */
static bool may_promise(const struct monitor *monitor, const struct node *node, uint64_t boot)
{
    /* Another boot may have other terms, and a lease that the one who asks knows nothing of. */
    return node->configured && !node->left && node->held && node->boot == boot && !hears(monitor, node);
}

static void promise(struct monitor *monitor, struct node *node, unsigned peer, bool for_good)
{
    const uint16_t promised = node->promised | BIT(peer);
    const uint16_t quarantined = for_good ? node->quarantined | BIT(peer) : node->quarantined;

    if (promised != node->promised || quarantined != node->quarantined) {
        node->promised = promised;
        node->quarantined = quarantined;
        node_soon(monitor, node);
        say(monitor, node, "withheld", "not answered any more, because monitor %lu %s",
            (unsigned long)monitor->peer[peer].id, for_good ? "had it fenced" : "fences it");
    }
}

static void released(struct monitor *monitor, struct node *node, unsigned peer)
{
    if ((node->promised & BIT(peer)) == 0) {
        return;
    }
    node->promised = (uint16_t)(node->promised & ~BIT(peer));
    node->quarantined = (uint16_t)(node->quarantined & ~BIT(peer));
    if (node->state < NODE_FENCING) {
        node->incident++; /* as the monitor counts that has called it off */
    }
    node_changed(monitor, node);
    say(monitor, node, "released", "monitor %lu does not ask to withhold its answers any more",
        (unsigned long)monitor->peer[peer].id);
}

/* Nothing is promised of a node that is not configured: what was heard and answered of it is not known. That it was
 * fenced is kept all the same, for when it is configured. */
void promises_asked(struct monitor *monitor, unsigned peer, const struct query *query, bool overtaken,
                    struct reply *reply)
{
    struct node *node =
        query->op == QUERY_QUARANTINE ? nodes_keep(monitor, query->node) : nodes_find(monitor, query->node);

    reply->session = 0;
    reply->heard_age = AGE_NEVER;
    reply->answered_age = age(monitor->now, monitor->forgot);
    if (node == NULL) {
        reply->flags = REPLY_UNKNOWN;
        return;
    }
    if (!node->configured) {
        reply->flags = REPLY_UNKNOWN;
    }
    if (node->heard != NEVER_HEARD) {
        reply->heard_age = age(monitor->now, node->heard);
    }
    if (node->left) {
        reply->heard_age = 0;
        reply->session = node->session.incarnation;
    }
    if (node->answered != NEVER_HEARD) {
        reply->answered_age = age(monitor->now, node->answered);
    }
    switch (overtaken ? QUERY_HEARD : (enum query_op)query->op) {
    case QUERY_WITHHOLD:
        if (may_promise(monitor, node, query->boot)) {
            promise(monitor, node, peer, false);
        }
        break;
    case QUERY_QUARANTINE:
        promise(monitor, node, peer, true);
        break;
    case QUERY_RELEASE:
        released(monitor, node, peer);
        break;
    default:
        break;
    }
    if (query->op == QUERY_HEARD) {
        if (node_withheld(node)) {
            reply->flags |= REPLY_WITHHELD;
        }
    } else if ((node->promised & BIT(peer)) != 0 && node_saved(monitor, node)) {
        /* Promised earlier perhaps: what was heard since takes nothing back, but is told. */
        if (query->op == QUERY_QUARANTINE || may_promise(monitor, node, query->boot)) {
            reply->flags |= REPLY_WITHHELD;
        }
    }
}

static void clear_told(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply)
{
    if (reply->op != QUERY_HEARD || reply->echo_sequence < node->clear_from || node->clear_from == 0) {
        return;
    }
    if ((reply->flags & REPLY_WITHHELD) != 0) {
        node->clear = (uint16_t)(node->clear & ~BIT(peer));
    } else {
        node->clear |= BIT(peer);
    }
    (void)monitor;
}

void promises_told(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply)
{
    const uint16_t bit = BIT(peer);

    clear_told(monitor, node, peer, reply);
    switch (reply->op) {
    case QUERY_WITHHOLD:
        fencing_granted(monitor, node, peer, reply);
        break;
    case QUERY_QUARANTINE:
        if ((reply->flags & REPLY_WITHHELD) != 0 && reply->echo_sequence >= node->fencing.from) {
            node->told |= bit;
        }
        break;
    case QUERY_RELEASE:
        if (node->release_at != USEC_NEVER && reply->echo_sequence >= node->release_from && (node->asked & bit) != 0) {
            node->asked = (uint16_t)(node->asked & ~bit);
            node_changed(monitor, node);
        }
        break;
    default:
        break;
    }
}

bool promises_waived(struct monitor *monitor, struct node *node)
{
    if (!node->clear_waits) {
        return false;
    }
    node->clear_waits = false;
    node->clear = peers_all(monitor);
    return true;
}

bool promises_forget(struct monitor *monitor, struct node *node)
{
    if (node->promised == 0) {
        return false;
    }
    node->promised = 0;
    node->quarantined = 0;
    node_changed(monitor, node);
    return true;
}

static uint16_t moved(const struct monitor *monitor, const struct monitor_settings *settings, uint16_t bits,
                      bool keep_former)
{
    uint16_t result = (uint16_t)(keep_former ? bits & BIT(FORMER_PEER) : 0);

    for (unsigned was = 0; was < monitor->settings.peers; was++) {
        unsigned is = 0;

        if ((bits & BIT(was)) == 0) {
            continue;
        }
        while (is < settings->peers && settings->peer[is] != monitor->settings.peer[was]) {
            is++;
        }
        if (is < settings->peers) {
            result |= BIT(is);
        } else if (keep_former) {
            result |= BIT(FORMER_PEER);
        }
    }
    return result;
}

void promises_renumber(struct monitor *monitor, const struct monitor_settings *settings)
{
    for (unsigned i = 0; i < monitor->nodes; i++) {
        struct node *node = &monitor->node[i];
        usec told[MONITOR_PEERS] = {0};

        for (unsigned is = 0; is < settings->peers; is++) {
            const unsigned was = peers_index(monitor, settings->peer[is]);

            told[is] = was < MONITOR_PEERS ? node->fencing.told[was] : 0;
        }
        for (unsigned is = 0; is < MONITOR_PEERS; is++) {
            node->fencing.told[is] = told[is];
        }
        node->promised = moved(monitor, settings, node->promised, true);
        node->quarantined = moved(monitor, settings, node->quarantined, true);
        node->asked = moved(monitor, settings, node->asked, false);
        node->told = moved(monitor, settings, node->told, false);
        node->clear = 0;
        node->fencing.granted = moved(monitor, settings, node->fencing.granted, false);
    }
}

bool promises_clear(struct monitor *monitor, struct node *node)
{
    const uint16_t all = peers_all(monitor);

    if ((node->clear & all) == all) {
        /* Which boot got a lease must be known after a restart: a promise made then is about that boot. */
        if (!node_saved(monitor, node)) {
            node_soon(monitor, node);
        }
        return node_saved(monitor, node);
    }
    if (node->clear_asked == NEVER_HEARD) {
        node->clear_began = monitor->now;
    } else if (!node->clear_waits && monitor->now - node->clear_began > WAITS_SAID) {
        node->clear_waits = true;
        say(monitor, node, "waiting",
            "its first lease of this boot waits for a monitor that does not answer, and that may have had it fenced. "
            "If "
            "that monitor is gone for good say release, or take it out of the configuration");
    }
    if (node->clear_asked == NEVER_HEARD || monitor->now >= node->clear_asked + CLEAR_AGAIN) {
        if (node->clear_asked == NEVER_HEARD) {
            node->clear_from = monitor->sequence + 1;
        }
        node->clear_asked = monitor->now;
        peers_ask(monitor, node, QUERY_HEARD, (uint16_t)(all & ~node->clear));
    }
    return false;
}
