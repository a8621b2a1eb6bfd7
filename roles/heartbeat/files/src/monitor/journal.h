/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The journal file: whole lines, appended and synced by a process of its own, so that no disk ever holds up judging.
 * What that process has not confirmed yet stays in memory, up to a bound; a full or failing disk is tried again every
 * second, and what did not fit is counted and said in the journal once it can be written again. A line may stand there
 * twice where the process was killed between writing and confirming; `sequence` tells.
 */
#ifndef HELIOSTAT_MONITOR_JOURNAL_H
#define HELIOSTAT_MONITOR_JOURNAL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/time.h"

#define JOURNAL_ROOM ((size_t)1024 * 1024) /* bytes that wait in memory */

struct journal;

/* NULL: no memory. The file need not be writable yet. */
struct journal *journal_new(const char *file);
/* What waits still is written, if that goes within `within`. */
void journal_free(struct journal *journal, usec within);
void journal_line(struct journal *journal, const char *line, size_t size, usec now);
/* The file was moved away, or has another name now. */
void journal_reopen(struct journal *journal, const char *file);
unsigned journal_poll(const struct journal *journal, struct pollfd *descriptors, unsigned room);
usec journal_advance(struct journal *journal, usec now);

struct journal_view {
    bool failing;      /* the newest attempt to write failed */
    int error;         /* errno of it */
    size_t waiting;    /* bytes */
    uint64_t lost;     /* lines that did not fit, since the start */
    uint64_t lost_now; /* of these, not yet said in the journal */
};
void journal_look(const struct journal *journal, struct journal_view *view);

#endif
