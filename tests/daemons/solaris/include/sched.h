/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SCHED_H
#define SHIM_SCHED_H

#include <sys/types.h>
struct sched_param {
    int sched_priority;
    int shim_rest[8];
};
#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
extern int sched_get_priority_min(int);
extern int sched_get_priority_max(int);
extern int sched_setscheduler(pid_t, int, const struct sched_param *);

#endif
