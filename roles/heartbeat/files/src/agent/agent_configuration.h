/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* agent.conf: what an agent is told. Every error names file and line. */
#ifndef HELIOSTAT_AGENT_AGENT_CONFIGURATION_H
#define HELIOSTAT_AGENT_AGENT_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/address.h"
#include "../common/time.h"
#include "../wire/seal.h"
#include "agent.h"
#include "self_fence.h"

#define AGENT_CONFIGURATION_FILE "/etc/heliostat/agent.conf"
#define AGENT_RUN_DIRECTORY "/var/run/heliostat-agent"
#define AGENT_PORT 4791   /* of the node's sockets, where an address names none */
#define MONITOR_PORT 4790 /* of a monitor's */
#define AGENT_FILE 256
#define AGENT_WORD 64

struct agent_configuration {
    uint32_t node;
    char name[AGENT_WORD];
    unsigned paths;
    struct {
        uint8_t number;
        char name[AGENT_WORD];
        struct address local;
    } path[AGENT_PATHS];
    unsigned monitors;
    struct {
        uint32_t id;
        uint8_t reach;                       /* bit i: over path[i] */
        struct address address[AGENT_PATHS]; /* by index of the path */
    } monitor[AGENT_MONITORS];
    usec interval;
    usec lease;
    usec halt;
    struct fence_plan fence;
    bool gated;
    bool slot;
    char slot_device[AGENT_FILE];
    uint32_t slot_index;
    char keys_file[AGENT_FILE];
    struct seal_keys keys;
    char user[AGENT_WORD]; /* empty: none is named, the sender stays who it is */
    char run_directory[AGENT_FILE];
    bool lock_memory;
    bool real_time;
};

/* All but the keys. False with `error` ("FILE:LINE: what is wrong"). */
bool agent_configuration_parse(struct agent_configuration *configuration, const char *file, const char *text,
                               size_t size, char *error, size_t error_size);
/* Reads the file, parses it, reads the keys that it names. */
bool agent_configuration_read(struct agent_configuration *configuration, const char *file, char *error,
                              size_t error_size);
/* What the sender core takes of it; boot and incarnation are the caller's. */
void agent_configuration_settings(const struct agent_configuration *configuration, struct agent_settings *settings);

#endif
