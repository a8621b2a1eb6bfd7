/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Looks at machines by other means than their agents: echo, TCP connection, the greeting of a TCP service. Many at a
 * time; of one question all targets at once. An answer or a refusal shows a kernel, a greeting shows a program.
 */
#ifndef HELIOSTAT_MONITOR_PROBE_RUN_H
#define HELIOSTAT_MONITOR_PROBE_RUN_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "configuration.h"
#include "monitor.h"

#define PROBE_QUESTIONS 1024
#define PROBE_TARGETS 4096
#define PROBE_CONNECTIONS 256 /* of these targets; one that finds no room is silent, and that is said */

struct probe_effects {
    void *context;
    void (*probed)(void *context, uint64_t ticket, enum probe_result result, const char *said);
    void (*referenced)(void *context, uint64_t ticket, bool reachable);
};

struct probe_run;

struct probe_run *probe_run_new(const struct probe_effects *effects);
void probe_run_free(struct probe_run *run);
/* Opens what echo requests need. False with the reason: none of either family can be had. */
bool probe_run_icmp(struct probe_run *run, char *error, size_t size);
/* Ask; the answer comes out of probe_run_advance, within `within`. */
void probe_run_node(struct probe_run *run, const struct probe_target *targets, unsigned count, uint64_t ticket,
                    usec within, usec now);
void probe_run_reference(struct probe_run *run, const struct probe_target *targets, unsigned count, uint64_t ticket,
                         usec within, usec now);
unsigned probe_run_poll(const struct probe_run *run, struct pollfd *descriptors, unsigned room);
usec probe_run_advance(struct probe_run *run, usec now);

#endif
