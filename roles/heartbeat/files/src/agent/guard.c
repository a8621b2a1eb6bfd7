/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "guard.h"

#include <string.h>

/* A sleep is never longer: a suspended machine's timers stand still, its clock does not. */
#define LONGEST_SLEEP (1 * USEC_PER_SECOND)

static usec lease_of(const struct promise *promise)
{
    return (usec)promise->lease_ms * USEC_PER_MS;
}

static bool fences(const struct promise *promise)
{
    return promise->fence.by != FENCE_BY_NOTHING;
}

/* Fencing that comes into force has no past: what ended while nothing was promised fences nobody. */
static void keep(struct guard *guard, const struct promise *promise)
{
    const bool none = guard->past.lease.none;

    if (promise != &guard->past.kept) {
        guard->past.kept = *promise;
    }
    guard->past.lease.none = !fences(&guard->past.kept);
    if (none && !guard->past.lease.none) {
        memset(&guard->past.lease, 0, sizeof guard->past.lease);
    }
    if (!guard->past.kept.slot) {
        guard->past.lease.until[LEASE_BY_SLOT] = 0;
    }
}

/* A lease that is shorter from now on is that also where the longer one extended it: monitors count from when they hear
 * of it. */
static void shorten(struct guard *guard, usec now)
{
    const usec latest = now + lease_of(&guard->past.kept);

    for (unsigned source = 0; source < LEASE_SOURCES; source++) {
        if (guard->past.lease.until[source] > latest) {
            guard->past.lease.until[source] = latest;
        }
    }
}

static void keep_stronger(struct guard *guard, usec now)
{
    struct promise stronger = guard->past.kept;

    if (guard->wanted.lease_ms < stronger.lease_ms) {
        stronger.lease_ms = guard->wanted.lease_ms;
    }
    if (guard->wanted.halt_ms < stronger.halt_ms) {
        stronger.halt_ms = guard->wanted.halt_ms;
    }
    stronger.slot = stronger.slot && guard->wanted.slot;
    fence_plan_stronger(&stronger.fence, &guard->wanted.fence);
    keep(guard, &stronger);
    shorten(guard, now);
}

void guard_start(struct guard *guard, const struct promise *wanted, const struct guard_past *before, usec now)
{
    memset(guard, 0, sizeof *guard);
    guard->wanted = *wanted;
    guard->generation = 1;
    if (before == NULL) {
        guard->past.kept = *wanted;
        guard->past.lease.none = !fences(wanted);
        return;
    }
    guard->past = *before;
    if (before->left) {
        memset(&guard->past.lease, 0, sizeof guard->past.lease);
        guard->past.lease.none = !fences(&before->kept);
        guard->past.left = false;
    }
    keep_stronger(guard, now);
}

void guard_reload(struct guard *guard, const struct promise *wanted, usec now)
{
    guard->wanted = *wanted;
    guard->generation++;
    guard->announced = false;
    keep_stronger(guard, now);
}

const char *guard_announced(struct guard *guard, uint32_t generation)
{
    if (generation != guard->generation) {
        return "announced another configuration";
    }
    guard->announced = true;
    if (!guard->fencing) {
        keep(guard, &guard->wanted);
    }
    return NULL;
}

enum lease_state guard_state(const struct guard *guard, usec now)
{
    return lease_state(&guard->past.lease, now);
}

usec guard_end(const struct guard *guard, usec now)
{
    usec end = 0;

    for (unsigned source = 0; source < LEASE_SOURCES; source++) {
        if (guard->past.lease.until[source] > end) {
            end = guard->past.lease.until[source];
        }
    }
    return end == 0 || end > now ? now : end; /* a pill ends a lease before its time */
}

void guard_wake(struct guard *guard, usec now, struct guard_step *step)
{
    usec end;

    memset(step, 0, sizeof *step);
    step->again = now + LONGEST_SLEEP;
    if (guard->fencing) {
        return;
    }
    if (guard_state(guard, now) == LEASE_EXPIRED) {
        guard->past.lease.fenced = true;
        guard->fencing = true;
        step->fence = true;
        return;
    }
    end = lease_end(&guard->past.lease);
    if (end < step->again) {
        step->again = end;
    }
    if (guard->feed_every != 0) {
        if (now >= guard->feed_at) {
            step->feed = true;
            guard->feed_at = now + guard->feed_every;
        }
        if (guard->feed_at < step->again) {
            step->again = guard->feed_at;
        }
    }
}

const char *guard_extend(struct guard *guard, uint32_t generation, usec until, usec now)
{
    /* Counted before its sender knew of a reload. Read late it would reach beyond the lease that the monitors were told
     * of meanwhile. */
    if (generation != guard->generation) {
        return "extends by another configuration";
    }
    if (until > now + lease_of(&guard->past.kept)) {
        return "extends beyond a whole lease";
    }
    lease_extend(&guard->past.lease, LEASE_BY_MONITORS, until, now);
    return NULL;
}

const char *guard_beaten(struct guard *guard, usec read, usec now)
{
    if (read > now) {
        return "a beat of the future";
    }
    /* The slot only prolongs: whether this boot may be used at all is the monitors' to say. */
    if (guard->past.kept.slot && guard->past.lease.until[LEASE_BY_MONITORS] != 0) {
        lease_extend(&guard->past.lease, LEASE_BY_SLOT, read + lease_of(&guard->past.kept), now);
    }
    return NULL;
}

void guard_pill(struct guard *guard, usec now)
{
    lease_expire(&guard->past.lease, now);
}

void guard_leave(struct guard *guard)
{
    guard->past.left = true;
    guard->past.lease.none = true;
    guard->feed_every = 0;
}
