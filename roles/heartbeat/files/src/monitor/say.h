/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Lines of the journal. */
#ifndef HELIOSTAT_MONITOR_SAY_H
#define HELIOSTAT_MONITOR_SAY_H

#include "core.h"

#if defined(__GNUC__)
#define SAY_FORMAT(at) __attribute__((format(printf, at, at + 1)))
#else
#define SAY_FORMAT(at)
#endif

/* `node` NULL: of the monitor itself. */
SAY_FORMAT(4)
void say(const struct monitor *monitor, const struct node *node, const char *name, const char *format, ...);
/* From one state to another. */
void say_step(const struct monitor *monitor, const struct node *node, const char *name, const char *from,
              const char *to, const char *reason);
SAY_FORMAT(6)
void say_path(const struct monitor *monitor, const struct node *node, unsigned path, const char *from, const char *to,
              const char *format, ...);
/* A packet that was refused: counted by the caller, told once a second at most. */
SAY_FORMAT(3) void say_refused(struct monitor *monitor, const struct node *node, const char *format, ...);

#endif
