/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * wrap: proof_lease_end proof_believed expiry_look monitor_restore monitor_new monitor_tick promises_asked
 * wrap: promises_clear node_saved session_look votes_acting_now fencing_result fencing_granted fencing_proven
 * wrap: mass_loss_look judge suspicion_begin agent_vote_asked agent_quarantine_look agent_left
 * wrap: guard_extend guard_start slot_round
 */
#include "mutants.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../../../roles/heartbeat/files/src/monitor/expiry.h"
#include "../../../roles/heartbeat/files/src/monitor/nodes.h"
#include "../../../roles/heartbeat/files/src/monitor/proof.h"
#include "world.h"

static const struct {
    const char *name;
    const char *rule; /* that it breaks */
} mutants[MUTANTS] = {
    [MUTANT_NONE] = {"none", "the product as it is"},
    [MUTANT_DRIFT] = {"drift", "a lease's end is stretched by the clocks' drift"},
    [MUTANT_HALT] = {"halt", "the time of the self-fencing is waited for, too"},
    [MUTANT_PEERS] = {"peers", "every peer must have agreed to withhold"},
    [MUTANT_SLOT] = {"slot", "the disk slot must be closed by a pill"},
    [MUTANT_GATE] = {"gate", "the lease proves nothing of a node that is not gated"},
    [MUTANT_KIND] = {"kind", "only the self-fencing that lease_proof names is believed"},
    [MUTANT_MEMORY] = {"memory", "what was promised holds after a restart"},
    [MUTANT_TOLD] = {"told", "the peers' last answers count"},
    [MUTANT_PROMISE] = {"promise", "who agreed to withhold does so"},
    [MUTANT_HEARS] = {"hears", "who hears the node does not agree"},
    [MUTANT_FAREWELL] = {"farewell", "who heard a good-bye does not agree"},
    [MUTANT_DISK] = {"disk", "a promise is on disk before it is told"},
    [MUTANT_SESSIONS] = {"sessions", "what was recorded is not believed"},
    [MUTANT_ISOLATED] = {"isolated", "own connectivity is proven before a node is declared"},
    [MUTANT_BARRED] = {"barred", "who only observes fences nothing"},
    [MUTANT_MASS] = {"mass", "a mass loss stops everything"},
    [MUTANT_MAINTENANCE] = {"maintenance", "a node in maintenance is not judged"},
    [MUTANT_PERSONS] = {"persons", "two persons where two are asked"},
    [MUTANT_VOTES] = {"votes", "an agent gives its vote to one monitor at a time"},
    [MUTANT_FAILED] = {"failed", "a level that failed is no proof"},
    [MUTANT_RELEASED] = {"released", "what was fenced gets no lease and is told so"},
    [MUTANT_FIRST_LEASE] = {"first-lease", "a boot's first lease waits for every peer's word"},
    [MUTANT_RECEIPT] = {"receipt", "an answer extends from the sending of what it answers, not from its receipt"},
    [MUTANT_AGENT_RESTART] = {"agent-restart", "a restarted agent finds its lease's end again"},
    [MUTANT_UNHEARD] = {"unheard", "an agent keeps to its lease until a monitor has heard its good-bye"},
    [MUTANT_PILL] = {"pill", "who reads a pill ends"},
    [MUTANT_SILENCE] = {"silence", "silence is acted upon"},
};

static enum mutant chosen;

bool mutant_choose(const char *name)
{
    for (unsigned i = 0; i < MUTANTS; i++) {
        if (strcmp(mutants[i].name, name) == 0) {
            chosen = (enum mutant)i;
            return true;
        }
    }
    return false;
}

void mutant_take(enum mutant mutant)
{
    chosen = mutant;
}

const char *mutant_name(enum mutant mutant)
{
    return mutants[mutant].name;
}

const char *mutant_rule(enum mutant mutant)
{
    return mutants[mutant].rule;
}

bool mutant_is(enum mutant mutant)
{
    return chosen == mutant;
}

enum mutant mutant_present(void)
{
    return chosen;
}

bool mutant_chosen(void)
{
    return chosen != MUTANT_NONE;
}

/* --- the proof ---------------------------------------------------------------------------------------------------- */

usec __real_proof_lease_end(usec last, uint32_t lease_ms, uint32_t halt_ms, uint32_t drift_ppm);
usec __wrap_proof_lease_end(usec last, uint32_t lease_ms, uint32_t halt_ms, uint32_t drift_ppm);
usec __wrap_proof_lease_end(usec last, uint32_t lease_ms, uint32_t halt_ms, uint32_t drift_ppm)
{
    return __real_proof_lease_end(last, lease_ms, chosen == MUTANT_HALT ? 0 : halt_ms,
                                  chosen == MUTANT_DRIFT ? 0 : drift_ppm);
}

bool __real_proof_believed(uint8_t lease_proof, const struct keepalive *last);
bool __wrap_proof_believed(uint8_t lease_proof, const struct keepalive *last);
bool __wrap_proof_believed(uint8_t lease_proof, const struct keepalive *last)
{
    return chosen == MUTANT_KIND || __real_proof_believed(lease_proof, last);
}

enum expiry __real_expiry_look(const struct monitor *monitor, const struct node *node, usec *when, const char **why);
enum expiry __wrap_expiry_look(const struct monitor *monitor, const struct node *node, usec *when, const char **why);
enum expiry __wrap_expiry_look(const struct monitor *monitor, const struct node *node, usec *when, const char **why)
{
    struct node other = *node;

    if (chosen == MUTANT_PEERS) {
        other.fencing.granted = UINT16_MAX;
    } else if (chosen == MUTANT_SLOT) {
        other.last.flags &= (uint8_t)~KEEPALIVE_SLOT;
    } else if (chosen == MUTANT_GATE) {
        other.last.flags |= KEEPALIVE_GATED;
    }
    return __real_expiry_look(monitor, &other, when, why);
}

void __real_fencing_granted(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply);
void __wrap_fencing_granted(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply);
void __wrap_fencing_granted(struct monitor *monitor, struct node *node, unsigned peer, const struct reply *reply)
{
    struct reply other = *reply;

    if (chosen == MUTANT_TOLD) {
        other.answered_age = AGE_NEVER - 1;
    }
    __real_fencing_granted(monitor, node, peer, &other);
}

void __real_fencing_result(struct monitor *monitor, struct node *node, enum fence_result result, const char *said);
void __wrap_fencing_result(struct monitor *monitor, struct node *node, enum fence_result result, const char *said);
void __wrap_fencing_result(struct monitor *monitor, struct node *node, enum fence_result result, const char *said)
{
    __real_fencing_result(monitor, node, chosen == MUTANT_FAILED ? FENCE_PROVEN : result, said);
}

void __real_fencing_proven(struct monitor *monitor, struct node *node);
void __wrap_fencing_proven(struct monitor *monitor, struct node *node);
void __wrap_fencing_proven(struct monitor *monitor, struct node *node)
{
    __real_fencing_proven(monitor, node);
    node->own = node->own && chosen != MUTANT_RELEASED;
}

/* --- promises ----------------------------------------------------------------------------------------------------- */

bool __real_monitor_restore(struct monitor *monitor, const char *line, char *said, size_t size, usec now);
bool __wrap_monitor_restore(struct monitor *monitor, const char *line, char *said, size_t size, usec now);
bool __wrap_monitor_restore(struct monitor *monitor, const char *line, char *said, size_t size, usec now)
{
    return (chosen == MUTANT_MEMORY && strncmp(line, "node", 4) == 0) ||
           __real_monitor_restore(monitor, line, said, size, now);
}

struct monitor *__real_monitor_new(const struct monitor_settings *settings, const struct monitor_effects *effects,
                                   usec now);
struct monitor *__wrap_monitor_new(const struct monitor_settings *settings, const struct monitor_effects *effects,
                                   usec now);
struct monitor *__wrap_monitor_new(const struct monitor_settings *settings, const struct monitor_effects *effects,
                                   usec now)
{
    struct monitor_settings other = *settings;

    if (chosen == MUTANT_PERSONS) {
        other.persons = 1;
    }
    return __real_monitor_new(&other, effects, now);
}

usec __real_monitor_tick(struct monitor *monitor, usec now);
usec __wrap_monitor_tick(struct monitor *monitor, usec now);
usec __wrap_monitor_tick(struct monitor *monitor, usec now)
{
    if (chosen == MUTANT_ISOLATED) {
        monitor->reference = monitor->watched + USEC_PER_SECOND;
    }
    return __real_monitor_tick(monitor, now);
}

void __real_promises_asked(struct monitor *monitor, unsigned peer, const struct query *query, bool overtaken,
                           struct reply *reply);
void __wrap_promises_asked(struct monitor *monitor, unsigned peer, const struct query *query, bool overtaken,
                           struct reply *reply);
void __wrap_promises_asked(struct monitor *monitor, unsigned peer, const struct query *query, bool overtaken,
                           struct reply *reply)
{
    struct node *node = nodes_find(monitor, query->node);

    if (node != NULL && mutant_is(MUTANT_FAREWELL) && node->left) {
        node->left = false;
        node->held = true;
    }
    if (node == NULL || query->op != QUERY_WITHHOLD) {
        __real_promises_asked(monitor, peer, query, overtaken, reply);
        return;
    }
    __real_promises_asked(monitor, peer, query, overtaken, reply);
    if (chosen == MUTANT_PROMISE) {
        node->promised = (uint16_t)(node->promised & ~BIT(peer));
    } else if (chosen == MUTANT_HEARS) {
        reply->flags |= REPLY_WITHHELD;
        reply->heard_age = AGE_NEVER;
    }
}

bool __real_promises_clear(struct monitor *monitor, struct node *node);
bool __wrap_promises_clear(struct monitor *monitor, struct node *node);
bool __wrap_promises_clear(struct monitor *monitor, struct node *node)
{
    return chosen == MUTANT_FIRST_LEASE || __real_promises_clear(monitor, node);
}

bool __real_node_saved(const struct monitor *monitor, const struct node *node);
bool __wrap_node_saved(const struct monitor *monitor, const struct node *node);
bool __wrap_node_saved(const struct monitor *monitor, const struct node *node)
{
    return chosen == MUTANT_DISK || __real_node_saved(monitor, node);
}

enum session_found __real_session_look(struct session *session, const struct hmac_key *secret,
                                       const struct packet_header *header, uint64_t carried, uint64_t sequence,
                                       uint64_t *number, struct session_retired **retired);
enum session_found __wrap_session_look(struct session *session, const struct hmac_key *secret,
                                       const struct packet_header *header, uint64_t carried, uint64_t sequence,
                                       uint64_t *number, struct session_retired **retired);
enum session_found __wrap_session_look(struct session *session, const struct hmac_key *secret,
                                       const struct packet_header *header, uint64_t carried, uint64_t sequence,
                                       uint64_t *number, struct session_retired **retired)
{
    const enum session_found found = __real_session_look(session, secret, header, carried, sequence, number, retired);

    if (chosen != MUTANT_SESSIONS || found != SESSION_CHALLENGE) {
        return found;
    }
    return __real_session_look(session, secret, header, *number, sequence, number, retired);
}
