/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_LOADAVG_H
#define SHIM_SYS_LOADAVG_H

/* getloadavg(3C) */
#define LOADAVG_1MIN 0
#define LOADAVG_NSTATS 3
extern int getloadavg(double[], int);

#endif
