/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What must hold in every schedule. */
#include <string.h>

#include "coverage.h"
#include "world.h"

#define LONG_ENOUGH (6 * USEC_PER_SECOND)

bool for_long(usec since, usec least)
{
    return since != FOREVER && w.now - since >= least;
}

/* Between them nothing was wrong for so long: both run, and a path is sound both ways. */
static bool sound_pair(unsigned monitor, unsigned node, usec least)
{
    return for_long(w.monitor[monitor].steady_since, least) && for_long(w.node[node].steady_since, least) &&
           for_long(network_sound_since(MONITOR_HOST(monitor), node), least);
}

static bool is(const char *one, const char *other)
{
    return one != NULL && strcmp(one, other) == 0;
}

static void verdict(unsigned monitor, const struct monitor_event *event)
{
    static const char *const kinds[] = {"lease", "off", "storage", "person"};
    const unsigned i = event->node - 1;
    struct node_host *node = &w.node[i];
    unsigned kind = 0;

    while (kind < 4 && (event->to == NULL || strcmp(event->to, kinds[kind]) != 0)) {
        kind++;
    }
    total.by[kind]++;
    coverage_verdict(kind);
    if (kind == 4) {
        wrong("verdict", "monitor %u: a verdict of no kind", monitor + 1);
    }
    if (node->died != 0 && !node->reported) {
        const usec took = w.now - node->died;

        total.detections++;
        total.detection_sum += took;
        total.detection_max = took > total.detection_max ? took : total.detection_max;
    }
    if (is(event->to, "person")) {
        invariant_word(monitor, i);
    }
    node->reported = true;
    node->taken = true;
    node->taken_by = monitor;
    if (node->spoiled) {
        total.spoiled++;
    } else if (node_may_write(i) && (node->gated || event->boot == node->boot || kind == 0)) {
        wrong("no takeover of a node that may write", "monitor %u took node %u over by %s, and its zones run",
              monitor + 1, i + 1, event->to);
    }
}

/* Declared though nothing was wrong but with the monitor itself. */
static void declared(unsigned monitor, unsigned i)
{
    const struct monitor_host *host = &w.monitor[monitor];
    const struct node_host *node = &w.node[i];

    /* What it knew before it stood still it knows after that, too. */
    if (host->cut_since != FOREVER && w.now - host->cut_since > LONG_ENOUGH &&
        for_long(host->steady_since, LONG_ENOUGH)) {
        wrong("an isolated monitor declares nobody", "monitor %u declares node %u", monitor + 1, i + 1);
    }
    if (node->up && node->running && for_long(node->steady_since, 2 * LONG_ENOUGH) &&
        for_long(network_sound_since(MONITOR_HOST(monitor), i), 2 * LONG_ENOUGH)) {
        wrong("a monitor that stood still declares nobody",
              "monitor %u declares node %u, which it could hear all the time", monitor + 1, i + 1);
    }
}

static void begins_fencing(unsigned monitor, unsigned i)
{
    if (w.monitor[monitor].maintenance[i]) {
        wrong("maintenance is respected", "monitor %u fences node %u in maintenance", monitor + 1, i + 1);
    }
    for (unsigned other = 0; other < w.monitors; other++) {
        struct node_view view;

        if (other == monitor || !for_long(w.monitor[other].steady_since, LONG_ENOUGH) ||
            !for_long(w.monitor[monitor].steady_since, LONG_ENOUGH) ||
            !for_long(network_sound_since(MONITOR_HOST(monitor), MONITOR_HOST(other)), LONG_ENOUGH) ||
            !sound_pair(other, i, LONG_ENOUGH)) {
            continue;
        }
        if (monitor_host_view(other, i, &view) && (view.state == NODE_ALIVE || view.state == NODE_LATE)) {
            wrong("no node is fenced that another monitor hears", "monitor %u fences node %u, monitor %u hears it",
                  monitor + 1, i + 1, other + 1);
        }
    }
}

static void step(unsigned monitor, const struct monitor_event *event)
{
    const unsigned i = event->node - 1;

    if (is(event->from, "fenced") && !is(event->to, "returned") && !is(event->to, "unheard")) {
        wrong("fenced implies quarantined on return", "monitor %u: node %u from fenced to %s", monitor + 1, event->node,
              event->to);
    }
    invariant_step(monitor, i, event->from, event->to);
    if (is(event->to, "suspect")) {
        total.suspicions++;
    } else if (is(event->to, "unreachable")) {
        declared(monitor, i);
    } else if (is(event->to, "fencing")) {
        total.fencings++;
        begins_fencing(monitor, i);
        invariant_fences(monitor, i);
    } else if (is(event->to, "unknown")) {
        total.unknowns++;
        w.node[i].reported = true;
    } else if (is(event->to, "quarantined")) {
        total.quarantines++;
    }
    if (is(event->from, "fencing") && is(event->to, "suspect")) {
        total.called_off++;
    }
}

void invariant_event(unsigned monitor, const struct monitor_event *event)
{
    if (!is(event->name, "path") &&
        (!is(event->name, "refused") || (event->reason != NULL && strstr(event->reason, "defect") != NULL))) {
        trace("  monitor %u: %s %s %s->%s: %s", monitor + 1, event->name,
              event->node_name == NULL ? "" : event->node_name, event->from == NULL ? "" : event->from,
              event->to == NULL ? "" : event->to, event->reason == NULL ? "" : event->reason);
    }
    if (is(event->name, "state")) {
        step(monitor, event);
    } else if (is(event->name, "verdict")) {
        verdict(monitor, event);
    } else if (is(event->name, "acting") && is(event->to, "acting")) {
        invariant_acting(monitor);
    } else if (is(event->name, "withheld") && !w.quiet && chance(200)) {
        event_at(w.now + between(0, 2 * USEC_PER_SECOND), AT_STRIKE, PART_MONITOR, monitor, 0);
    } else if (is(event->name, "isolated")) {
        total.isolations++;
    } else if (is(event->name, "mass_loss")) {
        total.mass_losses++;
    } else if (is(event->name, "held") && event->node != 0) {
        w.node[event->node - 1].reported = true;
    } else if (is(event->name, "duplicate")) {
        wrong("one machine is not taken for two", "monitor %u disputes node %u", monitor + 1, event->node);
    }
}

void invariant_zones(unsigned i)
{
    const struct node_host *node = &w.node[i];

    if (node->taken && node->gated && node->storage && !node->spoiled) {
        wrong("what was taken over does not start again", "node %u starts its zones", i + 1);
    }
}

/* One monitor that answers is enough. */
void invariant_self_fence(unsigned i)
{
    const struct node_host *node = &w.node[i];
    const usec least = (usec)node->guard.past.kept.lease_ms * USEC_PER_MS + 2 * USEC_PER_SECOND;
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        if (sound_pair(monitor, i, least) && w.now - w.monitor[monitor].withheld_at[i] > least && w.now > least &&
            node->guard.past.lease.until[LEASE_BY_MONITORS] != 0 &&
            node->guard.past.lease.until[LEASE_BY_MONITORS] <= clock_read(&node->clock)) {
            wrong("no self-fencing while one monitor answers", "node %u fences itself, monitor %u can answer it", i + 1,
                  monitor + 1);
        }
    }
}

/* Nothing else is left that this monitor could hear: it cannot tell the node's loss from its own, and says that. */
static bool nothing_else(unsigned i)
{
    for (unsigned other = 0; other < w.nodes; other++) {
        if (other != i && w.node[other].up && w.node[other].running) {
            return false;
        }
    }
    return w.monitors == 1 && !w.references;
}

/* Fenced or unknown; or lost, and whoever has it so has said what it waits for; or it said good-bye, and who heard that
 * keeps the others from judging. */
static void dead_at_the_end(unsigned i)
{
    bool told = w.node[i].reported || nothing_else(i);
    bool waits = false;

    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        const bool acting = monitor_acting(w.monitor[monitor].monitor, clock_read(&w.monitor[monitor].clock));
        struct node_view view;

        if (monitor_host_view(monitor, i, &view)) {
            told = told || view.state == NODE_FENCED || view.state == NODE_UNKNOWN || view.state == NODE_QUARANTINED ||
                   view.state == NODE_AWAY || (view.state == NODE_UNREACHABLE && !acting);
            waits = waits || (view.state >= NODE_ALIVE && view.state <= NODE_FENCING);
        }
    }
    if (told) {
        total.reported++;
    } else if (waits) {
        wrong("every dead node is reported", "node %u is dead, and nobody said so", i + 1);
    }
}

static void alive_at_the_end(unsigned i)
{
    const struct node_host *node = &w.node[i];
    bool kept = false;

    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        struct node_view view;

        if (!sound_pair(monitor, i, 40 * USEC_PER_SECOND) || !monitor_host_view(monitor, i, &view)) {
            return;
        }
        kept = kept || view.withheld;
        if (view.state != NODE_ALIVE && view.state != NODE_LATE && view.state != NODE_QUARANTINED &&
            view.state != NODE_RETURNED && view.state != NODE_FENCING) {
            wrong("who is alive is seen to be", "monitor %u has node %u as %s", monitor + 1, i + 1,
                  node_state_name(view.state));
        }
    }
    if (!kept && guard_state(&node->guard, clock_read(&node->clock)) == LEASE_UNARMED) {
        wrong("who is alive gets its lease", "node %u waits for it", i + 1);
    }
}

void invariants_at_the_end(void)
{
    for (unsigned i = 0; i < w.nodes; i++) {
        const struct node_host *node = &w.node[i];

        if (!node->up && node->gone_for_good && node->died != 0 && w.now - node->died > 60 * USEC_PER_SECOND) {
            dead_at_the_end(i);
        } else if (node->up && !node->leaving) {
            alive_at_the_end(i);
        }
    }
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        struct monitor_counts counts;

        monitor_counts(w.monitor[monitor].monitor, &counts);
        if (counts.refused_transition != 0) {
            wrong("no event that the table lacks", "monitor %u refused %llu steps", monitor + 1,
                  (unsigned long long)counts.refused_transition);
        }
    }
}
