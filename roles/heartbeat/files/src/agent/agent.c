/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "agent_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t agent_size(void)
{
    return sizeof(struct agent);
}

void agent_note(const struct agent *agent, const char *name, const char *format, ...)
{
    char detail[192];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    agent->effects.event(agent->effects.context, name, detail);
}

void agent_announcement_look(struct agent *agent)
{
    if (agent->announced) {
        return;
    }
    for (unsigned i = 0; i < agent->settings.monitors; i++) {
        if (agent->monitor[i].believed < agent->announced_since) {
            return;
        }
    }
    agent->announced = true;
    agent->lease_ms = agent->settings.lease_ms;
    for (unsigned i = 0; i < agent->settings.monitors; i++) {
        agent->monitor[i].added = false;
    }
    agent_note(agent, "announced", "every monitor has heard the present settings");
    if (agent->effects.announced != NULL) {
        agent->effects.announced(agent->effects.context);
    }
}

void agent_quarantine_look(struct agent *agent)
{
    bool quarantined = false;

    for (unsigned i = 0; i < agent->settings.monitors; i++) {
        quarantined = quarantined || agent->monitor[i].quarantined;
    }
    if (quarantined != agent->quarantined) {
        agent->quarantined = quarantined;
        agent->effects.quarantined(agent->effects.context, quarantined);
    }
}

void agent_start(struct agent *agent, const struct agent_settings *settings, const struct agent_effects *effects,
                 usec now)
{
    memset(agent, 0, sizeof *agent);
    agent->settings = *settings;
    agent->effects = *effects;
    agent->started = now;
    agent->announced_since = 1;
    agent->lease_ms = settings->lease_ms;
    if (settings->kept_lease_ms != 0 && settings->kept_lease_ms < settings->lease_ms) {
        agent->lease_ms = settings->kept_lease_ms;
    }
    agent_schedule(agent, now);
}

static unsigned index_of_monitor(const struct agent_settings *settings, uint32_t id)
{
    unsigned i = 0;

    while (i < settings->monitors && settings->monitor[i] != id) {
        i++;
    }
    return i;
}

static unsigned index_of_path(const struct agent_settings *settings, uint8_t number)
{
    unsigned i = 0;

    while (i < settings->paths && settings->path[i] != number) {
        i++;
    }
    return i;
}

void agent_reload(struct agent *agent, const struct agent_settings *settings, usec now)
{
    const struct agent_settings old = agent->settings;
    struct agent_monitor monitors[AGENT_MONITORS];

    memset(monitors, 0, sizeof monitors);
    for (unsigned i = 0; i < settings->monitors; i++) {
        const unsigned was = index_of_monitor(&old, settings->monitor[i]);

        if (was == old.monitors) {
            monitors[i].added = true;
            continue;
        }
        monitors[i] = agent->monitor[was];
        for (unsigned path = 0; path < AGENT_PATHS; path++) {
            const unsigned path_was = path < settings->paths ? index_of_path(&old, settings->path[path]) : old.paths;

            if (path_was < old.paths) {
                monitors[i].way[path] = agent->monitor[was].way[path_was];
            } else {
                memset(&monitors[i].way[path], 0, sizeof monitors[i].way[path]);
            }
        }
    }
    memcpy(agent->monitor, monitors, sizeof agent->monitor);
    agent->settings = *settings;
    /* The same machine and the same process: what names them does not change under way. */
    agent->settings.boot = old.boot;
    agent->settings.incarnation = old.incarnation;
    agent->announced = false;
    agent->announced_since = agent->sequence + 1;
    if (settings->lease_ms < agent->lease_ms) {
        agent->lease_ms = settings->lease_ms;
    }
    agent_schedule(agent, now);
    agent_quarantine_look(agent);
}

void agent_leave(struct agent *agent, usec now)
{
    if (agent->leaving_since == 0) {
        agent->leaving_since = agent->sequence + 1;
        agent_note(agent, "leaving", "good-bye to every monitor");
    }
    for (unsigned path = 0; path < agent->settings.paths; path++) {
        agent->due[path] = now;
    }
    (void)agent_tick(agent, now);
}

bool agent_left(const struct agent *agent)
{
    return agent->left;
}
