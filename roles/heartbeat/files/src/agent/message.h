/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the agent's processes tell each other, a datagram of a socket pair each. Of one build on one machine: plain
 * structures, but checked. */
#ifndef HELIOSTAT_AGENT_MESSAGE_H
#define HELIOSTAT_AGENT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/time.h"
#include "agent_configuration.h"

enum message_type {
    MESSAGE_EXTEND = 1,  /* sender: the monitors' answers reach to `time`, by configuration `number` */
    MESSAGE_ANNOUNCED,   /* sender: every monitor heard configuration `number` */
    MESSAGE_LEFT,        /* sender: a monitor heard the good-bye */
    MESSAGE_QUARANTINED, /* sender: whether it is, in `number` */
    MESSAGE_BEATEN,      /* slot writer: a beat was written, no pill was there at `time` */
    MESSAGE_PILL,        /* slot writer: a pill for this boot, of monitor `number` */
    MESSAGE_LEASE,       /* guard: state `number`, which holds until `time` */
    MESSAGE_LEAVE,       /* guard: say good-bye */
    MESSAGE_CONFIGURE    /* guard: another configuration, its generation in `number` */
};

struct message {
    uint32_t type;
    uint32_t number;
    usec time;
    struct agent_configuration configuration; /* of MESSAGE_CONFIGURE only; else it is not sent */
};

/* Which types a process may receive. */
#define MESSAGE_BIT(type) (1u << (type))
#define MESSAGES_OF_SENDER                                                                                             \
    (MESSAGE_BIT(MESSAGE_EXTEND) | MESSAGE_BIT(MESSAGE_ANNOUNCED) | MESSAGE_BIT(MESSAGE_LEFT) |                        \
     MESSAGE_BIT(MESSAGE_QUARANTINED))
#define MESSAGES_OF_SLOT (MESSAGE_BIT(MESSAGE_BEATEN) | MESSAGE_BIT(MESSAGE_PILL))
#define MESSAGES_OF_GUARD (MESSAGE_BIT(MESSAGE_LEASE) | MESSAGE_BIT(MESSAGE_LEAVE) | MESSAGE_BIT(MESSAGE_CONFIGURE))

/* A pair of prepared descriptors that carry whole messages. */
bool message_pair(int descriptors[2]);
/* Never waits. False: it could not be sent; the state it tells is told again. */
bool message_send(int descriptor, uint32_t type, uint32_t number, usec time);
bool message_send_configuration(int descriptor, uint32_t generation, const struct agent_configuration *configuration);
enum message_received { MESSAGE_NONE, MESSAGE_TAKEN, MESSAGE_REFUSED };
/* One message, or why it is none. `allowed`: MESSAGES_OF_... */
enum message_received message_receive(int descriptor, uint32_t allowed, struct message *message, const char **why);

#endif
