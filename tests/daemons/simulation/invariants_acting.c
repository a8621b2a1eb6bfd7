/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who may fence, when, and what a person's word is worth. */
#include <string.h>

#include "world.h"

/* Between two looks of a monitor at who was lost. */
#define LOOKS (USEC_PER_SECOND / 2)

static bool counts_votes(unsigned monitor)
{
    const struct monitor_host *host = &w.monitor[monitor];

    return host->running && !host->suspended && monitor_acting(host->monitor, clock_read(&host->clock));
}

/* Votes are counted so that no two have more than half of them at one time. */
void invariant_acting(unsigned monitor)
{
    for (unsigned other = 0; other < w.monitors && w.acting == ACTING_BY_VOTES; other++) {
        if (other != monitor && counts_votes(other) && counts_votes(monitor)) {
            wrong("one acts", "monitor %u begins to, and monitor %u does", monitor + 1, other + 1);
        }
    }
}

/* More than the share that stops everything, by what is certain: lost for a while, within the time, and not looked at.
 */
static bool mass(unsigned monitor)
{
    const struct monitor_host *host = &w.monitor[monitor];
    unsigned lost = 0;

    for (unsigned i = 0; i < w.nodes; i++) {
        const usec at = host->lost_at[i];

        lost +=
            at != FOREVER && at > host->forgiven && w.now - at > LOOKS && w.now - at < w.settings.mass_time * 95 / 100
                ? 1
                : 0;
    }
    return lost > 1 && lost * 100 > w.nodes * w.settings.mass_percent;
}

void invariant_fences(unsigned monitor, unsigned i)
{
    const struct monitor_host *host = &w.monitor[monitor];

    if (host->disarmed) {
        wrong("disarmed it fences nobody", "monitor %u fences node %u", monitor + 1, i + 1);
    }
    if (!monitor_acting(host->monitor, clock_read(&host->clock)) && for_long(host->started, USEC_PER_SECOND)) {
        wrong("who does not act fences nobody", "monitor %u fences node %u", monitor + 1, i + 1);
    }
    if (mass(monitor)) {
        wrong("a mass loss stops everything", "monitor %u fences node %u", monitor + 1, i + 1);
    }
}

/* Two names, where two are asked for. */
void invariant_word(unsigned monitor, unsigned i)
{
    struct monitor_host *host = &w.monitor[monitor];

    if (w.settings.persons > 1 && host->said_dead[i] != 3) {
        wrong("two persons where two are asked for", "monitor %u has node %u by one", monitor + 1, i + 1);
    }
}

static bool lost(const char *state)
{
    static const char *const names[] = {"suspect", "probing", "unreachable", "fencing", "unknown"};

    for (unsigned k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (strcmp(state, names[k]) == 0) {
            return true;
        }
    }
    return false;
}

/* Some part is started anew at the very moment. */
static void strike(unsigned monitor, unsigned i)
{
    const enum part part = (enum part)below(PARTS);

    event_at(w.now + between(0, chance(500) ? 2000 : 100 * USEC_PER_MS), AT_STRIKE, part,
             part == PART_MONITOR ? monitor : i, 0);
}

void invariant_step(unsigned monitor, unsigned i, const char *from, const char *to)
{
    struct monitor_host *host = &w.monitor[monitor];

    if (!lost(to)) {
        host->lost_at[i] = FOREVER;
    } else if (!lost(from)) {
        host->lost_at[i] = w.now;
    }
    if (!w.quiet && chance(15)) {
        strike(monitor, i);
    }
}

void invariant_orders(unsigned monitor, enum monitor_command command, unsigned i, const char *person)
{
    w.monitor[monitor].before = w.monitor[monitor].said_dead[i];
    if (command == COMMAND_ACKNOWLEDGE) {
        w.monitor[monitor].said_dead[i] |= strcmp(person, "ann") == 0 ? 1 : 2;
    }
}

void invariant_ordered(unsigned monitor, enum monitor_command command, unsigned i, bool done)
{
    struct monitor_host *host = &w.monitor[monitor];

    if (!done) {
        host->said_dead[i] = host->before;
    } else if (command == COMMAND_ARM || command == COMMAND_DISARM) {
        host->disarmed = command == COMMAND_DISARM;
    } else if (command == COMMAND_GO_ON) {
        host->forgiven = w.now;
    }
}
