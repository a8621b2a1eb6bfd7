/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/sockets.h"

#define SHORT_MESSAGE offsetof(struct message, configuration)
#define ROOM 65536

bool message_pair(int descriptors[2])
{
    int room = ROOM;

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, descriptors) != 0) {
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        (void)setsockopt(descriptors[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        (void)setsockopt(descriptors[i], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        if (!descriptor_prepare(descriptors[i])) {
            return false;
        }
    }
    return true;
}

bool message_send(int descriptor, uint32_t type, uint32_t number, usec time)
{
    struct message message;

    memset(&message, 0, SHORT_MESSAGE);
    message.type = type;
    message.number = number;
    message.time = time;
    return send(descriptor, &message, SHORT_MESSAGE, 0) == (ssize_t)SHORT_MESSAGE;
}

bool message_send_configuration(int descriptor, uint32_t generation, const struct agent_configuration *configuration)
{
    static struct message message;

    memset(&message, 0, sizeof message);
    message.type = MESSAGE_CONFIGURE;
    message.number = generation;
    message.configuration = *configuration;
    return send(descriptor, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

enum message_received message_receive(int descriptor, uint32_t allowed, struct message *message, const char **why)
{
    const ssize_t got = recv(descriptor, message, sizeof *message, 0);

    if (got < 0) {
        return MESSAGE_NONE; /* nothing waits; a process that ended is known by its end */
    }
    if ((size_t)got < SHORT_MESSAGE) {
        *why = "shorter than a message";
        return MESSAGE_REFUSED;
    }
    if (message->type >= 32 || (MESSAGE_BIT(message->type) & allowed) == 0) {
        *why = "of a type that this process does not send";
        return MESSAGE_REFUSED;
    }
    if ((size_t)got != (message->type == MESSAGE_CONFIGURE ? sizeof *message : SHORT_MESSAGE)) {
        *why = "not of the length of its type";
        return MESSAGE_REFUSED;
    }
    return MESSAGE_TAKEN;
}
