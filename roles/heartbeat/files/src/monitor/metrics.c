/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "metrics.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "configuration.h"

#define PREFIX "heliostat_monitor_"

static void head(FILE *to, const char *name, const char *type, const char *help)
{
    (void)fprintf(to, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void one(FILE *to, const char *name, const char *type, const char *help, uint64_t value)
{
    head(to, name, type, help);
    (void)fprintf(to, PREFIX "%s %llu\n", name, (unsigned long long)value);
}

static void counts(FILE *to, const struct metrics *metrics)
{
    struct monitor_counts found;

    monitor_counts(metrics->monitor, &found);
    one(to, "packets_received_total", "counter", "Packets that came in.", found.received);
    one(to, "packets_believed_total", "counter", "Keep-alives that were believed.", found.believed);
    one(to, "packets_answered_total", "counter", "Keep-alives that were answered.", found.answered);
    one(to, "packets_sent_total", "counter", "Packets that were sent.", found.sent);
    head(to, "packets_refused_total", "counter", "Packets that were refused, by reason.");
#define REFUSED(reason, value)                                                                                         \
    (void)fprintf(to, PREFIX "packets_refused_total{reason=\"" reason "\"} %llu\n", (unsigned long long)(value))
    REFUSED("seal", found.refused_seal);
    REFUSED("replay", found.refused_replay);
    REFUSED("malformed", found.refused_malformed);
    REFUSED("version", found.refused_version);
    REFUSED("unknown", found.refused_unknown);
    REFUSED("session", found.refused_session);
#undef REFUSED
    one(to, "transitions_refused_total", "counter", "Events that the state table does not have.",
        found.refused_transition);
    one(to, "suspicions_total", "counter", "Suspicions.", found.suspicions);
    one(to, "fences_total", "counter", "Fencings begun.", found.fences);
    one(to, "verdicts_total", "counter", "Proofs of death.", found.verdicts);
}

static void monitor_itself(FILE *to, const struct metrics *metrics)
{
    one(to, "armed", "gauge", "Whether it fences.", monitor_armed(metrics->monitor) ? 1 : 0);
    one(to, "acting", "gauge", "Whether it is the one that acts.",
        monitor_acting(metrics->monitor, metrics->now) ? 1 : 0);
    one(to, "nodes", "gauge", "Nodes in its configuration.", metrics->nodes);
    one(to, "subscribers", "gauge", "Connections to the event socket.", metrics->subscribers);
    one(to, "events_dropped_total", "counter", "Lines that slow subscribers lost.", metrics->events_dropped);
    one(to, "fences_running", "gauge", "Fence levels that are being carried out.", metrics->fences_running);
    one(to, "fences_waiting", "gauge", "Fence levels in the queue.", metrics->fences_waiting);
    one(to, "journal_failing", "gauge", "Whether the journal cannot be written.", metrics->journal.failing ? 1 : 0);
    one(to, "journal_waiting_bytes", "gauge", "What is not in the journal yet.", metrics->journal.waiting);
    one(to, "journal_lost_total", "counter", "Lines that the journal lost.", metrics->journal.lost);
    one(to, "memory_failures_total", "counter", "Times its memory could not be written.", metrics->memory_failures);
}

/* One family after the other, as the format demands: a look at every node for each. */
static void nodes(FILE *to, const struct metrics *metrics)
{
    static const struct {
        const char *name, *help;
    } families[] = {{"node_state", "1 for the state that the node is in."},
                    {"node_heard_seconds", "Since it was heard; absent where it never was."},
                    {"node_suspect_after_seconds", "Silence that is suspicious at present."},
                    {"node_paths_alive", "Paths that it is heard on in time."},
                    {"node_paths_known", "Paths that it was ever heard on."},
                    {"node_maintenance", "Whether it is in maintenance."},
                    {"node_disputed", "Whether two machines speak with its number."},
                    {"node_lease_held", "Whether it held its lease when it was heard last."},
                    {"node_load1", "Its load of one minute."},
                    {"node_memory_free_bytes", "Its free memory."},
                    {"node_zones", "Its running zones."}};
    struct node_view view;

    for (unsigned family = 0; family < sizeof families / sizeof families[0]; family++) {
        head(to, families[family].name, "gauge", families[family].help);
        for (unsigned i = 0; i < metrics->nodes && monitor_view(metrics->monitor, i, metrics->now, &view); i++) {
            const bool heard = view.heard_ago != USEC_NEVER;
            const double value[] = {1,
                                    (double)view.heard_ago / 1e6,
                                    (double)view.suspect_after / 1e6,
                                    view.paths_alive,
                                    view.paths_known,
                                    view.maintenance,
                                    view.disputed,
                                    view.last.lease == LEASE_HELD,
                                    view.last.load / 1000.0,
                                    view.last.memory_free * 1048576.0,
                                    view.last.zones};

            if (family == 0) {
                (void)fprintf(to, PREFIX "node_state{node=\"%s\",state=\"%s\"} 1\n", view.name,
                              node_state_name(view.state));
            } else if (heard || (family >= 3 && family <= 6)) {
                (void)fprintf(to, PREFIX "%s{node=\"%s\"} %.15g\n", families[family].name, view.name, value[family]);
            }
        }
    }
}

int metrics_write(void *context)
{
    const struct metrics *metrics = context;
    char fresh[CONFIGURATION_PATH + 8];
    FILE *to;
    bool good;

    (void)snprintf(fresh, sizeof fresh, "%s.new", metrics->file);
    to = fopen(fresh, "w");
    good = to != NULL;
    if (good) {
        monitor_itself(to, metrics);
        counts(to, metrics);
        nodes(to, metrics);
        good = !ferror(to);
        good = fclose(to) == 0 && good;
    }
    if (good && rename(fresh, metrics->file) == 0) {
        return 0;
    }
    (void)printf("%s: cannot be written: %s\n", metrics->file, strerror(errno));
    (void)fflush(stdout);
    (void)unlink(fresh);
    return 1;
}
