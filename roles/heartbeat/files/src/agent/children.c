/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the guard's children have in common. */
#include "children.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "agent_log.h"

void child_settle(const struct child_start *start)
{
    const struct agent_configuration *configuration = start->configuration;
    char said[256];

    platform_steady(configuration->lock_memory, configuration->real_time, said, sizeof said);
    if (configuration->user[0] == '\0') {
        return;
    }
    if (geteuid() != 0) {
        agent_log(AGENT_LOG_WARNING, "not started by root: goes on as user %ld, not as %s", (long)geteuid(),
                  configuration->user);
        return;
    }
    if (!platform_drop(configuration->user, false)) {
        agent_log(AGENT_LOG_ALARM, "cannot become user %s: %s", configuration->user, strerror(errno));
        _exit(1);
    }
}
