/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "guard_record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIES 2
#define LAYOUT ((uint64_t)0x4856474200010000 + sizeof(struct guard_copy))

static uint64_t checksum(const struct guard_copy *copy)
{
    const uint8_t *bytes = (const uint8_t *)copy;
    uint64_t sum = 14695981039346656037u; /* FNV-1a */

    for (size_t i = 0; i < offsetof(struct guard_copy, checksum); i++) {
        sum = (sum ^ bytes[i]) * 1099511628211u;
    }
    return sum;
}

/* Every byte has its place in the file system: that there is none for it is found out now, not when a mapped byte is
 * written. */
static bool make_room(int descriptor, size_t size)
{
    static uint8_t bytes[sizeof(struct guard_copy) * COPIES];
    const ssize_t there = pread(descriptor, bytes, size, 0);

    if (there < 0) {
        return false;
    }
    memset(bytes + there, 0, size - (size_t)there);
    if (pwrite(descriptor, bytes, size, 0) != (ssize_t)size) {
        errno = ENOSPC;
        return false;
    }
    return ftruncate(descriptor, (off_t)size) == 0;
}

bool guard_record_open(struct guard_record *record, const char *path)
{
    const size_t size = sizeof(struct guard_copy) * COPIES;
    const int descriptor = open(path, O_RDWR | O_CREAT, 0644);
    void *mapped;

    if (descriptor == -1) {
        return false;
    }
    if (!make_room(descriptor, size)) {
        const int failed = errno;

        (void)close(descriptor);
        errno = failed;
        return false;
    }
    mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    (void)close(descriptor);
    if (mapped == MAP_FAILED) {
        return false;
    }
    record->copies = mapped;
    record->turn = 0;
    for (unsigned i = 0; i < COPIES; i++) {
        if (record->copies[i].turn > record->turn && record->copies[i].checksum == checksum(&record->copies[i])) {
            record->turn = record->copies[i].turn;
        }
    }
    return true;
}

void guard_record_write(struct guard_record *record, uint64_t boot, const struct guard_past *past)
{
    struct guard_copy *copy = &record->copies[++record->turn % COPIES];
    struct guard_copy whole;

    memset(&whole, 0, sizeof whole); /* the gaps too: they are summed up */
    whole.layout = LAYOUT;
    whole.turn = record->turn;
    whole.boot = boot;
    memcpy(&whole.past, past, sizeof whole.past);
    whole.checksum = checksum(&whole);
    memcpy(copy, &whole, sizeof whole);
}

static bool newest(const struct guard_copy *copies, uint64_t boot, struct guard_past *past)
{
    const struct guard_copy *found = NULL;

    for (unsigned i = 0; i < COPIES; i++) {
        if (copies[i].layout == LAYOUT && copies[i].boot == boot && copies[i].checksum == checksum(&copies[i]) &&
            (found == NULL || copies[i].turn > found->turn)) {
            found = &copies[i];
        }
    }
    if (found != NULL) {
        *past = found->past;
    }
    return found != NULL;
}

bool guard_record_read(struct guard_record *record, uint64_t boot, struct guard_past *past)
{
    return newest(record->copies, boot, past);
}

bool guard_record_look(const char *path, uint64_t boot, struct guard_past *past)
{
    static struct guard_copy copies[COPIES];
    const int descriptor = open(path, O_RDONLY);
    ssize_t got;

    if (descriptor == -1) {
        return false;
    }
    got = read(descriptor, copies, sizeof copies);
    (void)close(descriptor);
    return got == (ssize_t)sizeof copies && newest(copies, boot, past);
}
