/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The agent's one vote: to the first monitor that asks, and to nobody else for as long as was promised. A promise runs
 * from the receipt of the answer on, the monitor counts it from the sending, so it has stopped believing before it runs
 * out.
 */
#include "agent_state.h"

static void give(struct agent *agent, unsigned monitor, const struct packet *packet, usec now)
{
    const struct answer *answer = &packet->body.answer;
    const usec until = now + (usec)answer->vote_ms * USEC_PER_MS;

    agent->vote = agent->settings.monitor[monitor];
    if (until > agent->vote_until) {
        agent->vote_until = until;
    }
    if (agent->vote_incarnation != packet->header.incarnation || answer->sent > agent->vote_echo) {
        agent->vote_echo = answer->sent;
    }
    agent->vote_incarnation = packet->header.incarnation;
}

void agent_vote_look(struct agent *agent, usec now)
{
    if (agent->vote != 0 && now >= agent->vote_until) {
        agent_note(agent, "vote", "no longer with monitor %lu", (unsigned long)agent->vote);
        agent->vote = 0;
        agent->vote_echo = 0;
        agent->vote_incarnation = 0;
    }
}

void agent_vote_asked(struct agent *agent, unsigned monitor, const struct packet *packet, usec now)
{
    const uint32_t id = agent->settings.monitor[monitor];

    agent_vote_look(agent, now);
    /* Another incarnation has another clock, perhaps: what was echoed of the old one would be read as a time of the new
     * one. */
    if (agent->vote == id && agent->vote_incarnation != packet->header.incarnation) {
        agent->vote_echo = 0;
        agent->vote_incarnation = packet->header.incarnation;
    }
    if ((packet->body.answer.flags & ANSWER_WANTS_VOTE) == 0 || (agent->vote != 0 && agent->vote != id)) {
        return;
    }
    /* What the incarnation before this one promised is not known any more: it is waited for until it has run out. */
    if (agent->vote == 0 && now < agent->started + (usec)packet->body.answer.vote_ms * USEC_PER_MS) {
        return;
    }
    if (agent->vote == 0) {
        agent_note(agent, "vote", "to monitor %lu", (unsigned long)id);
    }
    give(agent, monitor, packet, now);
}
