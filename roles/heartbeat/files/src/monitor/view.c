/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What status, metrics and tests see. */

#include <string.h>

#include "core.h"
#include "paths.h"
#include "votes.h"

static usec since(usec then, usec now)
{
    return now > then ? now - then : 0;
}

bool monitor_view(const struct monitor *monitor, unsigned number, usec now, struct node_view *view)
{
    const struct node *node;

    memset(view, 0, sizeof *view);
    if (number >= monitor->settings.nodes) {
        return false;
    }
    node = &monitor->node[number];
    view->id = node->settings.id;
    view->name = node->settings.name;
    view->state = node->state;
    view->boot = node->boot;
    view->incident = node->incident;
    view->maintenance = node->maintenance;
    view->disputed = node->disputed;
    view->withheld = node_withheld(node);
    view->heard_ago = node->heard == NEVER_HEARD ? USEC_NEVER : since(node->heard, now);
    view->suspect_after = paths_timeout(monitor, node);
    view->paths_known = (uint8_t)paths_known(node);
    view->paths_alive = (uint8_t)(paths_known(node) - paths_late(node));
    view->last = node->last;
    view->verdict = node->state >= NODE_FENCED && node->verdict[0] != '\0' ? node->verdict : NULL;
    view->verdict_ago =
        view->verdict == NULL || node->proven_at == USEC_NEVER ? USEC_NEVER : since(node->proven_at, now);
    return true;
}

bool monitor_acting(const struct monitor *monitor, usec now)
{
    return votes_acting(monitor, now);
}

bool monitor_armed(const struct monitor *monitor)
{
    return monitor->armed;
}

void monitor_counts(const struct monitor *monitor, struct monitor_counts *counts)
{
    *counts = monitor->counts;
}
