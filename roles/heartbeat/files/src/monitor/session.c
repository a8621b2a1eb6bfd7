/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "session.h"

#include <string.h>

#include "../wire/bytes.h"

static uint64_t number_of(const struct session *session, const struct hmac_key *secret, uint32_t id,
                          uint64_t incarnation)
{
    uint8_t message[20];
    uint8_t digest[HMAC_SIZE];
    uint64_t number;

    bytes_put32(message, id);
    bytes_put64(message + 4, incarnation);
    bytes_put64(message + 12, session->generation);
    hmac(secret, message, sizeof message, digest);
    number = bytes_get64(digest);
    return number == 0 ? 1 : number;
}

static struct session_retired *find_retired(struct session *session, uint64_t incarnation)
{
    for (unsigned i = 0; i < SESSION_RETIRED; i++) {
        if (session->retired[i].incarnation == incarnation) {
            return &session->retired[i];
        }
    }
    return NULL;
}

static void give_up(struct session *session)
{
    struct session_retired *retired = &session->retired[session->given_up % SESSION_RETIRED];

    if (session->incarnation == 0) {
        return;
    }
    memset(retired, 0, sizeof *retired);
    retired->incarnation = session->incarnation;
    session->given_up++;
}

enum session_found session_look(struct session *session, const struct hmac_key *secret,
                                const struct packet_header *header, uint64_t carried, uint64_t sequence,
                                uint64_t *number, struct session_retired **retired)
{
    if (header->incarnation == session->incarnation) {
        *number = session->number;
        if (header->boot != session->boot) {
            return SESSION_REFUSED;
        }
        if (carried != session->number) {
            return SESSION_CHALLENGE;
        }
        return header->sequence > sequence ? SESSION_BELIEVED : SESSION_REPLAYED;
    }
    *number = number_of(session, secret, header->sender, header->incarnation);
    if (carried != *number) {
        return SESSION_CHALLENGE;
    }
    *retired = find_retired(session, header->incarnation);
    if (*retired != NULL) {
        return SESSION_GIVEN_UP;
    }
    give_up(session);
    session->incarnation = header->incarnation;
    session->boot = header->boot;
    session->number = *number;
    /* Numbers that others were given under the old one are void: only who still speaks gets another. */
    session->generation++;
    return SESSION_NEW;
}

bool session_followed(const struct session *session, uint64_t incarnation)
{
    for (unsigned i = 0; i < SESSION_RETIRED; i++) {
        if (incarnation != 0 && session->retired[i].incarnation == incarnation) {
            return true;
        }
    }
    return false;
}

void session_renew(struct session *session, const struct hmac_key *secret, uint32_t id)
{
    session->generation++;
    if (session->incarnation != 0) {
        session->number = number_of(session, secret, id, session->incarnation);
    }
}

void session_forgive(struct session *session, const struct hmac_key *secret, uint32_t id)
{
    memset(session->retired, 0, sizeof session->retired);
    session->given_up = 0;
    session_renew(session, secret, id);
}
