/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * A data centre in one process: machines with clocks of their own, networks, disks, service processors and persons, and
 * in them the daemons' real cores. One thread, one queue of events, one seed: a schedule is the same each time.
 *
 * Times are microseconds of world time where nothing else is said; a daemon is only ever told its machine's.
 */
#ifndef HELIOSTAT_SIMULATION_WORLD_H
#define HELIOSTAT_SIMULATION_WORLD_H

#include "../../../roles/heartbeat/files/src/agent/agent.h"
#include "../../../roles/heartbeat/files/src/agent/guard.h"
#include "../../../roles/heartbeat/files/src/agent/slot.h"
#include "../../../roles/heartbeat/files/src/monitor/monitor.h"

#define NODES 8
#define MONITORS 3
#define PATHS 3
#define HOSTS (NODES + MONITORS)
#define MONITOR_HOST(i) (NODES + (i))
#define INBOX 128
#define MEMORY_LINES 256
#define MEMORY_LINE 512
#define FOREVER USEC_NEVER

struct clock {
    usec world, local;
    int ppm;
    bool stopped;
};

struct letter {
    usec old; /* of one that is replayed: when it was sent; 0: it is none */
    uint8_t path;
    uint8_t from; /* host */
    uint8_t size;
    uint8_t bytes[PACKET_MAX];
};

struct inbox {
    unsigned count;
    struct letter letter[INBOX];
};

enum processor { PROCESSOR_WORKS, PROCESSOR_DEAD, PROCESSOR_SLOW, PROCESSOR_LIES, PROCESSORS };

struct node_host {
    /* What it is. */
    uint32_t lease_ms, halt_ms, interval_ms;
    uint8_t self_fence, proof;
    bool gated, slot, watchdog;
    uint8_t processor;
    unsigned levels;
    uint8_t level[MONITOR_LEVELS];
    /* The machine. */
    bool up, frozen, maintained, gone_for_good;
    uint64_t boot;
    unsigned life; /* grows at each boot and each end: events of an earlier life are void */
    struct clock clock;
    usec up_at;
    usec bites; /* watchdog, 0: not started */
    bool storage;
    bool zones;
    usec halt_at;
    /* The agent. */
    bool running, paused, leaving, quarantined, recorded;
    unsigned process; /* grows at each start of the sender */
    usec started;
    bool replayed; /* what it reads now was recorded before that */
    struct guard guard;
    struct guard_past record;
    struct agent *agent;
    struct seal_keys keys;
    struct inbox inbox;
    uint64_t beat;
    bool slot_reached;
    usec sender_at, guard_at;
    usec steady_since; /* neither frozen nor paused nor started since */
    /* What became of it. */
    bool taken, spoiled, reported;
    unsigned taken_by;
    usec died;
    bool verdict_due; /* it died while it was watched */
};

struct monitor_host {
    bool running, paused, disk_full;
    unsigned process;
    usec started;
    struct clock clock;
    bool suspended; /* its clock stood still once: what it counts of votes is worth nothing */
    struct monitor *monitor;
    unsigned lines;
    char line[MEMORY_LINES][MEMORY_LINE];
    struct inbox inbox;
    usec wake_at;
    usec steady_since;
    usec cut_since; /* from every network; FOREVER: not */
    bool disarmed;
    usec lost_at[NODES];      /* by this process; FOREVER: not */
    usec forgiven;            /* a person looked at a mass loss, or it started */
    uint8_t said_dead[NODES]; /* bit: person */
    uint8_t before;           /* the order of now */
    bool maintenance[NODES];
    usec withheld_at[NODES]; /* last seen withheld */
    usec withheld_looked;
};

struct link {
    bool cut;
    unsigned loss, twice, late; /* per mille */
    usec delay, jitter;
    usec until;       /* of the longest cut */
    usec sound_since; /* no fault since then; FOREVER: a fault now */
};

struct counts {
    uint64_t schedules, events, packets, lost;
    usec time;
    uint64_t by[5]; /* verdicts: lease, off, storage, person, other */
    uint64_t suspicions, fencings, unknowns, called_off, quarantines, isolations, mass_losses, self_fences,
        second_lives, crashes, freezes, restarts, pauses, cuts, orders, replays, spoiled, reported;
    uint64_t detections;
    usec detection_sum, detection_max;
};

enum tell { TELL_NOTHING, TELL_ALL, TELL_END };

struct world {
    uint64_t seed, random;
    usec now, end_of_faults, end;
    bool quiet; /* faults are over */
    unsigned nodes, monitors, paths;
    uint8_t acting;
    unsigned drift_ppm; /* what the monitors believe: between any two clocks */
    unsigned inbox;     /* what a socket holds */
    bool references;
    struct node_host node[NODES];
    struct monitor_host monitor[MONITORS];
    struct link link[HOSTS][HOSTS][PATHS];
    struct monitor_settings settings;
    struct monitor_node settings_node[NODES];
    uint8_t slot_beat[NODES][SLOT_SIZE];
    uint8_t slot_pill[NODES][SLOT_SIZE];
    uint64_t serial;
    enum tell told;
    const char *wrong; /* first invariant that broke */
    char wrong_words[256];
};

extern struct world w;
extern struct counts total;
extern int slot_disk;
extern const uint8_t master[SEAL_KEY_SIZE];

/* world.c: true: every invariant held */
bool world_run(uint64_t seed, enum tell told);

/* clock.c: randomness, clocks and the queue */
uint64_t draw(void);
unsigned below(unsigned bound);
bool chance(unsigned per_mille);
int drift(void); /* of some clock, ppm */
usec between(usec low, usec high);
usec clock_read(const struct clock *clock);
void clock_start(struct clock *clock, usec local, int ppm);
void clock_rate(struct clock *clock, int ppm);
void clock_stop(struct clock *clock);
void clock_go(struct clock *clock);
/* When that clock will show `local`, at the earliest. */
usec clock_world(const struct clock *clock, usec local);

enum event_kind {
    AT_ARRIVAL,   /* host, letter */
    AT_NODE,      /* node: agent and guard */
    AT_BOOT,      /* node, life */
    AT_SLOT_READ, /* node, life */
    AT_SLOT_WRITTEN,
    AT_THAW,
    AT_SENDER_ON,
    AT_GUARD_ON,
    AT_MONITOR, /* monitor: wake */
    AT_MONITOR_ON,
    AT_MONITOR_RESUMED,
    AT_PROBED,
    AT_REFERENCED,
    AT_POWER,  /* monitor, node, ticket: the service processor switches */
    AT_FENCED, /* the fence agent ends */
    AT_PILL,
    AT_FAULT,
    AT_HEAL, /* a link */
    AT_PERSON,
    AT_CUT,    /* hosts, d: for so long */
    AT_LEAVE,  /* node: its agent is told to end */
    AT_RELOAD, /* node */
    AT_STRIKE, /* a: enum part, b: which */
    AT_OTHER
};

struct event {
    usec when;
    uint64_t order;
    enum event_kind kind;
    unsigned a, b;
    uint64_t c;
    usec d;
    struct letter letter;
};
enum part { PART_MONITOR, PART_AGENT, PART_NODE, PARTS };

struct event *event_at(usec when, enum event_kind kind, unsigned a, unsigned b, uint64_t c);
struct event *event_next(void);
void event_free(struct event *event);
void events_forget(void);

/* network.c */
void network_start(void);
void network_send(unsigned from, unsigned to, unsigned path, const uint8_t *bytes, size_t size);
void network_cut(unsigned from, unsigned to, unsigned path, bool cut);
void network_sound(unsigned from, unsigned to, unsigned path);
void network_heal(void);
bool network_open(unsigned from, unsigned to);          /* some path leads there */
bool network_alone(unsigned host);                      /* nothing comes or goes */
usec network_sound_since(unsigned one, unsigned other); /* both ways on some path; FOREVER: not */
void network_replay(void);
void address_of(unsigned host, unsigned path, struct address *address);
unsigned host_of(const struct address *address);

/* node.c: the machine; agent_host.c: the daemon on it */
void node_build(unsigned i);
void node_boot(unsigned i);
void node_end(unsigned i, const char *why);
void node_freeze(unsigned i, usec duration, bool clock_stops);
void node_thaw(unsigned i);
bool node_may_write(unsigned i);
void node_look(unsigned i);
void node_wake(unsigned i, usec when);
void node_halt(unsigned i, usec when);
void agent_host_start(unsigned i);
void agent_host_stop(unsigned i);
void agent_host_arrived(unsigned i, const struct letter *letter);
void agent_host_look(unsigned i);
void agent_host_guard_restart(unsigned i);
void agent_host_reload(unsigned i);
void agent_host_leave(unsigned i);
void slot_host_read(unsigned i, unsigned life);
void slot_host_written(unsigned i, unsigned life, usec read, uint64_t beat);

/* monitor_host.c */
void monitor_host_build(void);
void monitor_host_start(unsigned i);
void monitor_host_stop(unsigned i);
void monitor_host_pause(unsigned i, usec duration);
void monitor_host_go_on(unsigned i);
void monitor_host_arrived(unsigned i, const struct letter *letter);
void monitor_host_look(unsigned i);
void monitor_host_event(const struct event *event);
bool monitor_host_order(unsigned i, enum monitor_command command, unsigned node, const char *person);
bool monitor_host_view(unsigned i, unsigned node, struct node_view *view);

/* fence_host.c */
void fence_host_power(const struct event *event);
void fence_host_pill(const struct event *event);

/* faults.c, persons.c */
void faults_start(void);
void faults_strike(void);
void faults_over(void);
usec faults_while(void);
/* faults_network.c */
void faults_between(unsigned one, unsigned other);
void faults_isolate(unsigned host);
void faults_partition(void);
void faults_weather(void);
void faults_one_hears(unsigned i);
void faults_one_forgets(unsigned i);
void faults_late_answers(unsigned i);
void faults_cut(unsigned one, unsigned other, usec duration);
void faults_restart(enum part part, unsigned which);
void persons_act(void);
void persons_settle(void);

/* invariants.c */
__attribute__((format(printf, 2, 3))) void wrong(const char *invariant, const char *format, ...);
bool for_long(usec since, usec least);
void trace_end(void); /* the last lines of TELL_END */
__attribute__((format(printf, 1, 2))) void trace(const char *format, ...);
void invariant_event(unsigned monitor, const struct monitor_event *event);
void invariant_zones(unsigned node);
void invariant_self_fence(unsigned node);
void invariants_at_the_end(void);
/* invariants_acting.c: who may fence, and what a person's word is worth */
void invariant_acting(unsigned monitor);
void invariant_fences(unsigned monitor, unsigned node);
void invariant_word(unsigned monitor, unsigned node);
void invariant_step(unsigned monitor, unsigned node, const char *from, const char *to);
void invariant_orders(unsigned monitor, enum monitor_command command, unsigned node, const char *person);
void invariant_ordered(unsigned monitor, enum monitor_command command, unsigned node, bool done);

#endif
