/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The daemons' configuration as lines of words: "keyword value...", one setting a line; # begins a comment; "a value"
 * in double quotes may hold blanks and #, with \" and \\ in it. Every error names file and line, what was found there,
 * and what may stand there; only the first is kept.
 *
 *     config_lines_start(&lines, path, text, size);
 *     while (config_lines_next(&lines)) {
 *         if (config_lines_is(&lines, "interval")) {
 *             config_lines_duration(&lines, 1, 10 * USEC_PER_MS, 60 * USEC_PER_SECOND, &interval);
 *         } else {
 *             config_lines_unknown(&lines, keywords, count);
 *         }
 *         config_lines_done(&lines);
 *     }
 *     good = !config_lines_failed(&lines);
 */
#ifndef HELIOSTAT_COMMON_CONFIG_LINES_H
#define HELIOSTAT_COMMON_CONFIG_LINES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "time.h"

#define CONFIG_LINE 1024 /* a line is shorter */
#define CONFIG_WORDS 48  /* no line has more */
#define CONFIG_ERROR 512
#define CONFIG_FILE_MAX ((size_t)16 * 1024 * 1024)

struct config_lines {
    const char *file;
    const char *at;
    const char *end;
    unsigned line;                  /* from 1; 0 behind the last: errors then are of the whole file */
    unsigned words;                 /* of the present line; word[0] is the keyword */
    const char *word[CONFIG_WORDS]; /* until the next line is read */
    unsigned used;                  /* words that were asked for: the rest are too many */
    char text[CONFIG_LINE];
    char error[CONFIG_ERROR]; /* "FILE:LINE: what is wrong"; empty as long as nothing is */
};

/*
 * The whole file into `buffer`. False with `error` where it cannot be read, is no file, or does not fit. Allocates
 * nothing, follows links.
 */
bool config_file_read(const char *path, char *buffer, size_t room, size_t *size, char *error, size_t error_size);

/* `file` is for errors only; `text` must stay as long as `lines` is used. */
void config_lines_start(struct config_lines *lines, const char *file, const char *text, size_t size);
/* The next line that says anything. False: there is none, or something was wrong. */
bool config_lines_next(struct config_lines *lines);
bool config_lines_is(const struct config_lines *lines, const char *keyword);
/* Whether anything was wrong. */
bool config_lines_failed(const struct config_lines *lines);

/* Notes what is wrong with the present line. Always false, so that a parser may return it. */
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
bool config_lines_fail(struct config_lines *lines, const char *format, ...);
/* The keyword is none of these. */
bool config_lines_unknown(struct config_lines *lines, const char *const *keywords, unsigned count);
/* Fails where the keyword was seen before; then notes that it was. */
bool config_lines_once(struct config_lines *lines, bool *seen);
/* Fails where the line has words behind the last that was asked for. */
bool config_lines_done(struct config_lines *lines);

/*
 * The value at word[index] (from 1). False, with the error noted, where it is missing or not as it must be; then *value
 * stays.
 */
bool config_lines_unsigned(struct config_lines *lines, unsigned index, uint32_t least, uint32_t most, uint32_t *value);
/* With unit: us, ms, s, min, h, d. Whole numbers: "250ms", not "0.25s". */
bool config_lines_duration(struct config_lines *lines, unsigned index, usec least, usec most, usec *value);
/* Bytes, with unit: B, KiB, MiB, GiB. */
bool config_lines_size(struct config_lines *lines, unsigned index, uint64_t least, uint64_t most, uint64_t *value);
/* "yes" or "no". */
bool config_lines_switch(struct config_lines *lines, unsigned index, bool *value);
/* One of `names`: its index. */
bool config_lines_choice(struct config_lines *lines, unsigned index, const char *const *names, unsigned count,
                         unsigned *value);
/* With `port` where none stands there; 0: one must. */
bool config_lines_address(struct config_lines *lines, unsigned index, uint16_t port, struct address *value);
/* A copy, not empty and shorter than `size`. */
bool config_lines_text(struct config_lines *lines, unsigned index, char *value, size_t size);

#endif
