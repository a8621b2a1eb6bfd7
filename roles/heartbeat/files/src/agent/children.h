/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The guard's children, each begun by a fork; they never return, and end themselves when the guard is gone. */
#ifndef HELIOSTAT_AGENT_CHILDREN_H
#define HELIOSTAT_AGENT_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>

#include "agent_configuration.h"

struct child_start {
    const struct agent_configuration *configuration;
    uint32_t generation; /* of it */
    uint32_t kept_lease_ms;
    uint64_t boot;
    int guard;    /* messages */
    int lifeline; /* hangs up when the guard ends */
    bool leaving;
    bool foreground;
};

/* Keep-alives and answers; drops every privilege. */
_Noreturn void sender_run(const struct child_start *start);
/* Beat and pill on the shared disk, whose waiting must not delay the sender; drops every privilege once the disk is
 * open. */
_Noreturn void slot_writer_run(const struct child_start *start);
/* Locks memory, takes a priority, becomes the configured user: as far as each is allowed and asked for. */
void child_settle(const struct child_start *start);

#endif
