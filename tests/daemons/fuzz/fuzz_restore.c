/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever lines a monitor is to remember: what it took it writes, and another takes that and writes the same. */
#include "monitor.h"

#define ROOM 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct lines {
    size_t size;
    char text[ROOM];
};

static void keep(void *context, const char *line)
{
    struct lines *lines = context;
    const size_t length = strlen(line);

    demand(strchr(line, '\n') == NULL);
    demand(lines->size + length + 2 < sizeof lines->text);
    memcpy(lines->text + lines->size, line, length);
    lines->size += length;
    lines->text[lines->size++] = '\n';
    lines->text[lines->size] = '\0';
}

/* Each line of `text`, which is changed by it. Whether all were taken. */
static bool restore(struct fuzzed *fuzzed, char *text)
{
    bool all = true;

    while (*text != '\0') {
        char *end = strchr(text, '\n');
        char said[200] = "";

        if (end != NULL) {
            *end = '\0';
        }
        if (!monitor_restore(fuzzed->monitor, text, said, sizeof said, fuzzed->now)) {
            demand(said[0] != '\0');
            all = false;
        }
        if (end == NULL) {
            break;
        }
        text = end + 1;
    }
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lines one;
    static struct lines other;
    static char text[ROOM];
    struct fuzzed first;
    struct fuzzed second;

    if (size >= 4096) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    one.size = other.size = 0;
    (void)fuzzed_start(&first);
    (void)restore(&first, text);
    monitor_save(first.monitor, keep, &one);
    memcpy(text, one.text, one.size + 1);
    (void)fuzzed_start(&second);
    demand(restore(&second, text));
    monitor_save(second.monitor, keep, &other);
    demand(one.size == other.size && memcmp(one.text, other.text, one.size) == 0);
    for (unsigned i = 0; i < 20; i++) {
        (void)monitor_tick(second.monitor, second.now);
        second.now += USEC_PER_SECOND;
    }
    monitor_free(first.monitor);
    monitor_free(second.monitor);
    return 0;
}
