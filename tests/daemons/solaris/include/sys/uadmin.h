/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_UADMIN_H
#define SHIM_SYS_UADMIN_H

/* uadmin(2) */
#define A_REBOOT 1
#define A_SHUTDOWN 2
#define AD_HALT 0
#define AD_BOOT 1
#define AD_POWEROFF 6
#include <stdint.h>
extern int uadmin(int, int, uintptr_t);

#endif
