/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYSLOG_H
#define SHIM_SYSLOG_H

#include <stdarg.h>
#define LOG_PID 1
#define LOG_NDELAY 8
#define LOG_DAEMON (3 << 3)
#define LOG_CRIT 2
#define LOG_ERR 3
#define LOG_WARNING 4
#define LOG_NOTICE 5
#define LOG_INFO 6
#define LOG_DEBUG 7
extern void openlog(const char *, int, int);
extern void syslog(int, const char *, ...) __attribute__((format(printf, 2, 3)));
extern void closelog(void);

#endif
