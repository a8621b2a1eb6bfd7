/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of monitor_rig.h: what nodes say and hear. */
#ifndef MONITOR_RIG_NODES_H
#define MONITOR_RIG_NODES_H

#include "monitor_rig_parts.h"

static inline void rig_speak_to(struct rig *rig, unsigned number, unsigned monitor, unsigned path, unsigned flags)
{
    struct rig_node *node = &rig->node[number];
    struct rig_packet flying;
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    memset(&flying, 0, sizeof flying);
    packet.header.type = PACKET_KEEPALIVE;
    packet.header.key = 1;
    packet.header.sender = number;
    packet.header.receiver = monitor + 1;
    packet.header.incarnation = node->incarnation;
    packet.header.boot = node->boot;
    packet.header.sequence = ++node->sequence;
    packet.header.path = (uint8_t)(path + 1);
    packet.body.keepalive = node->says;
    packet.body.keepalive.sent = rig->now;
    packet.body.keepalive.session = node->session[monitor];
    packet.body.keepalive.flags = (uint8_t)(packet.body.keepalive.flags | flags);
    if (node->vote != 0 && rig->now < node->vote_until) {
        packet.body.keepalive.vote = node->vote;
        packet.body.keepalive.vote_echo = node->vote == monitor + 1 ? node->vote_echo[monitor] : 0;
    }
    flying.size = packet_encode(&packet, flying.bytes);
    assert_true(seal_sign(&node->keys, flying.bytes, flying.size));
    flying.to_monitor = true;
    flying.monitor = monitor;
    flying.path = path;
    flying.from.family = ADDRESS_IPV4;
    flying.from.port = (uint16_t)number;
    if ((node->deaf >> monitor & 1) == 0 && (node->path_down >> path & 1) == 0 && !rig_lost(rig, path)) {
        rig_fly(rig, &flying);
    }
}

static inline void rig_beat(struct rig *rig, unsigned number, unsigned flags)
{
    for (unsigned monitor = 0; monitor < rig->monitors; monitor++) {
        for (unsigned path = 0; path < RIG_PATHS; path++) {
            rig_speak_to(rig, number, monitor, path, flags);
        }
    }
}

static inline void rig_boot(struct rig *rig, unsigned number)
{
    struct rig_node *node = &rig->node[number];

    node->incarnation = rig_random(rig) | 1;
    node->boot = rig_random(rig) | 1;
    node->sequence = 0;
    memset(node->session, 0, sizeof node->session);
    node->says.lease = LEASE_UNARMED;
    node->dead = false;
    node->extended = 0;
    node->extensions = 0;
    node->due = rig->now;
}

static inline void rig_restart_agent(struct rig *rig, unsigned number)
{
    struct rig_node *node = &rig->node[number];

    node->incarnation = rig_random(rig) | 1;
    node->sequence = 0;
    memset(node->session, 0, sizeof node->session);
}

static inline void rig_deliver_to_node(struct rig *rig, const struct rig_packet *flying)
{
    struct rig_node *node = &rig->node[flying->node];
    struct packet packet;

    if (node->dead || (node->deaf >> flying->monitor & 1) != 0 || (node->path_down >> flying->path & 1) != 0) {
        return;
    }
    assert_int_equal(packet_decode(&packet, flying->bytes, flying->size), PACKET_OK);
    assert_true(seal_check(&node->keys, flying->bytes, flying->size));
    if (packet.header.type == PACKET_SOLICIT) {
        if (packet.body.solicit.session == node->session[flying->monitor]) {
            rig_speak_to(rig, flying->node, flying->monitor, flying->path, KEEPALIVE_SOLICITED);
        }
        return;
    }
    assert_int_equal(packet.header.type, PACKET_ANSWER);
    if (packet.body.answer.echo_incarnation != node->incarnation) {
        return;
    }
    node->session[flying->monitor] = packet.body.answer.session;
    node->answers++;
    node->answer_flags = packet.body.answer.flags;
    if ((packet.body.answer.flags & ANSWER_EXTENDS) != 0) {
        node->extended = rig->now;
        node->extensions++;
        if (node->says.lease == LEASE_UNARMED) {
            node->says.lease = LEASE_HELD;
        }
    }
    if (node->votes && (packet.body.answer.flags & ANSWER_WANTS_VOTE) != 0 &&
        (node->vote == flying->monitor + 1 || rig->now >= node->vote_until)) {
        node->vote = flying->monitor + 1;
        node->vote_until = rig->now + (usec)packet.body.answer.vote_ms * MS;
        node->vote_echo[flying->monitor] = packet.body.answer.sent;
    }
}

#endif
