/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The sender process: sockets, the sender core, and word to the guard. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/sockets.h"
#include "../platform/platform.h"
#include "agent.h"
#include "agent_log.h"
#include "children.h"
#include "message.h"

#define BATCH 32
#define BIND_EVERY (5 * USEC_PER_SECOND)
#define REFUSED_EVERY (10 * USEC_PER_SECOND)

struct sender {
    struct agent_configuration configuration;
    struct child_start start;
    struct agent *agent;
    int socket[AGENT_PATHS]; /* -1: could not be bound, tried again */
    usec bind_at;
    struct datagram out[AGENT_PATHS][AGENT_MONITORS * 2];
    unsigned waiting[AGENT_PATHS];
    enum lease_state lease;
    usec lease_until;
    usec told;      /* how far the guard knows the lease reaches */
    bool announced; /* and the guard does not know yet */
    bool quarantined;
    bool left;
    usec refused_until; /* the same refusal is not said again before */
    unsigned refused;
    usec now;
};

static struct sender self;

static void flush(unsigned path)
{
    if (self.socket[path] != -1 && self.waiting[path] > 0) {
        (void)platform_send(self.socket[path], self.out[path], self.waiting[path]); /* loss is nothing special */
    }
    self.waiting[path] = 0;
}

static void on_send(void *context, unsigned monitor, unsigned path, const uint8_t *bytes, size_t size)
{
    struct datagram *datagram;

    (void)context;
    if (self.waiting[path] == sizeof self.out[path] / sizeof self.out[path][0]) {
        flush(path);
    }
    datagram = &self.out[path][self.waiting[path]++];
    datagram->peer = self.configuration.monitor[monitor].address[path];
    datagram->size = size;
    memcpy(datagram->bytes, bytes, size);
}

/* Now every monitor has spoken, what they say of quarantine is all there is: a mark of earlier may go. False: the guard
 * could not be told. */
static bool tell_announced(void)
{
    if (self.announced && message_send(self.start.guard, MESSAGE_ANNOUNCED, self.start.generation, self.now)) {
        self.announced = false;
        (void)message_send(self.start.guard, MESSAGE_QUARANTINED, self.quarantined ? 1 : 0, self.now);
    }
    return !self.announced;
}

/* The guard is woken for an eighth of what is left, not for every answer: what it does not know ends the lease
 * earlier, never later. Nor before it knows that the lease may be longer now: it would refuse that. */
static void on_extend(void *context, usec until)
{
    (void)context;
    if (until - self.told >= (until - self.now) / 8 && tell_announced() &&
        message_send(self.start.guard, MESSAGE_EXTEND, self.start.generation, until)) {
        self.told = until;
    }
}

/* A lease that has ended is never said to be held, whether the guard has come to say so or not. */
static enum lease_state on_lease(void *context)
{
    (void)context;
    return self.lease == LEASE_HELD && self.now >= self.lease_until ? LEASE_EXPIRED : self.lease;
}

static void on_vitals(void *context, struct vitals *vitals)
{
    (void)context;
    platform_vitals(vitals);
}

static void on_quarantined(void *context, bool quarantined)
{
    (void)context;
    self.quarantined = quarantined;
    (void)message_send(self.start.guard, MESSAGE_QUARANTINED, quarantined ? 1 : 0, self.now);
}

static void on_announced(void *context)
{
    (void)context;
    self.announced = true;
    (void)tell_announced();
}

static void on_event(void *context, const char *name, const char *detail)
{
    (void)context;
    if (strcmp(name, "refused") == 0) {
        self.refused++;
        if (self.now < self.refused_until) {
            return;
        }
        agent_log(AGENT_LOG_WARNING, "refused: %s (%u since last said)", detail, self.refused);
        self.refused = 0;
        self.refused_until = self.now + REFUSED_EVERY;
        return;
    }
    agent_log(AGENT_LOG_INFO, "%s: %s", name, detail);
}

static void bind_paths(bool anew)
{
    self.bind_at = USEC_NEVER;
    for (unsigned path = 0; path < self.configuration.paths; path++) {
        char local[64];

        if (self.socket[path] != -1) {
            continue;
        }
        self.socket[path] = socket_datagram(&self.configuration.path[path].local, 0);
        address_format(&self.configuration.path[path].local, local, sizeof local);
        if (self.socket[path] != -1) {
            agent_log(AGENT_LOG_INFO, "path %s: bound to %s", self.configuration.path[path].name, local);
        } else {
            if (anew) {
                agent_log(AGENT_LOG_WARNING, "path %s: cannot bind to %s: %s; tried again",
                          self.configuration.path[path].name, local, strerror(errno));
            }
            self.bind_at = self.now + BIND_EVERY;
        }
    }
}

/* Sockets of paths that stay as they are stay open. */
static void reconfigure(const struct message *message)
{
    struct agent_settings settings;
    int sockets[AGENT_PATHS];

    for (unsigned path = 0; path < AGENT_PATHS; path++) {
        sockets[path] = -1;
        flush(path);
        for (unsigned was = 0; path < message->configuration.paths && was < self.configuration.paths; was++) {
            if (address_equal(&message->configuration.path[path].local, &self.configuration.path[was].local)) {
                sockets[path] = self.socket[was];
                self.socket[was] = -1;
            }
        }
    }
    for (unsigned path = 0; path < AGENT_PATHS; path++) {
        if (self.socket[path] != -1) {
            (void)close(self.socket[path]);
        }
        self.socket[path] = sockets[path];
    }
    self.configuration = message->configuration;
    self.start.generation = message->number;
    self.announced = false;
    self.told = 0; /* where the lease is shorter now, the guard has cut what it knew */
    bind_paths(true);
    agent_configuration_settings(&self.configuration, &settings);
    agent_reload(self.agent, &settings, self.now);
}

static void hear_guard(void)
{
    static struct message message;
    const char *why;

    for (;;) {
        switch (message_receive(self.start.guard, MESSAGES_OF_GUARD, &message, &why)) {
        case MESSAGE_NONE:
            return;
        case MESSAGE_REFUSED:
            agent_log(AGENT_LOG_WARNING, "refused a message of the guard: %s", why);
            break;
        case MESSAGE_TAKEN:
            if (message.type == MESSAGE_LEASE) {
                self.lease = (enum lease_state)message.number;
                self.lease_until = message.time;
            } else if (message.type == MESSAGE_LEAVE) {
                agent_leave(self.agent, self.now);
            } else {
                reconfigure(&message);
            }
            break;
        }
    }
}

static void hear_path(unsigned path)
{
    static struct datagram datagrams[BATCH];
    const int got = platform_receive(self.socket[path], datagrams, BATCH);

    for (int i = 0; i < got; i++) {
        agent_receive(self.agent, path, datagrams[i].bytes, datagrams[i].size, self.now);
    }
}

/* Sleeps until `next` or until something comes. Ends with the guard. */
static void wait_for(usec next, struct pollfd *polled, nfds_t count)
{
    usec ms = next <= self.now ? 0 : (next - self.now + USEC_PER_MS - 1) / USEC_PER_MS;

    if (ms > 1000) {
        ms = 1000;
    }
    if (poll(polled, count, (int)ms) < 0 && errno != EINTR) {
        agent_log(AGENT_LOG_ALARM, "poll: %s", strerror(errno));
        _exit(1);
    }
    self.now = platform_now();
    if (polled[0].revents != 0) {
        _exit(0);
    }
}

static _Noreturn void loop(void)
{
    for (;;) {
        struct pollfd polled[2 + AGENT_PATHS];
        usec next = agent_tick(self.agent, self.now);
        const unsigned paths = self.configuration.paths;

        if (self.now >= self.bind_at) {
            bind_paths(false);
        }
        if (self.bind_at < next) {
            next = self.bind_at;
        }
        memset(polled, 0, sizeof polled);
        polled[0].fd = self.start.lifeline;
        polled[1].fd = self.start.guard;
        polled[1].events = POLLIN;
        for (unsigned path = 0; path < paths; path++) {
            flush(path);
            polled[2 + path].fd = self.socket[path];
            polled[2 + path].events = POLLIN;
        }
        wait_for(next, polled, 2 + paths);
        for (unsigned path = 0; path < paths; path++) {
            if (polled[2 + path].revents != 0 && self.socket[path] != -1) {
                hear_path(path);
            }
        }
        if (polled[1].revents != 0) {
            hear_guard();
        }
        if (agent_left(self.agent) && !self.left) {
            self.left = message_send(self.start.guard, MESSAGE_LEFT, 0, self.now);
        }
    }
}

void sender_run(const struct child_start *start)
{
    static const struct agent_effects effects = {.context = NULL,
                                                 .send = on_send,
                                                 .extend = on_extend,
                                                 .lease = on_lease,
                                                 .vitals = on_vitals,
                                                 .quarantined = on_quarantined,
                                                 .announced = on_announced,
                                                 .event = on_event};
    struct agent_settings settings;

    agent_log_open("sender", start->foreground);
    self.start = *start;
    self.configuration = *start->configuration;
    self.now = platform_now();
    self.agent = malloc(agent_size());
    agent_configuration_settings(&self.configuration, &settings);
    settings.kept_lease_ms = start->kept_lease_ms;
    settings.boot = start->boot;
    if (self.agent == NULL || !platform_random(&settings.incarnation, sizeof settings.incarnation)) {
        agent_log(AGENT_LOG_ALARM, "no memory or no random numbers");
        _exit(1);
    }
    settings.incarnation |= 1; /* never 0 */
    for (unsigned path = 0; path < AGENT_PATHS; path++) {
        self.socket[path] = -1;
    }
    bind_paths(true);
    child_settle(start);
    agent_start(self.agent, &settings, &effects, self.now);
    hear_guard();
    if (start->leaving) {
        agent_leave(self.agent, self.now);
    }
    loop();
}
