/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "judge.h"

#include <string.h>

#include "fencing.h"
#include "nodes.h"
#include "paths.h"
#include "peers.h"
#include "say.h"
#include "suspicion.h"

static bool is_lost(enum node_state state)
{
    return state == NODE_SUSPECT || state == NODE_PROBING || state == NODE_UNREACHABLE || state == NODE_FENCING ||
           state == NODE_UNKNOWN;
}

void judge_forget(struct node *node, enum node_state from)
{
    if (from >= NODE_FENCING && from <= NODE_QUARANTINED) {
        /* The same boot may be lost once more, and that is another loss. */
        node->incident = node->incident_boot == node->boot ? node->incident + 1 : 1;
        node->incident_boot = node->boot;
    }
    node->own = false;
    node->fence_next = false;
    node->wait = NULL;
    node->told = 0;
    node->person[0] = '\0';
    node->verdict[0] = '\0';
}

/* The loss is over, one way or the other: nobody withholds for it any more. */
static void back_in_use(struct monitor *monitor, struct node *node, enum node_state from)
{
    judge_forget(node, from);
    fencing_end(monitor, node);
    suspicion_end(monitor, node);
    peers_release(monitor, node);
    node_changed(monitor, node);
}

static void entered(struct monitor *monitor, struct node *node, enum node_state from)
{
    switch (node->state) {
    case NODE_UNHEARD:
    case NODE_ALIVE:
    case NODE_LATE:
    case NODE_AWAY:
        node->believed_alive = false;
        back_in_use(monitor, node, from);
        break;
    case NODE_SUSPECT:
        if (node->fencing.proven) {
            say(monitor, node, "acknowledged",
                "void, for it could not be written to disk before the node was heard of");
        }
        if (from == NODE_FENCING || from == NODE_UNKNOWN || node->own) {
            back_in_use(monitor, node, from);
        }
        suspicion_begin(monitor, node, from);
        break;
    case NODE_UNREACHABLE:
        node->wait = NULL;
        due_real(monitor, node, monitor->now);
        break;
    case NODE_FENCING:
        fencing_begin(monitor, node, from);
        break;
    case NODE_UNKNOWN:
        fencing_unknown(monitor, node);
        break;
    case NODE_FENCED:
        suspicion_end(monitor, node);
        fencing_proven(monitor, node);
        break;
    case NODE_RETURNED:
        node_urgent(monitor, node);
        break;
    default:
        break;
    }
}

bool judge(struct monitor *monitor, struct node *node, enum node_event event, const char *reason)
{
    const enum node_state from = node->state;
    enum node_state next;

    if (!node_next(from, event, &next)) {
        monitor->counts.refused_transition++;
        say(monitor, node, "refused",
            "the table has no step for \"%s\" in state %s: this is a defect, please report it", node_event_name(event),
            node_state_name(from));
        return false;
    }
    if (next == from && event != EVENT_PEER_HEARS) {
        return true;
    }
    node->state = next;
    if (next != from) {
        if (is_lost(from) != is_lost(next) || next >= NODE_FENCING || from >= NODE_FENCING || from == NODE_UNHEARD) {
            node_changed(monitor, node);
        }
        say_step(monitor, node, "state", node_state_name(from), node_state_name(next), reason);
    }
    entered(monitor, node, from);
    if (node->state == NODE_UNHEARD && node->maintenance) {
        return judge(monitor, node, EVENT_LEFT, "still in maintenance");
    }
    if (node->state == NODE_UNHEARD && node->left) {
        /* The peers are told so as well, and must not wait for somebody who is merely unheard here. */
        return judge(monitor, node, EVENT_LEFT,
                     "its agent said good-bye and was not heard since: silence means nothing");
    }
    return true;
}

/* What is believed of a node that is being fenced or was: it is noted, and nothing is extended. */
static const char *heard_while_fencing(const struct node *node)
{
    if (node->last.lease == LEASE_EXPIRED && node->boot == node->fencing.boot) {
        return NULL; /* it is ending itself: let the proof be made */
    }
    return "it is heard again";
}

static void reboot_or_restart(struct monitor *monitor, struct node *node)
{
    const bool rebooted = node->boot != 0 && node->boot != node->session.boot;

    if (rebooted) {
        say(monitor, node, "boot", "the machine was started anew%s",
            node_withheld(node) ? "; its lease is withheld" : "");
    } else if (node->boot != 0 && node->session.given_up > 0) {
        say(monitor, node, "incarnation", "its agent was started anew; the machine was not");
    }
    if (node->boot != node->session.boot) {
        node->boot = node->session.boot;
        if (node->state < NODE_FENCING || node->state == NODE_AWAY) {
            node->incident = 1;
            node->incident_boot = node->boot;
        }
        node->clear = 0;
        node->clear_waits = false;
        node->clear_asked = NEVER_HEARD;
        node_changed(monitor, node);
    }
}

static void note_lease(struct monitor *monitor, struct node *node)
{
    const bool held = node->last.lease == LEASE_HELD || node->last.lease == LEASE_EXPIRED;

    if (held != node->held) {
        node->held = held;
        node_changed(monitor, node);
    }
}

static void heard_leaving(struct monitor *monitor, struct node *node)
{
    if (!node->left) {
        node->left = true;
        node_urgent(monitor, node);
    }
    if (node->state == NODE_FENCING) {
        node->fencing.called_off = "its agent says good-bye";
        due_real(monitor, node, monitor->now);
    }
    (void)judge(monitor, node, EVENT_LEFT, "its agent was stopped by its administrator: silence means nothing");
}

void judge_heard(struct monitor *monitor, struct node *node, bool new_incarnation)
{
    bool every;

    if (new_incarnation) {
        reboot_or_restart(monitor, node);
    }
    note_lease(monitor, node);
    node->judged_from = USEC_NEVER;
    node->believed_alive = false;
    if ((node->last.flags & KEEPALIVE_LEAVING) != 0) {
        heard_leaving(monitor, node);
        return;
    }
    if (node->left) {
        node->left = false;
        node_changed(monitor, node);
    }
    every = paths_late(node) == 0;
    if (node->state == NODE_ALIVE && every) {
        return;
    }
    if (node->state == NODE_AWAY && node->maintenance) {
        return;
    }
    if (node->state == NODE_FENCING) {
        const char *why = heard_while_fencing(node);

        if (why != NULL && node->fencing.called_off == NULL) {
            node->fencing.called_off = why;
            due_real(monitor, node, monitor->now);
        }
    }
    if (node->state == NODE_FENCED && node->boot == node->fenced_boot && strcmp(node->verdict, "off") == 0) {
        say(monitor, node, "contradiction",
            "it was said to be switched off, and the same boot speaks: the proof was none. Look at its service "
            "processor "
            "and at what was taken over, before anything else");
    }
    (void)judge(monitor, node, every ? EVENT_HEARD : EVENT_HEARD_SOME,
                every ? "heard in time on every path" : "heard, but not on every path");
}
