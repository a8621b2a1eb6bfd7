/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "peers.h"

#include <string.h>

#include "../wire/seal.h"
#include "fencing.h"
#include "nodes.h"
#include "promises.h"
#include "say.h"
#include "suspicion.h"

#define RELEASE_AGAIN USEC_PER_SECOND

void peers_set(struct monitor *monitor, const struct monitor_settings *settings)
{
    struct peer peers[MONITOR_PEERS];
    uint8_t key[SEAL_KEY_SIZE];

    memset(peers, 0, sizeof peers);
    for (unsigned i = 0; i < settings->peers; i++) {
        const unsigned was = peers_index(monitor, settings->peer[i]);

        if (was < MONITOR_PEERS) {
            peers[i] = monitor->peer[was];
        }
        peers[i].id = settings->peer[i];
    }
    memcpy(monitor->peer, peers, sizeof peers);
    monitor->peer_keys.count = settings->masters;
    for (unsigned i = 0; i < settings->masters; i++) {
        seal_monitors_key(settings->master[i], key);
        monitor->peer_keys.id[i] = settings->master_id[i];
        hmac_key_set(&monitor->peer_keys.key[i], key, sizeof key);
    }
    memset(key, 0, sizeof key);
}

unsigned peers_index(const struct monitor *monitor, uint32_t id)
{
    for (unsigned i = 0; i < monitor->settings.peers; i++) {
        if (monitor->peer[i].id == id) {
            return i;
        }
    }
    return MONITOR_PEERS;
}

uint16_t peers_all(const struct monitor *monitor)
{
    return (uint16_t)((1u << monitor->settings.peers) - 1);
}

static void send(struct monitor *monitor, struct packet *packet, const struct seal_keys *keys, uint16_t key,
                 uint32_t receiver, unsigned path, const struct address *to)
{
    uint8_t bytes[PACKET_MAX];
    size_t size;

    packet->header.key = key;
    packet->header.sender = monitor->settings.id;
    packet->header.receiver = receiver;
    packet->header.incarnation = monitor->settings.incarnation;
    packet->header.boot = monitor->settings.boot;
    packet->header.sequence = ++monitor->sequence;
    packet->header.path = monitor->settings.path[path];
    size = packet_encode(packet, bytes);
    if (size != 0 && seal_sign(keys, bytes, size)) {
        monitor->counts.sent++;
        monitor->effects.send(monitor->effects.context, path, to, bytes, size);
    }
}

static void ask_one(struct monitor *monitor, const struct node *node, enum query_op op, unsigned peer)
{
    struct packet packet;
    struct address to;

    if (monitor->peer_keys.count == 0) {
        return;
    }
    for (unsigned path = 0; path < monitor->settings.paths; path++) {
        if (!monitor->effects.peer_address(monitor->effects.context, peer, path, &to)) {
            continue;
        }
        memset(&packet, 0, sizeof packet);
        packet.header.type = PACKET_QUERY;
        packet.body.query.session = monitor->peer[peer].number;
        packet.body.query.node = node->settings.id;
        packet.body.query.boot = op == QUERY_WITHHOLD ? node->boot : 0;
        packet.body.query.op = (uint8_t)op;
        send(monitor, &packet, &monitor->peer_keys, monitor->peer_keys.id[0], monitor->peer[peer].id, path, &to);
    }
}

void peers_ask(struct monitor *monitor, const struct node *node, enum query_op op, uint16_t peers)
{
    for (unsigned peer = 0; peer < monitor->settings.peers; peer++) {
        if ((peers & BIT(peer)) != 0) {
            ask_one(monitor, node, op, peer);
        }
    }
}

void peers_release(struct monitor *monitor, struct node *node)
{
    if (node->asked == 0) {
        node->release_at = USEC_NEVER;
        return;
    }
    node->release_from = monitor->sequence + 1;
    node->release_at = monitor->now;
    peers_release_look(monitor, node);
}

void peers_release_look(struct monitor *monitor, struct node *node)
{
    if (node->asked == 0) {
        node->release_at = USEC_NEVER;
    }
    if (monitor->now >= node->release_at) {
        peers_ask(monitor, node, QUERY_RELEASE, node->asked);
        node->release_at = monitor->now + RELEASE_AGAIN;
    }
    if (node->release_at != USEC_NEVER && node->release_at < monitor->due_real[node_number(monitor, node)]) {
        due_real(monitor, node, node->release_at);
    }
}

void peers_solicit(struct monitor *monitor, struct node *node)
{
    struct packet packet;

    if (node->session.incarnation == 0 || node->keys.count == 0) {
        return;
    }
    for (unsigned path = 0; path < monitor->settings.paths; path++) {
        if (node->path[path].known) {
            memset(&packet, 0, sizeof packet);
            packet.header.type = PACKET_SOLICIT;
            packet.body.solicit.session = node->session.number;
            send(monitor, &packet, &node->keys, node->keys.id[0], node->settings.id, path, &node->path[path].address);
        }
    }
}

/* --- their questions ----------------------------------------------------------------------------------------- */

static void reply_to(struct monitor *monitor, unsigned path, const struct address *to, const struct packet *query,
                     struct reply *reply)
{
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    packet.header.type = PACKET_REPLY;
    packet.body.reply = *reply;
    packet.body.reply.echo_incarnation = query->header.incarnation;
    packet.body.reply.echo_sequence = query->header.sequence;
    packet.body.reply.node = query->body.query.node;
    packet.body.reply.op = query->body.query.op;
    send(monitor, &packet, &monitor->peer_keys, query->header.key, query->header.sender, path, to);
}

static void receive_query(struct monitor *monitor, unsigned path, const struct address *from, unsigned index,
                          const struct packet *packet)
{
    struct peer *peer = &monitor->peer[index];
    struct session_retired *retired = NULL;
    struct reply reply;

    memset(&reply, 0, sizeof reply);
    reply.heard_age = AGE_NEVER;
    switch (session_look(&peer->session, &monitor->secret, &packet->header, packet->body.query.session,
                         peer->sequence[path], &reply.session, &retired)) {
    case SESSION_BELIEVED:
        break;
    case SESSION_NEW:
        memset(peer->sequence, 0, sizeof peer->sequence);
        peer->newest = 0;
        break;
    case SESSION_CHALLENGE:
        monitor->counts.refused_session++;
        reply.flags = REPLY_CHALLENGE;
        reply_to(monitor, path, from, packet, &reply);
        return;
    case SESSION_GIVEN_UP:
        monitor->counts.refused_replay++;
        say_refused(
            monitor, NULL,
            "a query of monitor %lu comes from an incarnation that was followed by another: do two monitors have "
            "one number?",
            (unsigned long)peer->id);
        return;
    default:
        monitor->counts.refused_replay++;
        return;
    }
    peer->sequence[path] = packet->header.sequence;
    monitor->counts.believed++;
    monitor->path[path].peer = watched_at(monitor, monitor->now);
    /* Each path's question has its reply, for the way back may be broken on another. */
    promises_asked(monitor, index, &packet->body.query, packet->header.sequence < peer->newest, &reply);
    if (packet->header.sequence > peer->newest) {
        peer->newest = packet->header.sequence;
    }
    reply_to(monitor, path, from, packet, &reply);
}

/* --- their replies ------------------------------------------------------------------------------------------- */

/* A challenge may be late: what is asked anew must still be meant. A release of before would undo what was asked since.
 */
static void ask_again(struct monitor *monitor, const struct reply *reply, unsigned peer)
{
    const struct node *node = nodes_find(monitor, reply->node);
    bool meant = false;

    if (node == NULL) {
        return;
    }
    switch (reply->op) {
    case QUERY_HEARD:
        meant = true;
        break;
    case QUERY_WITHHOLD:
        meant = node->state == NODE_FENCING || node->state == NODE_UNKNOWN;
        break;
    case QUERY_QUARANTINE:
        meant = node->state == NODE_FENCED || node->state == NODE_RETURNED || node->state == NODE_QUARANTINED;
        break;
    case QUERY_RELEASE:
        meant = node->release_at != USEC_NEVER && (node->asked & BIT(peer)) != 0;
        break;
    default:
        break;
    }
    if (meant) {
        ask_one(monitor, node, (enum query_op)reply->op, peer);
    }
}

static void receive_reply(struct monitor *monitor, unsigned path, unsigned index, const struct packet *packet)
{
    const struct reply *reply = &packet->body.reply;
    struct peer *peer = &monitor->peer[index];
    struct node *node;

    /* What it echoes says that it answers a question of this incarnation, and one of the last moments: a recorded reply
     * proves nothing, not even that the own network works. */
    if (reply->echo_incarnation != monitor->settings.incarnation || reply->echo_sequence <= monitor->sequence_stale ||
        reply->echo_sequence > monitor->sequence) {
        monitor->counts.refused_replay++;
        return;
    }
    if ((reply->flags & REPLY_CHALLENGE) != 0) {
        if (reply->session != peer->number) {
            peer->number = reply->session;
            ask_again(monitor, reply, index);
        }
        return;
    }
    monitor->counts.believed++;
    monitor->path[path].peer = watched_at(monitor, monitor->now);
    node = nodes_find(monitor, reply->node);
    if (node == NULL) {
        return;
    }
    promises_told(monitor, node, index, reply);
    /* A good-bye that the node took back here by an agent started anew says nothing of that one's silence. */
    if (node->state >= NODE_SUSPECT && reply->heard_age != AGE_NEVER && reply->echo_sequence >= node->suspicion.from &&
        (reply->op == QUERY_HEARD || reply->op == QUERY_WITHHOLD) &&
        !session_followed(&node->session, reply->session)) {
        suspicion_peer_heard(monitor, node, peer, monitor->now - (usec)reply->heard_age * USEC_PER_MS);
    }
}

void peers_receive(struct monitor *monitor, unsigned path, const struct address *from, const struct packet *packet)
{
    const unsigned index = peers_index(monitor, packet->header.sender);

    if (packet->header.type == PACKET_QUERY) {
        receive_query(monitor, path, from, index, packet);
    } else {
        receive_reply(monitor, path, index, packet);
    }
}
