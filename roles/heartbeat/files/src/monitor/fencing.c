/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fencing.h"

#include <stdio.h>
#include <string.h>

#include "expiry.h"
#include "judge.h"
#include "mass_loss.h"
#include "nodes.h"
#include "peers.h"
#include "proof.h"
#include "say.h"
#include "suspicion.h"
#include "votes.h"

#define ASK (100 * USEC_PER_MS)
#define ASK_LONG USEC_PER_SECOND
#define LOOK (100 * USEC_PER_MS)
#define TRIES 2                            /* of each level, in one fencing */
#define TRY_AGAIN USEC_PER_SECOND          /* pause between them */
#define LEVEL_TIME (300 * USEC_PER_SECOND) /* without any result a level failed */
#define OPEN_TIME (2 * USEC_PER_SECOND)    /* given to peers, when nothing else is left */
#define BACK_OFF 3                         /* doublings of the retry interval at most */

static const char *kind_name(const struct node *node, unsigned level)
{
    static const char *const names[] = {
        [LEVEL_POWER] = "power", [LEVEL_STORAGE] = "storage", [LEVEL_SLOT] = "disk slot"};

    return node->settings.level[level] <= LEVEL_SLOT ? names[node->settings.level[level]] : "unknown kind";
}

const char *fencing_barred(struct monitor *monitor, const struct node *node)
{
    if (!node->configured) {
        return "it is not in the configuration any more";
    }
    if (node->disputed) {
        return "two machines have its number. Find the second one, put it right, then say undispute";
    }
    if (node->suspicion.program) {
        return "a program of it answers. Look at the agent on the node";
    }
    if (!monitor->armed) {
        return "this monitor is disarmed. Say arm if it is to fence";
    }
    if (!votes_acting_now(monitor)) {
        return "this monitor does not act: another one does, or it has not the votes of more than half of the nodes";
    }
    if (!suspicion_connected(monitor, node, monitor->watched - 2 * monitor->bounds.ceiling)) {
        return "this monitor's own network does not work";
    }
    if (mass_loss_look(monitor)) {
        return "too many nodes were lost at once. Look at networks and power, then say go-on";
    }
    return NULL;
}

static void start_levels(struct monitor *monitor, struct node *node)
{
    node->fencing.level = 0;
    node->fencing.tries = 0;
    node->fencing.ticket = 0;
    node->fencing.level_at = monitor->now;
    node->fencing.began = monitor->now;
    node->fencing.ask_at = monitor->now;
}

static void ask(struct monitor *monitor, struct node *node)
{
    uint16_t left = (uint16_t)(peers_all(monitor) & ~node->fencing.granted);

    if (monitor->now < node->fencing.ask_at) {
        return;
    }
    if (node->state == NODE_UNKNOWN) {
        /* Also of those that agreed: whether they hear it, and whether the own network works. */
        left = peers_all(monitor);
        suspicion_ask_references(monitor);
    }
    node->fencing.ask_at =
        monitor->now + (node->state == NODE_FENCING && monitor->now < node->fencing.began + OPEN_TIME ? ASK : ASK_LONG);
    if (left != 0) {
        node->suspicion.from = node->suspicion.round;
        node->suspicion.round = monitor->sequence + 1;
        peers_ask(monitor, node, QUERY_WITHHOLD, left);
    }
}

void fencing_begin(struct monitor *monitor, struct node *node, enum node_state from)
{
    monitor->counts.fences++;
    start_levels(monitor, node);
    if (from != NODE_UNKNOWN) {
        node->fencing.from = monitor->sequence + 1;
        node->fencing.granted = 0;
        node->fencing.pill = NEVER_HEARD;
        node->fencing.retries = 0;
        node->fencing.boot = node->boot;
    }
    node->fencing.called_off = NULL;
    node->fence_next = false;
    node->release_at = USEC_NEVER;
    node->told = 0;
    node->asked = peers_all(monitor);
    /* What is under way from before is not believed: to be heard now, the node must answer a challenge. */
    session_renew(&node->session, &monitor->secret, node->settings.id);
    fencing_look(monitor, node);
}

void fencing_end(struct monitor *monitor, struct node *node)
{
    (void)monitor;
    node->fencing.ticket = 0;
    node->fencing.called_off = NULL;
    node->fencing.proven = false;
    node->fencing.granted = 0;
    node->fencing.pill = NEVER_HEARD;
}

static void start_level(struct monitor *monitor, struct node *node)
{
    struct fencing *fencing = &node->fencing;

    monitor->tickets++;
    fencing->ticket = (uint64_t)monitor->tickets << 32 | node->settings.id;
    fencing->level_at = monitor->now;
    fencing->boot = node->boot;
    fencing->tries++;
    monitor->effects.fence(monitor->effects.context, node->settings.id, fencing->level, node->boot, fencing->ticket);
}

static void next_level(struct monitor *monitor, struct node *node, bool again)
{
    node->fencing.ticket = 0;
    if (again && node->fencing.tries < TRIES) {
        node->fencing.level_at = monitor->now + TRY_AGAIN;
    } else {
        node->fencing.level++;
        node->fencing.tries = 0;
        node->fencing.level_at = monitor->now;
    }
}

void fencing_result(struct monitor *monitor, struct node *node, enum fence_result result, const char *said)
{
    struct fencing *fencing = &node->fencing;
    const uint8_t kind = node->settings.level[fencing->level];
    const char *words = said == NULL ? "" : said;

    if (result != FENCE_PROVEN) {
        say(monitor, node, "fence", "level %u (%s) proved nothing: %s", fencing->level + 1,
            kind_name(node, fencing->level), words);
        next_level(monitor, node, true);
    } else if (kind == LEVEL_SLOT) {
        say(monitor, node, "fence", "a pill was written to its disk slot and read back: %s", words);
        fencing->pill = monitor->now;
        fencing->pill_boot = fencing->boot;
        next_level(monitor, node, false);
    } else {
        say(monitor, node, "fence", "level %u (%s) is proof: %s", fencing->level + 1, kind_name(node, fencing->level),
            words);
        fencing->ticket = 0;
        fencing_prove(monitor, node, kind == LEVEL_STORAGE ? "storage" : "off");
    }
    due_real(monitor, node, monitor->now);
}

void fencing_granted(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply)
{
    if ((node->state != NODE_FENCING && node->state != NODE_UNKNOWN) || reply->echo_sequence < node->fencing.from ||
        (reply->flags & REPLY_WITHHELD) == 0 || (node->fencing.granted & BIT(peer)) != 0) {
        return;
    }
    node->fencing.granted |= BIT(peer);
    node->fencing.told[peer] = proof_told(monitor->now, reply->answered_age, monitor->settings.drift_ppm);
    due_real(monitor, node, monitor->now);
}

void fencing_prove(struct monitor *monitor, struct node *node, const char *verdict)
{
    (void)snprintf(node->verdict, sizeof node->verdict, "%s", verdict);
    node->fencing.proven = true;
    node->proven_at = monitor->now;
    node->fenced_boot = node->boot;
    node->own = true;
    node_urgent(monitor, node);
}

static void look_at_lease(struct monitor *monitor, struct node *node)
{
    const char *why = NULL;
    char reason[256];
    usec when = USEC_NEVER;
    const enum expiry expiry = expiry_look(monitor, node, &when, &why);
    const bool levels_left = node->fencing.level < node->settings.levels;

    if (expiry == EXPIRY_OVER) {
        fencing_prove(monitor, node, "lease");
        return;
    }
    if (node->state != NODE_FENCING || levels_left || expiry == EXPIRY_RUNNING ||
        (expiry == EXPIRY_OPEN && monitor->now < node->fencing.began + OPEN_TIME)) {
        return;
    }
    (void)snprintf(reason, sizeof reason,
                   "%s proved nothing, and %s. Nothing of it is taken over; if it is known to be off, say acknowledge",
                   node->settings.levels > 0 ? "every level" : "no level is declared, which", why);
    (void)judge(monitor, node, EVENT_NOT_PROVEN, reason);
}

static void look_at_levels(struct monitor *monitor, struct node *node)
{
    struct fencing *fencing = &node->fencing;

    if (fencing->ticket != 0 && monitor->now >= fencing->level_at + LEVEL_TIME) {
        fencing_result(monitor, node, FENCE_FAILED, "no result");
    }
    if (fencing->ticket == 0 && fencing->called_off != NULL && fencing->pill == NEVER_HEARD) {
        const char *why = fencing->called_off;

        (void)judge(monitor, node, EVENT_CALLED_OFF, why);
        return;
    }
    if (fencing->ticket == 0 && fencing->level < node->settings.levels && monitor->now >= fencing->level_at) {
        start_level(monitor, node);
    }
}

void fencing_unknown(struct monitor *monitor, struct node *node)
{
    const unsigned doublings = node->fencing.retries < BACK_OFF ? node->fencing.retries : BACK_OFF;

    node->fencing.ticket = 0;
    node->fencing.retry_at = monitor->now + (monitor->settings.retry << doublings);
    node->fencing.retries++;
    node->wait = NULL;
    due_real(monitor, node, monitor->now + ASK_LONG);
}

static void look_unknown(struct monitor *monitor, struct node *node)
{
    ask(monitor, node);
    look_at_lease(monitor, node);
    if (!node->fencing.proven && monitor->now >= node->fencing.retry_at) {
        const char *why = fencing_barred(monitor, node);

        if (why == NULL) {
            (void)judge(monitor, node, EVENT_RETRY, "fencing is tried again");
            return;
        }
        if (why != node->wait) {
            say(monitor, node, "held", "fencing is not tried again: %s", why);
            node->wait = why;
        }
    }
    due_real(monitor, node, monitor->now + ASK_LONG);
}

/* Whoever did not agree before learns that the node was fenced, so that it does not give its next boot a lease. */
static void look_fenced(struct monitor *monitor, struct node *node)
{
    const uint16_t left = (uint16_t)(peers_all(monitor) & ~node->told);

    if (left == 0) {
        return;
    }
    if (monitor->now >= node->fencing.ask_at) {
        node->fencing.ask_at = monitor->now + ASK_LONG;
        if ((node->asked | left) != node->asked) {
            node->asked |= left;
            node_changed(monitor, node);
        }
        peers_ask(monitor, node, QUERY_QUARANTINE, left);
    }
    due_real(monitor, node, node->fencing.ask_at);
}

void fencing_look(struct monitor *monitor, struct node *node)
{
    switch (node->state) {
    case NODE_FENCING:
        ask(monitor, node);
        if (!node->fencing.proven) {
            look_at_levels(monitor, node);
        }
        if (node->state == NODE_FENCING && !node->fencing.proven) {
            look_at_lease(monitor, node);
        }
        if (node->state == NODE_FENCING) {
            due_real(monitor, node, monitor->now + LOOK);
        }
        break;
    case NODE_UNKNOWN:
        if (!node->fencing.proven) {
            look_unknown(monitor, node);
        }
        break;
    case NODE_FENCED:
    case NODE_RETURNED:
    case NODE_QUARANTINED:
        look_fenced(monitor, node);
        break;
    default:
        break;
    }
}

static void tell_verdict(struct monitor *monitor, struct node *node)
{
    char reason[128];

    (void)snprintf(reason, sizeof reason, "proven by %s: what it had may be taken over",
                   strcmp(node->verdict, "off") == 0       ? "its service processor: it is off"
                   : strcmp(node->verdict, "lease") == 0   ? "its lease, which has run out"
                   : strcmp(node->verdict, "storage") == 0 ? "its storage, which it cannot reach any more"
                                                           : "a person's word");
    say_step(monitor, node, "verdict", NULL, node->verdict, reason);
}

void fencing_proven(struct monitor *monitor, struct node *node)
{
    monitor->counts.verdicts++;
    node->fencing.ticket = 0;
    node->fencing.proven = false;
    node->fencing.called_off = NULL;
    node->fencing.from = monitor->sequence + 1;
    node->fencing.ask_at = monitor->now;
    node->person[0] = '\0';
    node->told = 0;
    node->asked = peers_all(monitor);
    node->release_at = USEC_NEVER;
    session_renew(&node->session, &monitor->secret, node->settings.id);
    tell_verdict(monitor, node);
    due_real(monitor, node, monitor->now);
}

void fencing_saved(struct monitor *monitor, struct node *node)
{
    if (node->fencing.proven && node->state != NODE_FENCED) {
        (void)judge(monitor, node, EVENT_PROVEN, node->verdict);
    } else if (node->fence_next && node->state == NODE_UNREACHABLE) {
        node->fence_next = false;
        if (fencing_barred(monitor, node) == NULL) {
            (void)judge(monitor, node, EVENT_MAY_FENCE, "armed, acting, and not held back by anything");
        } else {
            /* Barred while the disk was waited for: said, and looked at again. */
            node->own = false;
            node_changed(monitor, node);
            due_real(monitor, node, monitor->now);
        }
    } else if (node->state == NODE_RETURNED) {
        (void)judge(monitor, node, EVENT_SETTLED,
                    "kept from use until a person says release: look what it was fenced for, first");
    } else if (node->repeat && node->state == NODE_FENCED) {
        node->repeat = false;
        tell_verdict(monitor, node);
    }
}
