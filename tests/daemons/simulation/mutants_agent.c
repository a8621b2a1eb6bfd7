/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Mutants of who may act, of suspicion, and of the agent. */
#include "../../../roles/heartbeat/files/src/agent/agent_state.h"
#include "../../../roles/heartbeat/files/src/monitor/core.h"
#include "mutants.h"
#include "world.h"

/* --- who may act, and on what ------------------------------------------------------------------------------------- */

bool __real_votes_acting_now(struct monitor *monitor);
bool __wrap_votes_acting_now(struct monitor *monitor);
bool __wrap_votes_acting_now(struct monitor *monitor)
{
    return __real_votes_acting_now(monitor) || mutant_is(MUTANT_BARRED);
}

bool __real_mass_loss_look(struct monitor *monitor);
bool __wrap_mass_loss_look(struct monitor *monitor);
bool __wrap_mass_loss_look(struct monitor *monitor)
{
    return !mutant_is(MUTANT_MASS) && __real_mass_loss_look(monitor);
}

bool __real_judge(struct monitor *monitor, struct node *node, enum node_event event, const char *reason);
bool __wrap_judge(struct monitor *monitor, struct node *node, enum node_event event, const char *reason);
bool __wrap_judge(struct monitor *monitor, struct node *node, enum node_event event, const char *reason)
{
    if (mutant_is(MUTANT_MAINTENANCE) && event == EVENT_LEFT && node->maintenance) {
        return true;
    }
    return __real_judge(monitor, node, event, reason);
}

void __real_suspicion_begin(struct monitor *monitor, struct node *node, enum node_state from);
void __wrap_suspicion_begin(struct monitor *monitor, struct node *node, enum node_state from);
void __wrap_suspicion_begin(struct monitor *monitor, struct node *node, enum node_state from)
{
    if (!mutant_is(MUTANT_SILENCE)) {
        __real_suspicion_begin(monitor, node, from);
    } else {
        node->suspicion.since = USEC_NEVER;
        node->suspicion.ask_at = USEC_NEVER;
    }
}

/* --- the agent ---------------------------------------------------------------------------------------------------- */

void __real_agent_vote_asked(struct agent *agent, unsigned monitor, const struct packet *packet, usec now);
void __wrap_agent_vote_asked(struct agent *agent, unsigned monitor, const struct packet *packet, usec now);
void __wrap_agent_vote_asked(struct agent *agent, unsigned monitor, const struct packet *packet, usec now)
{
    if (mutant_is(MUTANT_VOTES) && (packet->body.answer.flags & ANSWER_WANTS_VOTE) != 0) {
        agent->vote = 0;
    }
    __real_agent_vote_asked(agent, monitor, packet, now);
}

void __real_agent_quarantine_look(struct agent *agent);
void __wrap_agent_quarantine_look(struct agent *agent);
void __wrap_agent_quarantine_look(struct agent *agent)
{
    if (!mutant_is(MUTANT_RELEASED)) {
        __real_agent_quarantine_look(agent);
    }
}

bool __real_agent_left(const struct agent *agent);
bool __wrap_agent_left(const struct agent *agent);
bool __wrap_agent_left(const struct agent *agent)
{
    return mutant_is(MUTANT_UNHEARD) || __real_agent_left(agent);
}

const char *__real_guard_extend(struct guard *guard, uint32_t generation, usec until, usec now);
const char *__wrap_guard_extend(struct guard *guard, uint32_t generation, usec until, usec now);
const char *__wrap_guard_extend(struct guard *guard, uint32_t generation, usec until, usec now)
{
    return __real_guard_extend(guard, generation,
                               mutant_is(MUTANT_RECEIPT) ? now + (usec)guard->past.kept.lease_ms * USEC_PER_MS : until,
                               now);
}

void __real_guard_start(struct guard *guard, const struct promise *wanted, const struct guard_past *before, usec now);
void __wrap_guard_start(struct guard *guard, const struct promise *wanted, const struct guard_past *before, usec now);
void __wrap_guard_start(struct guard *guard, const struct promise *wanted, const struct guard_past *before, usec now)
{
    __real_guard_start(guard, wanted, mutant_is(MUTANT_AGENT_RESTART) ? NULL : before, now);
}

enum slot_round __real_slot_round(int disk, uint32_t index, const struct slot_beat *beat, const struct seal_keys *keys,
                                  uint32_t *monitor);
enum slot_round __wrap_slot_round(int disk, uint32_t index, const struct slot_beat *beat, const struct seal_keys *keys,
                                  uint32_t *monitor);
enum slot_round __wrap_slot_round(int disk, uint32_t index, const struct slot_beat *beat, const struct seal_keys *keys,
                                  uint32_t *monitor)
{
    const enum slot_round found = __real_slot_round(disk, index, beat, keys, monitor);

    return mutant_is(MUTANT_PILL) && found == SLOT_ROUND_PILL ? SLOT_ROUND_BEATEN : found;
}
