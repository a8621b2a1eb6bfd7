/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Carries out fence levels: one job a node and level, a bounded number at a time, the others in a queue. A power or
 * storage level runs the fence agent with action=off and then, whatever that said, with action=status until it says
 * off: exit code 2 and "Status: OFF" in what it prints. The code alone is not enough: a shell with a wrong script and a
 * Python without one end with 2 as well. A slot level writes the pill.
 *
 * Whatever else an agent does has a name that stands first in the sentence about it: missing, unusable, refused, late,
 * endless, killed, rubbish, lies.
 */
#ifndef HELIOSTAT_MONITOR_FENCE_RUN_H
#define HELIOSTAT_MONITOR_FENCE_RUN_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "configuration.h"
#include "monitor.h"

#define FENCE_JOBS 64

struct fence_effects {
    void *context;
    void (*done)(void *context, uint64_t ticket, enum fence_result result, const char *said);
    /* Every step of a job, for the journal. */
    void (*said)(void *context, uint32_t node, const char *name, unsigned level, const char *sentence);
};

struct fence_run;

/* `slot`: descriptor of the shared LUN, or -1. NULL: no memory. */
struct fence_run *fence_run_new(const struct configuration *configuration, int slot,
                                const struct fence_effects *effects);
void fence_run_free(struct fence_run *run);
/* Jobs that run keep what they were started with; those in the queue take the new configuration. False: no memory. */
bool fence_run_reload(struct fence_run *run, const struct configuration *configuration);
/* Starts, or queues. A job of that node, level and boot that is under way answers to this ticket from now on; one of
 * another boot is stopped. `node` is its id. Calls none of the effects. */
void fence_run_begin(struct fence_run *run, uint32_t node, unsigned level, uint64_t boot, uint64_t ticket, usec now);
/* Descriptors to wait for: fills up to `room`, returns how many. */
unsigned fence_run_poll(const struct fence_run *run, struct pollfd *descriptors, unsigned room);
/* Looks at every job, starts what waits. Returns when to call again at the latest. */
usec fence_run_advance(struct fence_run *run, usec now);
unsigned fence_run_running(const struct fence_run *run);
unsigned fence_run_waiting(const struct fence_run *run);

#endif
