/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Writes one JSON object as one line into a buffer of the caller: for the journal, the events and the answers of the
 * control socket. */
#ifndef HELIOSTAT_COMMON_JSON_H
#define HELIOSTAT_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH 8

struct json {
    char *text;
    size_t room;
    size_t size;            /* written so far */
    unsigned depth;         /* objects and arrays that are open */
    char close[JSON_DEPTH]; /* what ends each */
    bool first;             /* nothing in the innermost yet */
    bool failed;            /* did not fit, or was nested too deeply */
};

/* Opens the object. */
void json_start(struct json *json, char *text, size_t room);
/* Closes what is open and ends the line with '\n' and '\0'. Its size without the '\0'; 0 where it did not fit: then the
 * text is empty. */
size_t json_end(struct json *json);

/* A member of the innermost object; inside an array `name` is NULL. Bytes that are no UTF-8 become U+FFFD. A value of
 * NULL: no member. */
void json_text(struct json *json, const char *name, const char *value);
void json_number(struct json *json, const char *name, int64_t value);
void json_unsigned(struct json *json, const char *name, uint64_t value);
/* As sixteen hexadecimal digits in quotes: incarnations and boots are larger than what many readers take for a number.
 */
void json_hex(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
/* Ends the innermost object or array. */
void json_close(struct json *json);

#endif
