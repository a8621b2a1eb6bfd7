/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * monitor.conf: lines of config_lines.h. A line about a node stands behind the node's own. Paths have numbers, as on
 * the nodes; addresses are "192.0.2.1:4790" or "[2001:db8::1]:4790", durations "250ms", "10s".
 *
 *     id 1                                    # of this monitor
 *     listen PATH ADDRESS
 *     peer ID PATH ADDRESS                    # another monitor
 *     reference icmp|tcp ADDRESS              # answers when our own network works
 *     keys FILE                               # master keys, 0600: lines "key ID HEX", newest first
 *     state FILE                              # what survives a restart
 *     control SOCKET                          # unix, for heliostat-heartbeat
 *     control-group GROUP                     # may use the sockets, besides the owner
 *     events SOCKET                           # unix, JSON lines for whoever connects
 *     journal FILE                            # JSON lines
 *     metrics FILE                            # Prometheus text file
 *     metrics-interval 15s
 *     pid FILE
 *     user NAME                               # to become after the sockets are open
 *     profile default|fast                    # fast: suspect-floor 200ms, probe-time 100ms
 *     suspect-floor 1s   suspect-ceiling 5s   probe-time 350ms   watch-gap 50ms   retry 60s   vote 5s    (a line each)
 *     drift 2000                              # parts per million, between any two machines' clocks
 *     mass 30 10s                             # percent lost within that time stops everything
 *     acting votes|cluster
 *     persons 1|2
 *     slot DEVICE                             # shared LUN with the nodes' beats and pills
 *     agents DIRECTORY                        # of fence agents named without a path, before them; default /usr/sbin
 *     fence-jobs 16                           # agents that run at a time
 *     lock-memory yes|no   real-time yes|no   (a line each)
 *     include PATTERN                         # files with more lines; they include nothing
 *
 *     node ID NAME
 *     lease-proof NODE watchdog|agent|never
 *     probe NODE icmp|tcp|greeting ADDRESS    # icmp without port
 *     fence NODE LEVEL power|storage AGENT KEY=VALUE... [within=30s] [attempts=3] [settle=10s]
 *     fence NODE LEVEL slot [within=30s] [attempts=3]
 *
 * Levels count from 1 without gaps. KEY=VALUE goes to the agent's standard input; KEY=@FILE takes the first line of a
 * file that only the monitor's user may read, so that no secret stands in this file or in a list of processes.
 */
#ifndef HELIOSTAT_MONITOR_CONFIGURATION_H
#define HELIOSTAT_MONITOR_CONFIGURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/address.h"
#include "../common/config_lines.h"
#include "monitor.h"

#define CONFIGURATION_PORT 4790
#define CONFIGURATION_PROBES 4
#define CONFIGURATION_REFERENCES 8
#define CONFIGURATION_PATH 256
#define CONFIGURATION_SOCKET 100 /* sun_path is short */
#define CONFIGURATION_NODES 100000
#define CONFIGURATION_INPUT 3072 /* of a fence agent: a pipe takes that much at once, anywhere */

enum probe_kind { PROBE_ICMP, PROBE_TCP, PROBE_GREETING };

struct probe_target {
    uint8_t kind; /* enum probe_kind */
    struct address address;
};

struct fence_level {
    bool given;
    uint8_t kind;     /* enum level_kind */
    uint8_t attempts; /* at least 1 */
    uint32_t agent;   /* in `texts`: path of the program */
    uint32_t input;   /* in `texts`: "key=value\n" lines without the action */
    uint32_t within_ms;
    uint32_t settle_ms; /* how long after switching off it may still say on */
};

struct node_means {
    uint32_t file; /* in `texts`: where the node was declared */
    uint32_t line;
    bool proof_given;
    unsigned probes;
    struct probe_target probe[CONFIGURATION_PROBES];
    struct fence_level level[MONITOR_LEVELS];
};

struct configuration {
    struct monitor_settings settings; /* boot and incarnation are the caller's; settings.node == node */
    struct monitor_node *node;
    struct node_means *means; /* of node[i] */
    uint32_t *by_id;          /* configuration_index */
    uint32_t table;
    char *texts;
    struct address listen[MONITOR_PATHS];              /* of settings.path[i] */
    struct address peer[MONITOR_PEERS][MONITOR_PATHS]; /* of settings.peer[i] over settings.path[j]; family 0: not */
    unsigned references;
    struct probe_target reference[CONFIGURATION_REFERENCES];
    char keys[CONFIGURATION_PATH];
    char state[CONFIGURATION_PATH];
    char journal[CONFIGURATION_PATH]; /* empty: none; so for those below */
    char metrics[CONFIGURATION_PATH];
    char pid[CONFIGURATION_PATH];
    char slot[CONFIGURATION_PATH];
    char control[CONFIGURATION_SOCKET];
    char events[CONFIGURATION_SOCKET];
    char user[64];
    char control_group[64];
    char agents[CONFIGURATION_PATH];
    unsigned fence_jobs;
    usec metrics_interval;
    bool lock_memory, real_time;
    bool icmp; /* some probe or reference needs it */
};

/* NULL with "FILE:LINE: what is wrong". Reads keys and secrets too: what would fail at a fencing fails here. */
struct configuration *configuration_load(const char *file, char *error, size_t size);
void configuration_free(struct configuration *configuration);
/* Index of the node with that id. */
bool configuration_index(const struct configuration *configuration, uint32_t id, unsigned *index);
/* What a reload cannot change between these two; NULL: nothing, it may be done. */
const char *configuration_fixed(const struct configuration *now, const struct configuration *then);
static inline const char *configuration_text(const struct configuration *configuration, uint32_t at)
{
    return configuration->texts + at;
}

#endif
