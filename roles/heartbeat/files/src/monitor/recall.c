/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What survives a restart, as lines of text: "WORD key=value...", a node's number behind the word "node". */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"
#include "peers.h"
#include "say.h"

/* A line is shorter: five numbers, three lists of peers, a verdict and a name whose every byte may be escaped. */
#define LINE 1024

static void list(char *text, size_t size, const struct monitor *monitor, uint16_t bits)
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < monitor->settings.peers && used + 12 < size; i++) {
        if ((bits & BIT(i)) != 0) {
            used += (size_t)snprintf(text + used, size - used, "%s%" PRIu32, used == 0 ? "" : ",", monitor->peer[i].id);
        }
    }
    if ((bits & BIT(FORMER_PEER)) != 0 && used + 12 < size) {
        (void)snprintf(text + used, size - used, "%sformer", used == 0 ? "" : ",");
    }
}

/* Names of persons may hold anything: what is no plain letter is written as %XX. */
static void escape(char *text, size_t size, const char *words)
{
    size_t used = 0;

    for (; *words != '\0' && used + 4 < size; words++) {
        const unsigned char byte = (unsigned char)*words;

        if (byte > ' ' && byte < 0x7f && byte != '%') {
            text[used++] = *words;
        } else {
            used += (size_t)snprintf(text + used, size - used, "%%%02X", byte);
        }
    }
    text[used] = '\0';
}

static bool unescape(char *text, size_t size, const char *words)
{
    size_t used = 0;

    for (; *words != '\0'; words++) {
        unsigned byte = (unsigned char)*words;

        if (byte == '%') {
            if (sscanf(words + 1, "%2X", &byte) != 1 || byte == 0 || words[2] == '\0') {
                return false;
            }
            words += 2;
        }
        if (used + 1 >= size) {
            return false;
        }
        text[used++] = (char)byte;
    }
    text[used] = '\0';
    return true;
}

/* What is about to be told when it is on disk stands there as if it had been. */
static enum node_state written_state(const struct node *node)
{
    if (node->fencing.proven) {
        return NODE_FENCED;
    }
    if (node->maintenance && (node->state < NODE_FENCING || node->state == NODE_UNKNOWN)) {
        return NODE_AWAY;
    }
    if (node->left && node->state == NODE_UNHEARD) {
        return NODE_AWAY; /* a release, about to be done */
    }
    return node->state == NODE_RETURNED ? NODE_QUARANTINED : node->state;
}

static bool worth_writing(const struct node *node)
{
    return node->state != NODE_UNHEARD || node->promised != 0 || node->asked != 0 || node->maintenance ||
           node->disputed || node->left || node->fencing.proven || node->person[0] != '\0' || node->incident > 1;
}

static void save_node(const struct monitor *monitor, const struct node *node, monitor_write write, void *context)
{
    const enum node_state state = written_state(node);
    const bool own = node->own && state != NODE_AWAY; /* of who is away nothing is held back */
    char line[LINE];
    char promised[112];
    char quarantined[112];
    char asked[112];
    char person[4 * NODE_NAME];
    char verdict[4 * NODE_NAME];

    list(promised, sizeof promised, monitor, node->promised);
    list(quarantined, sizeof quarantined, monitor, node->quarantined);
    list(asked, sizeof asked, monitor, node->asked);
    escape(person, sizeof person, node->person);
    escape(verdict, sizeof verdict, node->verdict);
    (void)snprintf(line, sizeof line,
                   "node %" PRIu32 " state=%s boot=%" PRIx64 " incident=%" PRIu64 " counts=%" PRIx64 " fenced=%" PRIx64
                   " verdict=%s own=%d promised=%s quarantined=%s asked=%s maintenance=%d disputed=%d left=%d held=%d "
                   "person=%s",
                   node->settings.id, node_state_name(state), node->boot, node->incident, node->incident_boot,
                   node->fenced_boot, verdict, own, promised, quarantined, asked, node->maintenance, node->disputed,
                   node->left, node->held, person);
    write(context, line);
}

void monitor_save(const struct monitor *monitor, monitor_write write, void *context)
{
    write(context, monitor->armed ? "armed yes" : "armed no");
    write(context, monitor->mass_loss ? "mass-loss yes" : "mass-loss no");
    for (unsigned i = 0; i < monitor->nodes; i++) {
        if (worth_writing(&monitor->node[i])) {
            save_node(monitor, &monitor->node[i], write, context);
        }
    }
}

static bool read_list(const struct monitor *monitor, const char *text, uint16_t *bits)
{
    *bits = 0;
    while (*text != '\0') {
        char *end;
        unsigned long id;
        unsigned index;

        if (strncmp(text, "former", 6) == 0) {
            *bits |= BIT(FORMER_PEER);
            text += 6;
        } else {
            id = strtoul(text, &end, 10);
            if (end == text || id == 0 || id > UINT32_MAX) {
                return false;
            }
            index = peers_index(monitor, (uint32_t)id);
            *bits |= index < MONITOR_PEERS ? BIT(index) : BIT(FORMER_PEER);
            text = end;
        }
        if (*text == ',') {
            text++;
        } else if (*text != '\0') {
            return false;
        }
    }
    return true;
}

static bool read_number(const char *text, int base, uint64_t *number)
{
    char *end;

    if (*text == '\0' || *text == '-' || *text == '+' || *text == ' ') {
        return false;
    }
    *number = strtoull(text, &end, base);
    return *end == '\0';
}

static bool read_flag(const char *text, bool *flag)
{
    *flag = text[0] == '1';
    return (text[0] == '0' || text[0] == '1') && text[1] == '\0';
}

static bool read_state(const char *text, enum node_state *state)
{
    for (unsigned i = 0; i < NODE_STATES; i++) {
        if (strcmp(text, node_state_name((enum node_state)i)) == 0) {
            *state = (enum node_state)i;
            return true;
        }
    }
    return false;
}

static bool read_word(const struct monitor *monitor, struct node *node, const char *key, const char *value)
{
    if (strcmp(key, "state") == 0) {
        return read_state(value, &node->state);
    }
    if (strcmp(key, "boot") == 0) {
        return read_number(value, 16, &node->boot);
    }
    if (strcmp(key, "incident") == 0) {
        return read_number(value, 10, &node->incident);
    }
    if (strcmp(key, "counts") == 0) {
        return read_number(value, 16, &node->incident_boot);
    }
    if (strcmp(key, "fenced") == 0) {
        return read_number(value, 16, &node->fenced_boot);
    }
    if (strcmp(key, "verdict") == 0) {
        return unescape(node->verdict, sizeof node->verdict, value);
    }
    if (strcmp(key, "person") == 0) {
        return unescape(node->person, sizeof node->person, value);
    }
    if (strcmp(key, "promised") == 0) {
        return read_list(monitor, value, &node->promised);
    }
    if (strcmp(key, "quarantined") == 0) {
        return read_list(monitor, value, &node->quarantined);
    }
    if (strcmp(key, "asked") == 0) {
        const bool good = read_list(monitor, value, &node->asked);

        node->asked &= peers_all(monitor);
        return good;
    }
    if (strcmp(key, "own") == 0) {
        return read_flag(value, &node->own);
    }
    if (strcmp(key, "maintenance") == 0) {
        return read_flag(value, &node->maintenance);
    }
    if (strcmp(key, "disputed") == 0) {
        return read_flag(value, &node->disputed);
    }
    if (strcmp(key, "left") == 0) {
        return read_flag(value, &node->left);
    }
    return strcmp(key, "held") == 0 && read_flag(value, &node->held);
}

/* What a state that was left by a crash goes on as. */
static void go_on(struct monitor *monitor, struct node *node)
{
    switch (node->state) {
    case NODE_ALIVE:
    case NODE_LATE:
        node->state = NODE_ALIVE;
        node->believed_alive = true;
        node->judged_from = monitor->watched;
        node->own = false;
        due_watched(monitor, node, monitor->watched + monitor->bounds.ceiling);
        break;
    case NODE_SUSPECT:
    case NODE_PROBING:
    case NODE_UNREACHABLE:
        node->state = NODE_SUSPECT;
        node->own = false;
        node->suspicion.began = monitor->now;
        node->suspicion.since = monitor->watched + monitor->bounds.ceiling;
        node->suspicion.asked = NEVER_HEARD;
        node->suspicion.ask_at = monitor->watched;
        node->suspicion.paths = UINT8_MAX;
        node->suspicion.peer_heard = NEVER_HEARD;
        due_watched(monitor, node, monitor->watched);
        break;
    case NODE_FENCING:
    case NODE_UNKNOWN:
        /* Nothing was proven, and nobody was told so: it is gone on with as soon as this monitor may. */
        node->state = NODE_UNKNOWN;
        node->own = true;
        node->suspicion.began = monitor->now;
        node->suspicion.paths = UINT8_MAX;
        node->suspicion.peer_heard = NEVER_HEARD;
        node->fencing.from = 1;
        node->fencing.retry_at = monitor->now;
        node->fencing.boot = node->boot;
        node->fencing.began = monitor->now;
        due_real(monitor, node, monitor->now);
        break;
    case NODE_FENCED:
        node->own = true;
        node->repeat = true;
        node->fencing.from = 1;
        node_urgent(monitor, node);
        due_real(monitor, node, monitor->now);
        break;
    case NODE_RETURNED:
    case NODE_QUARANTINED:
        node->state = NODE_QUARANTINED;
        node->own = true;
        node->fencing.from = 1;
        due_real(monitor, node, monitor->now);
        break;
    default:
        node->own = false;
        break;
    }
    if (!node->own && node->asked != 0) {
        node->release_from = 1;
        node->release_at = monitor->now;
        due_real(monitor, node, monitor->now);
    }
}

static bool restore_node(struct monitor *monitor, char *line, char *said, size_t size)
{
    char *rest = NULL;
    const char *word = strtok_r(line, " ", &rest);
    uint64_t id = 0;
    struct node *node;
    struct node restored;

    if (word == NULL || !read_number(word, 10, &id) || id == 0 || id > UINT32_MAX) {
        (void)snprintf(said, size, "a node's number is expected behind \"node\"");
        return false;
    }
    if (!nodes_grow(monitor)) {
        (void)snprintf(said, size, "no memory for node %" PRIu64, id);
        return false;
    }
    node = nodes_keep(monitor, (uint32_t)id);
    if (node == NULL) {
        (void)snprintf(said, size, "no memory for node %" PRIu64, id);
        return false;
    }
    restored = *node;
    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        char *value = strchr(word, '=');

        if (value == NULL) {
            (void)snprintf(said, size, "\"%s\" is no key=value", word);
            return false;
        }
        *value++ = '\0';
        if (!read_word(monitor, &restored, word, value)) {
            (void)snprintf(said, size, "%s=%s is not understood", word, value);
            return false;
        }
    }
    *node = restored;
    go_on(monitor, node);
    return true;
}

bool monitor_restore(struct monitor *monitor, const char *line, char *said, size_t size, usec now)
{
    char copy[LINE];

    monitor->now = now > monitor->now ? now : monitor->now;
    if (size > 0) {
        said[0] = '\0';
    }
    if (strlen(line) >= sizeof copy) {
        (void)snprintf(said, size, "the line is too long");
        return false;
    }
    (void)snprintf(copy, sizeof copy, "%s", line);
    if (strncmp(copy, "node ", 5) == 0) {
        return restore_node(monitor, copy + 5, said, size);
    }
    if (strcmp(copy, "armed yes") == 0 || strcmp(copy, "armed no") == 0) {
        monitor->armed = strcmp(copy, "armed yes") == 0;
        return true;
    }
    if (strcmp(copy, "mass-loss yes") == 0 || strcmp(copy, "mass-loss no") == 0) {
        monitor->mass_loss = strcmp(copy, "mass-loss yes") == 0;
        return true;
    }
    (void)snprintf(said, size, "\"armed\", \"mass-loss\" or \"node\" is expected");
    return false;
}
