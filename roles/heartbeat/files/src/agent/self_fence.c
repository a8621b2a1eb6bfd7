/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "self_fence.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "../wire/packet.h"

#define RETRY (1 * USEC_PER_SECOND)
#define STOP_RESERVE (500 * USEC_PER_MS) /* of `halt`, kept for the stop where zones do not halt */

static void add_zone(struct fence_plan *plan, const char *zone)
{
    for (unsigned i = 0; i < plan->zones; i++) {
        if (strcmp(plan->zone[i], zone) == 0) {
            return;
        }
    }
    if (plan->zones == FENCE_ZONES) {
        plan->by = FENCE_BY_STOP; /* more than can be halted one by one: the machine is all of them */
        return;
    }
    memcpy(plan->zone[plan->zones++], zone, FENCE_ZONE_NAME);
}

void fence_plan_stronger(struct fence_plan *plan, const struct fence_plan *other)
{
    if (plan->by == FENCE_BY_ZONES && other->by == FENCE_BY_ZONES) {
        for (unsigned i = 0; i < other->zones; i++) {
            add_zone(plan, other->zone[i]);
        }
    } else if (plan->by == FENCE_BY_WATCHDOG && other->by == FENCE_BY_WATCHDOG) {
        plan->seconds = other->seconds < plan->seconds ? other->seconds : plan->seconds;
    } else if (other->told > plan->told || (other->told == plan->told && plan->by == FENCE_BY_NOTHING)) {
        *plan = *other;
    }
}

/* -1: it could not even be started. */
static pid_t run(const char *program, const char *const *words)
{
    const pid_t child = fork();

    if (child == 0) {
        sigset_t none;

        (void)sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        (void)signal(SIGPIPE, SIG_DFL);
        (void)signal(SIGXFSZ, SIG_DFL);
        /* execv takes words that it does not change, but does not say so. */
        (void)execv(program, (char *const *)(uintptr_t)words);
        _exit(127);
    }
    return child;
}

static void stop(struct self_fencing *fencing, const struct fence_plan *plan, usec now)
{
    fencing->stopping = true;
    platform_stop((enum stop_how)plan->how);
    /* It returned, so it was not allowed or not possible: again, for as long as it takes. */
    fencing->failed++;
    fencing->again = now + RETRY;
}

static void halt_zones(struct self_fencing *fencing, const struct fence_plan *plan, usec now)
{
    for (unsigned i = 0; i < plan->zones; i++) {
        const char *const words[] = {"zoneadm", "-z", plan->zone[i], "halt", NULL};
        const pid_t child = run(plan->zoneadm, words);

        if (child == -1) {
            stop(fencing, plan, now);
            return;
        }
        fencing->zone[fencing->children] = (uint8_t)i;
        fencing->child[fencing->children++] = child;
    }
    fencing->done = fencing->children == 0;
}

static void run_command(struct self_fencing *fencing, const struct fence_plan *plan, usec now)
{
    const char *const words[] = {plan->path, NULL};
    const pid_t child = run(plan->path, words);

    fencing->again = USEC_NEVER;
    if (child == -1) {
        fencing->failed++;
        fencing->again = now + RETRY;
        return;
    }
    fencing->child[fencing->children++] = child;
}

void self_fencing_begin(struct self_fencing *fencing, const struct fence_plan *plan, usec end, usec halt, usec now)
{
    memset(fencing, 0, sizeof *fencing);
    fencing->begun = true;
    fencing->again = USEC_NEVER;
    switch ((enum fence_by)plan->by) {
    case FENCE_BY_NOTHING:
        fencing->done = true;
        break;
    case FENCE_BY_ZONES:
        fencing->deadline = end + halt - (halt / 4 < STOP_RESERVE ? halt / 4 : STOP_RESERVE);
        if (now >= fencing->deadline) {
            stop(fencing, plan, now);
        } else {
            halt_zones(fencing, plan, now);
        }
        break;
    case FENCE_BY_COMMAND:
        fencing->deadline = end + halt > now ? end + halt : now + halt;
        run_command(fencing, plan, now);
        break;
    case FENCE_BY_STOP:
    case FENCE_BY_WATCHDOG: /* which is not fed any more either */
    default:
        stop(fencing, plan, now);
        break;
    }
}

/* zoneadm halts no zone that is detached or elsewhere, and says so as an error: the machine need not stop for that. */
static bool is_over(const struct fence_plan *plan, unsigned zone, int status)
{
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           (plan->by == FENCE_BY_ZONES && !platform_zone_runs(plan->zone[zone]));
}

bool self_fencing_ended(struct self_fencing *fencing, const struct fence_plan *plan, pid_t child, int status)
{
    for (unsigned i = 0; i < fencing->children; i++) {
        if (fencing->child[i] != child) {
            continue;
        }
        fencing->failed += is_over(plan, fencing->zone[i], status) ? 0 : 1;
        fencing->child[i] = fencing->child[--fencing->children];
        fencing->zone[i] = fencing->zone[fencing->children];
        fencing->done = fencing->children == 0 && fencing->failed == 0 && !fencing->stopping;
        return true;
    }
    return false;
}

static void kill_children(struct self_fencing *fencing)
{
    for (unsigned i = 0; i < fencing->children; i++) {
        (void)kill(fencing->child[i], SIGKILL);
    }
}

usec self_fencing_go_on(struct self_fencing *fencing, const struct fence_plan *plan, usec now)
{
    if (!fencing->begun || fencing->done) {
        return USEC_NEVER;
    }
    if (plan->by == FENCE_BY_COMMAND) {
        if (fencing->children == 0 && fencing->failed > 0 && fencing->again == USEC_NEVER) {
            fencing->again = now + RETRY;
        }
        if (fencing->children > 0 && now >= fencing->deadline) {
            kill_children(fencing); /* it hangs; its end is reported and it is tried again */
            fencing->deadline = now + RETRY;
        } else if (fencing->children == 0 && now >= fencing->again) {
            fencing->failed = 0;
            fencing->deadline = now + (fencing->deadline > now ? fencing->deadline - now : RETRY);
            run_command(fencing, plan, now);
        }
        return fencing->children > 0 ? fencing->deadline : fencing->again;
    }
    if (!fencing->stopping && (fencing->failed > 0 || now >= fencing->deadline)) {
        stop(fencing, plan, now);
    } else if (fencing->stopping && now >= fencing->again) {
        stop(fencing, plan, now);
    }
    return fencing->stopping ? fencing->again : fencing->deadline;
}
