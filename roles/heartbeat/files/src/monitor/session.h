/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * With whom one speaks, and that it is said now: sessions of one correspondent. What is believed carries the number
 * that this incarnation of the monitor gave to that incarnation of the correspondent, and a sequence that grows. The
 * number is a keyed digest, so that a packet of an incarnation that is not believed (yet) leaves nothing behind.
 */
#ifndef HELIOSTAT_MONITOR_SESSION_H
#define HELIOSTAT_MONITOR_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "../wire/hmac.h"
#include "../wire/packet.h"

#define SESSION_RETIRED 8

struct session_retired {
    uint64_t incarnation;
    uint64_t sequence; /* greatest that was spoken since it was given up */
    usec first;        /* when it spoke for the first time since; watched time */
    unsigned count;    /* packets with growing sequences and the present number */
};

struct session {
    uint64_t incarnation; /* believed; 0: none yet */
    uint64_t boot;
    uint64_t number;
    uint64_t generation; /* grows when numbers that were given are to be worth nothing any more */
    unsigned given_up;   /* in the ring */
    struct session_retired retired[SESSION_RETIRED];
};

enum session_found {
    SESSION_BELIEVED,
    SESSION_NEW,       /* believed, and it is another incarnation than before */
    SESSION_CHALLENGE, /* not believed: answer with `number` */
    SESSION_GIVEN_UP,  /* of an incarnation that was given up; it carries the present number */
    SESSION_REPLAYED,
    SESSION_REFUSED /* cannot be */
};

/*
 * `sequence` is the greatest one that was believed of the path (or of all, as the caller counts), 0 after SESSION_NEW.
 * `number` is what a challenge carries. Only SESSION_BELIEVED and SESSION_NEW change the session; `sequence` is the
 * caller's to move. `retired` is set with SESSION_GIVEN_UP.
 */
enum session_found session_look(struct session *session, const struct hmac_key *secret,
                                const struct packet_header *header, uint64_t carried, uint64_t sequence,
                                uint64_t *number, struct session_retired **retired);
/* Whether it was believed once, and another one has followed. */
bool session_followed(const struct session *session, uint64_t incarnation);
/* What was sent before now is not believed any more: the correspondent is challenged anew. */
void session_renew(struct session *session, const struct hmac_key *secret, uint32_t id);
/* A person put right that two machines had one number: either may speak, once it has answered a challenge. */
void session_forgive(struct session *session, const struct hmac_key *secret, uint32_t id);

#endif
