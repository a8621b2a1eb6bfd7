/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of configuration.h: the lines about the monitor itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/keyring.h"
#include "configuration_parts.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof(array)[0]))

struct duration_line {
    const char *keyword;
    enum once once;
    usec least, most;
};

static const struct duration_line durations[] = {
    {"suspect-floor", ONCE_SUSPECT_FLOOR, 50 * USEC_PER_MS, 60 * USEC_PER_SECOND},
    {"suspect-ceiling", ONCE_SUSPECT_CEILING, 100 * USEC_PER_MS, 600 * USEC_PER_SECOND},
    {"probe-time", ONCE_PROBE_TIME, 20 * USEC_PER_MS, 60 * USEC_PER_SECOND},
    {"watch-gap", ONCE_WATCH_GAP, 5 * USEC_PER_MS, 5 * USEC_PER_SECOND},
    {"retry", ONCE_RETRY, USEC_PER_SECOND, 86400 * USEC_PER_SECOND},
    {"vote", ONCE_VOTE, 500 * USEC_PER_MS, 600 * USEC_PER_SECOND},
    {"metrics-interval", ONCE_METRICS_INTERVAL, USEC_PER_SECOND, 3600 * USEC_PER_SECOND}};

static bool duration_line(struct reading *reading, struct config_lines *lines)
{
    struct monitor_settings *settings = &reading->to->settings;
    usec vote = 0;
    usec *const to[] = {&settings->suspect_floor,      &settings->suspect_ceiling, &settings->probe_time,
                        &settings->watch_gap,          &settings->retry,           &vote,
                        &reading->to->metrics_interval};

    for (unsigned i = 0; i < COUNT(durations); i++) {
        if (config_lines_is(lines, durations[i].keyword)) {
            if (config_lines_once(lines, &reading->seen[durations[i].once])) {
                (void)config_lines_duration(lines, 1, durations[i].least, durations[i].most, to[i]);
            }
            settings->vote_ms = vote != 0 ? (uint32_t)(vote / USEC_PER_MS) : settings->vote_ms;
            return true;
        }
    }
    return false;
}

struct text_line {
    const char *keyword;
    enum once once;
    bool path;
};

static const struct text_line texts[] = {{"keys", ONCE_KEYS, true},
                                         {"state", ONCE_STATE, true},
                                         {"journal", ONCE_JOURNAL, true},
                                         {"metrics", ONCE_METRICS, true},
                                         {"pid", ONCE_PID, true},
                                         {"slot", ONCE_SLOT, true},
                                         {"control", ONCE_CONTROL, true},
                                         {"events", ONCE_EVENTS, true},
                                         {"agents", ONCE_AGENTS, true},
                                         {"user", ONCE_USER, false},
                                         {"control-group", ONCE_CONTROL_GROUP, false}};

static bool text_line(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;
    char *const value[] = {to->keys,    to->state,  to->journal, to->metrics, to->pid,          to->slot,
                           to->control, to->events, to->agents,  to->user,    to->control_group};
    const size_t room[] = {sizeof to->keys,   sizeof to->state, sizeof to->journal,      sizeof to->metrics,
                           sizeof to->pid,    sizeof to->slot,  sizeof to->control,      sizeof to->events,
                           sizeof to->agents, sizeof to->user,  sizeof to->control_group};

    for (unsigned i = 0; i < COUNT(texts); i++) {
        if (config_lines_is(lines, texts[i].keyword)) {
            if (config_lines_once(lines, &reading->seen[texts[i].once]) &&
                config_lines_text(lines, 1, value[i], room[i]) && texts[i].path && value[i][0] != '/') {
                (void)config_lines_fail(lines, "\"%s\" is no path from / on", value[i]);
            }
            return true;
        }
    }
    return false;
}

static bool other_line(struct reading *reading, struct config_lines *lines)
{
    static const char *const profiles[] = {"default", "fast"};
    static const char *const acting[] = {"votes", "cluster"};
    struct configuration *to = reading->to;
    unsigned choice = 0;
    uint32_t number = 0;

    if (config_lines_is(lines, "id")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_ID]) &&
               config_lines_unsigned(lines, 1, 1, UINT32_MAX, &to->settings.id));
    } else if (config_lines_is(lines, "profile")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_PROFILE]) &&
               config_lines_choice(lines, 1, profiles, 2, &reading->fast));
    } else if (config_lines_is(lines, "drift")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_DRIFT]) &&
               config_lines_unsigned(lines, 1, 1, 200000, &to->settings.drift_ppm));
    } else if (config_lines_is(lines, "mass")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_MASS]) &&
               config_lines_unsigned(lines, 1, 1, 100, &to->settings.mass_percent) &&
               config_lines_duration(lines, 2, USEC_PER_MS, 3600 * USEC_PER_SECOND, &to->settings.mass_time));
    } else if (config_lines_is(lines, "acting")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_ACTING]) &&
               config_lines_choice(lines, 1, acting, 2, &choice));
        to->settings.acting = (uint8_t)choice; /* in the order of enum acting */
    } else if (config_lines_is(lines, "persons")) {
        if (config_lines_once(lines, &reading->seen[ONCE_PERSONS]) && config_lines_unsigned(lines, 1, 1, 2, &number)) {
            to->settings.persons = (uint8_t)number;
        }
    } else if (config_lines_is(lines, "fence-jobs")) {
        if (config_lines_once(lines, &reading->seen[ONCE_FENCE_JOBS]) &&
            config_lines_unsigned(lines, 1, 1, 64, &number)) {
            to->fence_jobs = number;
        }
    } else if (config_lines_is(lines, "lock-memory")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_LOCK_MEMORY]) &&
               config_lines_switch(lines, 1, &to->lock_memory));
    } else if (config_lines_is(lines, "real-time")) {
        (void)(config_lines_once(lines, &reading->seen[ONCE_REAL_TIME]) &&
               config_lines_switch(lines, 1, &to->real_time));
    } else {
        return false;
    }
    return true;
}

static bool path_index(const struct configuration *to, uint32_t number, unsigned *index)
{
    for (*index = 0; *index < to->settings.paths; ++*index) {
        if (to->settings.path[*index] == number) {
            return true;
        }
    }
    return false;
}

static void listen_line(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;
    struct address address;
    uint32_t number = 0;
    unsigned index;

    if (!config_lines_unsigned(lines, 1, 1, UINT8_MAX, &number) ||
        !config_lines_address(lines, 2, CONFIGURATION_PORT, &address)) {
        return;
    }
    if (path_index(to, number, &index)) {
        (void)config_lines_fail(lines, "path %u has an address to listen on already", (unsigned)number);
        return;
    }
    if (to->settings.paths == MONITOR_PATHS) {
        (void)config_lines_fail(lines, "more than %d paths", MONITOR_PATHS);
        return;
    }
    for (unsigned i = 0; i < to->settings.paths; i++) {
        if (address_equal(&to->listen[i], &address)) {
            (void)config_lines_fail(lines, "path %u listens there already", (unsigned)to->settings.path[i]);
            return;
        }
    }
    to->listen[to->settings.paths] = address;
    to->settings.path[to->settings.paths++] = (uint8_t)number;
}

static void peer_line(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;
    struct address address;
    uint32_t id = 0, number = 0;
    unsigned path, peer = 0;

    if (!config_lines_unsigned(lines, 1, 1, UINT32_MAX, &id) ||
        !config_lines_unsigned(lines, 2, 1, UINT8_MAX, &number) ||
        !config_lines_address(lines, 3, CONFIGURATION_PORT, &address)) {
        return;
    }
    if (!path_index(to, number, &path)) {
        (void)config_lines_fail(lines, "no path %u: its listen stands before its peers", (unsigned)number);
        return;
    }
    while (peer < to->settings.peers && to->settings.peer[peer] != id) {
        peer++;
    }
    if (peer == MONITOR_PEERS) {
        (void)config_lines_fail(lines, "more than %d peers", MONITOR_PEERS);
        return;
    }
    if (to->peer[peer][path].family != ADDRESS_NONE) {
        (void)config_lines_fail(lines, "peer %lu has an address over path %u already", (unsigned long)id,
                                (unsigned)number);
        return;
    }
    to->settings.peer[peer] = id;
    to->settings.peers += peer == to->settings.peers ? 1 : 0;
    to->peer[peer][path] = address;
}

static void reference_line(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;

    if (to->references == CONFIGURATION_REFERENCES) {
        (void)config_lines_fail(lines, "more than %d references", CONFIGURATION_REFERENCES);
    } else if (configuration_probe(lines, 1, 2, &to->reference[to->references])) {
        to->references++;
    }
}

bool configuration_monitor_line(struct reading *reading, struct config_lines *lines)
{
    if (config_lines_is(lines, "listen")) {
        listen_line(reading, lines);
    } else if (config_lines_is(lines, "peer")) {
        peer_line(reading, lines);
    } else if (config_lines_is(lines, "reference")) {
        reference_line(reading, lines);
    } else {
        return text_line(reading, lines) || duration_line(reading, lines) || other_line(reading, lines);
    }
    return true;
}

static void defaults(struct reading *reading)
{
    struct configuration *to = reading->to;
    struct monitor_settings *settings = &to->settings;
    const bool fast = reading->fast == 1;

#define DEFAULT(seen_by, field, value)                                                                                 \
    if (!reading->seen[seen_by]) {                                                                                     \
        field = value;                                                                                                 \
    }
    DEFAULT(ONCE_SUSPECT_FLOOR, settings->suspect_floor, fast ? 200 * USEC_PER_MS : USEC_PER_SECOND)
    DEFAULT(ONCE_PROBE_TIME, settings->probe_time, fast ? 100 * USEC_PER_MS : 350 * USEC_PER_MS)
    DEFAULT(ONCE_SUSPECT_CEILING, settings->suspect_ceiling, 5 * USEC_PER_SECOND)
    DEFAULT(ONCE_WATCH_GAP, settings->watch_gap, 50 * USEC_PER_MS)
    DEFAULT(ONCE_RETRY, settings->retry, 60 * USEC_PER_SECOND)
    DEFAULT(ONCE_VOTE, settings->vote_ms, 5000)
    DEFAULT(ONCE_DRIFT, settings->drift_ppm, 2000)
    DEFAULT(ONCE_MASS, settings->mass_percent, 30)
    DEFAULT(ONCE_MASS, settings->mass_time, 10 * USEC_PER_SECOND)
    DEFAULT(ONCE_PERSONS, settings->persons, 1)
    DEFAULT(ONCE_METRICS_INTERVAL, to->metrics_interval, 15 * USEC_PER_SECOND)
    DEFAULT(ONCE_FENCE_JOBS, to->fence_jobs, 16)
    DEFAULT(ONCE_LOCK_MEMORY, to->lock_memory, true)
    DEFAULT(ONCE_REAL_TIME, to->real_time, true)
#undef DEFAULT
    settings->references = to->references > 0;
    for (unsigned i = 0; i < to->references; i++) {
        to->icmp = to->icmp || to->reference[i].kind == PROBE_ICMP;
    }
}

static bool take_keys(struct configuration *to, struct config_lines *lines)
{
    struct keyring ring;
    char error[CONFIG_ERROR];

    if (!keyring_read(&ring, to->keys, error, sizeof error)) {
        return config_lines_fail(lines, "keys: %s", error);
    }
    to->settings.masters = ring.count;
    for (unsigned i = 0; i < ring.count; i++) {
        to->settings.master_id[i] = ring.id[i];
        memcpy(to->settings.master[i], ring.secret[i], SEAL_KEY_SIZE);
    }
    keyring_forget(&ring);
    return true;
}

bool configuration_monitor_end(struct reading *reading, struct config_lines *lines)
{
    struct configuration *to = reading->to;

    defaults(reading);
    if (to->settings.id == 0) {
        return config_lines_fail(lines, "no id");
    }
    if (to->settings.paths == 0) {
        return config_lines_fail(lines, "no listen");
    }
    if (to->keys[0] == '\0' || to->state[0] == '\0' || to->control[0] == '\0') {
        return config_lines_fail(lines, "no %s",
                                 to->keys[0] == '\0'    ? "keys"
                                 : to->state[0] == '\0' ? "state"
                                                        : "control");
    }
    for (unsigned i = 0; i < to->settings.peers; i++) {
        if (to->settings.peer[i] == to->settings.id) {
            return config_lines_fail(lines, "peer %lu is this monitor itself", (unsigned long)to->settings.id);
        }
    }
    if (to->settings.suspect_ceiling < to->settings.suspect_floor) {
        return config_lines_fail(lines, "suspect-ceiling is below suspect-floor");
    }
    if (to->settings.watch_gap >= to->settings.suspect_floor) {
        return config_lines_fail(lines, "watch-gap must be below suspect-floor");
    }
    return take_keys(to, lines);
}
