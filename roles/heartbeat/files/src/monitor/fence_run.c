/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fence_run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "fence_job.h"

struct waiting {
    uint64_t ticket, boot;
    uint32_t node;
    uint8_t level;
};

struct fence_run {
    const struct configuration *configuration;
    struct fence_effects effects;
    int slot;
    unsigned room, waits, first; /* of the queue, a ring */
    struct waiting *queue;
    struct fence_job job[FENCE_JOBS];
};

static unsigned room_for(const struct configuration *configuration)
{
    return configuration->settings.nodes * MONITOR_LEVELS + 1;
}

struct fence_run *fence_run_new(const struct configuration *configuration, int slot,
                                const struct fence_effects *effects)
{
    struct fence_run *run = calloc(1, sizeof *run);

    if (run == NULL) {
        return NULL;
    }
    run->configuration = configuration;
    run->effects = *effects;
    run->slot = slot;
    run->room = room_for(configuration);
    run->queue = calloc(run->room, sizeof *run->queue);
    if (run->queue == NULL) {
        free(run);
        return NULL;
    }
    return run;
}

void fence_run_free(struct fence_run *run)
{
    if (run == NULL) {
        return;
    }
    for (unsigned i = 0; i < FENCE_JOBS; i++) {
        if (run->job[i].step != FENCE_FREE) {
            child_kill(&run->job[i].child);
        }
    }
    free(run->queue);
    free(run);
}

bool fence_run_reload(struct fence_run *run, const struct configuration *configuration)
{
    const unsigned room = room_for(configuration) > run->waits ? room_for(configuration) : run->waits + 1;
    struct waiting *queue = calloc(room, sizeof *queue);

    if (queue == NULL) {
        return false;
    }
    for (unsigned i = 0; i < run->waits; i++) {
        queue[i] = run->queue[(run->first + i) % run->room];
    }
    free(run->queue);
    run->queue = queue;
    run->room = room;
    run->first = 0;
    run->configuration = configuration;
    return true;
}

static struct fence_job *job_of(struct fence_run *run, uint32_t node, unsigned level)
{
    for (unsigned i = 0; i < FENCE_JOBS; i++) {
        if (run->job[i].step != FENCE_FREE && run->job[i].node == node && run->job[i].level == level) {
            return &run->job[i];
        }
    }
    return NULL;
}

static struct fence_job *free_job(struct fence_run *run)
{
    for (unsigned i = 0; i < run->configuration->fence_jobs && i < FENCE_JOBS; i++) {
        if (run->job[i].step == FENCE_FREE) {
            return &run->job[i];
        }
    }
    return NULL;
}

/* From the queue to a process. False: the configuration has no such node or level any more. */
static bool start(struct fence_run *run, struct fence_job *job, const struct waiting *what, usec now)
{
    const struct configuration *configuration = run->configuration;
    unsigned node;
    const struct fence_level *level;

    if (!configuration_index(configuration, what->node, &node) || what->level >= MONITOR_LEVELS ||
        !configuration->means[node].level[what->level].given) {
        return false;
    }
    level = &configuration->means[node].level[what->level];
    memset(job, 0, sizeof *job);
    job->node = what->node;
    job->level = what->level;
    job->ticket = what->ticket;
    job->boot = what->boot;
    job->kind = level->kind;
    job->attempts = level->attempts;
    job->within = level->within_ms * USEC_PER_MS;
    job->settle = level->settle_ms * USEC_PER_MS;
    memcpy(job->name, configuration->node[node].name, sizeof job->name);
    (void)strncpy(job->agent, configuration_text(configuration, level->agent), sizeof job->agent - 1);
    (void)strncpy(job->input, configuration_text(configuration, level->input), sizeof job->input - 1);
    if (job->kind == LEVEL_SLOT) {
        job->pill.device = run->slot;
        job->pill.node = what->node;
        job->pill.boot = what->boot;
        job->pill.monitor = configuration->settings.id;
        (void)platform_random(&job->pill.nonce, sizeof job->pill.nonce);
        job->pill.masters.count = configuration->settings.masters;
        memcpy(job->pill.masters.id, configuration->settings.master_id, sizeof job->pill.masters.id);
        memcpy(job->pill.masters.secret, configuration->settings.master, sizeof job->pill.masters.secret);
    }
    fence_job_start(job, now);
    return true;
}

void fence_run_begin(struct fence_run *run, uint32_t node, unsigned level, uint64_t boot, uint64_t ticket, usec now)
{
    struct fence_job *job = job_of(run, node, level);
    struct waiting what;

    if (job != NULL && job->boot == boot) {
        job->ticket = ticket;
        return;
    }
    if (job != NULL) {
        /* That the machine was off before it was started anew proves nothing, and nobody waits for it. */
        child_kill(&job->child);
        job->step = FENCE_FREE;
    }
    for (unsigned i = 0; i < run->waits; i++) {
        struct waiting *const there = &run->queue[(run->first + i) % run->room];

        if (there->node == node && there->level == level) {
            there->ticket = ticket;
            there->boot = boot;
            return;
        }
    }
    memset(&what, 0, sizeof what);
    what.node = node;
    what.level = (uint8_t)level;
    what.boot = boot;
    what.ticket = ticket;
    job = run->waits == 0 ? free_job(run) : NULL;
    if (job != NULL && start(run, job, &what, now)) {
        return; /* at once: nothing stands between the verdict and the agent */
    }
    if (run->waits < run->room) {
        run->queue[(run->first + run->waits++) % run->room] = what;
    }
}

unsigned fence_run_poll(const struct fence_run *run, struct pollfd *descriptors, unsigned room)
{
    unsigned count = 0;

    for (unsigned i = 0; i < FENCE_JOBS && count < room; i++) {
        if (run->job[i].step != FENCE_FREE && run->job[i].child.pid != 0 && run->job[i].child.output >= 0) {
            descriptors[count].fd = run->job[i].child.output;
            descriptors[count++].events = POLLIN;
        }
    }
    return count;
}

/* What was a job's, out of the way before others hear of it: they may begin a new one in its place. */
static void finish(struct fence_run *run, struct fence_job *job, enum fence_result result)
{
    const uint64_t ticket = job->ticket;
    char said[FENCE_SENTENCE];

    (void)strcpy(said, job->said);
    child_kill(&job->child);
    job->step = FENCE_FREE;
    run->effects.done(run->effects.context, ticket, result, said);
}

static void tell_step(struct fence_run *run, struct fence_job *job)
{
    if (job->said[0] != '\0') {
        run->effects.said(run->effects.context, job->node, job->name, job->level + 1, job->said);
    }
}

usec fence_run_advance(struct fence_run *run, usec now)
{
    usec next = USEC_NEVER;

    for (unsigned i = 0; i < FENCE_JOBS; i++) {
        struct fence_job *const job = &run->job[i];
        enum fence_result result = FENCE_FAILED;
        bool goes_on;

        if (job->step == FENCE_FREE) {
            continue;
        }
        goes_on = fence_job_advance(job, &result, now);
        tell_step(run, job);
        if (!goes_on) {
            finish(run, job, result);
        } else {
            job->said[0] = job->step == FENCE_BACK_OFF || job->child.pid != 0 ? '\0' : job->said[0];
            next = fence_job_next(job) < next ? fence_job_next(job) : next;
        }
    }
    while (run->waits > 0) {
        struct fence_job *const job = free_job(run);
        const struct waiting what = run->queue[run->first];

        if (job == NULL) {
            break;
        }
        run->first = (run->first + 1) % run->room;
        run->waits--;
        if (!start(run, job, &what, now)) {
            run->effects.done(run->effects.context, what.ticket, FENCE_FAILED,
                              "gone: the configuration has no such fence level any more");
        } else {
            next = fence_job_next(job) < next ? fence_job_next(job) : next;
        }
    }
    return next;
}

unsigned fence_run_running(const struct fence_run *run)
{
    unsigned running = 0;

    for (unsigned i = 0; i < FENCE_JOBS; i++) {
        running += run->job[i].step != FENCE_FREE ? 1 : 0;
    }
    return running;
}

unsigned fence_run_waiting(const struct fence_run *run)
{
    return run->waits;
}
