/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the files of the monitor's core share: the monitor, its nodes, its peers. No other part includes this. */
#ifndef HELIOSTAT_MONITOR_CORE_H
#define HELIOSTAT_MONITOR_CORE_H

#include "interval.h"
#include "monitor.h"
#include "session.h"

#define NODES_SPARE 64   /* nodes that are not configured, of which something is remembered all the same */
#define FORMER_PEER 15   /* bit of whoever is no peer any more: its promise stands until a person releases it */
#define NEVER_HEARD (-1) /* a time before all times */

/* One path of one node. Times are watched. */
struct node_path {
    struct address address;
    struct interval interval;
    uint64_t sequence; /* greatest believed, of the present incarnation */
    usec heard;
    usec beat; /* last that came by itself: between these the interval is measured */
    bool known;
    bool late;
};

/* A suspicion, from its begin to its end. */
struct suspicion {
    usec began;      /* real: when the node was lost */
    usec since;      /* watched: own connectivity must be proven after it; in the future where the suspicion waits */
    usec ask_at;     /* watched: next solicitation and question to the peers */
    usec asked;      /* watched: last one; NEVER_HEARD: not in this suspicion */
    usec probing;    /* watched */
    uint64_t from;   /* sequence of the queries whose replies count: those of the last round and this one */
    uint64_t round;  /* first sequence of the last round */
    uint64_t ticket; /* of the probe */
    usec peer_heard; /* real: when a peer heard it last, as far as told */
    usec peer_asked; /* real: last question while unreachable */
    usec probed;     /* real: last probe while unreachable */
    uint8_t paths;   /* bit i: the node was in time on path[i] until it was lost */
    bool isolated;   /* waits for own connectivity */
    bool back;       /* that was so, and came back */
    bool spoke;      /* it was waited for, because it had spoken */
    bool peer_hears; /* said so */
    bool program;    /* a program of it answers */
};

/* A fencing, from its begin to its end. */
struct fencing {
    uint64_t ticket; /* of the level that runs, 0: none */
    uint64_t boot;   /* of the node when that level began */
    unsigned level;
    unsigned tries;
    usec began;
    usec level_at;            /* when the level began, or begins */
    usec ask_at;              /* next question to the peers */
    uint64_t from;            /* sequence of the first query that asked to withhold: earlier replies do not count */
    uint16_t granted;         /* bit i: peer[i] withholds */
    usec told[MONITOR_PEERS]; /* its last answer, at the latest */
    usec pill;                /* when it was read back; NEVER_HEARD: not */
    uint64_t pill_boot;
    const char *called_off; /* why; NULL: not */
    bool proven;            /* is told when it is on disk */
    usec retry_at;
    unsigned retries;
};

struct node {
    struct monitor_node settings;
    bool configured;
    enum node_state state;
    struct seal_keys keys;
    struct session session;
    struct node_path path[MONITOR_PATHS];
    struct keepalive last;
    /* Real: first keep-alive that promised what the last one does. Up to then what was promised before may have
     * extended its lease. */
    usec promise_heard;
    uint64_t newest;  /* greatest sequence believed, over all paths: only that one's words count, and what was
                         sent before a good-bye does not take it back */
    usec heard;       /* real; NEVER_HEARD: not by this incarnation */
    usec answered;    /* real: last answer that extends; NEVER_HEARD: none by this incarnation */
    usec spoke;       /* watched: last keep-alive that could not be believed yet, and was challenged */
    usec judged_from; /* watched: it was believed alive before the restart, and has its full time-out from here */
    uint64_t boot;    /* as last believed, or remembered */
    uint64_t incident;
    uint64_t incident_boot; /* whose losses are counted */
    uint64_t change;        /* monitor.change when it changed last */
    bool believed_alive;    /* remembered so, not heard since */
    bool maintenance;
    bool disputed;
    bool left;            /* it said good-bye */
    bool held;            /* its last keep-alive said that its lease is held, or has expired */
    bool own;             /* withheld for an own fencing or quarantine */
    bool fence_next;      /* may be fenced as soon as that is on disk */
    bool waiting;         /* in monitor.waiting */
    bool tight;           /* said that its beats are too far apart for the ceiling */
    uint16_t promised;    /* bit i: withheld for peer[i] */
    uint16_t quarantined; /* bit i: for good, because peer[i] had it fenced */
    uint16_t asked;       /* bit i: peer[i] may withhold for our sake */
    uint16_t told;        /* bit i: peer[i] knows that it was fenced */
    uint16_t clear;       /* bit i: peer[i] said of this boot that it does not withhold it */
    uint64_t clear_from;  /* replies to earlier queries do not count for that */
    usec clear_asked;     /* real */
    usec clear_began;     /* real: when the first lease of this boot was asked for */
    bool clear_waits;     /* said that it waits for peers */
    usec release_at;      /* next release to be sent */
    uint64_t release_from;
    struct suspicion suspicion;
    struct fencing fencing;
    const char *wait; /* why it is not fenced, as last said */
    char verdict[16]; /* by what it was proven */
    usec proven_at;   /* real; USEC_NEVER: not since this monitor's start */
    uint64_t fenced_boot;
    char person[NODE_NAME]; /* first of two that acknowledge */
    bool repeat;            /* verdict of before the restart: said again */
};

struct peer {
    uint32_t id;
    struct session session;
    uint64_t sequence[MONITOR_PATHS]; /* greatest believed of its queries on that path */
    uint64_t newest; /* of all paths: what was overtaken is replied to and does nothing, so that a late release does not
                        undo a later question */
    uint64_t number; /* the session that it gave us */
};

/* One path of the monitor: who was heard on it. Watched times. */
struct own_path {
    usec heard; /* newest of all */
    uint32_t who;
    usec other; /* newest of a node that is not `who` */
    usec peer;
    usec since; /* all were silent until then: silence is measured from here */
};

struct monitor {
    struct monitor_settings settings; /* .node is not used */
    struct monitor_effects effects;
    struct interval_bounds bounds;
    usec now;
    usec started;
    usec looked;
    usec watched;    /* at `looked` */
    usec clock_skew; /* between our clock and what packets carry of it: another in every incarnation */
    uint64_t sequence;
    uint64_t sequence_stale; /* what echoes this one or an earlier one was said too long ago */
    uint64_t sequence_mark;
    usec mark_at;
    uint32_t tickets;
    struct hmac_key secret;
    struct seal_keys peer_keys;
    struct peer peer[MONITOR_PEERS];
    struct own_path path[MONITOR_PATHS];

    unsigned nodes; /* in use: configured first, then spare ones */
    unsigned room;
    struct node *node;
    uint32_t *index; /* hash table of node numbers plus one */
    uint32_t index_mask;
    usec *due_watched;
    usec *due_real;
    usec next_watched; /* no due_watched is earlier */
    usec next_real;
    unsigned *waiting; /* for what they are about to be on disk */
    unsigned waiters;

    uint64_t change; /* of what is remembered: number of the newest */
    uint64_t saved;  /* newest on disk */
    bool urgent;     /* something waits for it */
    bool unwritable; /* said so */
    usec save_at;    /* not before, where nothing is urgent */
    usec saved_at;   /* last */

    bool armed;
    bool named; /* by the cluster */
    bool acting;
    usec acting_seen; /* counted at, for decisions of the same moment */
    usec votes_at;    /* next count */
    usec votes_from;  /* echoes of answers that were sent earlier count nothing */
    usec *vote_until;
    bool wants_votes;

    bool mass_loss;
    usec forgiven;  /* losses up to here were looked at by a person */
    usec mass_seen; /* counted at */

    unsigned isolated; /* nodes that wait for it */
    uint64_t reference_ticket;
    usec reference_asked; /* watched */
    usec reference;       /* watched: asked then, and reachable */
    unsigned ask_left;    /* questions that may still be put in this tenth of a second */
    usec ask_from;

    usec refused_at; /* events of refused packets are limited */
    uint64_t refused_untold;
    usec forgot; /* since when the configuration is as it is */
    struct monitor_counts counts;
};

#define BIT(i) ((uint16_t)(1u << (i)))

static inline unsigned node_number(const struct monitor *monitor, const struct node *node)
{
    return (unsigned)(node - monitor->node);
}

/* Watched time at a moment between two looks. */
static inline usec watched_at(const struct monitor *monitor, usec now)
{
    const usec gap = now - monitor->looked;

    return monitor->watched + (gap <= 0 ? 0 : gap < monitor->settings.watch_gap ? gap : monitor->settings.watch_gap);
}

static inline void due_watched(struct monitor *monitor, const struct node *node, usec when)
{
    monitor->due_watched[node_number(monitor, node)] = when;
    if (when < monitor->next_watched) {
        monitor->next_watched = when;
    }
}

static inline void due_real(struct monitor *monitor, const struct node *node, usec when)
{
    monitor->due_real[node_number(monitor, node)] = when;
    if (when < monitor->next_real) {
        monitor->next_real = when;
    }
}

static inline bool node_withheld(const struct node *node)
{
    return node->own || node->promised != 0;
}

#endif
