/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "control_answer.h"

#include <stdio.h>
#include <string.h>

static const char *lease_name(uint8_t lease)
{
    static const char *const names[] = {"unarmed", "held", "expired", "none"};

    return lease < sizeof names / sizeof names[0] ? names[lease] : "?";
}

static const char *self_fence_name(uint8_t how)
{
    static const char *const names[] = {"none", "halt-zones", "stop", "watchdog"};

    return how < sizeof names / sizeof names[0] ? names[how] : "?";
}

static void last_heard(struct json *json, const struct keepalive *last)
{
    json_text(json, "lease", lease_name(last->lease));
    json_text(json, "self_fence", self_fence_name(last->self_fence));
    json_bool(json, "gated", (last->flags & KEEPALIVE_GATED) != 0);
    json_unsigned(json, "vote", last->vote);
    json_unsigned(json, "load_thousandths", last->load);
    json_unsigned(json, "memory_mib", last->memory_total);
    json_unsigned(json, "memory_free_mib", last->memory_free);
    json_unsigned(json, "zones", last->zones);
}

size_t answer_node(const struct control_source *source, unsigned node, char line[ANSWER_LINE], usec now)
{
    struct node_view view;
    struct json json;

    if (!monitor_view(source->monitor, node, now, &view)) {
        return 0;
    }
    json_start(&json, line, ANSWER_LINE);
    json_unsigned(&json, "node", view.id);
    json_text(&json, "name", view.name);
    json_text(&json, "state", node_state_name(view.state));
    json_text(&json, "verdict", view.verdict);
    if (view.verdict_ago != USEC_NEVER) {
        json_number(&json, "verdict_ms_ago", view.verdict_ago / USEC_PER_MS);
    }
    if (view.boot != 0) {
        json_hex(&json, "boot", view.boot);
    }
    if (view.incident != 0) {
        json_unsigned(&json, "incident", view.incident);
    }
    json_bool(&json, "maintenance", view.maintenance);
    json_bool(&json, "disputed", view.disputed);
    json_bool(&json, "withheld", view.withheld);
    json_unsigned(&json, "paths_alive", view.paths_alive);
    json_unsigned(&json, "paths_known", view.paths_known);
    if (view.heard_ago != USEC_NEVER) {
        json_number(&json, "heard_ms_ago", view.heard_ago / USEC_PER_MS);
        json_number(&json, "suspect_after_ms", view.suspect_after / USEC_PER_MS);
        last_heard(&json, &view.last);
    } else {
        json_null(&json, "heard_ms_ago");
    }
    return json_end(&json);
}

static void all_counts(struct json *json, const struct monitor *monitor)
{
    struct monitor_counts found;

    monitor_counts(monitor, &found);
    json_object(json, "counts");
    json_unsigned(json, "received", found.received);
    json_unsigned(json, "believed", found.believed);
    json_unsigned(json, "answered", found.answered);
    json_unsigned(json, "sent", found.sent);
    json_unsigned(json, "refused_seal", found.refused_seal);
    json_unsigned(json, "refused_replay", found.refused_replay);
    json_unsigned(json, "refused_malformed", found.refused_malformed);
    json_unsigned(json, "refused_version", found.refused_version);
    json_unsigned(json, "refused_unknown", found.refused_unknown);
    json_unsigned(json, "refused_session", found.refused_session);
    json_unsigned(json, "refused_transition", found.refused_transition);
    json_unsigned(json, "suspicions", found.suspicions);
    json_unsigned(json, "fences", found.fences);
    json_unsigned(json, "verdicts", found.verdicts);
    json_close(json);
}

size_t answer_end(const struct control_source *source, bool ok, const char *said, bool details, char line[ANSWER_LINE],
                  usec now)
{
    struct json json;

    json_start(&json, line, ANSWER_LINE);
    json_bool(&json, "ok", ok);
    json_text(&json, "said", said);
    if (details) {
        json_unsigned(&json, "monitor", source->id);
        json_bool(&json, "armed", monitor_armed(source->monitor));
        json_bool(&json, "acting", monitor_acting(source->monitor, now));
        json_unsigned(&json, "nodes", source->nodes);
        all_counts(&json, source->monitor);
        source->details(source->context, &json);
    }
    return json_end(&json);
}

bool answer_find(const struct control_source *source, const char *name, unsigned *node, usec now)
{
    struct node_view view;

    for (unsigned i = 0; monitor_view(source->monitor, i, now, &view); i++) {
        if (strcmp(view.name, name) == 0) {
            *node = i;
            return true;
        }
    }
    return false;
}

/* Cuts the first word off; what follows it begins at *rest. NULL: there is none. */
static char *cut_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    char *end = word + strcspn(word, " \t");

    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return *word == '\0' ? NULL : word;
}

struct order {
    const char *word, *second; /* "maintenance" has two */
    enum monitor_command command;
    bool node, words;
};

static const struct order orders[] = {{"arm", NULL, COMMAND_ARM, false, false},
                                      {"disarm", NULL, COMMAND_DISARM, false, false},
                                      {"go-on", NULL, COMMAND_GO_ON, false, false},
                                      {"act", NULL, COMMAND_ACT, false, false},
                                      {"observe", NULL, COMMAND_OBSERVE, false, false},
                                      {"maintenance", "on", COMMAND_MAINTENANCE_ON, true, false},
                                      {"maintenance", "off", COMMAND_MAINTENANCE_OFF, true, false},
                                      {"acknowledge", NULL, COMMAND_ACKNOWLEDGE, true, true},
                                      {"release", NULL, COMMAND_RELEASE, true, false},
                                      {"undispute", NULL, COMMAND_UNDISPUTE, true, false}};

static bool carry_out(const struct control_source *source, const char *word, char *rest, const char *person, char *said,
                      size_t size, usec now)
{
    const char *second = NULL;

    for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const char *node = NULL;

        if (strcmp(word, orders[i].word) != 0) {
            continue;
        }
        if (orders[i].second != NULL) {
            second = second != NULL ? second : cut_word(&rest);
            if (second == NULL || strcmp(second, orders[i].second) != 0) {
                continue;
            }
        }
        if (orders[i].node && (node = cut_word(&rest)) == NULL) {
            (void)snprintf(said, size, "%s needs a node", word);
            return false;
        }
        rest += strspn(rest, " \t");
        if (orders[i].words && *rest == '\0') {
            (void)snprintf(said, size, "%s needs words: what was found, and by whom", word);
            return false;
        }
        return monitor_order(source->monitor, orders[i].command, node, person, rest, said, size, now);
    }
    (void)snprintf(said, size,
                   second != NULL || strcmp(word, "maintenance") == 0 ? "maintenance is on or off"
                                                                      : "no such command: %.40s",
                   word);
    return false;
}

enum answer_kind answer_command(const struct control_source *source, char *text, const char *person, unsigned *node,
                                char line[ANSWER_LINE], size_t *size, usec now)
{
    char said[CONTROL_LINE * 2] = "";
    char *rest = text;
    const char *word = cut_word(&rest), *name;
    bool ok = false;

    if (word == NULL) {
        *size = answer_end(source, false, "a command was expected", false, line, now);
    } else if (strcmp(word, "status") == 0) {
        name = cut_word(&rest);
        if (name == NULL) {
            return ANSWER_STATUS_ALL;
        }
        if (answer_find(source, name, node, now)) {
            return ANSWER_STATUS_ONE;
        }
        (void)snprintf(said, sizeof said, "no node %.80s", name);
        *size = answer_end(source, false, said, false, line, now);
    } else if (strcmp(word, "counts") == 0) {
        *size = answer_end(source, true, NULL, true, line, now);
    } else if (strcmp(word, "reload") == 0) {
        ok = source->reload(source->context, said, sizeof said);
        *size = answer_end(source, ok, said, false, line, now);
    } else {
        ok = carry_out(source, word, rest, person, said, sizeof said, now);
        *size = answer_end(source, ok, said, false, line, now);
    }
    return ANSWER_LINE_ONLY;
}
