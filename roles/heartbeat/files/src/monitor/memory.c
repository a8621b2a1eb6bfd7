/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "configuration.h"

#define FIRST "heliostat-monitor memory 1 of "
#define LINE 4096

struct writing {
    FILE *file;
    unsigned long lines;
    bool failed;
};

static void write_line(void *context, const char *line)
{
    struct writing *writing = context;

    writing->failed = writing->failed || fprintf(writing->file, "%s\n", line) < 0;
    writing->lines++;
}

static bool sync_directory(const char *file)
{
    char directory[CONFIGURATION_PATH];
    char *slash;
    int descriptor;
    bool good;

    (void)snprintf(directory, sizeof directory, "%s", file);
    slash = strrchr(directory, '/');
    if (slash == NULL) {
        errno = EINVAL;
        return false;
    }
    slash[slash == directory ? 1 : 0] = '\0';
    descriptor = open(directory, O_RDONLY);
    if (descriptor < 0) {
        return false;
    }
    good = fsync(descriptor) == 0 || errno == EINVAL; /* a file system that cannot, need not */
    (void)close(descriptor);
    return good;
}

static bool write_all(FILE *file, const struct monitor *monitor, uint32_t id)
{
    struct writing writing = {file, 0, false};

    writing.failed = fprintf(file, FIRST "%lu\n", (unsigned long)id) < 0;
    monitor_save(monitor, write_line, &writing);
    return !writing.failed && fprintf(file, "end %lu\n", writing.lines) >= 0 && fflush(file) == 0 &&
           fsync(fileno(file)) == 0;
}

bool memory_save(const char *file, const struct monitor *monitor, uint32_t id, char *error, size_t size)
{
    char fresh[CONFIGURATION_PATH + 8];
    FILE *to = NULL;
    int descriptor;
    bool good;

    (void)snprintf(fresh, sizeof fresh, "%s.new", file);
    descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    good = descriptor >= 0 && (to = fdopen(descriptor, "w")) != NULL;
    if (descriptor >= 0 && to == NULL) {
        (void)close(descriptor);
    }
    if (to != NULL) {
        int failed;

        good = write_all(to, monitor, id);
        failed = errno;
        if (fclose(to) != 0 && good) {
            good = false;
            failed = errno;
        }
        errno = failed;
    }
    good = good && rename(fresh, file) == 0 && sync_directory(file);
    if (!good) {
        (void)snprintf(error, size, "%s: cannot be written: %s", file, strerror(errno));
    }
    return good;
}

static enum memory_found damaged(char *error, size_t size, const char *file, unsigned long line, const char *what)
{
    (void)snprintf(error, size, "%s:%lu: %s", file, line, what);
    return MEMORY_DAMAGED;
}

static enum memory_found read_all(FILE *from, const char *file, struct monitor *monitor, uint32_t id, char *error,
                                  size_t size, usec now)
{
    char line[LINE], expected[64], said[256];
    unsigned long number = 0;

    while (fgets(line, sizeof line, from) != NULL) {
        const size_t length = strlen(line);

        number++;
        if (length == 0 || line[length - 1] != '\n') {
            return damaged(error, size, file, number, "the line has no end");
        }
        line[length - 1] = '\0';
        if (number == 1) {
            (void)snprintf(expected, sizeof expected, FIRST "%lu", (unsigned long)id);
            if (strcmp(line, expected) != 0) {
                return damaged(error, size, file, number, "is not the memory of this monitor");
            }
            continue;
        }
        (void)snprintf(expected, sizeof expected, "end %lu", number - 2);
        if (strcmp(line, expected) == 0) {
            return fgetc(from) == EOF ? MEMORY_READ : damaged(error, size, file, number, "something follows the end");
        }
        said[0] = '\0';
        if (!monitor_restore(monitor, line, said, sizeof said, now)) {
            return damaged(error, size, file, number, said);
        }
    }
    return damaged(error, size, file, number, ferror(from) ? strerror(errno) : "its end is missing");
}

enum memory_found memory_load(const char *file, struct monitor *monitor, uint32_t id, char *error, size_t size,
                              usec now)
{
    FILE *from = fopen(file, "r");
    enum memory_found found;

    if (from == NULL) {
        const bool missing = errno == ENOENT;

        (void)snprintf(error, size, "%s: cannot be read: %s", file, strerror(errno));
        return missing ? MEMORY_MISSING : MEMORY_DAMAGED;
    }
    found = read_all(from, file, monitor, id, error, size, now);
    (void)fclose(from);
    return found;
}
