/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_TYPES_H
#define SHIM_SYS_TYPES_H

/*
 * What these headers declare is what the manual pages of Solaris 10 say that there is, as far as the daemons use it: a
 * name that is missing here is one to look up before it is used. The types are those of Solaris 10 and 11, which differ
 * from each other and from Linux; values of constants mean nothing.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef SHIM_SOLARIS_10
#ifdef __LP64__
typedef int uid_t;
typedef int pid_t;
typedef unsigned int mode_t;
#else
typedef long uid_t;
typedef long pid_t;
typedef unsigned long mode_t;
#endif
#else
typedef unsigned int uid_t;
typedef int pid_t;
typedef unsigned int mode_t;
#endif
typedef uid_t gid_t;
#ifdef __LP64__
typedef long ssize_t;
typedef long off_t;
typedef unsigned long dev_t;
typedef unsigned long ino_t;
#else
typedef int ssize_t;
typedef long long off_t; /* _FILE_OFFSET_BITS is 64 */
typedef unsigned long dev_t;
typedef unsigned long long ino_t;
#endif
typedef long time_t;
typedef long suseconds_t;
typedef int id_t;
typedef int zoneid_t;
typedef unsigned char uchar_t;
typedef unsigned short ushort_t;
typedef unsigned int uint_t;
typedef unsigned long ulong_t;
typedef long long hrtime_t;

#endif
