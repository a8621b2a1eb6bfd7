/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * What a guard leaves to the next one: a small mapped file in a directory that a boot empties, and where it does not,
 * with the boot's number in it. Two copies written in turns, each with a checksum, so that a guard that is killed amid
 * writing leaves the one before.
 */
#ifndef HELIOSTAT_AGENT_GUARD_RECORD_H
#define HELIOSTAT_AGENT_GUARD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"

struct guard_copy {
    uint64_t layout; /* of this structure, in this build of it */
    uint64_t turn;
    uint64_t boot;
    struct guard_past past;
    uint64_t checksum;
};

struct guard_record {
    struct guard_copy *copies; /* two of them, mapped */
    uint64_t turn;
};

/* Maps the file, made where it is missing. False with errno. */
bool guard_record_open(struct guard_record *record, const char *path);
void guard_record_write(struct guard_record *record, uint64_t boot, const struct guard_past *past);
/* What the last guard of this boot left. False: nothing. */
bool guard_record_read(struct guard_record *record, uint64_t boot, struct guard_past *past);
/* For a look from outside: does not map for writing, makes nothing. */
bool guard_record_look(const char *path, uint64_t boot, struct guard_past *past);

#endif
