/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the files of the sender core share. */
#ifndef HELIOSTAT_AGENT_AGENT_STATE_H
#define HELIOSTAT_AGENT_AGENT_STATE_H

#include "agent.h"

/* One monitor over one path. */
struct agent_way {
    uint64_t
        echoed; /* greatest sequence of ours that was answered here: no answer is believed twice, none out of order */
    uint64_t solicit;     /* greatest sequence of a solicit of the monitor's present incarnation */
    usec answered;        /* when; 0: never */
    usec solicited_until; /* no further packet on demand before */
    bool silent;          /* said so already */
};

struct agent_monitor {
    uint64_t session;
    uint64_t incarnation; /* of the monitor, as last answered; 0: none yet */
    uint64_t echoed;      /* greatest sequence of ours that it answered on any path */
    uint64_t believed;    /* of these the greatest that was no challenge */
    bool quarantined;
    bool added; /* by a reload that not every monitor has heard of: its answers extend nothing yet */
    struct agent_way way[AGENT_PATHS];
};

struct agent {
    struct agent_settings settings;
    struct agent_effects effects;
    struct agent_monitor monitor[AGENT_MONITORS];
    usec due[AGENT_PATHS];
    usec started;
    uint64_t sequence;        /* of the last packet */
    uint64_t announced_since; /* first sequence that carried the present settings */
    uint32_t lease_ms;        /* kept at present */
    bool announced;
    uint64_t leaving_since; /* first sequence that said good-bye; 0: not leaving */
    bool left;
    uint32_t vote;             /* monitor's id; 0: none */
    uint64_t vote_incarnation; /* of the monitor that vote_echo's clock belongs to */
    usec vote_until;           /* own clock */
    usec vote_echo;            /* monitor's clock */
    bool quarantined;
    struct vitals vitals;
    usec vitals_until;
};

/* agent_send.c */
void agent_say(struct agent *agent, unsigned monitor, unsigned path, uint8_t flags, usec now);
void agent_schedule(struct agent *agent, usec now);

/* agent_vote.c */
void agent_vote_asked(struct agent *agent, unsigned monitor, const struct packet *packet, usec now);
void agent_vote_look(struct agent *agent, usec now);

/* agent.c: event with a formatted detail of bounded length */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void agent_note(const struct agent *agent, const char *name, const char *format, ...);
/* agent.c: whether every monitor has heard the present settings */
void agent_announcement_look(struct agent *agent);
/* agent.c: whether any monitor says that the node is not to be used */
void agent_quarantine_look(struct agent *agent);

#endif
