/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One fence level being carried out: switching off, asking, waiting, again. */
#ifndef HELIOSTAT_MONITOR_FENCE_JOB_H
#define HELIOSTAT_MONITOR_FENCE_JOB_H

#include "child.h"
#include "configuration.h"
#include "fence_pill.h"

#define FENCE_SENTENCE 384

enum fence_step { FENCE_FREE, FENCE_OFF, FENCE_ASK, FENCE_SETTLE, FENCE_BACK_OFF };

struct fence_job {
    enum fence_step step;
    uint32_t node;
    unsigned level; /* index */
    uint64_t ticket, boot;
    char name[NODE_NAME];
    uint8_t kind;
    unsigned attempts, attempt; /* from 1 */
    usec within, settle;
    usec settled; /* when "on" after "switched off" becomes a lie */
    usec wake;
    bool switched; /* the agent says that it switched off */
    struct child child;
    struct fence_pill pill;
    char agent[CONFIGURATION_PATH];
    char input[CONFIGURATION_INPUT];
    char said[FENCE_SENTENCE]; /* about the last step; empty where there is nothing new */
};

/* Begins the first step. */
void fence_job_start(struct fence_job *job, usec now);
/* Goes on; false: it has ended, *result is what came of it and job->said tells. */
bool fence_job_advance(struct fence_job *job, enum fence_result *result, usec now);
usec fence_job_next(const struct fence_job *job);

#endif
