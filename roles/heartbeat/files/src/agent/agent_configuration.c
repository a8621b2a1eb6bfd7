/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "agent_configuration.h"

#include <stdio.h>
#include <string.h>

#include "../common/keyring.h"
#include "../wire/packet.h"
#include "agent_configuration_lines.h"

#define FILE_ROOM 65536

/* What is wrong with the whole, said of the line that it is most likely changed in. */
static bool wrong(struct agent_reading *reading, unsigned line, const char *what)
{
    reading->lines->line = line;
    return config_lines_fail(reading->lines, "%s", what);
}

static void defaults(struct agent_configuration *configuration)
{
    memset(configuration, 0, sizeof *configuration);
    configuration->lease = 10 * USEC_PER_SECOND;
    configuration->halt = 5 * USEC_PER_SECOND;
    configuration->lock_memory = true;
    configuration->real_time = true;
    (void)snprintf(configuration->run_directory, sizeof configuration->run_directory, "%s", AGENT_RUN_DIRECTORY);
    (void)snprintf(configuration->fence.zoneadm, sizeof configuration->fence.zoneadm, "/usr/sbin/zoneadm");
}

/* Paths of monitors: numbers become indexes. */
static bool resolve_ways(struct agent_reading *reading)
{
    struct agent_configuration *configuration = reading->configuration;
    unsigned used = 0;

    for (unsigned i = 0; i < configuration->monitors; i++) {
        for (unsigned way = 0; way < reading->ways[i]; way++) {
            unsigned path = 0;

            while (path < configuration->paths && configuration->path[path].number != reading->way_number[i][way]) {
                path++;
            }
            if (path == configuration->paths) {
                return wrong(reading, reading->monitor_line[i], "monitor: over a path that is not declared");
            }
            if ((configuration->monitor[i].reach >> path & 1) != 0) {
                return wrong(reading, reading->monitor_line[i], "monitor: a path is named twice");
            }
            if (configuration->path[path].local.family != reading->way_address[i][way].family) {
                return wrong(reading, reading->monitor_line[i],
                             "monitor: its address is not of the family of the path's own address");
            }
            configuration->monitor[i].reach = (uint8_t)(configuration->monitor[i].reach | 1u << path);
            configuration->monitor[i].address[path] = reading->way_address[i][way];
            used |= 1u << path;
        }
    }
    for (unsigned path = 0; path < configuration->paths; path++) {
        if ((used >> path & 1) == 0) {
            return wrong(reading, reading->path_line[path], "path: no monitor is reached over it");
        }
    }
    return true;
}

static bool check_times(struct agent_reading *reading)
{
    struct agent_configuration *configuration = reading->configuration;
    const struct fence_plan *plan = &configuration->fence;

    if (configuration->interval == 0) {
        configuration->interval = (reading->profile == PROFILE_FAST ? 50 : 250) * USEC_PER_MS;
    }
    if (configuration->interval % USEC_PER_MS != 0 || configuration->lease % USEC_PER_MS != 0 ||
        configuration->halt % USEC_PER_MS != 0) {
        return wrong(reading, reading->lease_line, "interval, lease and halt are whole milliseconds");
    }
    if (configuration->lease < 4 * configuration->interval) {
        return wrong(reading, reading->lease_line != 0 ? reading->lease_line : reading->interval_line,
                     "lease is less than four intervals: lost packets would fence the node");
    }
    if (plan->by == FENCE_BY_WATCHDOG && (usec)plan->seconds * USEC_PER_SECOND > configuration->halt) {
        return wrong(reading, reading->fence_line, "self-fence: the watchdog strikes later than halt allows");
    }
    return true;
}

static bool check_fence(struct agent_reading *reading)
{
    const struct fence_plan *plan = &reading->configuration->fence;

    if (reading->fence_line == 0) {
        return wrong(reading, 0, "self-fence is missing: none, halt-zones, stop, watchdog or command");
    }
    if (plan->by == FENCE_BY_ZONES && plan->zones == 0) {
        return wrong(reading, reading->fence_line, "self-fence halt-zones needs zones");
    }
    if (plan->by != FENCE_BY_ZONES && plan->zones > 0) {
        return wrong(reading, reading->zones_line, "zones are for self-fence halt-zones only");
    }
    return true;
}

/* Where monitors look for it. In another place a pill would close nothing. */
static bool check_slot(struct agent_reading *reading)
{
    const struct agent_configuration *configuration = reading->configuration;

    if (configuration->slot && configuration->slot_index != configuration->node) {
        return wrong(reading, reading->slot_line, "slot: the place of a node on the LUN is its own number");
    }
    return true;
}

static bool check(struct agent_reading *reading)
{
    const struct agent_configuration *configuration = reading->configuration;

    if (reading->node_line == 0) {
        return wrong(reading, 0, "node is missing");
    }
    if (configuration->paths == 0) {
        return wrong(reading, 0, "path is missing");
    }
    if (configuration->monitors == 0) {
        return wrong(reading, 0, "monitor is missing");
    }
    if (reading->keys_line == 0) {
        return wrong(reading, 0, "keys is missing");
    }
    return check_fence(reading) && check_slot(reading) && resolve_ways(reading) && check_times(reading);
}

bool agent_configuration_parse(struct agent_configuration *configuration, const char *file, const char *text,
                               size_t size, char *error, size_t error_size)
{
    struct config_lines lines;
    struct agent_reading reading;

    defaults(configuration);
    memset(&reading, 0, sizeof reading);
    reading.configuration = configuration;
    reading.lines = &lines;
    config_lines_start(&lines, file, text, size);
    while (config_lines_next(&lines)) {
        agent_configuration_line(&reading);
    }
    if (!config_lines_failed(&lines)) {
        (void)check(&reading);
    }
    if (config_lines_failed(&lines)) {
        (void)snprintf(error, error_size, "%s", lines.error);
        return false;
    }
    return true;
}

bool agent_configuration_read(struct agent_configuration *configuration, const char *file, char *error,
                              size_t error_size)
{
    static char text[FILE_ROOM];
    struct keyring ring;
    size_t size;

    if (!config_file_read(file, text, sizeof text, &size, error, error_size) ||
        !agent_configuration_parse(configuration, file, text, size, error, error_size) ||
        !keyring_read(&ring, configuration->keys_file, error, error_size)) {
        return false;
    }
    keyring_own(&ring, &configuration->keys);
    keyring_forget(&ring);
    return true;
}

void agent_configuration_settings(const struct agent_configuration *configuration, struct agent_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    settings->node = configuration->node;
    settings->lease_ms = (uint32_t)(configuration->lease / USEC_PER_MS);
    settings->halt_ms = (uint32_t)(configuration->halt / USEC_PER_MS);
    settings->interval_ms = (uint32_t)(configuration->interval / USEC_PER_MS);
    settings->self_fence = configuration->fence.told;
    settings->gated = configuration->gated;
    settings->slot = configuration->slot;
    settings->paths = configuration->paths;
    for (unsigned i = 0; i < configuration->paths; i++) {
        settings->path[i] = configuration->path[i].number;
    }
    settings->monitors = configuration->monitors;
    for (unsigned i = 0; i < configuration->monitors; i++) {
        settings->monitor[i] = configuration->monitor[i].id;
        settings->reach[i] = configuration->monitor[i].reach;
    }
    settings->keys = configuration->keys;
}
