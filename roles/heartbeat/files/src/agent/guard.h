/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * What the guard decides, without what it does: the lease, the promise that stands, when to feed the watchdog, when to
 * fence. Pure.
 *
 * A promise is what keep-alives say of a lease that ends: how long it lasts, what then happens and how soon, and what
 * else may extend it. Monitors conclude from the one they heard last, so what weakens it is kept back until every
 * monitor has answered the new one.
 */
#ifndef HELIOSTAT_AGENT_GUARD_H
#define HELIOSTAT_AGENT_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "lease.h"
#include "self_fence.h"

struct promise {
    uint32_t lease_ms;
    uint32_t halt_ms;
    bool slot;
    struct fence_plan fence;
};

/* What a guard leaves to the next one of the same boot. */
struct guard_past {
    struct lease lease;
    struct promise kept;
    bool
        left; /* it said good-bye: the lease is over without a fencing, the promise stands until the new one is heard */
};

struct guard {
    struct guard_past past;
    struct promise wanted;
    uint32_t generation; /* of `wanted`, so that an answer to an older one is not taken for one to this */
    bool announced;
    usec feed_every; /* 0: no watchdog */
    usec feed_at;
    bool fencing;
};

struct guard_step {
    bool fence; /* now, before anything else; true once */
    bool feed;
    usec again;
};

/* `before` may be NULL: nothing is known of this boot. */
void guard_start(struct guard *guard, const struct promise *wanted, const struct guard_past *before, usec now);
/* To be called first whenever the guard wakes, with the time it then is. */
void guard_wake(struct guard *guard, usec now, struct guard_step *step);
/* Each returns NULL, or why it was refused. */
/* `generation`: of the lease that `until` was counted with. */
const char *guard_extend(struct guard *guard, uint32_t generation, usec until, usec now);
const char *guard_beaten(struct guard *guard, usec read, usec now); /* the slot: beat written, no pill at `read` */
const char *guard_announced(struct guard *guard, uint32_t generation);
void guard_pill(struct guard *guard, usec now);
/* A new configuration. What makes the promise stronger counts at once. */
void guard_reload(struct guard *guard, const struct promise *wanted, usec now);
/* Good-bye was heard, or the administrator does without. */
void guard_leave(struct guard *guard);
enum lease_state guard_state(const struct guard *guard, usec now);
/* Where fencing begins to count from. */
usec guard_end(const struct guard *guard, usec now);

#endif
