/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "subscribers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"

struct subscriber {
    int connection;    /* -1: free */
    size_t from, size; /* of what waits, in `text` */
    uint64_t dropped;  /* not yet told */
    char text[SUBSCRIBER_ROOM];
};

struct subscribers {
    int listener;
    uint64_t dropped;
    struct subscriber subscriber[SUBSCRIBERS];
};

struct subscribers *subscribers_new(int listener)
{
    struct subscribers *subscribers = calloc(1, sizeof *subscribers);

    if (subscribers != NULL) {
        subscribers->listener = listener;
        for (unsigned i = 0; i < SUBSCRIBERS; i++) {
            subscribers->subscriber[i].connection = -1;
        }
    }
    return subscribers;
}

void subscribers_free(struct subscribers *subscribers)
{
    if (subscribers == NULL) {
        return;
    }
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        descriptor_close(&subscribers->subscriber[i].connection);
    }
    free(subscribers);
}

static void put(struct subscriber *to, const char *line, size_t size)
{
    if (to->from + to->size + size > SUBSCRIBER_ROOM) {
        memmove(to->text, to->text + to->from, to->size);
        to->from = 0;
    }
    memcpy(to->text + to->from + to->size, line, size);
    to->size += size;
}

static void send_on(struct subscriber *to)
{
    while (to->connection >= 0 && to->size > 0) {
        const ssize_t took = write(to->connection, to->text + to->from, to->size);

        if (took <= 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
                descriptor_close(&to->connection);
            }
            return;
        }
        to->from += (size_t)took;
        to->size -= (size_t)took;
    }
    to->from = 0;
}

/* The gap is told before anything behind it. */
static void tell_gap(struct subscriber *to)
{
    char line[64];
    int size;

    if (to->dropped == 0 || to->size > SUBSCRIBER_ROOM / 2) {
        return;
    }
    size = snprintf(line, sizeof line, "{\"event\":\"dropped\",\"count\":%llu}\n", (unsigned long long)to->dropped);
    if (size > 0) {
        put(to, line, (size_t)size);
        to->dropped = 0;
    }
}

void subscribers_line(struct subscribers *subscribers, const char *line, size_t size)
{
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        struct subscriber *const to = &subscribers->subscriber[i];

        if (to->connection < 0) {
            continue;
        }
        if (to->dropped > 0 || to->size + size > SUBSCRIBER_ROOM) {
            to->dropped++;
            subscribers->dropped++;
        } else {
            put(to, line, size);
        }
        send_on(to);
        tell_gap(to);
    }
}

unsigned subscribers_poll(const struct subscribers *subscribers, struct pollfd *descriptors, unsigned room)
{
    unsigned count = 0;

    if (subscribers->listener >= 0 && room > 0) {
        descriptors[count].fd = subscribers->listener;
        descriptors[count++].events = POLLIN;
    }
    for (unsigned i = 0; i < SUBSCRIBERS && count < room; i++) {
        if (subscribers->subscriber[i].connection >= 0) {
            descriptors[count].fd = subscribers->subscriber[i].connection;
            descriptors[count++].events = (short)(subscribers->subscriber[i].size > 0 ? POLLIN | POLLOUT : POLLIN);
        }
    }
    return count;
}

static void take_in(struct subscribers *subscribers)
{
    int connection;

    while (subscribers->listener >= 0 && (connection = descriptor_accept(subscribers->listener)) >= 0) {
        unsigned i = 0;

        while (i < SUBSCRIBERS && subscribers->subscriber[i].connection >= 0) {
            i++;
        }
        if (i == SUBSCRIBERS) {
            static const char refusal[] = "{\"event\":\"refused\",\"reason\":\"too many subscribers\"}\n";

            (void)!write(connection, refusal, sizeof refusal - 1);
            descriptor_close(&connection);
            continue;
        }
        subscribers->subscriber[i].connection = connection;
        subscribers->subscriber[i].from = subscribers->subscriber[i].size = 0;
        subscribers->subscriber[i].dropped = 0;
    }
}

/* They have nothing to say; what they say is read, so that the end of the connection shows. */
static void listen_to(struct subscriber *from)
{
    char bytes[512];
    const ssize_t got = read(from->connection, bytes, sizeof bytes);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        descriptor_close(&from->connection);
    }
}

void subscribers_advance(struct subscribers *subscribers)
{
    take_in(subscribers);
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        if (subscribers->subscriber[i].connection >= 0) {
            listen_to(&subscribers->subscriber[i]);
            send_on(&subscribers->subscriber[i]);
            tell_gap(&subscribers->subscriber[i]);
        }
    }
}

unsigned subscribers_count(const struct subscribers *subscribers)
{
    unsigned count = 0;

    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        count += subscribers->subscriber[i].connection >= 0 ? 1 : 0;
    }
    return count;
}

uint64_t subscribers_dropped(const struct subscribers *subscribers)
{
    return subscribers->dropped;
}
