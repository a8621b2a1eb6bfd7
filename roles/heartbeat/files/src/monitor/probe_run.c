/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "probe_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/sockets.h"
#include "../platform/platform.h"
#include "descriptor.h"
#include "probe_icmp.h"

#define SAID 192

struct question {
    bool used, reference;
    uint64_t ticket;
    usec until;
    unsigned open; /* targets that have not answered */
    enum probe_result best;
    char said[SAID];
};

struct target {
    bool used;
    uint8_t kind;
    bool connected;
    int connection; /* -1: echo */
    unsigned question;
    uint64_t mark;
    struct address address;
};

struct probe_run {
    struct probe_effects effects;
    struct probe_icmp icmp[2];
    unsigned questions, targets, connections; /* used ones */
    unsigned highest;                         /* no used target from here on */
    uint64_t seed;
    struct question question[PROBE_QUESTIONS];
    struct target target[PROBE_TARGETS];
};

struct probe_run *probe_run_new(const struct probe_effects *effects)
{
    struct probe_run *run = calloc(1, sizeof *run);

    if (run != NULL) {
        run->effects = *effects;
        run->icmp[0].socket = run->icmp[1].socket = -1;
    }
    return run;
}

static void end_target(struct probe_run *run, struct target *target)
{
    if (target->connection >= 0) {
        descriptor_close(&target->connection);
        run->connections--;
    }
    target->used = false;
    run->targets--;
    run->question[target->question].open--;
}

void probe_run_free(struct probe_run *run)
{
    if (run == NULL) {
        return;
    }
    for (unsigned i = 0; i < run->highest; i++) {
        if (run->target[i].used) {
            end_target(run, &run->target[i]);
        }
    }
    probe_icmp_close(&run->icmp[0]);
    probe_icmp_close(&run->icmp[1]);
    free(run);
}

bool probe_run_icmp(struct probe_run *run, char *error, size_t size)
{
    const bool four = probe_icmp_open(&run->icmp[0], ADDRESS_IPV4);
    const int reason = errno;
    const bool six = probe_icmp_open(&run->icmp[1], ADDRESS_IPV6);

    if (!four && !six) {
        (void)snprintf(error, size, "no socket for echo requests: %s", strerror(reason));
    }
    return four || six;
}

/* What is found of one target; the better of several counts. */
static void found(struct probe_run *run, struct target *target, enum probe_result result, const char *what)
{
    struct question *const question = &run->question[target->question];
    static const char *const kinds[] = {"icmp", "tcp", "greeting"};
    char address[64];

    if (result > question->best || (result == PROBE_SILENT && question->said[0] == '\0')) {
        question->best = result;
        address_format(&target->address, address, sizeof address);
        if (target->kind == PROBE_ICMP) {
            *strrchr(address, ':') = '\0'; /* the port means nothing there */
        }
        (void)snprintf(question->said, sizeof question->said, "%s %s: %s", kinds[target->kind], address, what);
    }
}

static struct target *free_target(struct probe_run *run)
{
    unsigned i = 0;

    while (i < PROBE_TARGETS && run->target[i].used) {
        i++;
    }
    if (i == PROBE_TARGETS) {
        return NULL;
    }
    run->highest = i >= run->highest ? i + 1 : run->highest;
    return &run->target[i];
}

static void begin_echo(struct probe_run *run, struct target *target)
{
    const struct probe_icmp *icmp = &run->icmp[target->address.family == ADDRESS_IPV6 ? 1 : 0];

    (void)platform_random(&target->mark, sizeof target->mark);
    if (icmp->socket < 0 || !probe_icmp_send(icmp, &target->address, (uint16_t)++run->seed, target->mark)) {
        found(run, target, PROBE_SILENT, icmp->socket < 0 ? "no socket for echo requests" : strerror(errno));
        end_target(run, target);
    }
}

static void begin_connection(struct probe_run *run, struct target *target)
{
    union socket_name name;
    const socklen_t length = socket_name_of(&target->address, &name);
    int connection = -1;

    if (run->connections == PROBE_CONNECTIONS) {
        found(run, target, PROBE_SILENT, "not tried: too many connections at a time");
        end_target(run, target);
        return;
    }
    connection = socket(name.any.sa_family, SOCK_STREAM, 0);
    if (connection < 0 || !descriptor_prepare(connection)) {
        found(run, target, PROBE_SILENT, strerror(errno));
        descriptor_close(&connection);
        end_target(run, target);
        return;
    }
    target->connection = connection;
    run->connections++;
    if (connect(connection, &name.any, length) != 0 && errno != EINPROGRESS && errno != EINTR) {
        found(run, target, errno == ECONNREFUSED ? PROBE_KERNEL : PROBE_SILENT, strerror(errno));
        end_target(run, target);
    }
}

static void hear_echoes(struct probe_run *run);

static void ask(struct probe_run *run, const struct probe_target *targets, unsigned count, uint64_t ticket,
                bool reference, usec until)
{
    unsigned number = 0;

    if (run->questions == 0) {
        hear_echoes(run); /* a raw socket hears all that others are answered: room for what we are */
    }
    while (number < PROBE_QUESTIONS && run->question[number].used) {
        number++;
    }
    if (number == PROBE_QUESTIONS) {
        return; /* never answered, as if it were silent: whoever asked waits no longer than `within` */
    }
    memset(&run->question[number], 0, sizeof run->question[number]);
    run->question[number].used = true;
    run->question[number].reference = reference;
    run->question[number].ticket = ticket;
    run->question[number].until = until;
    run->questions++;
    for (unsigned i = 0; i < count; i++) {
        struct target *const target = free_target(run);

        if (target == NULL) {
            return;
        }
        memset(target, 0, sizeof *target);
        target->used = true;
        target->question = number;
        target->kind = targets[i].kind;
        target->address = targets[i].address;
        target->connection = -1;
        run->targets++;
        run->question[number].open++;
        if (target->kind == PROBE_ICMP) {
            begin_echo(run, target);
        } else {
            begin_connection(run, target);
        }
    }
}

void probe_run_node(struct probe_run *run, const struct probe_target *targets, unsigned count, uint64_t ticket,
                    usec within, usec now)
{
    ask(run, targets, count, ticket, false, now + within);
}

void probe_run_reference(struct probe_run *run, const struct probe_target *targets, unsigned count, uint64_t ticket,
                         usec within, usec now)
{
    ask(run, targets, count, ticket, true, now + within);
}

unsigned probe_run_poll(const struct probe_run *run, struct pollfd *descriptors, unsigned room)
{
    unsigned count = 0;

    if (run->questions == 0) {
        return 0; /* echo replies of others wake nobody */
    }
    for (unsigned i = 0; i < 2 && count < room; i++) {
        if (run->icmp[i].socket >= 0) {
            descriptors[count].fd = run->icmp[i].socket;
            descriptors[count++].events = POLLIN;
        }
    }
    for (unsigned i = 0; i < run->highest && count < room; i++) {
        const struct target *const target = &run->target[i];

        if (target->used && target->connection >= 0) {
            descriptors[count].fd = target->connection;
            descriptors[count++].events = target->connected ? POLLIN : POLLOUT;
        }
    }
    return count;
}

static void hear_echoes(struct probe_run *run)
{
    uint64_t mark = 0;

    for (unsigned family = 0; family < 2; family++) {
        for (unsigned turn = 0; turn < PROBE_TARGETS && run->icmp[family].socket >= 0; turn++) {
            if (!probe_icmp_receive(&run->icmp[family], &mark)) {
                break;
            }
            for (unsigned i = 0; i < run->highest; i++) {
                if (run->target[i].used && run->target[i].kind == PROBE_ICMP && run->target[i].mark == mark) {
                    found(run, &run->target[i], PROBE_KERNEL, "answers");
                    end_target(run, &run->target[i]);
                    break;
                }
            }
        }
    }
}

static void hear_greeting(struct probe_run *run, struct target *target)
{
    char bytes[64], said[96];
    const ssize_t got = recv(target->connection, bytes, sizeof bytes, 0);
    size_t size = 0;

    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return;
    }
    if (got > 0) {
        while (size < (size_t)got && bytes[size] >= 0x20 && bytes[size] < 0x7f) {
            size++;
        }
        (void)snprintf(said, sizeof said, "greets: %.*s", (int)size, bytes);
        found(run, target, PROBE_PROGRAM, said);
    }
    end_target(run, target);
}

static void look_at_connection(struct probe_run *run, struct target *target)
{
    struct pollfd descriptor = {target->connection, target->connected ? POLLIN : POLLOUT, 0};
    int error = 0;
    socklen_t length = sizeof error;

    if (poll(&descriptor, 1, 0) != 1) {
        return;
    }
    if (target->connected) {
        hear_greeting(run, target);
        return;
    }
    if (getsockopt(target->connection, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
        error = errno;
    }
    if (error != 0) {
        found(run, target, error == ECONNREFUSED ? PROBE_KERNEL : PROBE_SILENT, strerror(error));
        end_target(run, target);
        return;
    }
    target->connected = true;
    found(run, target, PROBE_KERNEL, "connects");
    if (target->kind != PROBE_GREETING) {
        end_target(run, target);
    }
}

/* Nothing more can come, or what came cannot get better, or the time is over. */
static bool answered(const struct question *question, usec now)
{
    return question->open == 0 || now >= question->until || question->best == PROBE_PROGRAM ||
           (question->reference && question->best != PROBE_SILENT);
}

static void answer(struct probe_run *run, unsigned number)
{
    const struct question question = run->question[number];

    for (unsigned i = 0; i < run->highest && run->question[number].open > 0; i++) {
        if (run->target[i].used && run->target[i].question == number) {
            end_target(run, &run->target[i]);
        }
    }
    run->question[number].used = false;
    run->questions--;
    if (question.reference) {
        run->effects.referenced(run->effects.context, question.ticket, question.best != PROBE_SILENT);
    } else {
        run->effects.probed(run->effects.context, question.ticket, question.best,
                            question.said[0] != '\0' ? question.said : "no answer");
    }
}

usec probe_run_advance(struct probe_run *run, usec now)
{
    usec next = USEC_NEVER;

    if (run->questions == 0) {
        return next;
    }
    hear_echoes(run);
    for (unsigned i = 0; i < run->highest; i++) {
        if (run->target[i].used && run->target[i].connection >= 0) {
            look_at_connection(run, &run->target[i]);
        }
    }
    while (run->highest > 0 && !run->target[run->highest - 1].used) {
        run->highest--;
    }
    for (unsigned i = 0; i < PROBE_QUESTIONS; i++) {
        if (run->question[i].used && answered(&run->question[i], now)) {
            answer(run, i);
        } else if (run->question[i].used && run->question[i].until < next) {
            next = run->question[i].until;
        }
    }
    return next;
}
