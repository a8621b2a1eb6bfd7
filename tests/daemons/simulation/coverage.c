/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: node_next */
#include "coverage.h"

#include <stdio.h>

#define VERDICTS 4

static unsigned long long steps[NODE_STATES][NODE_EVENTS];
static unsigned long long restarts[PARTS][NODE_STATES];
static unsigned long long verdicts[VERDICTS];

bool __real_node_next(enum node_state state, enum node_event event, enum node_state *next);
bool __wrap_node_next(enum node_state state, enum node_event event, enum node_state *next);
bool __wrap_node_next(enum node_state state, enum node_event event, enum node_state *next)
{
    steps[state][event]++;
    return __real_node_next(state, event, next);
}

void coverage_restart(enum part part, unsigned which)
{
    struct node_view view;

    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        for (unsigned node = 0; node < w.nodes; node++) {
            if ((part == PART_MONITOR ? monitor : node) == which && monitor_host_view(monitor, node, &view)) {
                restarts[part][view.state]++;
            }
        }
    }
}

void coverage_verdict(unsigned kind)
{
    if (kind < VERDICTS) {
        verdicts[kind]++;
    }
}

static bool steps_complete(void)
{
    unsigned taken = 0, all = 0;

    for (unsigned state = 0; state < NODE_STATES; state++) {
        for (unsigned event = 0; event < NODE_EVENTS; event++) {
            enum node_state next;

            if (!__real_node_next((enum node_state)state, (enum node_event)event, &next) || next == state) {
                continue;
            }
            all++;
            taken += steps[state][event] > 0 ? 1 : 0;
            if (steps[state][event] == 0) {
                printf("never: %s in state %s\n", node_event_name((enum node_event)event),
                       node_state_name((enum node_state)state));
            }
        }
    }
    printf("%u of %u steps from one state to another were taken\n", taken, all);
    return taken == all;
}

static bool restarts_complete(void)
{
    static const char *const parts[PARTS] = {"monitor", "agent", "node"};
    unsigned reached = 0;

    for (unsigned part = 0; part < PARTS; part++) {
        for (unsigned state = 0; state < NODE_STATES; state++) {
            reached += restarts[part][state] > 0 ? 1 : 0;
            if (restarts[part][state] == 0) {
                printf("never: a %s started anew in state %s\n", parts[part], node_state_name((enum node_state)state));
            }
        }
    }
    printf("%u of %u: monitor, agent and node started anew in every state\n", reached, PARTS * NODE_STATES);
    return reached == PARTS * NODE_STATES;
}

bool coverage_complete(void)
{
    bool complete = steps_complete();

    complete = restarts_complete() && complete;
    for (unsigned kind = 0; kind < VERDICTS; kind++) {
        if (verdicts[kind] == 0) {
            printf("never: verdict of kind %u\n", kind);
            complete = false;
        }
    }
    return complete;
}
