/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include_next <limits.h>
#define PATH_MAX 1024
#define PIPE_BUF 5120
#define IOV_MAX 16

#endif
