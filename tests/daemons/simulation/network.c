/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Paths between hosts, each direction for itself: loss, delay, duplication, reordering, cuts; and somebody who records
 * and replays. */
#include <string.h>

#include "world.h"

#define RECORDED 64

static struct {
    unsigned to;
    struct letter letter;
} record[RECORDED];
static unsigned recorded;

void address_of(unsigned host, unsigned path, struct address *address)
{
    memset(address, 0, sizeof *address);
    address->family = ADDRESS_IPV4;
    address->bytes[0] = 10;
    address->bytes[1] = (uint8_t)path;
    address->bytes[3] = (uint8_t)host;
    address->port = 4790;
}

unsigned host_of(const struct address *address)
{
    return address->bytes[3];
}

static struct link *link_of(unsigned from, unsigned to, unsigned path)
{
    return &w.link[from][to][path];
}

static bool faulty(const struct link *link)
{
    return link->cut || link->loss > 0 || link->late > 0 || link->delay + link->jitter > 20 * USEC_PER_MS;
}

static void look(struct link *link)
{
    if (faulty(link)) {
        link->sound_since = FOREVER;
    } else if (link->sound_since == FOREVER) {
        link->sound_since = w.now;
    }
}

void network_start(void)
{
    recorded = 0;
    for (unsigned from = 0; from < HOSTS; from++) {
        for (unsigned to = 0; to < HOSTS; to++) {
            for (unsigned path = 0; path < PATHS; path++) {
                *link_of(from, to, path) = (struct link){
                    .delay = between(50, 3000), .jitter = between(10, 3000), .twice = chance(100) ? 50 : 0};
            }
        }
    }
}

static void look_alone(unsigned host)
{
    if (host >= NODES && host < MONITOR_HOST(w.monitors)) {
        struct monitor_host *monitor = &w.monitor[host - NODES];

        if (!network_alone(host)) {
            monitor->cut_since = FOREVER;
        } else if (monitor->cut_since == FOREVER) {
            monitor->cut_since = w.now;
        }
    }
}

void network_cut(unsigned from, unsigned to, unsigned path, bool cut)
{
    link_of(from, to, path)->cut = cut;
    look(link_of(from, to, path));
    look_alone(from);
    look_alone(to);
}

void network_sound(unsigned from, unsigned to, unsigned path)
{
    look(link_of(from, to, path));
}

void network_heal(void)
{
    for (unsigned from = 0; from < HOSTS; from++) {
        for (unsigned to = 0; to < HOSTS; to++) {
            for (unsigned path = 0; path < w.paths; path++) {
                struct link *link = link_of(from, to, path);

                link->cut = false;
                link->loss = 0;
                link->late = 0;
                link->delay = between(50, 3000);
                link->jitter = between(10, 3000);
                look(link);
            }
        }
    }
}

bool network_open(unsigned from, unsigned to)
{
    for (unsigned path = 0; path < w.paths; path++) {
        if (!link_of(from, to, path)->cut && !link_of(to, from, path)->cut) {
            return true;
        }
    }
    return false;
}

bool network_alone(unsigned host)
{
    for (unsigned other = 0; other < HOSTS; other++) {
        const bool there = other < w.nodes || (other >= NODES && other < MONITOR_HOST(w.monitors));

        for (unsigned path = 0; path < w.paths && there && other != host; path++) {
            if (!link_of(host, other, path)->cut || !link_of(other, host, path)->cut) {
                return false;
            }
        }
    }
    return true;
}

usec network_sound_since(unsigned one, unsigned other)
{
    usec best = FOREVER;

    for (unsigned path = 0; path < w.paths; path++) {
        const usec there = link_of(one, other, path)->sound_since;
        const usec back = link_of(other, one, path)->sound_since;
        const usec both = there > back ? there : back;

        best = both < best ? both : best;
    }
    return best;
}

static void carry(unsigned to, const struct letter *letter, usec delay)
{
    event_at(w.now + delay, AT_ARRIVAL, to, 0, 0)->letter = *letter;
}

void network_send(unsigned from, unsigned to, unsigned path, const uint8_t *bytes, size_t size)
{
    const struct link *link = link_of(from, to, path);
    struct letter letter = {.path = (uint8_t)path, .from = (uint8_t)from, .size = (uint8_t)size};
    unsigned copies = 1;

    memcpy(letter.bytes, bytes, size);
    total.packets++;
    if (chance(20) || recorded < 4) {
        record[recorded % RECORDED].to = to;
        record[recorded % RECORDED].letter = letter;
        record[recorded % RECORDED].letter.old = w.now;
        recorded++;
    }
    if (link->cut || (link->loss > 0 && chance(link->loss))) {
        total.lost++;
        return;
    }
    copies += link->twice > 0 && chance(link->twice) ? 1 + below(2) : 0;
    for (unsigned i = 0; i < copies; i++) {
        usec delay = link->delay + between(0, link->jitter);

        if (link->late > 0 && chance(link->late)) {
            delay += between(0, 4 * USEC_PER_SECOND);
        }
        carry(to, &letter, delay);
    }
}

void network_replay(void)
{
    const unsigned known = recorded < RECORDED ? recorded : RECORDED;

    for (unsigned i = below(8) + 1; i > 0 && known > 0; i--) {
        const unsigned which = below(known);

        if (!link_of(record[which].letter.from, record[which].to, record[which].letter.path)->cut) {
            total.replays++;
            carry(record[which].to, &record[which].letter, between(0, USEC_PER_SECOND));
        }
    }
}
