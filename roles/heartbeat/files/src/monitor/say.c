/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SENTENCE 384

static void fill(struct monitor_event *event, const struct node *node, const char *name)
{
    memset(event, 0, sizeof *event);
    event->name = name;
    if (node == NULL) {
        return;
    }
    event->node = node->settings.id;
    event->node_name = node->settings.name;
    event->boot = node->state == NODE_FENCED ? node->fenced_boot : node->boot;
    if (node->state >= NODE_SUSPECT && node->state <= NODE_QUARANTINED) {
        event->incident = node->incident;
    }
}

void say(const struct monitor *monitor, const struct node *node, const char *name, const char *format, ...)
{
    char sentence[SENTENCE];
    struct monitor_event event;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    fill(&event, node, name);
    event.reason = sentence;
    monitor->effects.event(monitor->effects.context, &event);
}

void say_step(const struct monitor *monitor, const struct node *node, const char *name, const char *from,
              const char *to, const char *reason)
{
    struct monitor_event event;

    fill(&event, node, name);
    event.from = from;
    event.to = to;
    event.reason = reason;
    monitor->effects.event(monitor->effects.context, &event);
}

void say_path(const struct monitor *monitor, const struct node *node, unsigned path, const char *from, const char *to,
              const char *format, ...)
{
    char sentence[SENTENCE];
    struct monitor_event event;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    fill(&event, node, "path");
    event.from = from;
    event.to = to;
    event.path = monitor->settings.path[path];
    event.reason = sentence;
    monitor->effects.event(monitor->effects.context, &event);
}

void say_refused(struct monitor *monitor, const struct node *node, const char *format, ...)
{
    char sentence[SENTENCE];
    va_list arguments;

    if (monitor->now < monitor->refused_at) {
        monitor->refused_untold++;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (monitor->refused_untold > 0) {
        say(monitor, node, "refused", "%s (and %llu more packets were refused since the last such line)", sentence,
            (unsigned long long)monitor->refused_untold);
    } else {
        say(monitor, node, "refused", "%s", sentence);
    }
    monitor->refused_untold = 0;
    monitor->refused_at = monitor->now + USEC_PER_SECOND;
}
