/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "agent_log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static const char *name = "agent";
static bool to_stderr = true;

void agent_log_open(const char *process, bool foreground)
{
    name = process;
    to_stderr = foreground;
    if (!foreground) {
        openlog("heliostat-agent", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    }
}

void agent_log(enum agent_log_level level, const char *format, ...)
{
    static const int priorities[] = {
        [AGENT_LOG_INFO] = LOG_INFO, [AGENT_LOG_WARNING] = LOG_WARNING, [AGENT_LOG_ALARM] = LOG_CRIT};
    static const char *const words[] = {
        [AGENT_LOG_INFO] = "", [AGENT_LOG_WARNING] = "warning: ", [AGENT_LOG_ALARM] = "ALARM: "};
    char line[640];
    char text[512];
    va_list arguments;
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!to_stderr) {
        syslog(priorities[level], "%s: %s%s", name, words[level], text);
        return;
    }
    (void)snprintf(line, sizeof line, "heliostat-agent %s[%ld]: %s%s\n", name, (long)getpid(), words[level], text);
    if (poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0) {
        const ssize_t written = write(STDERR_FILENO, line, strlen(line));

        (void)written;
    }
}
