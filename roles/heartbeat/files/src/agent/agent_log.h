/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Lines for people: to stderr in the foreground, to syslog else. Never waits for who reads stderr: a line that has no
 * room is lost. */
#ifndef HELIOSTAT_AGENT_AGENT_LOG_H
#define HELIOSTAT_AGENT_AGENT_LOG_H

#include <stdbool.h>

enum agent_log_level { AGENT_LOG_INFO, AGENT_LOG_WARNING, AGENT_LOG_ALARM };

/* `process` is named in each line: guard, sender, slot. */
void agent_log_open(const char *process, bool foreground);
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void agent_log(enum agent_log_level level, const char *format, ...);

#endif
