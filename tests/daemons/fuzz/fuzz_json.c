/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever text is written, into whatever room: one line, nothing in it that is no JSON, nothing past the room. */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json json;
    char value[200];
    char text[400];
    size_t length;
    size_t room;

    if (size < 2 || size > sizeof value) {
        return 0;
    }
    room = (size_t)data[0] * 2 % sizeof text;
    memcpy(value, data + 1, size - 1);
    value[size - 1] = '\0';
    memset(text, '~', sizeof text);
    json_start(&json, text, room);
    json_text(&json, "text", value);
    json_array(&json, value);
    json_text(&json, NULL, value);
    length = json_end(&json);
    if (text[room] != '~' || (length > 0 && (length >= room || text[length - 1] != '\n' || text[length] != '\0'))) {
        abort();
    }
    for (size_t i = 0; i + 1 < length; i++) {
        if ((unsigned char)text[i] < 0x20) {
            abort();
        }
    }
    return 0;
}
