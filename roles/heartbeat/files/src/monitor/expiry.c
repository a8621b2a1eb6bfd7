/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "expiry.h"

#include <string.h>

#include "peers.h"
#include "proof.h"

static usec later(usec one, usec other)
{
    return one > other ? one : other;
}

/* One that was forgotten here and still answers it, or was never known, could extend its lease unasked. */
static bool same_monitors(const struct monitor *monitor, const struct node *node)
{
    uint32_t ids[MONITOR_PEERS + 1];

    ids[0] = monitor->settings.id;
    memcpy(ids + 1, monitor->settings.peer, monitor->settings.peers * sizeof ids[0]);
    return node->last.monitors == packet_monitors(ids, monitor->settings.peers + 1);
}

static const char *disbelieved(const struct monitor *monitor, const struct node *node)
{
    if (node->settings.lease_proof == LEASE_PROOF_NEVER) {
        return "its lease is declared to be no proof";
    }
    if (node->heard == NEVER_HEARD) {
        return "it was not heard since this monitor was started, so nothing is known of its lease";
    }
    if (node->left || (node->last.flags & KEEPALIVE_LEAVING) != 0) {
        return "its agent said good-bye";
    }
    if (node->last.lease != LEASE_HELD && node->last.lease != LEASE_EXPIRED) {
        return "it said last that it holds no lease";
    }
    if ((node->last.flags & KEEPALIVE_GATED) == 0) {
        return "it is not gated: after a boot it could run what was taken over";
    }
    if (!proof_believed(node->settings.lease_proof, &node->last)) {
        return "its kind of self-fencing is not believed (lease_proof)";
    }
    if (!same_monitors(monitor, node)) {
        return "its agent listens to other monitors than are configured here";
    }
    if (node->disputed) {
        return "two machines have its number";
    }
    return NULL;
}

enum expiry expiry_look(const struct monitor *monitor, const struct node *node, usec *when, const char **why)
{
    /* Of a node that was taken out of the configuration and put back it is not known what was answered before. */
    usec last = node->answered == NEVER_HEARD ? monitor->forgot : node->answered;

    *when = USEC_NEVER;
    *why = disbelieved(monitor, node);
    if (*why != NULL) {
        return EXPIRY_HOPELESS;
    }
    if (!node->own) {
        *why = "this monitor still answers it";
        return EXPIRY_OPEN;
    }
    last = later(last, node->promise_heard);
    for (unsigned peer = 0; peer < monitor->settings.peers; peer++) {
        if ((node->fencing.granted & BIT(peer)) == 0) {
            *why = "a peer did not agree to withhold its answers: is that monitor running?";
            return EXPIRY_OPEN;
        }
        last = later(last, node->fencing.told[peer]);
    }
    if ((node->last.flags & KEEPALIVE_SLOT) != 0) {
        if (node->fencing.pill == NEVER_HEARD || node->fencing.pill_boot != node->boot) {
            *why = "its disk slot may still extend its lease: no pill is proven to be written";
            return EXPIRY_OPEN;
        }
        last = later(last, node->fencing.pill);
    }
    *when = proof_lease_end(last, node->last.lease_ms, node->last.halt_ms, monitor->settings.drift_ppm);
    return monitor->now >= *when ? EXPIRY_OVER : EXPIRY_RUNNING;
}
