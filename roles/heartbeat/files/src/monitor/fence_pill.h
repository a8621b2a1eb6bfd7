/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Writes the poison pill of one node to the shared LUN and reads it back. May hang as long as a LUN can: runs in a
 * child. */
#ifndef HELIOSTAT_MONITOR_FENCE_PILL_H
#define HELIOSTAT_MONITOR_FENCE_PILL_H

#include <stdint.h>

#include "../common/keyring.h"

struct fence_pill {
    int device;
    uint32_t node;
    uint64_t boot;
    uint32_t monitor;
    uint64_t nonce;
    struct keyring masters;
};

/* Of a struct fence_pill. Prints a sentence to descriptor 1; 0: the pill was written and read back. */
int fence_pill_write(void *pill);

#endif
