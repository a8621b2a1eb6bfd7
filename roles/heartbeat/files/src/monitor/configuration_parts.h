/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Between the files that read monitor.conf: what is known so far. */
#ifndef HELIOSTAT_MONITOR_CONFIGURATION_PARTS_H
#define HELIOSTAT_MONITOR_CONFIGURATION_PARTS_H

#include "configuration.h"

enum once {
    ONCE_ID,
    ONCE_KEYS,
    ONCE_STATE,
    ONCE_CONTROL,
    ONCE_CONTROL_GROUP,
    ONCE_EVENTS,
    ONCE_JOURNAL,
    ONCE_METRICS,
    ONCE_METRICS_INTERVAL,
    ONCE_PID,
    ONCE_USER,
    ONCE_PROFILE,
    ONCE_SUSPECT_FLOOR,
    ONCE_SUSPECT_CEILING,
    ONCE_PROBE_TIME,
    ONCE_WATCH_GAP,
    ONCE_RETRY,
    ONCE_VOTE,
    ONCE_DRIFT,
    ONCE_MASS,
    ONCE_ACTING,
    ONCE_PERSONS,
    ONCE_SLOT,
    ONCE_AGENTS,
    ONCE_FENCE_JOBS,
    ONCE_LOCK_MEMORY,
    ONCE_REAL_TIME,
    ONCE_COUNT
};

struct reading {
    struct configuration *to;
    unsigned room; /* of to->node and to->means */
    uint32_t texts_used, texts_room;
    uint32_t *by_name; /* as to->by_id: open addressing, index + 1; to->table slots, a power of two */
    unsigned last;     /* node that was looked up last: its lines stand together */
    uint32_t file;     /* name of the file being read, in texts */
    bool seen[ONCE_COUNT];
    unsigned fast;
};

/* Of a keyword that is theirs true, with the error noted in `lines` where its line is wrong. */
bool configuration_monitor_line(struct reading *reading, struct config_lines *lines);
bool configuration_node_line(struct reading *reading, struct config_lines *lines);
/* After the last line: what is missing, what contradicts. */
bool configuration_monitor_end(struct reading *reading, struct config_lines *lines);
bool configuration_nodes_end(struct reading *reading, struct config_lines *lines);
/* Offset of a copy in texts; 0 (the empty text) where there is no memory, with the error noted. */
uint32_t configuration_keep(struct reading *reading, struct config_lines *lines, const char *text);
bool configuration_node_find(struct reading *reading, const char *name, unsigned *index);
/* "fence NODE LEVEL ..." behind the level's number. */
bool configuration_fence(struct reading *reading, struct config_lines *lines, unsigned node);
/* "icmp|tcp|greeting ADDRESS" at words[index]. */
bool configuration_probe(struct config_lines *lines, unsigned index, unsigned kinds, struct probe_target *target);
void configuration_forget(struct reading *reading);

#endif
