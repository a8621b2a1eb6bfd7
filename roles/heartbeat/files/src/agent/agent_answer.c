/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What comes in: answers and solicitations, and everything else that a network may bring. */
#include "agent_state.h"

/* NULL: it concerns this node and comes from a monitor; else why it is refused. */
static const char *foreign(const struct agent *agent, const struct packet *packet, unsigned path, unsigned *monitor)
{
    const struct packet_header *header = &packet->header;
    unsigned i = 0;

    if (header->type != PACKET_ANSWER && header->type != PACKET_SOLICIT) {
        return "neither answer nor solicitation";
    }
    if (header->receiver != agent->settings.node) {
        return "for another node";
    }
    while (i < agent->settings.monitors && agent->settings.monitor[i] != header->sender) {
        i++;
    }
    if (i == agent->settings.monitors) {
        return "from a monitor that is not declared";
    }
    if (header->path != agent->settings.path[path] || (agent->settings.reach[i] >> path & 1) == 0) {
        return "over another path than it says";
    }
    *monitor = i;
    return NULL;
}

/*
 * An answer is believed by what it echoes: a keep-alive that this incarnation sent, newer than the last one answered
 * over that path. So nothing recorded counts twice, whatever incarnation of the monitor it was recorded from.
 */
static const char *stale(const struct agent *agent, const struct agent_way *way, const struct answer *answer, usec now)
{
    if (answer->echo_incarnation != agent->settings.incarnation) {
        return "answers another incarnation";
    }
    if (answer->echo_sequence == 0 || answer->echo_sequence > agent->sequence || answer->echo_sent > now ||
        answer->echo_sent < agent->started) {
        return "answers what was never sent";
    }
    if (answer->echo_sequence <= way->echoed) {
        return "answers what was answered already";
    }
    return NULL;
}

static void remember(struct agent *agent, unsigned monitor, unsigned path, const struct packet *packet, usec now)
{
    const struct answer *answer = &packet->body.answer;
    struct agent_monitor *from = &agent->monitor[monitor];
    struct agent_way *way = &from->way[path];

    if (way->answered == 0 || way->silent) {
        agent_note(agent, "path", "monitor %lu answers on path %u", (unsigned long)agent->settings.monitor[monitor],
                   (unsigned)agent->settings.path[path]);
    }
    way->echoed = answer->echo_sequence;
    way->answered = now;
    way->silent = false;
    if (answer->echo_sequence < from->echoed) {
        return; /* overtaken on another path: what it says of session and quarantine is older than what is known */
    }
    if (from->incarnation != packet->header.incarnation) {
        for (unsigned i = 0; i < AGENT_PATHS; i++) {
            from->way[i].solicit = 0;
        }
        from->incarnation = packet->header.incarnation;
    }
    from->echoed = answer->echo_sequence;
    from->session = answer->session;
    if ((answer->flags & ANSWER_CHALLENGE) == 0) {
        from->quarantined = (answer->flags & ANSWER_QUARANTINED) != 0;
    }
}

static void answered(struct agent *agent, unsigned monitor, unsigned path, const struct packet *packet, usec now)
{
    const struct answer *answer = &packet->body.answer;
    const usec until = answer->echo_sent + (usec)agent->lease_ms * USEC_PER_MS;

    remember(agent, monitor, path, packet, now);
    if ((answer->flags & ANSWER_CHALLENGE) != 0) {
        return; /* the keep-alive was not believed: it announced nothing and extends nothing */
    }
    agent_quarantine_look(agent);
    /* An answer to the good-bye that still extends says: heard, but not on disk yet. */
    if (agent->leaving_since != 0 && answer->echo_sequence >= agent->leaving_since &&
        (answer->flags & ANSWER_EXTENDS) == 0) {
        agent->left = true;
    }
    if (agent->monitor[monitor].believed < answer->echo_sequence) {
        agent->monitor[monitor].believed = answer->echo_sequence;
    }
    if ((answer->flags & ANSWER_EXTENDS) != 0 && until > now && !agent->monitor[monitor].added) {
        agent->effects.extend(agent->effects.context, until);
    }
    agent_announcement_look(agent);
    agent_vote_asked(agent, monitor, packet, now);
}

/* A solicitation carries the session that only this monitor and this node know, and is never older than the last one.
 */
static const char *solicited(struct agent *agent, unsigned monitor, unsigned path, const struct packet *packet,
                             usec now)
{
    struct agent_monitor *from = &agent->monitor[monitor];
    struct agent_way *way = &from->way[path];

    if (from->session == 0 || packet->body.solicit.session != from->session ||
        packet->header.incarnation != from->incarnation) {
        return "solicited by another session";
    }
    if (packet->header.sequence <= way->solicit) {
        return "solicited already";
    }
    way->solicit = packet->header.sequence;
    if (now < way->solicited_until) {
        return NULL; /* one was sent a moment ago: a storm of solicitations makes no storm of packets */
    }
    way->solicited_until = now + (usec)agent->settings.interval_ms * USEC_PER_MS / 4;
    agent_say(agent, monitor, path, KEEPALIVE_SOLICITED, now);
    return NULL;
}

void agent_receive(struct agent *agent, unsigned path, const uint8_t *bytes, size_t size, usec now)
{
    struct packet packet;
    const enum packet_error error = packet_decode(&packet, bytes, size);
    const char *refused = NULL;
    unsigned monitor = 0;

    if (error != PACKET_OK) {
        refused = packet_error_name(error);
    } else if (path >= agent->settings.paths) {
        refused = "over no declared path";
    } else if (!seal_check(&agent->settings.keys, bytes, size)) {
        refused = "its seal is wrong";
    } else {
        refused = foreign(agent, &packet, path, &monitor);
    }
    if (refused == NULL && packet.header.type == PACKET_SOLICIT) {
        refused = solicited(agent, monitor, path, &packet, now);
    } else if (refused == NULL) {
        refused = stale(agent, &agent->monitor[monitor].way[path], &packet.body.answer, now);
        if (refused == NULL) {
            answered(agent, monitor, path, &packet, now);
        }
    }
    if (refused != NULL) {
        agent_note(agent, "refused", "%s", refused);
    }
}
