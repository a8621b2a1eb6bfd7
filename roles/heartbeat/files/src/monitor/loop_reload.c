/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The configuration read again without losing state, and what is found missing in it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loop_parts.h"

void loop_missing_agents(struct daemon *daemon)
{
    const struct configuration *configuration = daemon->configuration;
    char last[CONFIGURATION_PATH] = "", reason[CONFIGURATION_PATH + 128];

    for (unsigned i = 0; i < configuration->settings.nodes; i++) {
        for (unsigned j = 0; j < MONITOR_LEVELS; j++) {
            const struct fence_level *level = &configuration->means[i].level[j];
            const char *agent = configuration_text(configuration, level->agent);

            if (level->given && level->kind != LEVEL_SLOT && strcmp(agent, last) != 0) {
                (void)snprintf(last, sizeof last, "%s", agent);
                if (access(agent, X_OK) != 0) {
                    (void)snprintf(reason, sizeof reason, "%s cannot be run: %s", agent, strerror(errno));
                    loop_event(daemon, "agent_missing", reason);
                }
            }
        }
    }
}

static bool take_over(struct daemon *daemon, struct configuration *fresh, char *said, size_t size)
{
    struct configuration *const old = daemon->configuration;
    struct control_source source;

    fresh->settings.boot = old->settings.boot;
    fresh->settings.incarnation = old->settings.incarnation;
    if (!fence_run_reload(daemon->fences, fresh)) {
        configuration_free(fresh);
        (void)snprintf(said, size, "no memory");
        return false;
    }
    daemon->configuration = fresh; /* what the monitor asks for meanwhile is of these nodes */
    if (!monitor_reload(daemon->monitor, &fresh->settings, daemon->now)) {
        daemon->configuration = old;
        if (fence_run_reload(daemon->fences, old)) {
            configuration_free(fresh);
        }
        (void)snprintf(said, size, "no memory");
        return false;
    }
    loop_control_source(daemon, &source);
    control_change(daemon->control, &source);
    configuration_free(old);
    return true;
}

bool loop_reload(void *context, char *said, size_t size)
{
    struct daemon *daemon = context;
    char error[CONFIG_ERROR];
    struct configuration *fresh = configuration_load(daemon->file, error, sizeof error);
    const char *fixed;

    if (fresh == NULL) {
        (void)snprintf(said, size, "%s", error);
    } else if ((fixed = configuration_fixed(daemon->configuration, fresh)) != NULL) {
        (void)snprintf(said, size, "%s changes with a restart only; nothing was changed", fixed);
        configuration_free(fresh);
    } else if ((fresh->journal[0] == '\0') != (daemon->journal == NULL)) {
        (void)snprintf(said, size, "whether there is a journal changes with a restart only; nothing was changed");
        configuration_free(fresh);
    } else if (take_over(daemon, fresh, said, size)) {
        if (daemon->journal != NULL) {
            journal_reopen(daemon->journal, fresh->journal);
        }
        loop_missing_agents(daemon);
        (void)snprintf(said, size, "the configuration was read again: %u nodes", fresh->settings.nodes);
        return true;
    }
    loop_event(daemon, "reload_failed", said);
    return false;
}
