/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * How a node is judged: its states, what may happen to it, and the one table that says what follows. An event that the
 * table has not for a state is a defect: it is named in the journal and refused, the state stays.
 */
#ifndef HELIOSTAT_MONITOR_STATES_H
#define HELIOSTAT_MONITOR_STATES_H

#include <stdbool.h>

enum node_state {
    NODE_UNHEARD,     /* not since this monitor's memory began: nothing is concluded of it */
    NODE_ALIVE,       /* heard in time on every path it was ever heard on */
    NODE_LATE,        /* heard in time on some paths only */
    NODE_SUSPECT,     /* on none: solicited, peers asked */
    NODE_PROBING,     /* own connectivity holds: the node is probed by other means */
    NODE_UNREACHABLE, /* declared: not heard, not probed, no peer hears it. Waits for arming, acting, or a mass loss to
                         be looked at */
    NODE_FENCING,     /* answers withheld, levels running, the lease runs out */
    NODE_FENCED,      /* proven: what it had may be taken over */
    NODE_UNKNOWN,     /* could not be proven: nothing may be taken over; tried again, or acknowledged by a person */
    NODE_RETURNED,    /* heard again after it was fenced */
    NODE_QUARANTINED, /* returned, and kept from use until a person releases it */
    NODE_AWAY,        /* its agent said good-bye, or it is in maintenance: silence means nothing */
    NODE_STATES
};

enum node_event {
    EVENT_HEARD,        /* a believed keep-alive, and every path is in time */
    EVENT_HEARD_SOME,   /* believed; some path is late */
    EVENT_SILENT,       /* every path is late */
    EVENT_PEER_HEARS,   /* another monitor hears it */
    EVENT_CONNECTED,    /* own network proven to work: the suspicion is about the node */
    EVENT_ISOLATED,     /* own network is not proven to work */
    EVENT_PROBES_DONE,  /* silent on all of them, or only its kernel answers */
    EVENT_PROBES_ALIVE, /* a user program of it answers: the agent is what is silent */
    EVENT_MAY_FENCE,    /* armed, acting, no mass loss, not disputed */
    EVENT_PROVEN,       /* off by its service processor, lease expired, storage proof, or acknowledged */
    EVENT_NOT_PROVEN,   /* every level failed and no lease can prove it */
    EVENT_CALLED_OFF, /* heard again while being fenced, by this monitor or a peer, before anything was done that stays
                       */
    EVENT_RETRY,      /* unknown for the retry interval */
    EVENT_SETTLED,    /* returned, and its quarantine is on disk */
    EVENT_RELEASED,   /* by a person */
    EVENT_LEFT,       /* good-bye, or maintenance begins */
    EVENT_ENDED,      /* maintenance ends without its being heard */
    NODE_EVENTS
};

/* The state that follows; false: not in the table. */
bool node_next(enum node_state state, enum node_event event, enum node_state *next);
const char *node_state_name(enum node_state state);
const char *node_event_name(enum node_event event);

#endif
