/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The guard's children: begun, begun again when they end, ended. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "agent_log.h"
#include "children.h"
#include "guard_state.h"
#include "message.h"

#define FIRST_PAUSE (50 * USEC_PER_MS)
#define LONGEST_PAUSE (10 * USEC_PER_SECOND)
#define SETTLED (60 * USEC_PER_SECOND) /* one that ran so long begins with the first pause again */

static const char *const names[GUARD_CHILDREN] = {[CHILD_SENDER] = "sender", [CHILD_SLOT] = "slot writer"};

bool guard_child_wanted(enum guard_child_kind kind)
{
    return kind == CHILD_SENDER || (guard_self.configuration.slot && !guard_self.leaving);
}

/* In the child: what is the guard's alone is closed, and signals for the whole group are left to the guard. */
static void become_child(void)
{
    const int mine[] = {guard_self.lifeline[1],
                        guard_self.wake[0],
                        guard_self.wake[1],
                        guard_self.lock,
                        guard_self.watchdog,
                        guard_self.child[CHILD_SENDER].message,
                        guard_self.child[CHILD_SLOT].message};

    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
    for (unsigned i = 0; i < sizeof mine / sizeof mine[0]; i++) {
        if (mine[i] != -1) {
            (void)close(mine[i]);
        }
    }
}

void guard_child_start(enum guard_child_kind kind, usec now)
{
    struct guard_child *child = &guard_self.child[kind];
    int pair[2];
    pid_t pid;

    child->begun = now;
    child->again = now + LONGEST_PAUSE;
    if (!message_pair(pair)) {
        agent_log(AGENT_LOG_ALARM, "no socket pair for the %s: %s", names[kind], strerror(errno));
        return;
    }
    /* What the sender must know first waits in the pair before it runs. */
    (void)message_send(pair[0], MESSAGE_LEASE, guard_self.told, guard_self.told_until);
    pid = fork();
    if (pid == 0) {
        const struct child_start start = {.configuration = &guard_self.configuration,
                                          .generation = guard_self.guard.generation,
                                          .kept_lease_ms = guard_self.guard.past.kept.lease_ms,
                                          .boot = guard_self.boot,
                                          .guard = pair[1],
                                          .lifeline = guard_self.lifeline[0],
                                          .leaving = guard_self.leaving,
                                          .foreground = guard_self.foreground};

        become_child();
        (void)close(pair[0]);
        if (kind == CHILD_SENDER) {
            sender_run(&start);
        }
        slot_writer_run(&start);
    }
    (void)close(pair[1]);
    if (pid == -1) {
        agent_log(AGENT_LOG_ALARM, "cannot fork the %s: %s", names[kind], strerror(errno));
        (void)close(pair[0]);
        return;
    }
    child->pid = pid;
    child->message = pair[0];
}

void guard_child_ended(enum guard_child_kind kind, int status, usec now)
{
    struct guard_child *child = &guard_self.child[kind];

    (void)close(child->message);
    child->message = -1;
    child->pid = 0;
    child->pause = now - child->begun > SETTLED || child->pause == 0 ? FIRST_PAUSE : child->pause * 2;
    if (child->pause > LONGEST_PAUSE) {
        child->pause = LONGEST_PAUSE;
    }
    child->again = now + child->pause;
    if (guard_child_wanted(kind)) {
        agent_log(AGENT_LOG_WARNING, "the %s ended (%s %d), started again in %ld ms", names[kind],
                  WIFSIGNALED(status) ? "signal" : "status",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (long)(child->pause / USEC_PER_MS));
    }
}

void guard_child_kill(enum guard_child_kind kind)
{
    if (guard_self.child[kind].pid > 0) {
        (void)kill(guard_self.child[kind].pid, SIGKILL);
    }
}

usec guard_children_tend(usec now)
{
    usec next = USEC_NEVER;

    for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
        struct guard_child *child = &guard_self.child[kind];

        if (child->pid != 0 || !guard_child_wanted((enum guard_child_kind)kind)) {
            continue;
        }
        if (now >= child->again) {
            guard_child_start((enum guard_child_kind)kind, now);
        }
        if (child->pid == 0 && child->again < next) {
            next = child->again;
        }
    }
    return next;
}

void guard_children_end(void)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 10L * 1000 * 1000};

    for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
        guard_child_kill((enum guard_child_kind)kind);
    }
    /* One that hangs in its disk cannot be waited for. */
    for (unsigned turn = 0; turn < 100; turn++) {
        bool any = false;

        for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
            struct guard_child *child = &guard_self.child[kind];

            if (child->pid > 0 && waitpid(child->pid, NULL, WNOHANG) == child->pid) {
                child->pid = 0;
            }
            any = any || child->pid > 0;
        }
        if (!any) {
            return;
        }
        (void)nanosleep(&moment, NULL);
    }
}
