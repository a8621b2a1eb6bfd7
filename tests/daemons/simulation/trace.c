/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What happened, in words: all of it, or the end. */
#include <stdarg.h>
#include <stdio.h>

#include "world.h"

#define LINES 60
#define LINE 400

static char lines[LINES][LINE];
static unsigned long written;

void trace(const char *format, ...)
{
    char *line = lines[written % LINES];
    va_list arguments;
    int used;

    if (w.told == TELL_NOTHING) {
        return;
    }
    used = snprintf(line, LINE, "%11.6f ", (double)w.now / 1e6);
    va_start(arguments, format);
    (void)vsnprintf(line + used, LINE - (size_t)used, format, arguments);
    va_end(arguments);
    if (w.told == TELL_ALL) {
        (void)puts(line);
    } else {
        written++;
    }
}

void trace_end(void)
{
    for (unsigned long i = written < LINES ? 0 : written - LINES; i < written; i++) {
        (void)puts(lines[i % LINES]);
    }
    written = 0;
}

void wrong(const char *invariant, const char *format, ...)
{
    va_list arguments;

    if (w.wrong != NULL) {
        return;
    }
    w.wrong = invariant;
    va_start(arguments, format);
    (void)vsnprintf(w.wrong_words, sizeof w.wrong_words, format, arguments);
    va_end(arguments);
    trace("*** %s: %s", invariant, w.wrong_words);
}
