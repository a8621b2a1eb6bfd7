/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_INTTYPES_H
#define SHIM_INTTYPES_H

#include <stdint.h>
#ifdef __LP64__
#define PRIu64 "lu"
#define PRId64 "ld"
#define PRIx64 "lx"
#else
#define PRIu64 "llu"
#define PRId64 "lld"
#define PRIx64 "llx"
#endif

#endif
