/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Between the files of the loop: the daemon's parts. */
#ifndef HELIOSTAT_MONITOR_LOOP_PARTS_H
#define HELIOSTAT_MONITOR_LOOP_PARTS_H

#include <signal.h>

#include "../platform/platform.h"
#include "child.h"
#include "control.h"
#include "fence_run.h"
#include "journal.h"
#include "loop.h"
#include "metrics.h"
#include "monitor.h"
#include "probe_run.h"
#include "subscribers.h"

#define OUT_BATCH 64u

struct outgoing {
    unsigned count;
    struct datagram datagram[OUT_BATCH];
};

struct daemon {
    struct configuration *configuration;
    char file[CONFIGURATION_PATH];
    bool foreground;
    usec now; /* of the present round */
    int socket[MONITOR_PATHS];
    int control_listener, event_listener, slot;
    int wake[2]; /* written by signals */
    struct monitor *monitor;
    struct control *control;
    struct subscribers *subscribers;
    struct journal *journal; /* NULL: none declared */
    struct probe_run *probes;
    struct fence_run *fences;
    struct child metrics_child;
    struct metrics metrics;
    usec metrics_due;
    bool again; /* something was begun: its time is not in what is waited for yet */
    bool begun; /* its memory was read, and can be written */
    bool metrics_failed;
    bool memory_failed;
    uint64_t sequence, memory_failures, unsent;
    struct outgoing out[MONITOR_PATHS];
};

/* What the monitor does to the world; loop_effects.c. */
void loop_effects(struct daemon *daemon, struct monitor_effects *effects);
void loop_flush(struct daemon *daemon, unsigned path);
/* An event of the daemon itself. */
void loop_event(struct daemon *daemon, const char *name, const char *reason);
bool loop_remember(void *daemon);
/* What the other parts say to the monitor. */
void loop_probe_effects(struct daemon *daemon, struct probe_effects *effects);
void loop_fence_effects(struct daemon *daemon, struct fence_effects *effects);
void loop_control_source(struct daemon *daemon, struct control_source *source);
/* loop_reload.c; what could not be done says why. */
bool loop_reload(void *daemon, char *said, size_t size);
/* Fence agents that are not there, as events. */
void loop_missing_agents(struct daemon *daemon);

#endif
