/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the files of the guard process share. */
#ifndef HELIOSTAT_AGENT_GUARD_STATE_H
#define HELIOSTAT_AGENT_GUARD_STATE_H

#include <sys/types.h>

#include "guard.h"
#include "guard_process.h"
#include "guard_record.h"

enum guard_child_kind { CHILD_SENDER, CHILD_SLOT, GUARD_CHILDREN };

struct guard_child {
    pid_t pid;   /* 0: does not run */
    int message; /* the guard's end; -1 */
    usec begun;
    usec again; /* not started before */
    usec pause; /* how long the next one waits after it ends */
};

struct guard_process {
    struct agent_configuration configuration;
    const char *file;
    bool foreground;
    uint64_t boot;
    struct guard guard;
    struct guard_record record;
    struct self_fencing fencing;
    struct guard_child child[GUARD_CHILDREN];
    int lifeline[2]; /* nothing is ever written: it hangs up for the children when the guard ends */
    int wake[2];     /* signals, as bytes */
    int lock;
    int watchdog; /* -1: none */
    unsigned watchdog_seconds;
    char watchdog_path[FENCE_PATH];
    enum lease_state told; /* to the sender */
    usec told_until;
    bool leaving;
    bool left;
    usec leaving_since;
};

extern struct guard_process guard_self;

/* guard_children.c */
bool guard_child_wanted(enum guard_child_kind kind);
void guard_child_start(enum guard_child_kind kind, usec now);
/* After it ended: when it is started again. */
void guard_child_ended(enum guard_child_kind kind, int status, usec now);
void guard_child_kill(enum guard_child_kind kind);
/* Starts what is due; returns when the next one is. */
usec guard_children_tend(usec now);
/* Ends all of them, and waits for a second. */
void guard_children_end(void);

/* guard_setup.c */
bool guard_set_up(void);
void guard_tear_down(void);
void guard_promise_of(const struct agent_configuration *configuration, struct promise *promise);
bool guard_watchdog_follow(void);
void guard_quarantine(bool quarantined);
void guard_reconfigure(usec now);

#endif
