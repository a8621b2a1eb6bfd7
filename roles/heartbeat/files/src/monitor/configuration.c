/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of configuration.h: files, what they include, and what stands in all of them together. */
#include "configuration.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "configuration_parts.h"

static bool read_file(struct reading *reading, const char *file, bool may_include, char *error, size_t size);

uint32_t configuration_keep(struct reading *reading, struct config_lines *lines, const char *text)
{
    const size_t size = strlen(text) + 1;
    const uint32_t at = reading->texts_used;

    if (size > UINT32_MAX / 4 - at) {
        (void)config_lines_fail(lines, "too much text");
        return 0;
    }
    if (at + size > reading->texts_room) {
        const uint32_t room = (at + (uint32_t)size) * 2;
        char *texts = realloc(reading->to->texts, room);

        if (texts == NULL) {
            (void)config_lines_fail(lines, "no memory");
            return 0;
        }
        reading->to->texts = texts;
        reading->texts_room = room;
    }
    memcpy(reading->to->texts + at, text, size);
    reading->texts_used += (uint32_t)size;
    return at;
}

static bool include(struct reading *reading, struct config_lines *lines)
{
    char pattern[CONFIGURATION_PATH];
    char error[CONFIG_ERROR];
    glob_t found;
    bool good = true;

    if (!config_lines_text(lines, 1, pattern, sizeof pattern) || !config_lines_done(lines)) {
        return false;
    }
    if (pattern[0] != '/') {
        return config_lines_fail(lines, "\"%s\" is no path from / on", pattern);
    }
    switch (glob(pattern, 0, NULL, &found)) {
    case 0:
        break;
    case GLOB_NOMATCH:
        return strpbrk(pattern, "*?[") != NULL ||
               config_lines_fail(lines, "%s: cannot be opened: %s", pattern, strerror(ENOENT));
    default:
        return config_lines_fail(lines, "%s: cannot be searched", pattern);
    }
    for (size_t i = 0; i < found.gl_pathc && good; i++) {
        good = read_file(reading, found.gl_pathv[i], false, error, sizeof error);
    }
    globfree(&found);
    if (!good) {
        (void)snprintf(lines->error, sizeof lines->error, "%s", error); /* names its own file and line */
    }
    return good;
}

static const char *const keywords[] = {
    "id",         "listen",        "peer",    "reference",     "keys",       "state",
    "control",    "control-group", "events",  "journal",       "metrics",    "metrics-interval",
    "pid",        "user",          "profile", "suspect-floor", "retry",      "suspect-ceiling",
    "probe-time", "watch-gap",     "vote",    "drift",         "mass",       "acting",
    "persons",    "slot",          "agents",  "fence-jobs",    "real-time",  "lock-memory",
    "include",    "node",          "probe",   "fence",         "lease-proof"};

static void take_line(struct reading *reading, struct config_lines *lines, bool may_include)
{
    if (config_lines_is(lines, "include")) {
        (void)(may_include ? include(reading, lines) : config_lines_fail(lines, "an included file includes nothing"));
    } else if (!configuration_node_line(reading, lines) && !configuration_monitor_line(reading, lines)) {
        (void)config_lines_unknown(lines, keywords, sizeof keywords / sizeof keywords[0]);
    }
    (void)config_lines_done(lines);
}

static bool read_text(struct reading *reading, const char *file, const char *text, size_t size, bool may_include,
                      char *error, size_t error_size)
{
    struct config_lines lines;
    uint32_t above = reading->file;

    config_lines_start(&lines, file, text, size);
    reading->file = configuration_keep(reading, &lines, file);
    while (config_lines_next(&lines)) {
        take_line(reading, &lines, may_include);
    }
    if (may_include && !config_lines_failed(&lines) && configuration_monitor_end(reading, &lines)) {
        (void)configuration_nodes_end(reading, &lines);
    }
    reading->file = above;
    if (config_lines_failed(&lines)) {
        (void)snprintf(error, error_size, "%s", lines.error);
    }
    return !config_lines_failed(&lines);
}

static bool read_file(struct reading *reading, const char *file, bool may_include, char *error, size_t size)
{
    struct stat found;
    size_t length = 0;
    size_t room = stat(file, &found) == 0 && found.st_size >= 0 ? (size_t)found.st_size + 1 : 1;
    char *text;
    bool good;

    room = room > CONFIG_FILE_MAX ? CONFIG_FILE_MAX : room;
    text = malloc(room);
    if (text == NULL) {
        (void)snprintf(error, size, "%s: no memory", file);
        return false;
    }
    good = config_file_read(file, text, room, &length, error, size) &&
           read_text(reading, file, text, length, may_include, error, size);
    free(text);
    return good;
}

struct configuration *configuration_load(const char *file, char *error, size_t size)
{
    struct reading reading;
    bool good;

    memset(&reading, 0, sizeof reading);
    reading.to = calloc(1, sizeof *reading.to);
    if (reading.to == NULL || (reading.to->texts = calloc(1, 4096)) == NULL) {
        free(reading.to);
        (void)snprintf(error, size, "%s: no memory", file);
        return NULL;
    }
    reading.texts_room = 4096;
    reading.texts_used = 1; /* offset 0 is the empty text */
    good = read_file(&reading, file, true, error, size);
    configuration_forget(&reading);
    if (!good) {
        configuration_free(reading.to);
        return NULL;
    }
    reading.to->settings.node = reading.to->node;
    return reading.to;
}

void configuration_free(struct configuration *configuration)
{
    if (configuration == NULL) {
        return;
    }
    free(configuration->node);
    free(configuration->means);
    free(configuration->by_id);
    free(configuration->texts);
    free(configuration);
}

const char *configuration_fixed(const struct configuration *now, const struct configuration *then)
{
    if (now->settings.id != then->settings.id) {
        return "id";
    }
    if (now->settings.paths != then->settings.paths) {
        return "listen";
    }
    for (unsigned i = 0; i < now->settings.paths; i++) {
        if (now->settings.path[i] != then->settings.path[i] || !address_equal(&now->listen[i], &then->listen[i])) {
            return "listen";
        }
    }
    if (strcmp(now->control, then->control) != 0 || strcmp(now->control_group, then->control_group) != 0) {
        return "control";
    }
    if (strcmp(now->events, then->events) != 0) {
        return "events";
    }
    if (strcmp(now->slot, then->slot) != 0) {
        return "slot";
    }
    if (then->icmp && !now->icmp) {
        return "the first icmp probe";
    }
    return strcmp(now->user, then->user) != 0     ? "user"
           : strcmp(now->state, then->state) != 0 ? "state"
           : strcmp(now->pid, then->pid) != 0     ? "pid"
                                                  : NULL;
}
