/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "packet.h"

#include <string.h>

#include "bytes.h"

/*
 * Header: 0 magic, 4 version, 5 type, 6 key, 8 sender, 12 receiver, 16 incarnation, 24 boot, 32 sequence, 40 path, 41
 * reserved. Bodies follow at 48; their fields stand in the order below, each at a multiple of its size. What is
 * reserved is zero.
 */
#define KEEPALIVE_BODY 64
#define ANSWER_BODY 48
#define SOLICIT_BODY 8
#define QUERY_BODY 24
#define REPLY_BODY 40

#define KEEPALIVE_FLAGS (KEEPALIVE_LEAVING | KEEPALIVE_GATED | KEEPALIVE_SLOT | KEEPALIVE_SOLICITED)
#define ANSWER_FLAGS (ANSWER_CHALLENGE | ANSWER_EXTENDS | ANSWER_WANTS_VOTE | ANSWER_QUARANTINED)
#define REPLY_FLAGS (REPLY_CHALLENGE | REPLY_WITHHELD | REPLY_UNKNOWN)

_Static_assert(PACKET_HEADER + KEEPALIVE_BODY + PACKET_SEAL <= PACKET_MAX, "the longest packet has room");

uint32_t packet_monitors(const uint32_t *ids, unsigned count)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < count; i++) {
        uint32_t mixed = ids[i];

        mixed = (mixed ^ mixed >> 16) * UINT32_C(0x85ebca6b);
        mixed = (mixed ^ mixed >> 13) * UINT32_C(0xc2b2ae35);
        sum += mixed ^ mixed >> 16;
    }
    return sum;
}

size_t packet_size(uint8_t type)
{
    switch (type) {
    case PACKET_KEEPALIVE:
        return PACKET_HEADER + KEEPALIVE_BODY + PACKET_SEAL;
    case PACKET_ANSWER:
        return PACKET_HEADER + ANSWER_BODY + PACKET_SEAL;
    case PACKET_SOLICIT:
        return PACKET_HEADER + SOLICIT_BODY + PACKET_SEAL;
    case PACKET_QUERY:
        return PACKET_HEADER + QUERY_BODY + PACKET_SEAL;
    case PACKET_REPLY:
        return PACKET_HEADER + REPLY_BODY + PACKET_SEAL;
    default:
        return 0;
    }
}

static void put_time(uint8_t *bytes, usec time)
{
    bytes_put64(bytes, (uint64_t)time);
}

/* A monotonic clock does not go below zero. */
static bool get_time(usec *time, const uint8_t *bytes)
{
    const uint64_t value = bytes_get64(bytes);

    *time = value > (uint64_t)INT64_MAX ? 0 : (usec)value;
    return value <= (uint64_t)INT64_MAX;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

static void put_header(const struct packet_header *header, uint8_t *bytes)
{
    bytes_put32(bytes, PACKET_MAGIC);
    bytes[4] = PACKET_VERSION;
    bytes[5] = header->type;
    bytes_put16(bytes + 6, header->key);
    bytes_put32(bytes + 8, header->sender);
    bytes_put32(bytes + 12, header->receiver);
    bytes_put64(bytes + 16, header->incarnation);
    bytes_put64(bytes + 24, header->boot);
    bytes_put64(bytes + 32, header->sequence);
    bytes[40] = header->path;
}

static bool get_header(struct packet_header *header, const uint8_t *bytes)
{
    header->type = bytes[5];
    header->key = bytes_get16(bytes + 6);
    header->sender = bytes_get32(bytes + 8);
    header->receiver = bytes_get32(bytes + 12);
    header->incarnation = bytes_get64(bytes + 16);
    header->boot = bytes_get64(bytes + 24);
    header->sequence = bytes_get64(bytes + 32);
    header->path = bytes[40];
    return header->sender != 0 && header->receiver != 0 && header->incarnation != 0 && header->boot != 0 &&
           header->sequence != 0 && header->path != 0 && all_zero(bytes + 41, PACKET_HEADER - 41);
}

static void put_keepalive(const struct keepalive *body, uint8_t *bytes)
{
    put_time(bytes, body->sent);
    bytes_put64(bytes + 8, body->session);
    put_time(bytes + 16, body->vote_echo);
    bytes_put32(bytes + 24, body->vote);
    bytes_put32(bytes + 28, body->lease_ms);
    bytes_put32(bytes + 32, body->halt_ms);
    bytes_put32(bytes + 36, body->interval_ms);
    bytes[40] = body->lease;
    bytes[41] = body->self_fence;
    bytes[42] = body->flags;
    bytes_put32(bytes + 44, body->load);
    bytes_put32(bytes + 48, body->memory_total);
    bytes_put32(bytes + 52, body->memory_free);
    bytes_put32(bytes + 56, body->zones);
    bytes_put32(bytes + 60, body->monitors);
}

static bool get_keepalive(struct keepalive *body, const uint8_t *bytes)
{
    const bool times = get_time(&body->sent, bytes) && get_time(&body->vote_echo, bytes + 16);

    body->session = bytes_get64(bytes + 8);
    body->vote = bytes_get32(bytes + 24);
    body->lease_ms = bytes_get32(bytes + 28);
    body->halt_ms = bytes_get32(bytes + 32);
    body->interval_ms = bytes_get32(bytes + 36);
    body->lease = bytes[40];
    body->self_fence = bytes[41];
    body->flags = bytes[42];
    body->load = bytes_get32(bytes + 44);
    body->memory_total = bytes_get32(bytes + 48);
    body->memory_free = bytes_get32(bytes + 52);
    body->zones = bytes_get32(bytes + 56);
    body->monitors = bytes_get32(bytes + 60);
    return times && body->lease <= LEASE_NONE && body->self_fence <= SELF_FENCE_WATCHDOG &&
           (body->flags & ~KEEPALIVE_FLAGS) == 0 && bytes[43] == 0;
}

static void put_answer(const struct answer *body, uint8_t *bytes)
{
    put_time(bytes, body->sent);
    bytes_put64(bytes + 8, body->session);
    bytes_put64(bytes + 16, body->echo_incarnation);
    bytes_put64(bytes + 24, body->echo_sequence);
    put_time(bytes + 32, body->echo_sent);
    bytes_put32(bytes + 40, body->vote_ms);
    bytes[44] = body->flags;
}

static bool get_answer(struct answer *body, const uint8_t *bytes)
{
    const bool times = get_time(&body->sent, bytes) && get_time(&body->echo_sent, bytes + 32);

    body->session = bytes_get64(bytes + 8);
    body->echo_incarnation = bytes_get64(bytes + 16);
    body->echo_sequence = bytes_get64(bytes + 24);
    body->vote_ms = bytes_get32(bytes + 40);
    body->flags = bytes[44];
    return times && (body->flags & ~ANSWER_FLAGS) == 0 && all_zero(bytes + 45, 3);
}

static void put_query(const struct query *body, uint8_t *bytes)
{
    bytes_put64(bytes, body->session);
    bytes_put32(bytes + 8, body->node);
    bytes[12] = body->op;
    bytes_put64(bytes + 16, body->boot);
}

static bool is_op(uint8_t op)
{
    return op >= QUERY_HEARD && op <= QUERY_QUARANTINE;
}

static bool get_query(struct query *body, const uint8_t *bytes)
{
    body->session = bytes_get64(bytes);
    body->node = bytes_get32(bytes + 8);
    body->op = bytes[12];
    body->boot = bytes_get64(bytes + 16);
    return is_op(body->op) && all_zero(bytes + 13, 3);
}

static void put_reply(const struct reply *body, uint8_t *bytes)
{
    bytes_put64(bytes, body->session);
    bytes_put64(bytes + 8, body->echo_incarnation);
    bytes_put64(bytes + 16, body->echo_sequence);
    bytes_put32(bytes + 24, body->node);
    bytes_put32(bytes + 28, body->heard_age);
    bytes_put32(bytes + 32, body->answered_age);
    bytes[36] = body->op;
    bytes[37] = body->flags;
}

static bool get_reply(struct reply *body, const uint8_t *bytes)
{
    body->session = bytes_get64(bytes);
    body->echo_incarnation = bytes_get64(bytes + 8);
    body->echo_sequence = bytes_get64(bytes + 16);
    body->node = bytes_get32(bytes + 24);
    body->heard_age = bytes_get32(bytes + 28);
    body->answered_age = bytes_get32(bytes + 32);
    body->op = bytes[36];
    body->flags = bytes[37];
    return is_op(body->op) && (body->flags & ~REPLY_FLAGS) == 0 && all_zero(bytes + 38, 2);
}

size_t packet_encode(const struct packet *packet, uint8_t *bytes)
{
    const size_t size = packet_size(packet->header.type);
    uint8_t *body = bytes + PACKET_HEADER;

    if (size == 0) {
        return 0;
    }
    memset(bytes, 0, size);
    put_header(&packet->header, bytes);
    switch (packet->header.type) {
    case PACKET_KEEPALIVE:
        put_keepalive(&packet->body.keepalive, body);
        break;
    case PACKET_ANSWER:
        put_answer(&packet->body.answer, body);
        break;
    case PACKET_SOLICIT:
        bytes_put64(body, packet->body.solicit.session);
        break;
    case PACKET_QUERY:
        put_query(&packet->body.query, body);
        break;
    default:
        put_reply(&packet->body.reply, body);
        break;
    }
    return size;
}

static bool get_body(struct packet *packet, const uint8_t *bytes)
{
    switch (packet->header.type) {
    case PACKET_KEEPALIVE:
        return get_keepalive(&packet->body.keepalive, bytes);
    case PACKET_ANSWER:
        return get_answer(&packet->body.answer, bytes);
    case PACKET_SOLICIT:
        packet->body.solicit.session = bytes_get64(bytes);
        return true;
    case PACKET_QUERY:
        return get_query(&packet->body.query, bytes);
    default:
        return get_reply(&packet->body.reply, bytes);
    }
}

enum packet_error packet_decode(struct packet *packet, const uint8_t *bytes, size_t size)
{
    memset(packet, 0, sizeof *packet);
    if (size < PACKET_HEADER) {
        return PACKET_SHORT;
    }
    if (bytes_get32(bytes) != PACKET_MAGIC) {
        return PACKET_FOREIGN;
    }
    if (bytes[4] != PACKET_VERSION) {
        return PACKET_OTHER_VERSION;
    }
    if (packet_size(bytes[5]) == 0) {
        return PACKET_MALFORMED;
    }
    if (size != packet_size(bytes[5])) {
        return PACKET_SHORT;
    }
    if (!get_header(&packet->header, bytes) || !get_body(packet, bytes + PACKET_HEADER)) {
        return PACKET_MALFORMED;
    }
    return PACKET_OK;
}

const char *packet_error_name(enum packet_error error)
{
    switch (error) {
    case PACKET_OK:
        return "ok";
    case PACKET_SHORT:
        return "wrong length";
    case PACKET_FOREIGN:
        return "no packet of ours";
    case PACKET_OTHER_VERSION:
        return "another version";
    case PACKET_MALFORMED:
        return "malformed";
    }
    return "no such error";
}
