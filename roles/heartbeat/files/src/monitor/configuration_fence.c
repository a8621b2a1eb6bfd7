/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of configuration.h: fence levels. */
#include <stdio.h>
#include <string.h>

#include "../common/secret_file.h"
#include "configuration_parts.h"

/* What is tried, in which order and how long, is this file's; what is done with an agent is ours. */
static const char *const reserved[] = {"action", "option", "method"};
static const char *const secrets[] = {"passwd", "password", "community", "snmp_priv_passwd", "snmp_auth_passwd"};

static bool is_one(const char *word, size_t size, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (strlen(names[i]) == size && strncmp(word, names[i], size) == 0) {
            return true;
        }
    }
    return false;
}

/* Appends "key=value\n", a value of @FILE read. */
static bool agent_word(struct config_lines *lines, const char *word, char *input, size_t room)
{
    char secret[512];
    char error[CONFIG_ERROR];
    const char *value = strchr(word, '=');
    const size_t used = strlen(input);
    int size;

    if (value == NULL || value == word) {
        return config_lines_fail(lines, "\"%s\" is not KEY=VALUE", word);
    }
    if (is_one(word, (size_t)(value - word), reserved, 3)) {
        return config_lines_fail(lines, "%.*s is the monitor's to say", (int)(value - word), word);
    }
    if (value[1] == '@') {
        if (!secret_file_line(value + 2, secret, sizeof secret, error, sizeof error)) {
            return config_lines_fail(lines, "%s", error);
        }
    } else if (is_one(word, (size_t)(value - word), secrets, 5)) {
        return config_lines_fail(lines, "%.*s stands in a file of its own: %.*s=@FILE", (int)(value - word), word,
                                 (int)(value - word), word);
    }
    size = snprintf(input + used, room - used, "%.*s=%s\n", (int)(value - word), word,
                    value[1] == '@' ? secret : value + 1);
    secret_wipe(secret, sizeof secret);
    return (size > 0 && (size_t)size < room - used) ||
           config_lines_fail(lines, "more than %u bytes for the agent", (unsigned)room);
}

/* "within=", "attempts=", "settle=": ours. The value is read as if it stood alone at that index. */
static bool own_word(struct config_lines *lines, unsigned index, struct fence_level *level, bool *own)
{
    static const char *const names[] = {"within=", "attempts=", "settle="};
    const char *const word = lines->word[index];
    unsigned i = 0;
    usec time = 0;
    uint32_t number = 0;
    bool good;

    while (i < 3 && strncmp(word, names[i], strlen(names[i])) != 0) {
        i++;
    }
    *own = i < 3;
    if (!*own) {
        return true;
    }
    lines->word[index] = word + strlen(names[i]);
    if (i == 1) {
        good = config_lines_unsigned(lines, index, 1, 20, &number);
        level->attempts = (uint8_t)number;
    } else {
        good = config_lines_duration(lines, index, i == 0 ? 100 * USEC_PER_MS : 0, 600 * USEC_PER_SECOND, &time);
        *(i == 0 ? &level->within_ms : &level->settle_ms) = (uint32_t)(time / USEC_PER_MS);
    }
    lines->word[index] = word;
    return good;
}

static bool agent_path(struct reading *reading, struct config_lines *lines, struct fence_level *level)
{
    const char *name = lines->words > 4 ? lines->word[4] : "";
    const char *directory = reading->to->agents[0] != '\0' ? reading->to->agents : "/usr/sbin";
    char path[CONFIGURATION_PATH];
    int size;

    if (name[0] == '\0' || strchr(name, '=') != NULL || (name[0] != '/' && strchr(name, '/') != NULL)) {
        return config_lines_fail(lines, "\"%s\" is no fence agent: a name, or a path from / on", name);
    }
    lines->used = 5;
    size = name[0] == '/' ? snprintf(path, sizeof path, "%s", name)
                          : snprintf(path, sizeof path, "%s/%s", directory, name);
    if (size < 0 || (size_t)size >= sizeof path) {
        return config_lines_fail(lines, "the agent's path is too long");
    }
    level->agent = configuration_keep(reading, lines, path);
    return level->agent != 0;
}

static bool agent_words(struct reading *reading, struct config_lines *lines, struct fence_level *level, unsigned from)
{
    char input[CONFIGURATION_INPUT] = "";
    bool good = true;

    for (unsigned i = from; i < lines->words && good; i++) {
        bool own = false;

        good = own_word(lines, i, level, &own);
        if (good && !own) {
            good = level->kind == LEVEL_SLOT ? config_lines_fail(lines, "a slot takes no \"%s\"", lines->word[i])
                                             : agent_word(lines, lines->word[i], input, sizeof input);
        }
        lines->used = i + 1;
    }
    if (good && level->kind != LEVEL_SLOT) {
        level->input = configuration_keep(reading, lines, input);
        good = level->input != 0;
    }
    secret_wipe(input, sizeof input);
    return good;
}

bool configuration_fence(struct reading *reading, struct config_lines *lines, unsigned node)
{
    static const char *const kinds[] = {"power", "storage", "slot"};
    struct fence_level level = {.attempts = 3, .within_ms = 30000, .settle_ms = 10000};
    uint32_t number = 0;
    unsigned kind = 0;

    if (!config_lines_unsigned(lines, 2, 1, MONITOR_LEVELS, &number) ||
        !config_lines_choice(lines, 3, kinds, 3, &kind)) {
        return false;
    }
    if (reading->to->means[node].level[number - 1].given) {
        return config_lines_fail(lines, "%s has a fence level %u already", reading->to->node[node].name,
                                 (unsigned)number);
    }
    level.given = true;
    level.kind = (uint8_t)kind; /* in the order of enum level_kind */
    if ((kind != LEVEL_SLOT && !agent_path(reading, lines, &level)) ||
        !agent_words(reading, lines, &level, kind == LEVEL_SLOT ? 4 : 5)) {
        return false;
    }
    reading->to->means[node].level[number - 1] = level;
    return true;
}
