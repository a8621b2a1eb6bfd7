/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_GLOB_H
#define SHIM_GLOB_H

#include <sys/types.h>
typedef struct {
    size_t gl_pathc;
    char **gl_pathv;
    size_t gl_offs;
} glob_t;
#define GLOB_NOSORT 4
#define GLOB_NOMATCH (-3)
extern int glob(const char *, int, int (*)(const char *, int), glob_t *);
extern void globfree(glob_t *);

#endif
