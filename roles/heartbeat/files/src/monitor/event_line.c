/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "event_line.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "../common/json.h"

void event_time(char *text, size_t size)
{
    struct timeval now = {0, 0};
    struct tm parts;

    (void)gettimeofday(&now, NULL);
    if (gmtime_r(&now.tv_sec, &parts) == NULL || strftime(text, size, "%Y-%m-%dT%H:%M:%S", &parts) != 19) {
        (void)snprintf(text, size, "1970-01-01T00:00:00.000Z");
        return;
    }
    (void)snprintf(text + 19, size - 19, ".%03uZ", (unsigned)(now.tv_usec / 1000) % 1000u);
}

static size_t compose(char *line, const struct monitor_event *event, uint32_t monitor, uint64_t sequence, bool reason)
{
    struct json json;
    char time[32];

    event_time(time, sizeof time);
    json_start(&json, line, EVENT_LINE);
    json_text(&json, "time", time);
    json_unsigned(&json, "sequence", sequence);
    json_unsigned(&json, "monitor", monitor);
    json_text(&json, "event", event->name);
    if (event->node != 0) {
        json_unsigned(&json, "node", event->node);
    }
    json_text(&json, "name", event->node_name);
    json_text(&json, "from", event->from);
    json_text(&json, "to", event->to);
    if (event->path != 0) {
        json_unsigned(&json, "path", event->path);
    }
    if (event->boot != 0) {
        json_hex(&json, "boot", event->boot);
    }
    if (event->incident != 0) {
        json_unsigned(&json, "incident", event->incident);
    }
    json_text(&json, "reason", reason ? event->reason : "(too long)");
    return json_end(&json);
}

size_t event_line(char line[EVENT_LINE], const struct monitor_event *event, uint32_t monitor, uint64_t sequence)
{
    const size_t size = compose(line, event, monitor, sequence, true);

    return size != 0 ? size : compose(line, event, monitor, sequence, false);
}
