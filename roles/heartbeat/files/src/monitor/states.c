/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "states.h"

#include <stddef.h>

/* A step is the state that follows plus one, so that what is not named is no step. */
#define TO(state) (NODE_##state + 1)

static const unsigned char table[NODE_STATES][NODE_EVENTS] = {
    [NODE_UNHEARD] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PROVEN] = TO(FENCED),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_ALIVE] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_SILENT] = TO(SUSPECT),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_LATE] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_SILENT] = TO(SUSPECT),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_SUSPECT] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PEER_HEARS] = TO(SUSPECT),
            [EVENT_CONNECTED] = TO(PROBING),
            [EVENT_ISOLATED] = TO(SUSPECT),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_PROBING] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PEER_HEARS] = TO(SUSPECT),
            [EVENT_PROBES_DONE] = TO(UNREACHABLE),
            [EVENT_PROBES_ALIVE] = TO(UNREACHABLE),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_UNREACHABLE] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PEER_HEARS] = TO(SUSPECT),
            [EVENT_PROBES_DONE] = TO(UNREACHABLE),
            [EVENT_PROBES_ALIVE] = TO(UNREACHABLE),
            [EVENT_MAY_FENCE] = TO(FENCING),
            [EVENT_PROVEN] = TO(FENCED),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_FENCING] =
        {
            [EVENT_HEARD] = TO(FENCING),
            [EVENT_HEARD_SOME] = TO(FENCING),
            [EVENT_PEER_HEARS] = TO(FENCING),
            [EVENT_PROVEN] = TO(FENCED),
            [EVENT_NOT_PROVEN] = TO(UNKNOWN),
            [EVENT_CALLED_OFF] = TO(SUSPECT),
            [EVENT_LEFT] = TO(FENCING),
        },
    [NODE_FENCED] =
        {
            [EVENT_HEARD] = TO(RETURNED),
            [EVENT_HEARD_SOME] = TO(RETURNED),
            [EVENT_RELEASED] = TO(UNHEARD),
            [EVENT_LEFT] = TO(RETURNED),
        },
    [NODE_UNKNOWN] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PEER_HEARS] = TO(SUSPECT),
            [EVENT_PROVEN] = TO(FENCED),
            [EVENT_RETRY] = TO(FENCING),
            [EVENT_RELEASED] = TO(UNHEARD),
            [EVENT_LEFT] = TO(AWAY),
        },
    [NODE_RETURNED] =
        {
            [EVENT_HEARD] = TO(RETURNED),
            [EVENT_HEARD_SOME] = TO(RETURNED),
            [EVENT_SETTLED] = TO(QUARANTINED),
            [EVENT_LEFT] = TO(RETURNED),
        },
    [NODE_QUARANTINED] =
        {
            [EVENT_HEARD] = TO(QUARANTINED),
            [EVENT_HEARD_SOME] = TO(QUARANTINED),
            [EVENT_RELEASED] = TO(UNHEARD),
            [EVENT_LEFT] = TO(QUARANTINED),
        },
    [NODE_AWAY] =
        {
            [EVENT_HEARD] = TO(ALIVE),
            [EVENT_HEARD_SOME] = TO(LATE),
            [EVENT_PROVEN] = TO(FENCED),
            [EVENT_LEFT] = TO(AWAY),
            [EVENT_ENDED] = TO(UNHEARD),
        },
};

static const char *const states[NODE_STATES] = {
    [NODE_UNHEARD] = "unheard",
    [NODE_ALIVE] = "alive",
    [NODE_LATE] = "late",
    [NODE_SUSPECT] = "suspect",
    [NODE_PROBING] = "probing",
    [NODE_UNREACHABLE] = "unreachable",
    [NODE_FENCING] = "fencing",
    [NODE_FENCED] = "fenced",
    [NODE_UNKNOWN] = "unknown",
    [NODE_RETURNED] = "returned",
    [NODE_QUARANTINED] = "quarantined",
    [NODE_AWAY] = "away",
};

static const char *const events[NODE_EVENTS] = {
    [EVENT_HEARD] = "heard",
    [EVENT_HEARD_SOME] = "heard on some paths",
    [EVENT_SILENT] = "silent",
    [EVENT_PEER_HEARS] = "a peer hears it",
    [EVENT_CONNECTED] = "connected",
    [EVENT_ISOLATED] = "isolated",
    [EVENT_PROBES_DONE] = "probes done",
    [EVENT_PROBES_ALIVE] = "a program of it answers",
    [EVENT_MAY_FENCE] = "may be fenced",
    [EVENT_PROVEN] = "proven",
    [EVENT_NOT_PROVEN] = "not proven",
    [EVENT_CALLED_OFF] = "called off",
    [EVENT_RETRY] = "retry",
    [EVENT_SETTLED] = "settled",
    [EVENT_RELEASED] = "released",
    [EVENT_LEFT] = "left",
    [EVENT_ENDED] = "ended",
};

bool node_next(enum node_state state, enum node_event event, enum node_state *next)
{
    if ((unsigned)state >= NODE_STATES || (unsigned)event >= NODE_EVENTS || table[state][event] == 0) {
        return false;
    }
    *next = (enum node_state)(table[state][event] - 1);
    return true;
}

const char *node_state_name(enum node_state state)
{
    return (unsigned)state < NODE_STATES ? states[state] : "no such state";
}

const char *node_event_name(enum node_event event)
{
    return (unsigned)event < NODE_EVENTS ? events[event] : "no such event";
}
