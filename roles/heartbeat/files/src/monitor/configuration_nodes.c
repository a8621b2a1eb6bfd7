/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of configuration.h: the lines about nodes. Ten thousand of them are found by hash, not by search. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configuration_parts.h"

static uint32_t hash_bytes(const char *bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *bytes != '\0'; bytes++) {
        hash = (hash ^ (uint8_t)*bytes) * 16777619u;
    }
    return hash;
}

static uint32_t hash_id(uint32_t id)
{
    return (id ^ id >> 16) * 2654435769u;
}

/* Where that name or id is, or would be put. */
static uint32_t *place_of_name(const struct reading *reading, const char *name)
{
    for (uint32_t at = hash_bytes(name);; at++) {
        uint32_t *const slot = &reading->by_name[at & (reading->to->table - 1)];

        if (*slot == 0 || strcmp(reading->to->node[*slot - 1].name, name) == 0) {
            return slot;
        }
    }
}

static uint32_t *place_of_id(const struct configuration *configuration, uint32_t id)
{
    for (uint32_t at = hash_id(id);; at++) {
        uint32_t *const slot = &configuration->by_id[at & (configuration->table - 1)];

        if (*slot == 0 || configuration->node[*slot - 1].id == id) {
            return slot;
        }
    }
}

bool configuration_index(const struct configuration *configuration, uint32_t id, unsigned *index)
{
    const uint32_t slot = configuration->table == 0 ? 0 : *place_of_id(configuration, id);

    *index = slot == 0 ? 0 : slot - 1;
    return slot != 0;
}

/* Room for one more node, the tables at most half full. */
static bool grow(struct reading *reading)
{
    const unsigned room = reading->room == 0 ? 256 : reading->room * 2;
    struct monitor_node *node;
    struct node_means *means;

    if (reading->to->settings.nodes < reading->room) {
        return true;
    }
    node = realloc(reading->to->node, room * sizeof *node);
    reading->to->node = node != NULL ? node : reading->to->node;
    means = realloc(reading->to->means, room * sizeof *means);
    reading->to->means = means != NULL ? means : reading->to->means;
    free(reading->by_name);
    free(reading->to->by_id);
    reading->by_name = calloc((size_t)room * 2, sizeof *reading->by_name);
    reading->to->by_id = calloc((size_t)room * 2, sizeof *reading->to->by_id);
    if (node == NULL || means == NULL || reading->by_name == NULL || reading->to->by_id == NULL) {
        return false;
    }
    reading->room = room;
    reading->to->table = room * 2;
    for (unsigned i = 0; i < reading->to->settings.nodes; i++) {
        *place_of_name(reading, node[i].name) = i + 1;
        *place_of_id(reading->to, node[i].id) = i + 1;
    }
    return true;
}

bool configuration_node_find(struct reading *reading, const char *name, unsigned *index)
{
    uint32_t slot;

    if (reading->last < reading->to->settings.nodes && strcmp(reading->to->node[reading->last].name, name) == 0) {
        *index = reading->last;
        return true;
    }
    slot = reading->to->table == 0 ? 0 : *place_of_name(reading, name);
    if (slot == 0) {
        return false;
    }
    *index = reading->last = slot - 1;
    return true;
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return name[strspn(name, letters)] == '\0';
}

static bool duplicate(struct reading *reading, struct config_lines *lines, const char *what, uint32_t slot)
{
    const struct node_means *first = &reading->to->means[slot - 1];

    return config_lines_fail(lines, "%s was given before, at %s:%lu", what,
                             configuration_text(reading->to, first->file), (unsigned long)first->line);
}

static bool node_line(struct reading *reading, struct config_lines *lines)
{
    char name[NODE_NAME];
    uint32_t id = 0;
    uint32_t *by_name, *by_id;
    unsigned index;
    struct node_means *means;

    if (!config_lines_unsigned(lines, 1, 1, UINT32_MAX, &id) || !config_lines_text(lines, 2, name, sizeof name)) {
        return false;
    }
    if (!is_name(name)) {
        return config_lines_fail(lines, "\"%s\" is no name of a node: letters, digits, dot, _ and -", name);
    }
    if (reading->to->settings.nodes == CONFIGURATION_NODES || !grow(reading)) {
        return config_lines_fail(lines, "no room for another node");
    }
    by_name = place_of_name(reading, name);
    by_id = place_of_id(reading->to, id);
    if (*by_name != 0) {
        return duplicate(reading, lines, name, *by_name);
    }
    if (*by_id != 0) {
        (void)snprintf(name, sizeof name, "node number %lu", (unsigned long)id);
        return duplicate(reading, lines, name, *by_id);
    }
    index = reading->to->settings.nodes++;
    means = &reading->to->means[index];
    memset(means, 0, sizeof *means);
    memset(&reading->to->node[index], 0, sizeof reading->to->node[index]);
    reading->to->node[index].id = id;
    memcpy(reading->to->node[index].name, name, sizeof name);
    means->file = reading->file;
    means->line = lines->line;
    *by_name = *by_id = index + 1;
    reading->last = index;
    return true;
}

bool configuration_probe(struct config_lines *lines, unsigned index, unsigned kinds, struct probe_target *target)
{
    static const char *const names[] = {"icmp", "tcp", "greeting"};
    unsigned kind = 0;

    if (!config_lines_choice(lines, index, names, kinds, &kind)) {
        return false;
    }
    target->kind = (uint8_t)kind; /* in the order of enum probe_kind */
    if (kind == PROBE_ICMP && index + 1 < lines->words && strchr(lines->word[index + 1], ']') == NULL) {
        const char *colon = strchr(lines->word[index + 1], ':');

        if (colon != NULL && strchr(colon + 1, ':') == NULL) {
            return config_lines_fail(lines, "icmp has no ports");
        }
    }
    return config_lines_address(lines, index + 1, kind == PROBE_ICMP ? 1 : 0, &target->address);
}

static bool probe_line(struct reading *reading, struct config_lines *lines, unsigned node)
{
    struct node_means *means = &reading->to->means[node];

    if (means->probes == CONFIGURATION_PROBES) {
        return config_lines_fail(lines, "more than %d probes", CONFIGURATION_PROBES);
    }
    if (!configuration_probe(lines, 2, 3, &means->probe[means->probes])) {
        return false;
    }
    reading->to->icmp = reading->to->icmp || means->probe[means->probes].kind == PROBE_ICMP;
    reading->to->node[node].probes = (uint8_t)++means->probes;
    return true;
}

static bool proof_line(struct reading *reading, struct config_lines *lines, unsigned node)
{
    static const char *const names[] = {"watchdog", "agent", "never"};
    unsigned proof = 0;

    if (!config_lines_once(lines, &reading->to->means[node].proof_given) ||
        !config_lines_choice(lines, 2, names, 3, &proof)) {
        return false;
    }
    reading->to->node[node].lease_proof = (uint8_t)proof; /* in the order of enum lease_proof */
    return true;
}

bool configuration_node_line(struct reading *reading, struct config_lines *lines)
{
    const bool probe = config_lines_is(lines, "probe");
    const bool fence = config_lines_is(lines, "fence");
    unsigned node = 0;

    if (config_lines_is(lines, "node")) {
        (void)node_line(reading, lines);
        return true;
    }
    if (!probe && !fence && !config_lines_is(lines, "lease-proof")) {
        return false;
    }
    if (lines->words < 2 || !configuration_node_find(reading, lines->word[1], &node)) {
        (void)config_lines_fail(lines, "no node \"%.80s\": its node line stands before",
                                lines->words < 2 ? "" : lines->word[1]);
    } else if (probe) {
        (void)probe_line(reading, lines, node);
    } else if (fence) {
        (void)configuration_fence(reading, lines, node);
    } else {
        (void)proof_line(reading, lines, node);
    }
    return true;
}

bool configuration_nodes_end(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;

    for (unsigned i = 0; i < to->settings.nodes; i++) {
        unsigned levels = 0;

        while (levels < MONITOR_LEVELS && to->means[i].level[levels].given) {
            to->node[i].level[levels] = to->means[i].level[levels].kind;
            levels++;
        }
        to->node[i].levels = levels;
        for (unsigned j = levels; j < MONITOR_LEVELS; j++) {
            if (to->means[i].level[j].given) {
                return config_lines_fail(lines, "%s has a fence level %u and none %u", to->node[i].name, j + 1,
                                         levels + 1);
            }
        }
        for (unsigned j = 0; j < levels; j++) {
            if (to->node[i].level[j] == LEVEL_SLOT && to->slot[0] == '\0') {
                return config_lines_fail(lines, "%s is fenced by its slot, and no slot is declared", to->node[i].name);
            }
        }
    }
    return true;
}

void configuration_forget(struct reading *reading)
{
    free(reading->by_name);
}
