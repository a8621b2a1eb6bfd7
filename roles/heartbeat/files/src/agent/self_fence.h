/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How a node fences itself, and doing it. */
#ifndef HELIOSTAT_AGENT_SELF_FENCE_H
#define HELIOSTAT_AGENT_SELF_FENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#include "../common/time.h"

#define FENCE_ZONES 64
#define FENCE_ZONE_NAME 64 /* ZONENAME_MAX */
#define FENCE_PATH 256

enum fence_by { FENCE_BY_NOTHING, FENCE_BY_ZONES, FENCE_BY_STOP, FENCE_BY_WATCHDOG, FENCE_BY_COMMAND };

struct fence_plan {
    uint8_t by;   /* enum fence_by */
    uint8_t told; /* enum self_fence: what keep-alives promise */
    uint8_t how;  /* enum stop_how: of stopping, also where a zone does not halt in time */
    unsigned zones;
    char zone[FENCE_ZONES][FENCE_ZONE_NAME];
    char zoneadm[FENCE_PATH];
    char path[FENCE_PATH]; /* of the watchdog, or of the command */
    unsigned seconds;      /* of the watchdog */
};

/* Both promises in one: the stronger way, and of two lists of zones all. */
void fence_plan_stronger(struct fence_plan *plan, const struct fence_plan *other);

/* A fencing under way. It never waits: self_fencing_go_on is called again, at the time it says or when a child ended.
 */
struct self_fencing {
    bool begun;
    bool done;
    bool stopping;   /* nothing is left but the kernel's stop */
    usec deadline;   /* zones that are not halted by then make the machine stop; the command is started anew */
    usec again;      /* when to try the stop once more */
    unsigned failed; /* so many times */
    unsigned children;
    pid_t child[FENCE_ZONES];
    uint8_t zone[FENCE_ZONES]; /* index in the plan, of the zone that child[i] halts */
};

/* `end` of the lease: all must be over at end + halt. A lease that ended long ago leaves no time for zones. */
void self_fencing_begin(struct self_fencing *fencing, const struct fence_plan *plan, usec end, usec halt, usec now);
/* Returns when to call again; USEC_NEVER once done. */
usec self_fencing_go_on(struct self_fencing *fencing, const struct fence_plan *plan, usec now);
/* A child of the guard ended. False: it is none of the fencing's. */
bool self_fencing_ended(struct self_fencing *fencing, const struct fence_plan *plan, pid_t child, int status);

#endif
