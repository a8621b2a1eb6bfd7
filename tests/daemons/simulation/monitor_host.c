/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A management server: the monitor's core, its memory on disk, its probes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

const uint8_t master[SEAL_KEY_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static unsigned of(void *context)
{
    return (unsigned)((struct monitor_host *)context - w.monitor);
}

static usec local(const struct monitor_host *host)
{
    return clock_read(&host->clock);
}

static void wake(unsigned i, usec when)
{
    struct monitor_host *host = &w.monitor[i];

    if (when < host->wake_at) {
        host->wake_at = when;
        event_at(when, AT_MONITOR, i, host->process, 0);
    }
}

static void on_send(void *context, unsigned path, const struct address *to, const uint8_t *bytes, size_t size)
{
    network_send(MONITOR_HOST(of(context)), host_of(to), path, bytes, size);
}

static void on_event(void *context, const struct monitor_event *event)
{
    invariant_event(of(context), event);
}

static void on_probe(void *context, unsigned node, uint64_t ticket)
{
    const unsigned i = of(context);

    event_at(w.now + between(1000, 300 * USEC_PER_MS), AT_PROBED, i, node - 1, ticket)->d = w.monitor[i].process;
}

static void on_fence(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket)
{
    const unsigned i = of(context);
    const struct node_host *host = &w.node[node - 1];
    const uint8_t kind = host->level[level];
    usec delay = between(20 * USEC_PER_MS, 500 * USEC_PER_MS);
    struct event *event;

    if (kind == LEVEL_POWER && host->processor == PROCESSOR_SLOW) {
        delay = between(5 * USEC_PER_SECOND, 40 * USEC_PER_SECOND);
    }
    trace("monitor %u begins level %u of node %u", i + 1, level, node);
    event = event_at(w.now + delay, kind == LEVEL_SLOT ? AT_PILL : AT_POWER, i, node - 1, ticket);
    event->d = w.monitor[i].process;
    event->letter.path = kind;
    memcpy(event->letter.bytes, &boot, sizeof boot);
}

static void on_reference(void *context, uint64_t ticket)
{
    const unsigned i = of(context);

    event_at(w.now + between(1000, 100 * USEC_PER_MS), AT_REFERENCED, i, 0, ticket)->d = w.monitor[i].process;
}

static void keep_line(void *context, const char *line)
{
    struct monitor_host *host = context;

    if (host->lines == MEMORY_LINES || strlen(line) >= MEMORY_LINE) {
        abort();
    }
    (void)snprintf(host->line[host->lines++], MEMORY_LINE, "%s", line);
}

static bool on_remember(void *context)
{
    struct monitor_host *host = context;

    if (host->disk_full) {
        return false;
    }
    host->lines = 0;
    monitor_save(host->monitor, keep_line, host);
    return true;
}

static void on_random(void *context, void *bytes, size_t size)
{
    (void)context;
    for (size_t k = 0; k < size; k++) {
        ((uint8_t *)bytes)[k] = (uint8_t)draw();
    }
}

static bool on_peer_address(void *context, unsigned peer, unsigned path, struct address *address)
{
    const unsigned i = of(context);

    address_of(MONITOR_HOST(peer < i ? peer : peer + 1), path, address);
    return true;
}

/* What all monitors are configured with alike. */
void monitor_host_build(void)
{
    struct monitor_settings *settings = &w.settings;

    memset(settings, 0, sizeof *settings);
    settings->paths = w.paths;
    for (unsigned path = 0; path < w.paths; path++) {
        settings->path[path] = (uint8_t)(path + 1);
    }
    settings->masters = 1;
    settings->master_id[0] = 1;
    memcpy(settings->master[0], master, sizeof master);
    settings->nodes = w.nodes;
    settings->node = w.settings_node;
    for (unsigned i = 0; i < w.nodes; i++) {
        struct monitor_node *node = &w.settings_node[i];
        const struct node_host *host = &w.node[i];

        memset(node, 0, sizeof *node);
        node->id = i + 1;
        (void)snprintf(node->name, sizeof node->name, "node%u", i + 1);
        node->levels = host->levels;
        memcpy(node->level, host->level, sizeof node->level);
        node->probes = (uint8_t)below(2);
        node->lease_proof = host->proof;
    }
    settings->suspect_floor = USEC_PER_SECOND;
    settings->suspect_ceiling = 5 * USEC_PER_SECOND;
    settings->probe_time = 350 * USEC_PER_MS;
    settings->watch_gap = 50 * USEC_PER_MS;
    settings->retry = 15 * USEC_PER_SECOND;
    settings->drift_ppm = w.drift_ppm;
    settings->vote_ms = 5000;
    settings->mass_percent = chance(700) ? 100 : 60;
    settings->mass_time = 10 * USEC_PER_SECOND;
    settings->acting = w.acting;
    settings->persons = (uint8_t)(1 + below(2));
    settings->references = w.references;
}

void monitor_host_start(unsigned i)
{
    static const struct monitor_effects effects = {.send = on_send,
                                                   .event = on_event,
                                                   .probe = on_probe,
                                                   .fence = on_fence,
                                                   .reference = on_reference,
                                                   .remember = on_remember,
                                                   .random = on_random,
                                                   .peer_address = on_peer_address};
    struct monitor_host *host = &w.monitor[i];
    struct monitor_effects own = effects;
    struct monitor_settings settings = w.settings;
    char said[256];

    if (host->running) {
        return;
    }
    own.context = host;
    settings.id = 101 + i;
    settings.boot = 1000 + i;
    settings.incarnation = draw() | 1;
    for (unsigned peer = 0; peer < w.monitors; peer++) {
        if (peer != i) {
            settings.peer[settings.peers++] = 101 + peer;
        }
    }
    trace("monitor %u starts", i + 1);
    host->process++;
    host->running = true;
    host->paused = false;
    host->inbox.count = 0;
    host->started = w.now;
    host->forgiven = w.now;
    for (unsigned node = 0; node < NODES; node++) {
        host->lost_at[node] = FOREVER;
    }
    host->steady_since = w.now;
    host->wake_at = FOREVER;
    host->monitor = monitor_new(&settings, &own, local(host));
    if (host->monitor == NULL) {
        abort();
    }
    for (unsigned line = 0; line < host->lines; line++) {
        if (!monitor_restore(host->monitor, host->line[line], said, sizeof said, local(host))) {
            wrong("memory", "monitor %u does not understand its own line \"%s\": %s", i + 1, host->line[line], said);
        }
    }
    if (w.acting == ACTING_BY_CLUSTER && (i == 0 || chance(300))) {
        (void)monitor_host_order(i, COMMAND_ACT, 0, "cluster");
    }
    wake(i, w.now);
}

void monitor_host_stop(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    if (!host->running) {
        return;
    }
    trace("monitor %u ends", i + 1);
    monitor_free(host->monitor);
    host->monitor = NULL;
    host->running = false;
    if (host->clock.stopped) {
        clock_go(&host->clock);
    }
    host->process++;
    host->steady_since = FOREVER;
}

void monitor_host_pause(unsigned i, usec duration)
{
    struct monitor_host *host = &w.monitor[i];

    if (!host->running || host->paused) {
        return;
    }
    trace("monitor %u stands still for %lld ms", i + 1, (long long)(duration / 1000));
    total.pauses++;
    host->paused = true;
    host->steady_since = FOREVER;
    event_at(w.now + duration, AT_MONITOR_RESUMED, i, host->process, 0);
}

void monitor_host_go_on(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    trace("monitor %u goes on", i + 1);
    if (host->clock.stopped) {
        clock_go(&host->clock);
    }
    host->paused = false;
    host->steady_since = w.now;
    host->wake_at = FOREVER;
    monitor_host_look(i);
}

static void withheld_look(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];
    struct node_view view;

    if (w.now - host->withheld_looked < 100 * USEC_PER_MS) {
        return;
    }
    host->withheld_looked = w.now;
    for (unsigned node = 0; node < w.nodes; node++) {
        if (monitor_view(host->monitor, node, local(host), &view) && view.withheld) {
            host->withheld_at[node] = w.now;
        }
    }
}

void monitor_host_look(unsigned i)
{
    struct monitor_host *host = &w.monitor[i];

    if (!host->running || host->paused) {
        return;
    }
    for (unsigned k = 0; k < host->inbox.count; k++) {
        const struct letter *letter = &host->inbox.letter[k];
        struct monitor_counts before, after;
        struct address from;

        address_of(letter->from, letter->path, &from);
        monitor_counts(host->monitor, &before);
        monitor_receive(host->monitor, letter->path, &from, letter->bytes, letter->size, local(host));
        monitor_counts(host->monitor, &after);
        if (letter->old != 0 && letter->old < host->started && before.believed != after.believed) {
            wrong("what was recorded is not believed", "monitor %u believes what was sent before its start", i + 1);
        }
    }
    host->inbox.count = 0;
    wake(i, clock_world(&host->clock, monitor_tick(host->monitor, local(host))));
    withheld_look(i);
}

void monitor_host_arrived(unsigned i, const struct letter *letter)
{
    struct monitor_host *host = &w.monitor[i];

    if (!host->running || host->inbox.count == w.inbox) {
        return;
    }
    host->inbox.letter[host->inbox.count++] = *letter;
    monitor_host_look(i);
}

bool monitor_host_view(unsigned i, unsigned node, struct node_view *view)
{
    const struct monitor_host *host = &w.monitor[i];

    return host->running && monitor_view(host->monitor, node, local(host), view);
}

bool monitor_host_order(unsigned i, enum monitor_command command, unsigned node, const char *person)
{
    struct monitor_host *host = &w.monitor[i];
    char said[256];
    bool done;

    if (!host->running || host->paused) {
        return false;
    }
    total.orders++;
    invariant_orders(i, command, node, person);
    done = monitor_order(host->monitor, command, w.settings_node[node].name, person, "as the schedule has it", said,
                         sizeof said, local(host));
    trace("%s to monitor %u, command %u, node %u: %s", person, i + 1, command, node + 1, said);
    invariant_ordered(i, command, node, done);
    wake(i, w.now);
    return done;
}

static void probed(const struct event *event)
{
    const struct node_host *node = &w.node[event->b];
    enum probe_result result = PROBE_SILENT;

    if (node->up && network_open(MONITOR_HOST(event->a), event->b)) {
        result = node->frozen || chance(300) ? PROBE_KERNEL : PROBE_PROGRAM;
    }
    monitor_probed(w.monitor[event->a].monitor, event->c, result, "probed", local(&w.monitor[event->a]));
}

void monitor_host_event(const struct event *event)
{
    struct monitor_host *host = &w.monitor[event->a];

    if (event->kind == AT_POWER) {
        fence_host_power(event);
        return;
    }
    if (event->kind == AT_PILL) {
        fence_host_pill(event);
        return;
    }
    if (!host->running || host->process != (unsigned)event->d) {
        return;
    }
    if (host->paused) {
        struct event *later = event_at(w.now + 20 * USEC_PER_MS, event->kind, event->a, event->b, event->c);

        later->d = event->d;
        later->letter = event->letter;
        return;
    }
    if (event->kind == AT_PROBED) {
        probed(event);
    } else if (event->kind == AT_REFERENCED) {
        monitor_referenced(host->monitor, event->c, host->cut_since == FOREVER, local(host));
    } else if (event->kind == AT_FENCED) {
        enum fence_result result = (enum fence_result)event->letter.path;

        monitor_fenced(host->monitor, event->c, result, "as the service processor says", local(host));
    }
    wake(event->a, w.now);
}
