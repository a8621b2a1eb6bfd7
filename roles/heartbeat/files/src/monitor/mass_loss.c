/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mass_loss.h"

#include "say.h"

static bool is_lost(const struct monitor *monitor, const struct node *node)
{
    const usec began = node->suspicion.began;

    return node->state >= NODE_SUSPECT && node->state <= NODE_UNKNOWN && began > monitor->forgiven &&
           monitor->now - began <= monitor->settings.mass_time;
}

bool mass_loss_look(struct monitor *monitor)
{
    unsigned lost = 0;
    unsigned alive = 0;

    if (monitor->mass_loss || monitor->mass_seen == monitor->now) {
        return monitor->mass_loss;
    }
    monitor->mass_seen = monitor->now;
    for (unsigned i = 0; i < monitor->settings.nodes; i++) {
        const struct node *node = &monitor->node[i];

        lost += is_lost(monitor, node) ? 1 : 0;
        alive += node->state == NODE_ALIVE || node->state == NODE_LATE ? 1 : 0;
    }
    /* One node is no mass, however few there are. */
    if (lost < 2 || (uint64_t)lost * 100 <= (uint64_t)(lost + alive) * monitor->settings.mass_percent) {
        return false;
    }
    monitor->mass_loss = true;
    monitor->change++;
    monitor->urgent = true;
    say(monitor, NULL, "mass_loss",
        "%u of %u nodes were lost within %lld s, which is more than %lu %%: nothing is fenced until a person says "
        "go-on. Look "
        "at networks and power first",
        lost, lost + alive, (long long)(monitor->settings.mass_time / USEC_PER_SECOND),
        (unsigned long)monitor->settings.mass_percent);
    return true;
}

bool mass_loss_go_on(struct monitor *monitor)
{
    if (!monitor->mass_loss) {
        return false; /* what is being lost just now was not looked at */
    }
    monitor->mass_loss = false;
    monitor->forgiven = monitor->now;
    monitor->change++;
    return true;
}
