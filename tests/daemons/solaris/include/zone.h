/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_ZONE_H
#define SHIM_ZONE_H

/* zone_list(3C) is libc's private interface; getzoneid(3C) is not. */
#include <sys/types.h>
#define GLOBAL_ZONEID 0
extern zoneid_t getzoneid(void);
extern zoneid_t getzoneidbyname(const char *);
extern int zone_list(zoneid_t *, uint_t *);

#endif
