/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_UCRED_H
#define SHIM_UCRED_H

/* getpeerucred(3C), ucred_get(3C) */
#include <sys/types.h>
typedef struct shim_ucred ucred_t;
extern int getpeerucred(int, ucred_t **);
extern void ucred_free(ucred_t *);
extern uid_t ucred_geteuid(const ucred_t *);

#endif
