/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "guard_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "agent_log.h"
#include "guard_state.h"
#include "message.h"

#define UNHEARD_LEAVE (1 * USEC_PER_SECOND) /* of a node whose silence fences nobody: a courtesy, not a condition */

struct guard_process guard_self;

static void on_signal(int number)
{
    const int failed = errno;
    const char byte = (char)number;
    const ssize_t written = write(guard_self.wake[1], &byte, 1);

    (void)written; /* full: it will wake all the same */
    errno = failed;
}

static void catch_signals(void)
{
    static const int caught[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    (void)sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        (void)sigaction(caught[i], &action, NULL);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like another */
}

static usec halt_time(void)
{
    return (usec)guard_self.guard.past.kept.halt_ms * USEC_PER_MS;
}

/* The lease's end: fence first, say and write afterwards. */
static void fence(usec now)
{
    self_fencing_begin(&guard_self.fencing, &guard_self.guard.past.kept.fence, guard_end(&guard_self.guard, now),
                       halt_time(), now);
    guard_record_write(&guard_self.record, guard_self.boot, &guard_self.guard.past);
    agent_log(AGENT_LOG_ALARM, "the lease is over: this node fences itself");
}

static void tell_sender(usec now)
{
    const enum lease_state state = guard_state(&guard_self.guard, now);
    const usec until = lease_end(&guard_self.guard.past.lease);
    struct guard_child *sender = &guard_self.child[CHILD_SENDER];

    if (state == guard_self.told && until == guard_self.told_until) {
        return;
    }
    if (state != guard_self.told) {
        static const char *const words[] = {
            [LEASE_UNARMED] = "not yet", [LEASE_HELD] = "held", [LEASE_EXPIRED] = "over", [LEASE_NONE] = "none"};

        agent_log(AGENT_LOG_INFO, "lease: %s", words[state]);
    }
    guard_record_write(&guard_self.record, guard_self.boot, &guard_self.guard.past);
    if (sender->pid == 0 || message_send(sender->message, MESSAGE_LEASE, (uint32_t)state, until)) {
        guard_self.told = state;
        guard_self.told_until = until;
    }
}

static void take(const struct message *message, usec now)
{
    struct guard *guard = &guard_self.guard;
    const char *why = NULL;

    switch ((enum message_type)message->type) {
    case MESSAGE_EXTEND:
        why = guard_extend(guard, message->number, message->time, now);
        break;
    case MESSAGE_BEATEN:
        why = guard_beaten(guard, message->time, now);
        break;
    case MESSAGE_PILL:
        agent_log(AGENT_LOG_ALARM, "monitor %lu gave a poison pill", (unsigned long)message->number);
        guard_pill(guard, now);
        break;
    case MESSAGE_ANNOUNCED:
        why = guard_announced(guard, message->number);
        (void)guard_watchdog_follow();
        guard_record_write(&guard_self.record, guard_self.boot, &guard->past);
        break;
    case MESSAGE_LEFT:
        guard_self.left = true;
        break;
    case MESSAGE_QUARANTINED:
        guard_quarantine(message->number != 0);
        break;
    case MESSAGE_LEASE:
    case MESSAGE_LEAVE:
    case MESSAGE_CONFIGURE:
    default:
        why = "not for the guard";
        break;
    }
    if (why != NULL) {
        agent_log(AGENT_LOG_WARNING, "refused message %lu: %s", (unsigned long)message->type, why);
    }
}

static void hear(enum guard_child_kind kind)
{
    static struct message message;
    const char *why = NULL;

    /* As many as a turn of a busy sender has; the rest is there the next time, after the clock was looked at. */
    for (unsigned turn = 0; turn < 16 && guard_self.child[kind].message != -1; turn++) {
        switch (message_receive(guard_self.child[kind].message,
                                kind == CHILD_SENDER ? MESSAGES_OF_SENDER : MESSAGES_OF_SLOT, &message, &why)) {
        case MESSAGE_NONE:
            return;
        case MESSAGE_REFUSED:
            agent_log(AGENT_LOG_WARNING, "refused a message of a child: %s", why);
            break;
        case MESSAGE_TAKEN:
            take(&message, platform_now());
            break;
        }
    }
}

static void reap(usec now)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (self_fencing_ended(&guard_self.fencing, &guard_self.guard.past.kept.fence, pid, status)) {
            continue;
        }
        for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
            if (guard_self.child[kind].pid == pid) {
                hear((enum guard_child_kind)kind); /* what it said last */
                guard_child_ended((enum guard_child_kind)kind, status, now);
            }
        }
    }
}

static void begin_leaving(usec now)
{
    if (guard_self.leaving) {
        agent_log(AGENT_LOG_WARNING, "told again to end: goes unheard");
        guard_self.left = true;
        return;
    }
    guard_self.leaving = true;
    guard_self.leaving_since = now;
    guard_child_kill(CHILD_SLOT);
    if (guard_self.child[CHILD_SENDER].pid != 0 &&
        !message_send(guard_self.child[CHILD_SENDER].message, MESSAGE_LEAVE, 0, now)) {
        guard_child_kill(CHILD_SENDER); /* the next one leaves from its start on */
    }
}

static void hear_signals(usec now)
{
    char bytes[64];
    const ssize_t got = read(guard_self.wake[0], bytes, sizeof bytes);

    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] == SIGTERM || bytes[i] == SIGINT) {
            begin_leaving(now);
        } else if (bytes[i] == SIGHUP) {
            guard_reconfigure(now);
        }
    }
    reap(now);
}

/* Whether the guard may end, having been told to. */
static bool may_end(usec now)
{
    const enum lease_state state = guard_state(&guard_self.guard, now);

    if (!guard_self.leaving) {
        return false;
    }
    if (guard_self.guard.fencing) {
        return guard_self.fencing.done;
    }
    if (state == LEASE_EXPIRED) {
        return false; /* by a pill, a moment ago: it is fenced first */
    }
    return guard_self.left ||
           ((state == LEASE_UNARMED || state == LEASE_NONE) && now - guard_self.leaving_since > UNHEARD_LEAVE);
}

static usec earlier(usec one, usec other)
{
    return one < other ? one : other;
}

static void sleep_until(usec next, usec now)
{
    struct pollfd polled[1 + GUARD_CHILDREN];
    const usec ms = next <= now ? 0 : (next - now + USEC_PER_MS - 1) / USEC_PER_MS;

    memset(polled, 0, sizeof polled);
    polled[0].fd = guard_self.wake[0];
    polled[0].events = POLLIN;
    for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
        polled[1 + kind].fd = guard_self.child[kind].message;
        polled[1 + kind].events = POLLIN;
    }
    (void)poll(polled, 1 + GUARD_CHILDREN, (int)ms);
}

static void loop(void)
{
    usec now = platform_now();

    for (;;) {
        struct guard_step step;
        const bool was_done = guard_self.fencing.done;
        usec next;

        /* Nothing stands before this: after a standstill the lease may be over, and then that is all that counts. */
        guard_wake(&guard_self.guard, now, &step);
        if (step.fence) {
            fence(now);
        }
        if (step.feed && !platform_watchdog_feed(guard_self.watchdog)) {
            agent_log(AGENT_LOG_ALARM, "the watchdog could not be fed: %s", strerror(errno));
        }
        hear(CHILD_SENDER);
        hear(CHILD_SLOT);
        hear_signals(now);
        next = earlier(step.again, self_fencing_go_on(&guard_self.fencing, &guard_self.guard.past.kept.fence, now));
        if (guard_self.fencing.done && !was_done) {
            agent_log(AGENT_LOG_ALARM,
                      "this node has fenced itself; it holds no lease again before it is started anew");
        }
        tell_sender(now);
        if (may_end(now)) {
            return;
        }
        next = earlier(next, guard_children_tend(now));
        if (guard_state(&guard_self.guard, now) == LEASE_EXPIRED && !guard_self.guard.fencing) {
            next = now; /* a pill */
        }
        sleep_until(next, now);
        now = platform_now();
    }
}

int guard_run(const struct agent_configuration *configuration, const char *file, bool foreground)
{
    char said[256];

    agent_log_open("guard", foreground);
    guard_self.configuration = *configuration;
    guard_self.file = file;
    guard_self.foreground = foreground;
    guard_self.told = LEASE_UNARMED;
    guard_self.told_until = USEC_NEVER;
    if (!guard_set_up()) {
        return 1;
    }
    catch_signals();
    platform_steady(configuration->lock_memory, configuration->real_time, said, sizeof said);
    if (said[0] != '\0') {
        agent_log(AGENT_LOG_WARNING, "%s", said);
    }
    loop();
    guard_children_end();
    if (!guard_self.guard.fencing) {
        guard_leave(&guard_self.guard);
    }
    guard_record_write(&guard_self.record, guard_self.boot, &guard_self.guard.past);
    guard_tear_down();
    agent_log(AGENT_LOG_INFO, "ended");
    return 0;
}
