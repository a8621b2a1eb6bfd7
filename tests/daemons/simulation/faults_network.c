/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What goes wrong with networks. */
#include "world.h"

static void heal_later(unsigned from, unsigned to, unsigned path, usec duration)
{
    event_at(w.now + duration, AT_HEAL, from, to, path);
}

static void cut(unsigned from, unsigned to, unsigned path, usec duration)
{
    struct link *link = &w.link[from][to][path];

    link->until = w.now + duration > link->until ? w.now + duration : link->until;
    network_cut(from, to, path, true);
    heal_later(from, to, path, duration);
}

/* Between two hosts: one way or both, one path or all. */
void faults_between(unsigned one, unsigned other)
{
    const usec duration = faults_while();
    const bool all = chance(600);
    const unsigned only = below(w.paths);
    const unsigned ways = 1 + below(3);

    total.cuts++;
    trace("cut between hosts %u and %u, ways %u, %s", one, other, ways, all ? "all paths" : "one path");
    for (unsigned path = 0; path < w.paths; path++) {
        if (!all && path != only) {
            continue;
        }
        if ((ways & 1) != 0) {
            cut(one, other, path, duration);
        }
        if ((ways & 2) != 0) {
            cut(other, one, path, duration);
        }
    }
}

/* While nobody hears the node something else happens to its agent. */
static void and_its_agent(unsigned i)
{
    const usec then = w.now + between(100 * USEC_PER_MS, 5 * USEC_PER_SECOND);

    switch (below(4)) {
    case 0:
        event_at(then, AT_STRIKE, PART_AGENT, i, 0);
        break;
    case 1:
        event_at(then, AT_LEAVE, i, 0, 0);
        break;
    case 2:
        event_at(then, AT_RELOAD, i, 0, 0);
        break;
    default:
        break;
    }
}

void faults_isolate(unsigned host)
{
    const usec duration = faults_while();

    total.cuts++;
    trace("host %u is cut from all", host);
    if (host < NODES) {
        and_its_agent(host);
    }
    for (unsigned other = 0; other < HOSTS; other++) {
        for (unsigned path = 0; path < w.paths && other != host; path++) {
            cut(host, other, path, duration);
            cut(other, host, path, duration);
        }
    }
}

/* Every node from some of the monitors: the halves of a data centre. */
void faults_partition(void)
{
    const usec duration = faults_while();
    const unsigned side = below(1u << (w.nodes + w.monitors));
    unsigned host[HOSTS], hosts = 0;

    total.cuts++;
    trace("partition %x", side);
    for (unsigned i = 0; i < w.nodes; i++) {
        host[hosts++] = i;
    }
    for (unsigned i = 0; i < w.monitors; i++) {
        host[hosts++] = MONITOR_HOST(i);
    }
    for (unsigned i = 0; i < hosts; i++) {
        for (unsigned k = 0; k < hosts; k++) {
            for (unsigned path = 0; path < w.paths && (side >> i & 1) != (side >> k & 1); path++) {
                cut(host[i], host[k], path, duration);
            }
        }
    }
}

void faults_weather(void)
{
    const usec duration = faults_while();
    const unsigned loss = chance(600) ? below(600) : 0;
    const unsigned late = chance(500) ? below(400) : 0;
    const usec delay = chance(300) ? between(0, 400 * USEC_PER_MS) : 200;
    const unsigned only = chance(500) ? below(HOSTS) : HOSTS;

    trace("weather: loss %u, late %u, delay %lld us", loss, late, (long long)delay);
    for (unsigned from = 0; from < HOSTS; from++) {
        for (unsigned to = 0; to < HOSTS; to++) {
            for (unsigned path = 0; path < w.paths; path++) {
                struct link *link = &w.link[from][to][path];

                if (only < HOSTS && from != only && to != only) {
                    continue;
                }
                link->loss = loss;
                link->late = late;
                link->delay = delay;
                network_sound(from, to, path);
                event_at(w.now + duration, AT_HEAL, from, to, path);
            }
        }
    }
}

void faults_cut(unsigned one, unsigned other, usec duration)
{
    for (unsigned path = 0; path < w.paths; path++) {
        cut(one, other, path, duration);
        cut(other, one, path, duration);
    }
}

/* No monitor hears it for a while, then one does. */
void faults_one_hears(unsigned i)
{
    const unsigned one = below(w.monitors);

    total.cuts++;
    trace("node %u is cut from all monitors, from monitor %u for less long", i + 1, one + 1);
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        faults_cut(i, MONITOR_HOST(monitor),
                   monitor == one ? between(1, 7) * USEC_PER_SECOND : between(8, 30) * USEC_PER_SECOND);
    }
}

/* One monitor hears it, and then does not any more: it was started anew, or heard a good-bye, or neither. */
void faults_one_forgets(unsigned i)
{
    const unsigned one = below(w.monitors);
    const usec then = w.now + between(3, 15) * USEC_PER_SECOND;

    total.cuts++;
    trace("node %u is heard by monitor %u only, and then by none", i + 1, one + 1);
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        if (monitor != one) {
            faults_cut(i, MONITOR_HOST(monitor), 40 * USEC_PER_SECOND);
        }
    }
    if (chance(300)) {
        event_at(then, AT_LEAVE, i, 0, 0);
        return;
    }
    event_at(then, AT_CUT, i, MONITOR_HOST(one), 0)->d = 20 * USEC_PER_SECOND;
    if (chance(500)) {
        event_at(then + between(0, 500 * USEC_PER_MS), AT_STRIKE, PART_MONITOR, one, 0);
    }
}

/* The last answers are long under way, and then there are none. */
void faults_late_answers(unsigned i)
{
    total.cuts++;
    trace("node %u is cut from all monitors, and their last answers come late", i + 1);
    for (unsigned monitor = 0; monitor < w.monitors; monitor++) {
        for (unsigned path = 0; path < w.paths; path++) {
            w.link[MONITOR_HOST(monitor)][i][path].late = 800;
            network_sound(MONITOR_HOST(monitor), i, path);
        }
        event_at(w.now + 800 * USEC_PER_MS, AT_CUT, i, MONITOR_HOST(monitor), 0)->d = 15 * USEC_PER_SECOND;
    }
}
