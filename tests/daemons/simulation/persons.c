/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Persons: they acknowledge, truly or falsely, put nodes in maintenance, disarm, release, and clean up in the end. */
#include <string.h>
#include <unistd.h>

#include "world.h"

static const char *const names[] = {"ann", "bob"};

static bool lost(enum node_state state)
{
    return state == NODE_UNREACHABLE || state == NODE_UNKNOWN || state == NODE_FENCING || state == NODE_AWAY ||
           state == NODE_UNHEARD;
}

/* Who says that a node is dead looks first, and leaves it off; or does not. */
static void acknowledge(unsigned monitor, unsigned i)
{
    struct node_host *node = &w.node[i];
    struct node_view view;

    if (!monitor_host_view(monitor, i, &view) || !lost(view.state) || w.monitor[monitor].paused) {
        return;
    }
    if (chance(850)) {
        node_end(i, "switched off by a person");
    } else if (node->up) {
        trace("a person's false word on node %u", i + 1);
        node->spoiled = true;
    }
    for (unsigned k = 0; k < 2 && (k == 0 || chance(700)); k++) {
        (void)monitor_host_order(monitor, COMMAND_ACKNOWLEDGE, i, names[k]);
    }
}

static void maintenance(unsigned monitor, unsigned i)
{
    struct monitor_host *host = &w.monitor[monitor];
    const bool on = !host->maintenance[i];

    if (monitor_host_order(monitor, on ? COMMAND_MAINTENANCE_ON : COMMAND_MAINTENANCE_OFF, i, "ann")) {
        host->maintenance[i] = on;
    }
}

/* What was taken over is given back, or was never needed: the node may be used again. */
static void release(unsigned i)
{
    static const uint8_t nothing[SLOT_SIZE];
    struct node_host *node = &w.node[i];
    bool any = false;

    for (unsigned k = 0; k < w.monitors; k++) {
        struct node_view view;

        if (monitor_host_view(k, i, &view) && !w.monitor[k].paused &&
            (view.state == NODE_FENCED || view.state == NODE_QUARANTINED || view.state == NODE_UNKNOWN)) {
            if (view.state == NODE_UNKNOWN && node_may_write(i)) {
                continue;
            }
            any = monitor_host_order(k, COMMAND_RELEASE, i, "bob") || any;
        }
    }
    if (any) {
        trace("node %u is given back what it had", i + 1);
        node->taken = false;
        node->storage = true;
        (void)pwrite(slot_disk, nothing, SLOT_SIZE, (off_t)i * SLOT_STRIDE + SLOT_SIZE);
    }
}

/* "Nobody comes back for what was promised": where somebody does, that was a false word. */
static void forget_promise(unsigned monitor, unsigned i)
{
    struct node_view view;

    if (!monitor_host_view(monitor, i, &view) || !view.withheld || view.state >= NODE_FENCING) {
        return;
    }
    for (unsigned k = 0; k < w.monitors; k++) {
        const struct monitor_host *host = &w.monitor[k];

        if (k != monitor && (!monitor_host_view(k, i, &view) || view.withheld || host->lines > 0)) {
            w.node[i].spoiled = true;
        }
    }
    (void)monitor_host_order(monitor, COMMAND_RELEASE, i, "bob");
}

void persons_act(void)
{
    const unsigned monitor = below(w.monitors);
    const unsigned node = below(w.nodes);

    if (w.quiet) {
        return;
    }
    switch (below(10)) {
    case 0:
    case 1:
    case 2:
        acknowledge(monitor, node);
        break;
    case 3:
        maintenance(monitor, node);
        break;
    case 4:
        (void)monitor_host_order(monitor, w.monitor[monitor].disarmed ? COMMAND_ARM : COMMAND_DISARM, node, "ann");
        break;
    case 5:
    case 6:
        release(node);
        break;
    case 7:
        (void)monitor_host_order(monitor, COMMAND_GO_ON, node, "ann");
        break;
    case 8:
        (void)monitor_host_order(monitor, COMMAND_UNDISPUTE, node, "ann");
        break;
    default:
        if (chance(200)) {
            forget_promise(monitor, node);
        }
        break;
    }
    event_at(w.now + between(USEC_PER_SECOND, 20 * USEC_PER_SECOND), AT_PERSON, 0, 0, 0);
}

/* After the faults, now and again: whatever waits for a person gets one. */
void persons_settle(void)
{
    for (unsigned i = 0; i < w.monitors; i++) {
        if (!monitor_armed(w.monitor[i].monitor)) {
            (void)monitor_host_order(i, COMMAND_ARM, 0, "ann");
        }
        (void)monitor_host_order(i, COMMAND_GO_ON, 0, "ann");
        for (unsigned node = 0; node < w.nodes; node++) {
            struct node_view view;

            if (w.monitor[i].maintenance[node] && monitor_host_order(i, COMMAND_MAINTENANCE_OFF, node, "ann")) {
                w.monitor[i].maintenance[node] = false;
            }
            if (monitor_host_view(i, node, &view) && view.disputed) {
                (void)monitor_host_order(i, COMMAND_UNDISPUTE, node, "ann");
            }
        }
    }
}
