/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "control_answer.h"
#include "descriptor.h"

#define OUT_ROOM (8 * ANSWER_LINE)
#define ALL_DONE (~0u)

struct connection {
    int descriptor; /* -1: free */
    char person[32];
    usec idle; /* closed then */
    size_t in, out, sent;
    unsigned next; /* node that the answer to status goes on with; ALL_DONE: none */
    bool closing;  /* once everything is sent */
    char line[CONTROL_LINE];
    char answer[OUT_ROOM];
};

struct control {
    struct control_source source;
    int listener;
    struct connection connection[CONTROL_CONNECTIONS];
};

struct control *control_new(int listener, const struct control_source *source)
{
    struct control *control = calloc(1, sizeof *control);

    if (control != NULL) {
        control->source = *source;
        control->listener = listener;
        for (unsigned i = 0; i < CONTROL_CONNECTIONS; i++) {
            control->connection[i].descriptor = -1;
        }
    }
    return control;
}

void control_free(struct control *control)
{
    if (control == NULL) {
        return;
    }
    for (unsigned i = 0; i < CONTROL_CONNECTIONS; i++) {
        descriptor_close(&control->connection[i].descriptor);
    }
    free(control);
}

void control_change(struct control *control, const struct control_source *source)
{
    control->source = *source;
}

unsigned control_poll(const struct control *control, struct pollfd *descriptors, unsigned room)
{
    unsigned count = 0;

    if (control->listener >= 0 && room > 0) {
        descriptors[count].fd = control->listener;
        descriptors[count++].events = POLLIN;
    }
    for (unsigned i = 0; i < CONTROL_CONNECTIONS && count < room; i++) {
        const struct connection *const connection = &control->connection[i];

        if (connection->descriptor >= 0) {
            descriptors[count].fd = connection->descriptor;
            descriptors[count++].events = connection->out > 0 ? POLLOUT : POLLIN;
        }
    }
    return count;
}

static void take_in(struct control *control, usec now)
{
    int descriptor;

    while (control->listener >= 0 && (descriptor = descriptor_accept(control->listener)) >= 0) {
        char line[ANSWER_LINE];
        unsigned i = 0;
        uid_t uid;

        while (i < CONTROL_CONNECTIONS && control->connection[i].descriptor >= 0) {
            i++;
        }
        if (i == CONTROL_CONNECTIONS || !platform_peer(descriptor, &uid)) {
            const size_t size =
                answer_end(&control->source, false,
                           i == CONTROL_CONNECTIONS ? "too many connections, try again" : "who you are cannot be told",
                           false, line, now);

            (void)!write(descriptor, line, size);
            descriptor_close(&descriptor);
            continue;
        }
        memset(&control->connection[i], 0, sizeof control->connection[i]);
        control->connection[i].descriptor = descriptor;
        control->connection[i].next = ALL_DONE;
        control->connection[i].idle = now + CONTROL_IDLE;
        (void)snprintf(control->connection[i].person, sizeof control->connection[i].person, "uid %lu",
                       (unsigned long)uid);
    }
}

static void put(struct connection *connection, const char *line, size_t size)
{
    memcpy(connection->answer + connection->out, line, size); /* callers see to it that a line has room */
    connection->out += size;
}

static bool is_text(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void command(struct control *control, struct connection *connection, char *line, size_t size, usec now)
{
    char answer[ANSWER_LINE];
    unsigned node = 0;
    size_t length = 0;

    if (size > 0 && line[size - 1] == '\r') {
        size--;
    }
    line[size] = '\0';
    if (!is_text(line, size)) {
        length = answer_end(&control->source, false, "a command is text", false, answer, now);
        connection->closing = true;
    } else {
        switch (answer_command(&control->source, line, connection->person, &node, answer, &length, now)) {
        case ANSWER_STATUS_ALL:
            connection->next = 0;
            return;
        case ANSWER_STATUS_ONE:
            length = answer_node(&control->source, node, answer, now);
            put(connection, answer, length);
            length = answer_end(&control->source, true, NULL, true, answer, now);
            break;
        default:
            break;
        }
    }
    put(connection, answer, length);
}

/* Goes on with the answer to status, as far as there is room: ten thousand nodes are never in memory at once. */
static void go_on(struct control *control, struct connection *connection, usec now)
{
    char line[ANSWER_LINE];

    while (connection->next != ALL_DONE && connection->out + 2 * ANSWER_LINE <= OUT_ROOM) {
        size_t size = answer_node(&control->source, connection->next, line, now);

        if (size == 0) {
            size = answer_end(&control->source, true, NULL, true, line, now);
            connection->next = ALL_DONE;
        } else {
            connection->next++;
        }
        put(connection, line, size);
    }
}

static void send_on(struct connection *connection, usec now)
{
    while (connection->sent < connection->out) {
        const ssize_t took =
            write(connection->descriptor, connection->answer + connection->sent, connection->out - connection->sent);

        if (took <= 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
                descriptor_close(&connection->descriptor);
            }
            return;
        }
        connection->sent += (size_t)took;
        connection->idle = now + CONTROL_IDLE;
    }
    connection->sent = connection->out = 0;
    if (connection->closing && connection->next == ALL_DONE) {
        descriptor_close(&connection->descriptor);
    }
}

/* One command at a time: the next is read when its answer is gone. */
static bool next_command(struct control *control, struct connection *connection, usec now)
{
    char *end = memchr(connection->line, '\n', connection->in);
    size_t size;

    if (end == NULL) {
        if (connection->in == sizeof connection->line) {
            char answer[ANSWER_LINE];
            const size_t length =
                answer_end(&control->source, false, "a command is shorter than 512 bytes", false, answer, now);

            put(connection, answer, length);
            connection->in = 0;
            connection->closing = true;
            return true;
        }
        return false;
    }
    size = (size_t)(end - connection->line) + 1;
    command(control, connection, connection->line, size - 1, now);
    memmove(connection->line, connection->line + size, connection->in - size);
    connection->in -= size;
    connection->idle = now + CONTROL_IDLE;
    return true;
}

static void advance(struct control *control, struct connection *connection, usec now)
{
    for (int turn = 0; turn < 8 && connection->descriptor >= 0; turn++) {
        go_on(control, connection, now);
        send_on(connection, now);
        if (connection->descriptor < 0 || connection->out > 0) {
            return;
        }
        if (connection->next != ALL_DONE || next_command(control, connection, now)) {
            continue;
        }
        {
            const ssize_t got = read(connection->descriptor, connection->line + connection->in,
                                     sizeof connection->line - connection->in);

            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
                descriptor_close(&connection->descriptor);
                return;
            }
            if (got < 0) {
                return;
            }
            connection->in += (size_t)got;
        }
    }
}

usec control_advance(struct control *control, usec now)
{
    usec next = USEC_NEVER;

    take_in(control, now);
    for (unsigned i = 0; i < CONTROL_CONNECTIONS; i++) {
        struct connection *const connection = &control->connection[i];

        if (connection->descriptor < 0) {
            continue;
        }
        advance(control, connection, now);
        if (connection->descriptor >= 0 && now >= connection->idle) {
            descriptor_close(&connection->descriptor);
        }
        if (connection->descriptor >= 0) {
            const bool busy = connection->out == 0 &&
                              (connection->next != ALL_DONE || memchr(connection->line, '\n', connection->in) != NULL);

            next = busy ? now : connection->idle < next ? connection->idle : next;
        }
    }
    return next;
}
