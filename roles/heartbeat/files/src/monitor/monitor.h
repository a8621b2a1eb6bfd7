/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The monitor: hears keep-alives of many nodes, answers them, judges them, has them fenced, and says what it found.
 * Pure: everything it does goes through monitor_effects, everything it learns is told by the functions below with the
 * time it happened. The same code runs in the daemon and in the simulation.
 *
 * Two clocks. Silence is measured in *watched* time, which stands still while the monitor itself does: of a gap between
 * two calls no more than `watch_gap` counts, so a monitor that was stopped for minutes declares nobody. Proof (a lease
 * that has run out) is measured on the real monotonic clock.
 */
#ifndef HELIOSTAT_MONITOR_MONITOR_H
#define HELIOSTAT_MONITOR_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/address.h"
#include "../common/time.h"
#include "../wire/packet.h"
#include "../wire/seal.h"
#include "states.h"

#define MONITOR_PATHS 8
#define MONITOR_PEERS 8
#define MONITOR_LEVELS 4
#define MONITOR_MASTERS SEAL_KEYS
#define NODE_NAME 64

enum level_kind { LEVEL_POWER, LEVEL_STORAGE, LEVEL_SLOT };
enum lease_proof { LEASE_PROOF_WATCHDOG, LEASE_PROOF_AGENT, LEASE_PROOF_NEVER };
enum acting { ACTING_BY_VOTES, ACTING_BY_CLUSTER };

struct monitor_node {
    uint32_t id;
    char name[NODE_NAME];
    unsigned levels;
    uint8_t level[MONITOR_LEVELS]; /* enum level_kind, tried in this order */
    uint8_t probes;                /* how many probes are declared */
    uint8_t lease_proof;           /* enum lease_proof: which self-fencing is believed */
};

struct monitor_settings {
    uint32_t id;
    uint64_t boot;
    uint64_t incarnation;
    unsigned paths;
    uint8_t path[MONITOR_PATHS]; /* numbers */
    unsigned peers;
    uint32_t peer[MONITOR_PEERS];
    unsigned masters;
    uint16_t master_id[MONITOR_MASTERS]; /* newest first */
    uint8_t master[MONITOR_MASTERS][SEAL_KEY_SIZE];
    unsigned nodes;
    const struct monitor_node *node;
    usec suspect_floor;    /* default 1 s: shortest silence that is suspicious */
    usec suspect_ceiling;  /* default 5 s */
    usec probe_time;       /* default 350 ms: how long solicited answers, peers and probes are waited for */
    usec watch_gap;        /* default 50 ms */
    usec retry;            /* default 60 s: of fencing that proved nothing */
    uint32_t drift_ppm;    /* default 2000: between any two machines' clocks */
    uint32_t vote_ms;      /* default 5000 */
    uint32_t mass_percent; /* default 30: more of the nodes that were alive, lost within mass_time, stop everything
                              until a person says go on */
    usec mass_time;        /* default 10 s */
    uint8_t acting;        /* enum acting */
    uint8_t persons;       /* that must acknowledge a death: 1 or 2 */
    bool references;       /* reference addresses are declared: they prove own connectivity too */
};

enum probe_result { PROBE_SILENT, PROBE_KERNEL, PROBE_PROGRAM };
enum fence_result { FENCE_PROVEN, FENCE_FAILED };

/* One line of the journal; text fields are NULL where they do not apply. */
struct monitor_event {
    const char
        *name; /* "state", "path", "refused", "duplicate", "isolated", "mass_loss", "held", "verdict", "acting", ... */
    uint32_t node; /* 0: of the monitor itself */
    const char *node_name;
    const char *from;
    const char *to;
    const char *reason; /* a sentence: what was found */
    uint8_t path;
    uint64_t boot;     /* of the node that was judged, in "verdict" */
    uint64_t incident; /* number of the loss: the same in every event about it; (node, boot, incident) is what recovery
                          runs once for */
};

struct monitor_effects {
    void *context;
    /* To an agent or a peer, over path[path]. */
    void (*send)(void *context, unsigned path, const struct address *to, const uint8_t *bytes, size_t size);
    void (*event)(void *context, const struct monitor_event *event);
    /* Begin, do not wait. Their results come by monitor_probed, monitor_fenced with the same ticket; a ticket that was
     * cancelled answers nobody. */
    /* `node` is its id, `level` counts from 0. */
    void (*probe)(void *context, unsigned node, uint64_t ticket);
    void (*fence)(void *context, unsigned node, unsigned level, uint64_t boot, uint64_t ticket);
    void (*reference)(void *context, uint64_t ticket); /* are the reference addresses reachable? monitor_referenced */
    /* On disk before it returns true: what must hold after a restart. False: could not be written, what depends on it
     * is not done. */
    bool (*remember)(void *context);
    void (*random)(void *context, void *bytes, size_t size);
    /* Address of peer[peer] over path[path]; false: not declared. */
    bool (*peer_address)(void *context, unsigned peer, unsigned path, struct address *address);
};

struct monitor;

struct monitor *monitor_new(const struct monitor_settings *settings, const struct monitor_effects *effects,
                            usec now); /* NULL: no memory */
void monitor_free(struct monitor *monitor);
/* Takes other settings over; nodes and peers that stay keep their state. False: no memory, nothing was changed. */
bool monitor_reload(struct monitor *monitor, const struct monitor_settings *settings, usec now);

void monitor_receive(struct monitor *monitor, unsigned path, const struct address *from, const uint8_t *bytes,
                     size_t size, usec now);
/* To be called after every datagram that waits has been given to monitor_receive. Returns when to call again. */
usec monitor_tick(struct monitor *monitor, usec now);
void monitor_probed(struct monitor *monitor, uint64_t ticket, enum probe_result result, const char *said, usec now);
void monitor_fenced(struct monitor *monitor, uint64_t ticket, enum fence_result result, const char *said, usec now);
void monitor_referenced(struct monitor *monitor, uint64_t ticket, bool reachable, usec now);

/* Commands of persons and of the cluster. Each writes a sentence to `said` (what was done, or why not) and returns
 * whether it was done. */
enum monitor_command {
    COMMAND_ARM,
    COMMAND_DISARM, /* the monitor: fence or only tell */
    COMMAND_MAINTENANCE_ON,
    COMMAND_MAINTENANCE_OFF, /* a node */
    COMMAND_ACKNOWLEDGE,     /* a node is dead: a person's word */
    COMMAND_RELEASE,         /* a node from quarantine, or from a withheld answer nobody came back for */
    COMMAND_UNDISPUTE,       /* a duplicate node id was put right */
    COMMAND_GO_ON,           /* after a mass loss */
    COMMAND_ACT,
    COMMAND_OBSERVE /* named by the cluster: ACTING_BY_CLUSTER only */
};
bool monitor_order(struct monitor *monitor, enum monitor_command command, const char *node, const char *person,
                   const char *words, char *said, size_t size, usec now);

/* What survives a restart, as lines of text (armed, maintenance, withheld, states, incidents, acknowledgements). */
typedef void (*monitor_write)(void *context, const char *line);
void monitor_save(const struct monitor *monitor, monitor_write write, void *context);
/* One such line, before the first tick. False: not understood; `said` tells. */
bool monitor_restore(struct monitor *monitor, const char *line, char *said, size_t size, usec now);

/* For status, metrics and tests. */
struct node_view {
    uint32_t id;
    const char *name;
    enum node_state state;
    uint64_t boot;
    uint64_t incident;
    bool maintenance, disputed, withheld;
    usec heard_ago;     /* real time, USEC_NEVER: never */
    usec suspect_after; /* the present timeout */
    uint8_t paths_alive, paths_known;
    struct keepalive last; /* zeros where never heard */
    const char *verdict;   /* of NODE_FENCED: by what it was proven */
    usec verdict_ago;      /* real time, USEC_NEVER: before this monitor's start, or no verdict */
};
bool monitor_view(const struct monitor *monitor, unsigned node, usec now,
                  struct node_view *view); /* false: no such index */
bool monitor_acting(const struct monitor *monitor, usec now);
bool monitor_armed(const struct monitor *monitor);

struct monitor_counts {
    uint64_t received, believed, answered, sent;
    uint64_t refused_seal, refused_replay, refused_malformed, refused_version, refused_unknown, refused_session,
        refused_transition;
    uint64_t suspicions, fences, verdicts;
};
void monitor_counts(const struct monitor *monitor, struct monitor_counts *counts);

#endif
