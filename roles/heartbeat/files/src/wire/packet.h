/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * What goes over the wire: packets of a fixed layout in network byte order, 48 bytes of header, a body by type, 32
 * bytes of seal. Pure: encoding and decoding of bytes at any alignment. seal.h signs and checks them.
 */
#ifndef HELIOSTAT_WIRE_PACKET_H
#define HELIOSTAT_WIRE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/time.h"

#define PACKET_MAGIC 0x48564842u /* "HVHB" */
#define PACKET_VERSION 1
#define PACKET_HEADER 48
#define PACKET_SEAL 32
#define PACKET_MAX 160 /* no packet is longer */

enum packet_type {
    PACKET_KEEPALIVE = 1, /* agent to monitor: I live */
    PACKET_ANSWER = 2,    /* monitor to agent: heard; extends the lease where it says so */
    PACKET_SOLICIT = 3,   /* monitor to agent: speak now */
    PACKET_QUERY = 4,     /* monitor to monitor, about one node */
    PACKET_REPLY = 5      /* monitor to monitor */
};

struct packet_header {
    uint8_t type;
    uint16_t key;    /* id of the key that seals it */
    uint32_t sender; /* id of a node or of a monitor, by type */
    uint32_t receiver;
    uint64_t incarnation; /* random at each start of the sending daemon, never 0 */
    uint64_t boot;        /* of the sending machine: the same as long as its kernel runs */
    uint64_t sequence;    /* grows with every packet of an incarnation, over all paths and receivers; from 1 */
    uint8_t path;         /* number of the path, from 1 */
};

enum lease_state {
    LEASE_UNARMED = 0, /* never extended since this machine started, and none before that the mark on disk tells of */
    LEASE_HELD = 1,
    LEASE_EXPIRED = 2, /* fencing itself, or has */
    LEASE_NONE = 3     /* self-fencing is switched off */
};

enum self_fence { SELF_FENCE_NONE = 0, SELF_FENCE_HALT_ZONES = 1, SELF_FENCE_STOP = 2, SELF_FENCE_WATCHDOG = 3 };

/* Bits of keepalive.flags. */
#define KEEPALIVE_LEAVING 0x01 /* stopped by its administrator: silence from now on means nothing */
#define KEEPALIVE_GATED 0x02   /* after a boot no zone that can fail over starts before the lease is held */
#define KEEPALIVE_SLOT 0x04    /* a disk slot is declared: it extends the lease too */
#define KEEPALIVE_SOLICITED 0x08

struct keepalive {
    usec sent;        /* sender's clock */
    uint64_t session; /* the monitor's number for this incarnation, as last answered; 0: none yet */
    usec vote_echo; /* `sent` of the newest answer of this monitor that the vote rests on (monitor's clock); 0: none */
    uint32_t vote;  /* id of the monitor that has this node's vote; 0: none */
    uint32_t lease_ms;    /* how long an answer extends the lease */
    uint32_t halt_ms;     /* how long fencing itself takes at most, from the lease's end on */
    uint32_t interval_ms; /* between keep-alives of one path */
    uint8_t lease;        /* enum lease_state */
    uint8_t self_fence;   /* enum self_fence */
    uint8_t flags;
    uint32_t load;         /* of one minute, in thousandths */
    uint32_t memory_total; /* MiB */
    uint32_t memory_free;  /* MiB */
    uint32_t zones;        /* running, without the global one */
    uint32_t monitors;     /* packet_monitors() of all whose answers extend its lease */
};

/* Bits of answer.flags. */
#define ANSWER_CHALLENGE 0x01 /* not believed yet: send `session` back. Extends nothing. */
#define ANSWER_EXTENDS 0x02   /* extends the lease, from the answered keep-alive's `sent` on */
#define ANSWER_WANTS_VOTE 0x04
#define ANSWER_QUARANTINED 0x08 /* it was fenced: nothing that fails over may start on it */

struct answer {
    usec sent; /* monitor's clock */
    uint64_t session;
    uint64_t echo_incarnation; /* of the agent that is answered */
    uint64_t echo_sequence;
    usec echo_sent;   /* agent's clock, as in the keep-alive */
    uint32_t vote_ms; /* how long a vote is promised for */
    uint8_t flags;
};

struct solicit {
    uint64_t session;
};

enum query_op {
    QUERY_HEARD = 1,     /* do you hear it? */
    QUERY_WITHHOLD = 2,  /* answer it no more, unless you hear it */
    QUERY_RELEASE = 3,   /* answer it again */
    QUERY_QUARANTINE = 4 /* it was fenced: answer it no more, heard or not */
};

struct query {
    uint64_t session; /* the peer's number for our incarnation; 0: none yet, it answers with a challenge */
    uint32_t node;
    uint8_t op;    /* enum query_op */
    uint64_t boot; /* of QUERY_WITHHOLD: the boot that is judged; who heard another one does not agree. Else 0 */
};

/* Bits of reply.flags. */
#define REPLY_CHALLENGE 0x01 /* nothing was done: ask again with `session` */
#define REPLY_WITHHELD                                                                                                 \
    0x02 /* it will not be answered by me until released, also after my restart; to QUERY_HEARD: I withhold it */
#define REPLY_UNKNOWN 0x04 /* no such node in my configuration: I never answer it */

#define AGE_NEVER UINT32_MAX

struct reply {
    uint64_t session; /* REPLY_CHALLENGE: to ask with. Else the incarnation of the node's agent that said good-bye,
                         where none was heard since; 0: not so, or not known */
    uint64_t echo_incarnation; /* of the monitor that asked */
    uint64_t echo_sequence;    /* of its query */
    uint32_t node;
    uint32_t heard_age;    /* ms since it was heard, AGE_NEVER: not since my start */
    uint32_t answered_age; /* ms since my last answer that extends, at most the time since my start: rounded down */
    uint8_t op;            /* of the query */
    uint8_t flags;
};

struct packet {
    struct packet_header header;
    union {
        struct keepalive keepalive;
        struct answer answer;
        struct solicit solicit;
        struct query query;
        struct reply reply;
    } body;
};

enum packet_error {
    PACKET_OK = 0,
    PACKET_SHORT,   /* truncated, or longer than its type */
    PACKET_FOREIGN, /* no packet of ours */
    PACKET_OTHER_VERSION,
    PACKET_MALFORMED /* a type, state, flag or reserved field that does not exist; a zero in the header, where all
                        counts from 1 */
};

/* What stands for a set of monitors in keepalive.monitors, whatever the order of their ids. */
uint32_t packet_monitors(const uint32_t *ids, unsigned count);
/* Bytes of a whole packet of that type, seal included; 0: no such type. */
size_t packet_size(uint8_t type);
/* Writes header and body (not the seal) to `bytes`, which has room for packet_size(type). Returns the size with seal.
 */
size_t packet_encode(const struct packet *packet, uint8_t *bytes);
/* Reads what packet_encode wrote; `size` with seal, which is not looked at. */
enum packet_error packet_decode(struct packet *packet, const uint8_t *bytes, size_t size);
const char *packet_error_name(enum packet_error error);

#endif
