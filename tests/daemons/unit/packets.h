/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Packets of every type with every field at random, and whether two are the same. */
#ifndef HELIOSTAT_TESTS_UNIT_PACKETS_H
#define HELIOSTAT_TESTS_UNIT_PACKETS_H

#include <string.h>

#include "random.h"
#include "wire/packet.h"

/* From 1, so that it may stand where nothing counts from 0. */
static inline uint64_t some(void)
{
    const uint64_t number = random_number() >> (random_number() % 64);

    return number == 0 ? 1 : number;
}

static inline uint32_t some32(void)
{
    return (uint32_t)random_number() | 1;
}

static inline usec some_time(void)
{
    return (usec)(random_number() >> 1);
}

static inline void random_body(struct packet *packet)
{
    switch (packet->header.type) {
    case PACKET_KEEPALIVE:
        packet->body.keepalive = (struct keepalive){.sent = some_time(),
                                                    .session = some(),
                                                    .vote_echo = some_time(),
                                                    .vote = some32(),
                                                    .lease_ms = some32(),
                                                    .halt_ms = some32(),
                                                    .interval_ms = some32(),
                                                    .lease = (uint8_t)(random_number() % 4),
                                                    .self_fence = (uint8_t)(random_number() % 4),
                                                    .flags = (uint8_t)(random_number() % 16),
                                                    .load = some32(),
                                                    .memory_total = some32(),
                                                    .memory_free = some32(),
                                                    .zones = some32(),
                                                    .monitors = some32()};
        break;
    case PACKET_ANSWER:
        packet->body.answer = (struct answer){.sent = some_time(),
                                              .session = some(),
                                              .echo_incarnation = some(),
                                              .echo_sequence = some(),
                                              .echo_sent = some_time(),
                                              .vote_ms = some32(),
                                              .flags = (uint8_t)(random_number() % 16)};
        break;
    case PACKET_SOLICIT:
        packet->body.solicit = (struct solicit){.session = some()};
        break;
    case PACKET_QUERY:
        packet->body.query = (struct query){
            .session = some(), .node = some32(), .op = (uint8_t)(1 + random_number() % 4), .boot = some()};
        break;
    default:
        packet->body.reply = (struct reply){.session = some(),
                                            .echo_incarnation = some(),
                                            .echo_sequence = some(),
                                            .node = some32(),
                                            .heard_age = some32(),
                                            .answered_age = some32(),
                                            .op = (uint8_t)(1 + random_number() % 4),
                                            .flags = (uint8_t)(random_number() % 8)};
        break;
    }
}

static inline struct packet random_packet(uint8_t type)
{
    struct packet packet;

    memset(&packet, 0, sizeof packet);
    packet.header = (struct packet_header){.type = type,
                                           .key = (uint16_t)random_number(),
                                           .sender = some32(),
                                           .receiver = some32(),
                                           .incarnation = some(),
                                           .boot = some(),
                                           .sequence = some(),
                                           .path = (uint8_t)(1 + random_number() % 255)};
    random_body(&packet);
    return packet;
}

static inline void assert_same_header(const struct packet_header *one, const struct packet_header *other)
{
    assert_int_equal(one->type, other->type);
    assert_int_equal(one->key, other->key);
    assert_int_equal(one->sender, other->sender);
    assert_int_equal(one->receiver, other->receiver);
    assert_true(one->incarnation == other->incarnation);
    assert_true(one->boot == other->boot);
    assert_true(one->sequence == other->sequence);
    assert_int_equal(one->path, other->path);
}

static inline void assert_same_keepalive(const struct keepalive *one, const struct keepalive *other)
{
    assert_true(one->sent == other->sent);
    assert_true(one->session == other->session);
    assert_true(one->vote_echo == other->vote_echo);
    assert_int_equal(one->vote, other->vote);
    assert_int_equal(one->lease_ms, other->lease_ms);
    assert_int_equal(one->halt_ms, other->halt_ms);
    assert_int_equal(one->interval_ms, other->interval_ms);
    assert_int_equal(one->lease, other->lease);
    assert_int_equal(one->self_fence, other->self_fence);
    assert_int_equal(one->flags, other->flags);
    assert_int_equal(one->load, other->load);
    assert_int_equal(one->memory_total, other->memory_total);
    assert_int_equal(one->memory_free, other->memory_free);
    assert_int_equal(one->zones, other->zones);
    assert_int_equal(one->monitors, other->monitors);
}

static inline void assert_same_answer(const struct answer *one, const struct answer *other)
{
    assert_true(one->sent == other->sent);
    assert_true(one->session == other->session);
    assert_true(one->echo_incarnation == other->echo_incarnation);
    assert_true(one->echo_sequence == other->echo_sequence);
    assert_true(one->echo_sent == other->echo_sent);
    assert_int_equal(one->vote_ms, other->vote_ms);
    assert_int_equal(one->flags, other->flags);
}

static inline void assert_same_reply(const struct reply *one, const struct reply *other)
{
    assert_true(one->session == other->session);
    assert_true(one->echo_incarnation == other->echo_incarnation);
    assert_true(one->echo_sequence == other->echo_sequence);
    assert_int_equal(one->node, other->node);
    assert_int_equal(one->heard_age, other->heard_age);
    assert_int_equal(one->answered_age, other->answered_age);
    assert_int_equal(one->op, other->op);
    assert_int_equal(one->flags, other->flags);
}

static inline void assert_same(const struct packet *one, const struct packet *other)
{
    assert_same_header(&one->header, &other->header);
    switch (one->header.type) {
    case PACKET_KEEPALIVE:
        assert_same_keepalive(&one->body.keepalive, &other->body.keepalive);
        break;
    case PACKET_ANSWER:
        assert_same_answer(&one->body.answer, &other->body.answer);
        break;
    case PACKET_SOLICIT:
        assert_true(one->body.solicit.session == other->body.solicit.session);
        break;
    case PACKET_QUERY:
        assert_true(one->body.query.session == other->body.query.session);
        assert_int_equal(one->body.query.node, other->body.query.node);
        assert_int_equal(one->body.query.op, other->body.query.op);
        assert_true(one->body.query.boot == other->body.query.boot);
        break;
    default:
        assert_same_reply(&one->body.reply, &other->body.reply);
        break;
    }
}

#endif
