/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Who listens to events: everyone who connects to a unix socket gets every line from then on. One that reads too slowly
 * loses whole lines, is told how many, and holds up nobody.
 */
#ifndef HELIOSTAT_MONITOR_SUBSCRIBERS_H
#define HELIOSTAT_MONITOR_SUBSCRIBERS_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define SUBSCRIBERS 16
#define SUBSCRIBER_ROOM ((size_t)64 * 1024)

struct subscribers;

/* `listener`: prepared, -1: none; it stays the caller's. NULL: no memory. */
struct subscribers *subscribers_new(int listener);
void subscribers_free(struct subscribers *subscribers);
void subscribers_line(struct subscribers *subscribers, const char *line, size_t size);
unsigned subscribers_poll(const struct subscribers *subscribers, struct pollfd *descriptors, unsigned room);
void subscribers_advance(struct subscribers *subscribers);
unsigned subscribers_count(const struct subscribers *subscribers);
uint64_t subscribers_dropped(const struct subscribers *subscribers); /* lines, to all of them */

#endif
