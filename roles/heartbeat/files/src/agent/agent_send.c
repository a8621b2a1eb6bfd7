/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The agent's sending: a steady schedule of each path, and what a keep-alive says. */
#include "agent_state.h"

#include <string.h>

#define VITALS_EVERY (5 * USEC_PER_SECOND) /* reading them costs more than a packet */

static usec interval_of(const struct agent *agent)
{
    return (usec)agent->settings.interval_ms * USEC_PER_MS;
}

/* Paths take turns within an interval, so that what strikes one moment does not strike all of them. */
void agent_schedule(struct agent *agent, usec now)
{
    for (unsigned path = 0; path < agent->settings.paths; path++) {
        agent->due[path] = now + interval_of(agent) * path / agent->settings.paths;
    }
}

static uint8_t standing_flags(const struct agent *agent)
{
    uint8_t flags = 0;

    if (agent->leaving_since != 0) {
        flags |= KEEPALIVE_LEAVING;
    }
    if (agent->settings.gated) {
        flags |= KEEPALIVE_GATED;
    }
    if (agent->settings.slot) {
        flags |= KEEPALIVE_SLOT;
    }
    return flags;
}

void agent_say(struct agent *agent, unsigned monitor, unsigned path, uint8_t flags, usec now)
{
    const struct agent_settings *settings = &agent->settings;
    uint8_t bytes[PACKET_MAX];
    struct packet packet;
    struct keepalive *keepalive = &packet.body.keepalive;
    size_t size;

    memset(&packet, 0, sizeof packet);
    packet.header.type = PACKET_KEEPALIVE;
    packet.header.key = settings->keys.id[0];
    packet.header.sender = settings->node;
    packet.header.receiver = settings->monitor[monitor];
    packet.header.incarnation = settings->incarnation;
    packet.header.boot = settings->boot;
    packet.header.sequence = ++agent->sequence;
    packet.header.path = settings->path[path];
    keepalive->sent = now;
    keepalive->session = agent->monitor[monitor].session;
    keepalive->vote = agent->vote;
    keepalive->vote_echo = agent->vote == settings->monitor[monitor] ? agent->vote_echo : 0;
    keepalive->lease_ms = settings->lease_ms;
    keepalive->halt_ms = settings->halt_ms;
    keepalive->interval_ms = settings->interval_ms;
    keepalive->lease = (uint8_t)agent->effects.lease(agent->effects.context);
    keepalive->self_fence = settings->self_fence;
    keepalive->flags = (uint8_t)(flags | standing_flags(agent));
    keepalive->load = agent->vitals.load;
    keepalive->memory_total = agent->vitals.memory_total;
    keepalive->memory_free = agent->vitals.memory_free;
    keepalive->zones = agent->vitals.zones;
    keepalive->monitors = packet_monitors(settings->monitor, settings->monitors);
    size = packet_encode(&packet, bytes);
    if (!seal_sign(&settings->keys, bytes, size)) {
        agent_note(agent, "unsealed", "no key: nothing was sent");
        return;
    }
    agent->effects.send(agent->effects.context, monitor, path, bytes, size);
}

static bool reached(const struct agent *agent, unsigned monitor, unsigned path)
{
    return (agent->settings.reach[monitor] >> path & 1) != 0;
}

/* Said once when a way falls silent; agent_receive says when it answers again. */
static void silence_look(struct agent *agent, unsigned path, usec now)
{
    usec patience = 8 * interval_of(agent);

    if (patience < 2 * USEC_PER_SECOND) {
        patience = 2 * USEC_PER_SECOND;
    }
    for (unsigned i = 0; i < agent->settings.monitors; i++) {
        struct agent_way *way = &agent->monitor[i].way[path];
        const usec since = way->answered > agent->started ? way->answered : agent->started;

        if (reached(agent, i, path) && !way->silent && now - since > patience) {
            way->silent = true;
            agent_note(agent, "path", "monitor %lu is silent on path %u", (unsigned long)agent->settings.monitor[i],
                       (unsigned)agent->settings.path[path]);
        }
    }
}

/* The next moment of the same grid after `now`: what was missed is not made up for, and the paths keep their turns. */
static usec next_on_grid(usec due, usec interval, usec now)
{
    return due + ((now - due) / interval + 1) * interval;
}

usec agent_tick(struct agent *agent, usec now)
{
    usec next = USEC_NEVER;

    agent_vote_look(agent, now);
    for (unsigned path = 0; path < agent->settings.paths; path++) {
        if (agent->due[path] <= now) {
            if (agent->vitals_until <= now) {
                agent->effects.vitals(agent->effects.context, &agent->vitals);
                agent->vitals_until = now + VITALS_EVERY;
            }
            for (unsigned monitor = 0; monitor < agent->settings.monitors; monitor++) {
                if (reached(agent, monitor, path)) {
                    agent_say(agent, monitor, path, 0, now);
                }
            }
            silence_look(agent, path, now);
            agent->due[path] = next_on_grid(agent->due[path], interval_of(agent), now);
        }
        if (agent->due[path] < next) {
            next = agent->due[path];
        }
    }
    return next;
}
