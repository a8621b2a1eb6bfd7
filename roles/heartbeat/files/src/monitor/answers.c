/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "answers.h"

#include <string.h>

#include "../wire/seal.h"
#include "judge.h"
#include "nodes.h"
#include "paths.h"
#include "promises.h"
#include "say.h"
#include "suspicion.h"
#include "votes.h"

#define DUPLICATE_PACKETS 3
#define DUPLICATE_INTERVALS 2

static void answer(struct monitor *monitor, const struct node *node, unsigned path, const struct address *to,
                   const struct packet *packet, uint64_t number, unsigned flags)
{
    struct packet out;
    uint8_t bytes[PACKET_MAX];
    size_t size;

    memset(&out, 0, sizeof out);
    out.header.type = PACKET_ANSWER;
    out.header.key = packet->header.key;
    out.header.sender = monitor->settings.id;
    out.header.receiver = node->settings.id;
    out.header.incarnation = monitor->settings.incarnation;
    out.header.boot = monitor->settings.boot;
    out.header.sequence = ++monitor->sequence;
    out.header.path = monitor->settings.path[path];
    out.body.answer.sent = votes_clock(monitor, monitor->now);
    out.body.answer.session = number;
    out.body.answer.echo_incarnation = packet->header.incarnation;
    out.body.answer.echo_sequence = packet->header.sequence;
    out.body.answer.echo_sent = packet->body.keepalive.sent;
    out.body.answer.vote_ms = monitor->settings.vote_ms;
    out.body.answer.flags = (uint8_t)flags;
    size = packet_encode(&out, bytes);
    if (seal_sign(&node->keys, bytes, size)) {
        monitor->counts.answered++;
        monitor->counts.sent++;
        monitor->effects.send(monitor->effects.context, path, to, bytes, size);
    }
}

static bool in_quarantine(const struct node *node)
{
    return node->state == NODE_FENCED || node->state == NODE_RETURNED || node->state == NODE_QUARANTINED ||
           node->quarantined != 0;
}

static void answer_believed(struct monitor *monitor, struct node *node, unsigned path, const struct address *from,
                            const struct packet *packet)
{
    unsigned flags = 0;

    if ((node->last.flags & KEEPALIVE_LEAVING) != 0) {
        /* Once it is answered the agent stops guarding: that must be known after a restart, and nobody waits for its
         * lease. */
        if (node_withheld(node)) {
            return;
        }
        if (node_saved(monitor, node)) {
            answer(monitor, node, path, from, packet, node->session.number, 0);
        } else if (node->last.lease == LEASE_HELD) {
            /* It goes on guarding till that is so, and need not fence itself meanwhile. */
            node->answered = monitor->now;
            answer(monitor, node, path, from, packet, node->session.number, ANSWER_EXTENDS);
        }
        return;
    }
    if (in_quarantine(node)) {
        flags |= ANSWER_QUARANTINED;
    }
    if (monitor->wants_votes && !node->disputed) {
        flags |= ANSWER_WANTS_VOTE;
    }
    if (!node_withheld(node) && (node->last.lease != LEASE_UNARMED || promises_clear(monitor, node))) {
        flags |= ANSWER_EXTENDS;
        node->answered = monitor->now;
    }
    answer(monitor, node, path, from, packet, node->session.number, flags);
}

/* A lease that is shorter from a reload on, or that fewer monitors extend, was extended by what held before: until the
 * reload, which nobody else dates. What is known is that it was before the first keep-alive that says so. */
static void note_promise(struct monitor *monitor, struct node *node, const struct keepalive *said)
{
    const struct keepalive *last = &node->last;
    const unsigned flags = KEEPALIVE_GATED | KEEPALIVE_SLOT;

    if (node->promise_heard == NEVER_HEARD || said->lease_ms != last->lease_ms || said->halt_ms != last->halt_ms ||
        said->monitors != last->monitors || said->self_fence != last->self_fence ||
        (said->flags & flags) != (last->flags & flags)) {
        node->promise_heard = monitor->now;
    }
}

static void believed(struct monitor *monitor, struct node *node, unsigned path, const struct address *from,
                     const struct packet *packet, bool new_incarnation)
{
    const struct keepalive *keepalive = &packet->body.keepalive;

    monitor->counts.believed++;
    node->path[path].sequence = packet->header.sequence;
    if (packet->header.sequence > node->newest) {
        /* What was overtaken on another path shows that the path works, and says nothing any more. */
        node->newest = packet->header.sequence;
        note_promise(monitor, node, keepalive);
        node->last = *keepalive;
    }
    node->heard = monitor->now;
    paths_heard(monitor, node, path, from, (keepalive->flags & KEEPALIVE_SOLICITED) != 0,
                watched_at(monitor, monitor->now));
    if (!node->tight && 2 * (usec)keepalive->interval_ms * USEC_PER_MS > monitor->bounds.ceiling) {
        node->tight = true;
        say(monitor, node, "interval",
            "it announces a beat every %lu ms, and this monitor waits no longer than %lld ms (suspect_ceiling): loss "
            "of "
            "one packet may be taken for silence. Make one of them fit",
            (unsigned long)keepalive->interval_ms, (long long)(monitor->bounds.ceiling / USEC_PER_MS));
    }
    judge_heard(monitor, node, new_incarnation);
    votes_heard(monitor, node);
    answer_believed(monitor, node, path, from, packet);
}

static void dispute(struct monitor *monitor, struct node *node)
{
    node->disputed = true;
    monitor->vote_until[node_number(monitor, node)] = 0;
    node_urgent(monitor, node);
    if (node->state == NODE_FENCING && node->fencing.called_off == NULL) {
        node->fencing.called_off = "two machines have its number";
        due_real(monitor, node, monitor->now);
    }
    say(monitor, node, "duplicate",
        "two machines speak with number %lu: an incarnation that was followed by another goes on speaking. Nothing is "
        "fenced until it was put right: stop the agent of the wrong one, then say undispute",
        (unsigned long)node->settings.id);
}

static void given_up(struct monitor *monitor, struct node *node, unsigned path, const struct address *from,
                     const struct packet *packet, struct session_retired *retired)
{
    const usec watched = watched_at(monitor, monitor->now);
    const usec interval = (usec)packet->body.keepalive.interval_ms * USEC_PER_MS;

    if (packet->header.sequence <= retired->sequence) {
        monitor->counts.refused_replay++;
        return;
    }
    retired->sequence = packet->header.sequence;
    if (retired->count == 0) {
        retired->first = watched;
    }
    if (retired->count < DUPLICATE_PACKETS) {
        retired->count++;
    }
    if (!node->disputed && retired->count >= DUPLICATE_PACKETS &&
        watched - retired->first > DUPLICATE_INTERVALS * interval) {
        dispute(monitor, node);
    }
    monitor->counts.refused_session++;
    if (node->disputed && !node_withheld(node) && packet->body.keepalive.lease != LEASE_UNARMED &&
        (packet->body.keepalive.flags & KEEPALIVE_LEAVING) == 0) {
        /* Neither of the two is to fence itself before a person has looked. It is not believed for that. */
        node->answered = monitor->now;
        answer(monitor, node, path, from, packet, packet->body.keepalive.session, ANSWER_EXTENDS);
    }
}

void answers_receive(struct monitor *monitor, struct node *node, unsigned path, const struct address *from,
                     const struct packet *packet)
{
    struct session_retired *retired = NULL;
    uint64_t number = 0;
    enum session_found found;

    found = session_look(&node->session, &monitor->secret, &packet->header, packet->body.keepalive.session,
                         node->path[path].sequence, &number, &retired);
    switch (found) {
    case SESSION_NEW:
        for (unsigned i = 0; i < MONITOR_PATHS; i++) {
            node->path[i].sequence = 0;
        }
        node->newest = 0;
        believed(monitor, node, path, from, packet, true);
        break;
    case SESSION_BELIEVED:
        /* What was sent before the good-bye and came later does not take it back. */
        if (packet->header.sequence < node->newest && (node->last.flags & KEEPALIVE_LEAVING) != 0) {
            monitor->counts.refused_replay++;
            return;
        }
        believed(monitor, node, path, from, packet, false);
        break;
    case SESSION_CHALLENGE:
        monitor->counts.refused_session++;
        answer(monitor, node, path, from, packet, number, ANSWER_CHALLENGE);
        suspicion_spoke(monitor, node);
        break;
    case SESSION_GIVEN_UP:
        given_up(monitor, node, path, from, packet, retired);
        break;
    case SESSION_REPLAYED:
        monitor->counts.refused_replay++;
        break;
    case SESSION_REFUSED:
        monitor->counts.refused_malformed++;
        say_refused(monitor, node, "one incarnation of its agent names two boots: that cannot be");
        break;
    }
}
