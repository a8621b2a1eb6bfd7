/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_KSTAT_H
#define SHIM_KSTAT_H

/* kstat(3KSTAT) */
#include <sys/types.h>
typedef struct shim_kstat_ctl kstat_ctl_t;
typedef int kid_t;
typedef struct shim_kstat {
    char ks_module[31];
    int ks_instance;
    void *ks_data;
} kstat_t;
typedef struct {
    char name[31];
    uchar_t data_type;
    union {
        char c[16];
        int32_t i32;
        uint32_t ui32;
        int64_t i64;
        uint64_t ui64;
    } value;
} kstat_named_t;
#define KSTAT_DATA_INT32 1
#define KSTAT_DATA_UINT32 2
#define KSTAT_DATA_INT64 3
#define KSTAT_DATA_UINT64 4
extern kstat_ctl_t *kstat_open(void);
extern int kstat_close(kstat_ctl_t *);
extern kid_t kstat_read(kstat_ctl_t *, kstat_t *, void *);
/* In the manual page the names are char *, not const. */
extern kstat_t *kstat_lookup(kstat_ctl_t *, char *, int, char *);
extern void *kstat_data_lookup(kstat_t *, char *);

#endif
