/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "suspicion.h"

#include <stdio.h>

#include "fencing.h"
#include "judge.h"
#include "nodes.h"
#include "paths.h"
#include "peers.h"
#include "say.h"

#define LOOK (10 * USEC_PER_MS)       /* for own connectivity */
#define LOOK_LONG (100 * USEC_PER_MS) /* while isolated */
#define ASKS_PER_PART 1000            /* nodes, in a tenth of a second */
#define PART (100 * USEC_PER_MS)

static bool may_ask(struct monitor *monitor)
{
    if (monitor->now >= monitor->ask_from + PART) {
        monitor->ask_from = monitor->now;
        monitor->ask_left = ASKS_PER_PART;
    }
    if (monitor->ask_left == 0) {
        return false;
    }
    monitor->ask_left--;
    return true;
}

void suspicion_ask_references(struct monitor *monitor)
{
    if (!monitor->settings.references ||
        (monitor->reference_asked != NEVER_HEARD &&
         monitor->watched - monitor->reference_asked < monitor->settings.probe_time / 3)) {
        return;
    }
    monitor->reference_asked = monitor->watched;
    monitor->tickets++;
    monitor->reference_ticket = (uint64_t)monitor->tickets << 32;
    monitor->effects.reference(monitor->effects.context, monitor->reference_ticket);
}

static void ask(struct monitor *monitor, struct node *node)
{
    struct suspicion *suspicion = &node->suspicion;
    const bool slow = suspicion->isolated || suspicion->since > monitor->watched;

    if (!may_ask(monitor)) {
        suspicion->ask_at = monitor->watched + LOOK;
        return;
    }
    /* Replies to the round before this one still count. */
    suspicion->from = suspicion->round;
    suspicion->round = monitor->sequence + 1;
    suspicion->asked = monitor->watched;
    suspicion->ask_at = monitor->watched + (slow ? USEC_PER_SECOND / 2 : monitor->settings.probe_time / 3);
    if (suspicion->since > monitor->watched && suspicion->since < suspicion->ask_at) {
        /* What proves own connectivity must come after that moment: it is asked for then, not when it is too late. */
        suspicion->ask_at = suspicion->since;
    }
    peers_solicit(monitor, node);
    peers_ask(monitor, node, QUERY_HEARD, peers_all(monitor));
    suspicion_ask_references(monitor);
}

static void wait_for_answer(struct monitor *monitor, struct node *node)
{
    if (!node->suspicion.spoke) {
        node->suspicion.spoke = true;
        node->suspicion.since = monitor->watched + paths_timeout(monitor, node);
        due_watched(monitor, node, monitor->watched);
    }
}

void suspicion_spoke(struct monitor *monitor, struct node *node)
{
    node->spoke = watched_at(monitor, monitor->now);
    if (node->state == NODE_SUSPECT || node->state == NODE_PROBING) {
        wait_for_answer(monitor, node);
    }
}

void suspicion_begin(struct monitor *monitor, struct node *node, enum node_state from)
{
    struct suspicion *suspicion = &node->suspicion;

    if (from != NODE_PROBING && from != NODE_UNREACHABLE && from != NODE_SUSPECT) {
        monitor->counts.suspicions++;
        suspicion->began = monitor->now;
        suspicion->back = false;
        suspicion->spoke = false;
        suspicion->peer_heard = NEVER_HEARD;
        suspicion->peer_hears = false;
        suspicion->from = monitor->sequence + 1;
        suspicion->round = suspicion->from;
    }
    suspicion->since = monitor->watched;
    suspicion->paths = paths_last(monitor, node);
    suspicion->asked = NEVER_HEARD;
    suspicion->ask_at = monitor->watched;
    suspicion->ticket = 0;
    suspicion->program = false;
    node->person[0] = '\0';
    node->fence_next = false;
    due_watched(monitor, node, monitor->watched);
    if (node->spoke != NEVER_HEARD && monitor->watched - node->spoke < paths_timeout(monitor, node)) {
        wait_for_answer(monitor, node);
    }
}

static void not_isolated(struct monitor *monitor, struct node *node)
{
    if (!node->suspicion.isolated) {
        return;
    }
    node->suspicion.isolated = false;
    monitor->isolated--;
    if (monitor->isolated == 0) {
        say(monitor, NULL, "connected", "this monitor's own network works again, or nobody is suspected any more");
    }
}

void suspicion_end(struct monitor *monitor, struct node *node)
{
    not_isolated(monitor, node);
    node->suspicion.ticket = 0;
    node->suspicion.program = false;
    node->suspicion.peer_hears = false;
}

bool suspicion_connected(const struct monitor *monitor, const struct node *node, usec since)
{
    if (monitor->reference > since) {
        return true;
    }
    for (unsigned i = 0; i < monitor->settings.paths; i++) {
        const struct own_path *own = &monitor->path[i];
        const usec heard = own->who == node->settings.id ? own->other : own->heard;

        if ((node->suspicion.paths >> i & 1) != 0 && (heard > since || own->peer > since)) {
            return true;
        }
    }
    return false;
}

static void isolate(struct monitor *monitor, struct node *node)
{
    if (!judge(monitor, node, EVENT_ISOLATED, NULL)) {
        return;
    }
    node->suspicion.isolated = true;
    monitor->isolated++;
    if (monitor->isolated == 1) {
        say(monitor, node, "isolated",
            "neither another node nor a peer nor a reference address answers: this monitor's own network may be what "
            "is broken, so it declares nobody. Look at its links");
    }
}

static void probe(struct monitor *monitor, struct node *node)
{
    node->suspicion.program = false;
    node->suspicion.probed = monitor->now;
    if (node->settings.probes == 0) {
        node->suspicion.ticket = 0;
        return;
    }
    monitor->tickets++;
    node->suspicion.ticket = (uint64_t)monitor->tickets << 32 | node->settings.id;
    monitor->effects.probe(monitor->effects.context, node->settings.id, node->suspicion.ticket);
}

static usec look_suspect(struct monitor *monitor, struct node *node)
{
    struct suspicion *suspicion = &node->suspicion;

    if (monitor->watched < suspicion->since) {
        return suspicion->since;
    }
    if (suspicion_connected(monitor, node, suspicion->since)) {
        if (suspicion->isolated) {
            /* The network is back: the node has its full time to be heard again. */
            not_isolated(monitor, node);
            suspicion->back = true;
            suspicion->since = monitor->watched + paths_timeout(monitor, node);
            suspicion->asked = NEVER_HEARD;
            suspicion->ask_at = suspicion->since;
            return suspicion->since;
        }
        suspicion->probing = monitor->watched;
        if (judge(monitor, node, EVENT_CONNECTED, "this monitor's own network works: the silence is the node's")) {
            probe(monitor, node);
        }
        return monitor->watched;
    }
    /* Where it came back, the only other node may beat less often than within probe_time: else it came and went on and
     * on, in step with that. */
    if (!suspicion->isolated &&
        monitor->watched >=
            suspicion->since + (suspicion->back ? monitor->bounds.ceiling : monitor->settings.probe_time)) {
        isolate(monitor, node);
    }
    return monitor->watched + (suspicion->isolated ? LOOK_LONG : LOOK);
}

static usec look_probing(struct monitor *monitor, struct node *node)
{
    const struct suspicion *suspicion = &node->suspicion;
    const usec time = monitor->settings.probe_time;
    usec end = suspicion->since + time;

    /* What was begun late is waited for, too. */
    end = suspicion->probing + time / 2 > end ? suspicion->probing + time / 2 : end;
    if (suspicion->asked == NEVER_HEARD) {
        return suspicion->ask_at;
    }
    end = suspicion->asked + time / 4 > end ? suspicion->asked + time / 4 : end;
    if (monitor->watched < end) {
        return end;
    }
    if (suspicion->program) {
        (void)judge(
            monitor, node, EVENT_PROBES_ALIVE,
            "a program of it answers, so it runs and only its agent is silent: look at the agent on the node. It "
            "is not fenced as long as that is so");
    } else {
        (void)judge(monitor, node, EVENT_PROBES_DONE, "not heard, no peer hears it, and no program of it answers");
    }
    return USEC_NEVER;
}

usec suspicion_look(struct monitor *monitor, struct node *node)
{
    usec next;

    if (monitor->watched >= node->suspicion.ask_at) {
        ask(monitor, node);
    }
    next = node->state == NODE_SUSPECT ? look_suspect(monitor, node) : USEC_NEVER;
    if (node->state == NODE_PROBING) {
        next = look_probing(monitor, node);
    }
    if (node->state != NODE_SUSPECT && node->state != NODE_PROBING) {
        return USEC_NEVER;
    }
    return node->suspicion.ask_at < next ? node->suspicion.ask_at : next;
}

void suspicion_unreachable(struct monitor *monitor, struct node *node)
{
    struct suspicion *suspicion = &node->suspicion;
    const char *why;

    if (monitor->now >= suspicion->peer_asked + USEC_PER_SECOND || suspicion->peer_asked > monitor->now) {
        suspicion->peer_asked = monitor->now;
        suspicion->from = suspicion->round;
        suspicion->round = monitor->sequence + 1;
        peers_solicit(monitor, node);
        peers_ask(monitor, node, QUERY_HEARD, peers_all(monitor));
        suspicion_ask_references(monitor);
    }
    if (suspicion->program && monitor->now >= suspicion->probed + monitor->bounds.ceiling) {
        const bool was = suspicion->program;

        probe(monitor, node);
        /* Until the result is there, or the probe's time is over, what was found counts on. */
        suspicion->program = was;
    }
    if (node->fencing.proven) {
        /* A person's word waits for the disk: whatever bars a fencing, this monitor goes on withholding for that. */
        due_real(monitor, node, monitor->now + LOOK_LONG);
        return;
    }
    why = fencing_barred(monitor, node);
    if (why != node->wait) {
        node->wait = why;
        if (why != NULL) {
            say(monitor, node, "held", "it is lost and is not fenced: %s", why);
        }
    }
    if (why == NULL && !node->fence_next) {
        node->fence_next = true;
        node->own = true;
        node->asked = peers_all(monitor);
        node_urgent(monitor, node);
    } else if (why != NULL && node->fence_next) {
        node->fence_next = false;
        node->own = false;
        node_changed(monitor, node);
    }
    due_real(monitor, node, monitor->now + LOOK_LONG);
}

void suspicion_peer_heard(struct monitor *monitor, struct node *node, const struct peer *peer, usec when)
{
    struct suspicion *suspicion = &node->suspicion;
    const usec announced =
        node->last.interval_ms == 0 ? monitor->bounds.floor : (usec)node->last.interval_ms * USEC_PER_MS;
    usec known = node->heard == NEVER_HEARD ? monitor->started : node->heard;
    char reason[96];

    if (suspicion->peer_heard > known) {
        known = suspicion->peer_heard;
    }
    /* What the peer heard of the same beats as this monitor proves nothing: it must be a whole beat later. */
    if (when <= known + announced + announced / 2) {
        return;
    }
    /* Nor what it heard long ago: counted by two clocks, that moment wanders, and would seem to be a later one. */
    if (monitor->now - when > monitor->bounds.ceiling) {
        return;
    }
    suspicion->peer_heard = when;
    (void)snprintf(reason, sizeof reason, "monitor %lu hears it", (unsigned long)peer->id);
    switch (node->state) {
    case NODE_SUSPECT:
    case NODE_PROBING:
    case NODE_UNREACHABLE:
    case NODE_UNKNOWN:
        if (!suspicion->peer_hears) {
            say(monitor, node, "heard", "%s: this monitor's way to the node is what is broken", reason);
        }
        if (node->state != NODE_SUSPECT) {
            (void)judge(monitor, node, EVENT_PEER_HEARS, reason);
        }
        suspicion->peer_hears = true;
        suspicion->since = monitor->watched + paths_timeout(monitor, node);
        due_watched(monitor, node, monitor->watched);
        break;
    case NODE_FENCING:
        if (node->fencing.called_off == NULL) {
            node->fencing.called_off = "a peer hears it";
            due_real(monitor, node, monitor->now);
        }
        break;
    default:
        break;
    }
}

void suspicion_probed(struct monitor *monitor, struct node *node, enum probe_result result, const char *said)
{
    const bool program = result == PROBE_PROGRAM;

    node->suspicion.ticket = 0;
    if (node->state == NODE_UNREACHABLE && program != node->suspicion.program) {
        node->suspicion.program = program;
        say(monitor, node, "probe", program ? "a program of it answers: %s" : "no program of it answers any more: %s",
            said == NULL ? "" : said);
        due_real(monitor, node, monitor->now);
        return;
    }
    node->suspicion.program = program;
    if (result == PROBE_KERNEL && node->state == NODE_PROBING) {
        say(monitor, node, "probe", "its kernel answers and no program of it does, as on a frozen machine: %s",
            said == NULL ? "" : said);
    }
}
