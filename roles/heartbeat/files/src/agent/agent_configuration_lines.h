/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The lines of agent.conf on their way to a configuration. */
#ifndef HELIOSTAT_AGENT_AGENT_CONFIGURATION_LINES_H
#define HELIOSTAT_AGENT_AGENT_CONFIGURATION_LINES_H

#include "../common/config_lines.h"
#include "agent_configuration.h"

enum agent_profile { PROFILE_DEFAULT, PROFILE_FAST };

struct agent_reading {
    struct agent_configuration *configuration;
    struct config_lines *lines;
    /* Where a keyword stood, for what can only be checked at the end; 0: nowhere. */
    unsigned node_line, lease_line, halt_line, interval_line, fence_line, zones_line, slot_line, keys_line,
        profile_line;
    unsigned path_line[AGENT_PATHS];
    unsigned monitor_line[AGENT_MONITORS];
    /* Paths of monitors by number: they may be declared further down. */
    unsigned ways[AGENT_MONITORS];
    uint8_t way_number[AGENT_MONITORS][AGENT_PATHS];
    struct address way_address[AGENT_MONITORS][AGENT_PATHS];
    bool seen_gate, seen_user, seen_run, seen_lock, seen_real_time, seen_zoneadm;
    unsigned profile;
};

/* The present line. */
void agent_configuration_line(struct agent_reading *reading);

#endif
