/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "secret_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config_lines.h"

static bool read_private(const char *path, char *buffer, size_t room, size_t *size, char *error, size_t error_size)
{
    struct stat found;

    if (stat(path, &found) == 0 && S_ISREG(found.st_mode) && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)snprintf(error, error_size, "%s: holds a secret, and others than its owner have rights to it (mode %04o)",
                       path, (unsigned)(found.st_mode & 07777));
        return false;
    }
    return config_file_read(path, buffer, room, size, error, error_size);
}

bool secret_file_line(const char *path, char *line, size_t room, char *error, size_t error_size)
{
    size_t size = 0;
    const char *end;

    if (!read_private(path, line, room, &size, error, error_size)) {
        return false;
    }
    end = memchr(line, '\n', size);
    if (end == NULL && size == room) {
        (void)snprintf(error, error_size, "%s: longer than %u bytes", path, (unsigned)room - 1);
        return false;
    }
    size = end != NULL ? (size_t)(end - line) : size;
    if (size == 0 || memchr(line, '\0', size) != NULL) {
        (void)snprintf(error, error_size, "%s: its first line is %s", path, size == 0 ? "empty" : "no text");
        return false;
    }
    line[size] = '\0';
    return true;
}

void secret_wipe(void *bytes, size_t size)
{
    volatile unsigned char *at = bytes;

    while (size-- > 0) {
        *at++ = 0;
    }
}
