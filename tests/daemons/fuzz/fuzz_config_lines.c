/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever a configuration holds: every line is read as every kind of value. */
#include <stdlib.h>
#include <string.h>

#include "common/config_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as_everything(const struct config_lines *at, unsigned index)
{
    static const char *const names[] = {"power", "storage", "slot"};
    struct config_lines lines;
    struct address address;
    char text[16];
    uint32_t number = 0;
    uint64_t bytes = 0;
    usec duration = 0;
    unsigned choice;
    bool on;

    /* A copy for each, as the first error stops the reading. */
    lines = *at;
    if (config_lines_unsigned(&lines, index, 3, 1000, &number) && (number < 3 || number > 1000)) {
        abort();
    }
    lines = *at;
    if (config_lines_duration(&lines, index, 1, USEC_PER_SECOND, &duration) &&
        (duration < 1 || duration > USEC_PER_SECOND)) {
        abort();
    }
    lines = *at;
    if (config_lines_size(&lines, index, 1, UINT64_MAX, &bytes) && bytes == 0) {
        abort();
    }
    lines = *at;
    if (config_lines_choice(&lines, index, names, 3, &choice) && choice > 2) {
        abort();
    }
    lines = *at;
    (void)config_lines_switch(&lines, index, &on);
    lines = *at;
    (void)config_lines_address(&lines, index, 4790, &address);
    lines = *at;
    if (config_lines_text(&lines, index, text, sizeof text) && (text[0] == '\0' || strlen(text) >= sizeof text)) {
        abort();
    }
    lines = *at;
    (void)config_lines_unknown(&lines, names, 3);
    if (!config_lines_failed(&lines)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_lines lines;

    config_lines_start(&lines, "fuzzed", (const char *)data, size);
    while (config_lines_next(&lines)) {
        for (unsigned index = 1; index <= lines.words && index < 4; index++) {
            read_as_everything(&lines, index);
        }
    }
    return 0;
}
