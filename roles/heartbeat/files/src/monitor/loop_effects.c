/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the monitor does goes out here, and what probes, agents and persons say comes in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event_line.h"
#include "loop_parts.h"
#include "memory.h"

/* One that the kernel refuses is left out, those behind it go: to one machine there may be no route. */
void loop_flush(struct daemon *daemon, unsigned path)
{
    struct outgoing *const out = &daemon->out[path];
    unsigned sent = 0;

    while (sent < out->count) {
        const int took = platform_send(daemon->socket[path], out->datagram + sent, out->count - sent);

        if (took > 0) {
            sent += (unsigned)took;
        } else {
            sent++;
            daemon->unsent++;
        }
    }
    out->count = 0;
}

static void on_send(void *context, unsigned path, const struct address *to, const uint8_t *bytes, size_t size)
{
    struct daemon *daemon = context;
    struct outgoing *const out = &daemon->out[path];
    struct datagram *const datagram = &out->datagram[out->count];

    if (size > sizeof datagram->bytes) {
        return;
    }
    datagram->peer = *to;
    datagram->size = size;
    memcpy(datagram->bytes, bytes, size);
    if (++out->count == OUT_BATCH) {
        loop_flush(daemon, path);
    }
}

static void on_event(void *context, const struct monitor_event *event)
{
    struct daemon *daemon = context;
    char line[EVENT_LINE];
    const size_t size = event_line(line, event, daemon->configuration->settings.id, ++daemon->sequence);

    if (daemon->foreground) {
        (void)fwrite(line, 1, size, stderr);
    }
    if (daemon->journal != NULL) {
        journal_line(daemon->journal, line, size, daemon->now);
    }
    subscribers_line(daemon->subscribers, line, size);
}

void loop_event(struct daemon *daemon, const char *name, const char *reason)
{
    struct monitor_event event;

    memset(&event, 0, sizeof event);
    event.name = name;
    event.reason = reason;
    on_event(daemon, &event);
}

static void on_probe(void *context, unsigned node, uint64_t ticket)
{
    struct daemon *daemon = context;
    const struct configuration *configuration = daemon->configuration;
    unsigned index;

    if (configuration_index(configuration, node, &index)) {
        probe_run_node(daemon->probes, configuration->means[index].probe, configuration->means[index].probes, ticket,
                       configuration->settings.probe_time, platform_now());
    }
    daemon->again = true;
}

static void on_fence(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket)
{
    struct daemon *daemon = context;

    fence_run_begin(daemon->fences, node, level, boot, ticket, platform_now());
    daemon->again = true;
}

static void on_reference(void *context, uint64_t ticket)
{
    struct daemon *daemon = context;

    probe_run_reference(daemon->probes, daemon->configuration->reference, daemon->configuration->references, ticket,
                        daemon->configuration->settings.probe_time, platform_now());
    daemon->again = true;
}

bool loop_remember(void *context)
{
    struct daemon *daemon = context;
    char error[512];
    const bool good = memory_save(daemon->configuration->state, daemon->monitor, daemon->configuration->settings.id,
                                  error, sizeof error);

    if (!good) {
        daemon->memory_failures++;
        if (!daemon->memory_failed) {
            loop_event(daemon, "memory_failing", error);
        }
    } else if (daemon->memory_failed) {
        loop_event(daemon, "memory_written", "the memory can be written again");
    }
    daemon->memory_failed = !good;
    return good;
}

static void on_random(void *context, void *bytes, size_t size)
{
    (void)context;
    if (!platform_random(bytes, size)) {
        (void)fputs("heliostat-monitor: no randomness, and with what can be guessed nothing is safe\n", stderr);
        abort();
    }
}

static bool on_peer_address(void *context, unsigned peer, unsigned path, struct address *address)
{
    const struct daemon *daemon = context;

    *address = daemon->configuration->peer[peer][path];
    return address->family != ADDRESS_NONE;
}

void loop_effects(struct daemon *daemon, struct monitor_effects *effects)
{
    const struct monitor_effects ours = {.context = daemon,
                                         .send = on_send,
                                         .event = on_event,
                                         .probe = on_probe,
                                         .fence = on_fence,
                                         .reference = on_reference,
                                         .remember = loop_remember,
                                         .random = on_random,
                                         .peer_address = on_peer_address};

    *effects = ours;
}

static void on_probed(void *context, uint64_t ticket, enum probe_result result, const char *said)
{
    struct daemon *daemon = context;

    monitor_probed(daemon->monitor, ticket, result, said, daemon->now);
}

static void on_referenced(void *context, uint64_t ticket, bool reachable)
{
    struct daemon *daemon = context;

    monitor_referenced(daemon->monitor, ticket, reachable, daemon->now);
}

void loop_probe_effects(struct daemon *daemon, struct probe_effects *effects)
{
    effects->context = daemon;
    effects->probed = on_probed;
    effects->referenced = on_referenced;
}

static void on_fenced(void *context, uint64_t ticket, enum fence_result result, const char *said)
{
    struct daemon *daemon = context;

    monitor_fenced(daemon->monitor, ticket, result, said, daemon->now);
}

static void on_fence_said(void *context, uint32_t node, const char *name, unsigned level, const char *sentence)
{
    struct daemon *daemon = context;
    struct monitor_event event;
    char reason[512];

    (void)snprintf(reason, sizeof reason, "level %u: %s", level, sentence);
    memset(&event, 0, sizeof event);
    event.name = "fence_agent";
    event.node = node;
    event.node_name = name;
    event.reason = reason;
    on_event(daemon, &event);
}

void loop_fence_effects(struct daemon *daemon, struct fence_effects *effects)
{
    effects->context = daemon;
    effects->done = on_fenced;
    effects->said = on_fence_said;
}

static void on_details(void *context, struct json *json)
{
    const struct daemon *daemon = context;
    struct journal_view journal;

    json_object(json, "daemon");
    json_bool(json, "memory_failing", daemon->memory_failed);
    json_unsigned(json, "memory_failures", daemon->memory_failures);
    if (daemon->journal != NULL) {
        journal_look(daemon->journal, &journal);
        json_bool(json, "journal_failing", journal.failing);
        json_text(json, "journal_error", journal.failing ? strerror(journal.error) : NULL);
        json_unsigned(json, "journal_waiting_bytes", journal.waiting);
        json_unsigned(json, "journal_lost", journal.lost);
    }
    json_bool(json, "metrics_failing", daemon->metrics_failed);
    json_unsigned(json, "subscribers", subscribers_count(daemon->subscribers));
    json_unsigned(json, "events_dropped", subscribers_dropped(daemon->subscribers));
    json_unsigned(json, "fences_running", fence_run_running(daemon->fences));
    json_unsigned(json, "fences_waiting", fence_run_waiting(daemon->fences));
    json_unsigned(json, "unsent", daemon->unsent);
    json_close(json);
}

void loop_control_source(struct daemon *daemon, struct control_source *source)
{
    source->context = daemon;
    source->monitor = daemon->monitor;
    source->nodes = daemon->configuration->settings.nodes;
    source->id = daemon->configuration->settings.id;
    source->reload = loop_reload;
    source->details = on_details;
}
