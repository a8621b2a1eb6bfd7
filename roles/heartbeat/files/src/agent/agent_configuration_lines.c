/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* agent.conf, one function a keyword. */
#include "agent_configuration_lines.h"

#include <stdio.h>
#include <string.h>

#include "../platform/platform.h"

typedef void line_of(struct agent_reading *reading);

/* Whether the keyword comes for the first time. Notes where. */
static bool first(struct agent_reading *reading, unsigned *line)
{
    if (*line != 0) {
        return config_lines_fail(reading->lines, "%s was given in line %u already", reading->lines->word[0], *line);
    }
    *line = reading->lines->line;
    return true;
}

static bool plain_name(struct agent_reading *reading, unsigned index, char *name, size_t size)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (!config_lines_text(reading->lines, index, name, size)) {
        return false;
    }
    if (strspn(name, allowed) != strlen(name) || name[0] == '-' || name[0] == '.') {
        return config_lines_fail(reading->lines, "%s: \"%.80s\" is not a name: letters, digits, \".\", \"_\", \"-\"",
                                 reading->lines->word[0], name);
    }
    return true;
}

static bool absolute(struct agent_reading *reading, unsigned index, char *path, size_t size)
{
    if (!config_lines_text(reading->lines, index, path, size)) {
        return false;
    }
    if (path[0] != '/') {
        return config_lines_fail(reading->lines, "%s: \"%.80s\" does not begin with /", reading->lines->word[0], path);
    }
    return true;
}

static void line_node(struct agent_reading *reading)
{
    if (first(reading, &reading->node_line) &&
        config_lines_unsigned(reading->lines, 1, 1, UINT32_MAX, &reading->configuration->node)) {
        (void)plain_name(reading, 2, reading->configuration->name, sizeof reading->configuration->name);
    }
}

static void line_path(struct agent_reading *reading)
{
    struct agent_configuration *configuration = reading->configuration;
    const unsigned at = configuration->paths;
    uint32_t number;

    if (at == AGENT_PATHS) {
        (void)config_lines_fail(reading->lines, "more than %d paths", AGENT_PATHS);
        return;
    }
    if (!config_lines_unsigned(reading->lines, 1, 1, UINT8_MAX, &number) ||
        !plain_name(reading, 2, configuration->path[at].name, sizeof configuration->path[at].name) ||
        !config_lines_address(reading->lines, 3, AGENT_PORT, &configuration->path[at].local)) {
        return;
    }
    for (unsigned i = 0; i < at; i++) {
        if (configuration->path[i].number == number ||
            strcmp(configuration->path[i].name, configuration->path[at].name) == 0 ||
            address_equal(&configuration->path[i].local, &configuration->path[at].local)) {
            (void)config_lines_fail(reading->lines, "path: number, name or address is that of line %u already",
                                    reading->path_line[i]);
            return;
        }
    }
    configuration->path[at].number = (uint8_t)number;
    reading->path_line[at] = reading->lines->line;
    configuration->paths++;
}

/* monitor ID path NUMBER ADDRESS [path NUMBER ADDRESS]... */
static void line_monitor(struct agent_reading *reading)
{
    static const char *const path_word[] = {"path"};
    struct agent_configuration *configuration = reading->configuration;
    const unsigned at = configuration->monitors;
    unsigned way = 0;

    if (at == AGENT_MONITORS) {
        (void)config_lines_fail(reading->lines, "more than %d monitors", AGENT_MONITORS);
        return;
    }
    if (!config_lines_unsigned(reading->lines, 1, 1, UINT32_MAX, &configuration->monitor[at].id)) {
        return;
    }
    for (unsigned i = 0; i < at; i++) {
        if (configuration->monitor[i].id == configuration->monitor[at].id) {
            (void)config_lines_fail(reading->lines, "monitor %lu was given in line %u already",
                                    (unsigned long)configuration->monitor[at].id, reading->monitor_line[i]);
            return;
        }
    }
    for (unsigned index = 2; index < reading->lines->words || way == 0; index += 3) {
        uint32_t number;
        unsigned word;

        if (way == AGENT_PATHS) {
            (void)config_lines_fail(reading->lines, "monitor: more than %d paths", AGENT_PATHS);
            return;
        }
        if (!config_lines_choice(reading->lines, index, path_word, 1, &word) ||
            !config_lines_unsigned(reading->lines, index + 1, 1, UINT8_MAX, &number) ||
            !config_lines_address(reading->lines, index + 2, MONITOR_PORT, &reading->way_address[at][way])) {
            return;
        }
        reading->way_number[at][way++] = (uint8_t)number;
    }
    reading->ways[at] = way;
    reading->monitor_line[at] = reading->lines->line;
    configuration->monitors++;
}

static void line_interval(struct agent_reading *reading)
{
    if (first(reading, &reading->interval_line)) {
        (void)config_lines_duration(reading->lines, 1, 10 * USEC_PER_MS, 10 * USEC_PER_SECOND,
                                    &reading->configuration->interval);
    }
}

static void line_lease(struct agent_reading *reading)
{
    if (first(reading, &reading->lease_line)) {
        (void)config_lines_duration(reading->lines, 1, 500 * USEC_PER_MS, 3600 * USEC_PER_SECOND,
                                    &reading->configuration->lease);
    }
}

static void line_halt(struct agent_reading *reading)
{
    if (first(reading, &reading->halt_line)) {
        (void)config_lines_duration(reading->lines, 1, 100 * USEC_PER_MS, 600 * USEC_PER_SECOND,
                                    &reading->configuration->halt);
    }
}

static void line_profile(struct agent_reading *reading)
{
    static const char *const names[] = {[PROFILE_DEFAULT] = "default", [PROFILE_FAST] = "fast"};

    if (first(reading, &reading->profile_line)) {
        (void)config_lines_choice(reading->lines, 1, names, 2, &reading->profile);
    }
}

/* How the machine is stopped, where that is said. */
static void stop_how(struct agent_reading *reading, unsigned index)
{
    static const char *const names[] = {[STOP_REBOOT] = "reboot", [STOP_POWER_OFF] = "power-off", [STOP_HALT] = "halt"};
    unsigned how = STOP_REBOOT;

    if (index < reading->lines->words) {
        (void)config_lines_choice(reading->lines, index, names, 3, &how);
    }
    reading->configuration->fence.how = (uint8_t)how;
}

static void line_self_fence(struct agent_reading *reading)
{
    static const char *const names[] = {[FENCE_BY_NOTHING] = "none",
                                        [FENCE_BY_ZONES] = "halt-zones",
                                        [FENCE_BY_STOP] = "stop",
                                        [FENCE_BY_WATCHDOG] = "watchdog",
                                        [FENCE_BY_COMMAND] = "command"};
    static const char *const told[] = {
        [SELF_FENCE_NONE] = "none", [SELF_FENCE_HALT_ZONES] = "halt-zones", [SELF_FENCE_STOP] = "stop"};
    struct fence_plan *plan = &reading->configuration->fence;
    unsigned by = FENCE_BY_NOTHING;
    unsigned as = SELF_FENCE_NONE;
    usec seconds = 0;

    if (!first(reading, &reading->fence_line) || !config_lines_choice(reading->lines, 1, names, 5, &by)) {
        return;
    }
    plan->by = (uint8_t)by;
    switch ((enum fence_by)by) {
    case FENCE_BY_ZONES:
        plan->told = SELF_FENCE_HALT_ZONES;
        stop_how(reading, 2);
        break;
    case FENCE_BY_STOP:
        plan->told = SELF_FENCE_STOP;
        stop_how(reading, 2);
        break;
    case FENCE_BY_WATCHDOG:
        plan->told = SELF_FENCE_WATCHDOG;
        if (absolute(reading, 2, plan->path, sizeof plan->path) &&
            config_lines_duration(reading->lines, 3, USEC_PER_SECOND, 600 * USEC_PER_SECOND, &seconds)) {
            plan->seconds = (unsigned)(seconds / USEC_PER_SECOND);
            stop_how(reading, 4);
        }
        break;
    case FENCE_BY_COMMAND:
        if (absolute(reading, 2, plan->path, sizeof plan->path) &&
            config_lines_choice(reading->lines, 3, told, 3, &as)) {
            plan->told = (uint8_t)as;
        }
        break;
    case FENCE_BY_NOTHING:
    default:
        plan->told = SELF_FENCE_NONE;
        break;
    }
}

/* zones NAME..., and again in further lines */
static void line_zones(struct agent_reading *reading)
{
    struct fence_plan *plan = &reading->configuration->fence;

    reading->zones_line = reading->lines->line;
    for (unsigned index = 1; index < reading->lines->words || index == 1; index++) {
        if (plan->zones == FENCE_ZONES) {
            (void)config_lines_fail(reading->lines, "more than %d zones", FENCE_ZONES);
            return;
        }
        if (!plain_name(reading, index, plan->zone[plan->zones], FENCE_ZONE_NAME)) {
            return;
        }
        for (unsigned i = 0; i < plan->zones; i++) {
            if (strcmp(plan->zone[i], plan->zone[plan->zones]) == 0) {
                (void)config_lines_fail(reading->lines, "zones: %s was given already", plan->zone[i]);
                return;
            }
        }
        plan->zones++;
    }
}

static void line_zoneadm(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_zoneadm)) {
        (void)absolute(reading, 1, reading->configuration->fence.zoneadm, FENCE_PATH);
    }
}

static void line_gated(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_gate)) {
        (void)config_lines_switch(reading->lines, 1, &reading->configuration->gated);
    }
}

static void line_slot(struct agent_reading *reading)
{
    if (first(reading, &reading->slot_line) &&
        absolute(reading, 1, reading->configuration->slot_device, sizeof reading->configuration->slot_device) &&
        config_lines_unsigned(reading->lines, 2, 0, 1000000, &reading->configuration->slot_index)) {
        reading->configuration->slot = true;
    }
}

static void line_keys(struct agent_reading *reading)
{
    if (first(reading, &reading->keys_line)) {
        (void)absolute(reading, 1, reading->configuration->keys_file, sizeof reading->configuration->keys_file);
    }
}

static void line_user(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_user)) {
        (void)plain_name(reading, 1, reading->configuration->user, sizeof reading->configuration->user);
    }
}

static void line_run_directory(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_run)) {
        (void)absolute(reading, 1, reading->configuration->run_directory,
                       sizeof reading->configuration->run_directory - 32);
    }
}

static void line_lock_memory(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_lock)) {
        (void)config_lines_switch(reading->lines, 1, &reading->configuration->lock_memory);
    }
}

static void line_real_time(struct agent_reading *reading)
{
    if (config_lines_once(reading->lines, &reading->seen_real_time)) {
        (void)config_lines_switch(reading->lines, 1, &reading->configuration->real_time);
    }
}

static const char *const keywords[] = {"node",  "path",          "monitor",     "keys",      "self-fence", "zones",
                                       "lease", "halt",          "profile",     "interval",  "gated",      "slot",
                                       "user",  "run-directory", "lock-memory", "real-time", "zoneadm"};
static line_of *const functions[] = {line_node,      line_path,   line_monitor, line_keys,          line_self_fence,
                                     line_zones,     line_lease,  line_halt,    line_profile,       line_interval,
                                     line_gated,     line_slot,   line_user,    line_run_directory, line_lock_memory,
                                     line_real_time, line_zoneadm};

_Static_assert(sizeof keywords / sizeof keywords[0] == sizeof functions / sizeof functions[0],
               "each keyword has its function");

void agent_configuration_line(struct agent_reading *reading)
{
    const unsigned count = (unsigned)(sizeof keywords / sizeof keywords[0]);

    for (unsigned i = 0; i < count; i++) {
        if (config_lines_is(reading->lines, keywords[i])) {
            functions[i](reading);
            (void)config_lines_done(reading->lines);
            return;
        }
    }
    (void)config_lines_unknown(reading->lines, keywords, count);
}
