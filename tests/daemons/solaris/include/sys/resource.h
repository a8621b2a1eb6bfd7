/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_RESOURCE_H
#define SHIM_SYS_RESOURCE_H

#include <sys/time.h>
typedef unsigned long rlim_t;
struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};
struct rusage {
    struct timeval ru_utime;
    struct timeval ru_stime;
};
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 5
#define RLIM_INFINITY ((rlim_t)-3)
#define PRIO_PROCESS 0
#define RUSAGE_SELF 0
extern int getrlimit(int, struct rlimit *);
extern int setrlimit(int, const struct rlimit *);
extern int setpriority(int, id_t, int);
extern int getrusage(int, struct rusage *);

#endif
