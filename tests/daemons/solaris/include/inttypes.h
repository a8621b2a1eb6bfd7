/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_INTTYPES_H
#define SHIM_INTTYPES_H

#include <stdint.h>
#define PRIu32 "u"
#define PRIx32 "x"
#define SCNu32 "u"
#define SCNx32 "x"
#ifdef __LP64__
#define SCNu64 "lu"
#define SCNx64 "lx"
#define PRIu64 "lu"
#define PRId64 "ld"
#define PRIx64 "lx"
#else
#define SCNu64 "llu"
#define SCNx64 "llx"
#define PRIu64 "llu"
#define PRId64 "lld"
#define PRIx64 "llx"
#endif

#endif
