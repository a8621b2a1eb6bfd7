/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The agent's sender: keep-alives to every monitor over every path, its answers, the lease that they extend, the vote
 * that it gives. Pure: what it does goes through agent_effects, what it knows of time and packets is told.
 */
#ifndef HELIOSTAT_AGENT_AGENT_H
#define HELIOSTAT_AGENT_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/time.h"
#include "../wire/packet.h"
#include "../wire/seal.h"

#define AGENT_PATHS 8
#define AGENT_MONITORS 8

struct agent_settings {
    uint32_t node;
    uint32_t lease_ms;
    uint32_t kept_lease_ms; /* what a predecessor announced, where that is shorter; 0: nothing. See `announced` */
    uint32_t halt_ms;
    uint32_t interval_ms;
    uint8_t self_fence; /* enum self_fence */
    bool gated;
    bool slot;
    unsigned paths;
    uint8_t path[AGENT_PATHS]; /* numbers */
    unsigned monitors;
    uint32_t monitor[AGENT_MONITORS]; /* ids */
    uint8_t reach[AGENT_MONITORS];    /* bit i: monitor is reached over path[i] */
    struct seal_keys keys;
    uint64_t boot;
    uint64_t incarnation;
};

struct vitals {
    uint32_t load;         /* thousandths */
    uint32_t memory_total; /* MiB */
    uint32_t memory_free;
    uint32_t zones;
};

struct agent_effects {
    void *context;
    /* Sends a whole sealed packet to monitor[monitor] over path[path] (indexes). Loss is nothing special. */
    void (*send)(void *context, unsigned monitor, unsigned path, const uint8_t *bytes, size_t size);
    /* Tells the guard how far the monitors' answers extend the lease. */
    void (*extend)(void *context, usec until);
    /* Whether the lease still stands, as the guard has it. */
    enum lease_state (*lease)(void *context);
    void (*vitals)(void *context, struct vitals *vitals);
    /* The monitors say that this node was fenced and is not to be used, or is free again. Called when it changes. */
    void (*quarantined)(void *context, bool quarantined);
    /*
     * Every monitor has answered a keep-alive that carried the present settings. Before that, a promise that is weaker
     * than the last one (a longer lease, no self-fencing, a slot) must not be acted on: a monitor that has not heard of
     * it would conclude from the old one. The lease is kept short by the agent itself, the rest is for the caller. May
     * be NULL.
     */
    void (*announced)(void *context);
    /* For the log: a refused packet (why), a vote given, a path answered or silent. */
    void (*event)(void *context, const char *name, const char *detail);
};

struct agent; /* its size is agent_size(): the caller gives the memory, so that nothing is allocated later */

size_t agent_size(void);
/* `now` of the machine's monotonic clock. Does not send yet. */
void agent_start(struct agent *agent, const struct agent_settings *settings, const struct agent_effects *effects,
                 usec now);
/* Takes other settings over without losing sequence, sessions or vote; paths and monitors that stay keep theirs. */
void agent_reload(struct agent *agent, const struct agent_settings *settings, usec now);
/* A datagram that came in over path[path]. Whatever it holds. */
void agent_receive(struct agent *agent, unsigned path, const uint8_t *bytes, size_t size, usec now);
/* Sends what is due. Returns when to call again. After a pause it sends once, not what was missed. */
usec agent_tick(struct agent *agent, usec now);
/* Says good-bye on every path: LEAVING; agent_tick repeats it. */
void agent_leave(struct agent *agent, usec now);
/* A monitor has answered the good-bye: self-fencing may be switched off. A node that left unheard would be taken for
 * one whose lease runs out. */
bool agent_left(const struct agent *agent);

#endif
