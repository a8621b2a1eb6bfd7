/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "json.h"

#include <stdio.h>
#include <string.h>

/* Past the room nothing is written any more: json_end says so. */
static void put(struct json *json, const char *bytes, size_t size)
{
    if (json->failed || size > json->room - json->size) {
        json->failed = true;
        return;
    }
    memcpy(json->text + json->size, bytes, size);
    json->size += size;
}

static void put_text(struct json *json, const char *text)
{
    put(json, text, strlen(text));
}

/* How many bytes of a well-formed UTF-8 character stand at `bytes` (RFC 3629: none too long, no surrogates); 0: none.
 */
static size_t character(const unsigned char *bytes)
{
    const unsigned char first = bytes[0];
    unsigned char least = 0x80;
    unsigned char most = 0xbf;
    size_t size;

    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first == 0xe0) {
        least = 0xa0;
    } else if (first == 0xed) {
        most = 0x9f;
    } else if (first == 0xf0) {
        least = 0x90;
    } else if (first == 0xf4) {
        most = 0x8f;
    }
    for (size_t i = 1; i < size; i++) {
        /* The '\0' of the text is no such byte: nothing behind it is looked at. */
        if (bytes[i] < least || bytes[i] > most) {
            return 0;
        }
        least = 0x80;
        most = 0xbf;
    }
    return size;
}

static void put_escaped(struct json *json, unsigned char byte)
{
    char text[8];

    switch (byte) {
    case '"':
        put_text(json, "\\\"");
        break;
    case '\\':
        put_text(json, "\\\\");
        break;
    case '\n':
        put_text(json, "\\n");
        break;
    case '\t':
        put_text(json, "\\t");
        break;
    default:
        (void)snprintf(text, sizeof text, "\\u%04x", (unsigned)byte);
        put_text(json, text);
        break;
    }
}

static void put_string(struct json *json, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;

    put(json, "\"", 1);
    while (*at != '\0' && !json->failed) {
        const size_t size = character(at);

        if (size == 0) {
            put_text(json, "\\ufffd");
            at++;
        } else if (*at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f) {
            put_escaped(json, *at);
            at++;
        } else {
            put(json, (const char *)at, size);
            at += size;
        }
    }
    put(json, "\"", 1);
}

/* The comma before a member, and its name. */
static void begin(struct json *json, const char *name)
{
    if (!json->first) {
        put(json, ",", 1);
    }
    json->first = false;
    if (name != NULL) {
        put_string(json, name);
        put(json, ":", 1);
    }
}

static void enter(struct json *json, char opening, char closing)
{
    if (json->depth == JSON_DEPTH) {
        json->failed = true;
        return;
    }
    put(json, &opening, 1);
    json->close[json->depth++] = closing;
    json->first = true;
}

void json_start(struct json *json, char *text, size_t room)
{
    memset(json, 0, sizeof *json);
    json->text = text;
    json->room = room;
    enter(json, '{', '}');
}

void json_close(struct json *json)
{
    if (json->depth == 0) {
        json->failed = true;
        return;
    }
    put(json, &json->close[--json->depth], 1);
    json->first = false;
}

size_t json_end(struct json *json)
{
    while (json->depth > 0) {
        json_close(json);
    }
    put(json, "\n", 2);
    if (json->failed) {
        if (json->room > 0) {
            json->text[0] = '\0';
        }
        return 0;
    }
    return json->size - 1;
}

void json_text(struct json *json, const char *name, const char *value)
{
    if (value != NULL) {
        begin(json, name);
        put_string(json, value);
    }
}

void json_number(struct json *json, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    begin(json, name);
    put_text(json, text);
}

void json_unsigned(struct json *json, const char *name, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    begin(json, name);
    put_text(json, text);
}

void json_hex(struct json *json, const char *name, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "\"%016llx\"", (unsigned long long)value);
    begin(json, name);
    put_text(json, text);
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    put_text(json, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
    begin(json, name);
    put_text(json, "null");
}

void json_object(struct json *json, const char *name)
{
    begin(json, name);
    enter(json, '{', '}');
}

void json_array(struct json *json, const char *name)
{
    begin(json, name);
    enter(json, '[', ']');
}
