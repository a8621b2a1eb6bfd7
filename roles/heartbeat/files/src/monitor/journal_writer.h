/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The process behind journal.h: lines from descriptor 0 into the file, confirmations to descriptor 1. */
#ifndef HELIOSTAT_MONITOR_JOURNAL_WRITER_H
#define HELIOSTAT_MONITOR_JOURNAL_WRITER_H

#include <stdint.h>

/* One at a time, so that a pipe keeps it whole. */
struct journal_word {
    uint64_t bytes; /* on disk since the last word */
    int64_t error;  /* errno, or 0 */
};

/* Serves until descriptor 0 ends; SIGHUP opens the file anew. Of a file's path. */
int journal_writer(void *file);

#endif
