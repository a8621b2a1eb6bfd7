/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever agent.conf holds: what is taken keeps the bounds that the core relies on, what is not has an error with its
 * place. */
#include "input.h"

#include "agent/agent_configuration.h"
#include "common/config_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct agent_configuration configuration;
    struct agent_settings settings;
    char error[CONFIG_ERROR] = "";

    memset(&configuration, 0x55, sizeof configuration);
    if (!agent_configuration_parse(&configuration, "fuzzed", (const char *)data, size, error, sizeof error)) {
        demand(strncmp(error, "fuzzed:", 7) == 0);
        return 0;
    }
    demand(configuration.node != 0);
    demand(configuration.paths >= 1 && configuration.paths <= AGENT_PATHS);
    demand(configuration.monitors >= 1 && configuration.monitors <= AGENT_MONITORS);
    demand(configuration.interval > 0 && configuration.lease > configuration.interval && configuration.halt >= 0);
    for (unsigned i = 0; i < configuration.monitors; i++) {
        demand(configuration.monitor[i].id != 0);
        demand(configuration.monitor[i].reach != 0);
        demand(configuration.monitor[i].reach >> configuration.paths == 0);
    }
    agent_configuration_settings(&configuration, &settings);
    demand(settings.paths == configuration.paths && settings.monitors == configuration.monitors);
    return 0;
}
