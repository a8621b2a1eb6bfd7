/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Files that hold a password: read only where nobody else may read them. */
#ifndef HELIOSTAT_COMMON_SECRET_FILE_H
#define HELIOSTAT_COMMON_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The first line, without its end; not empty. Refused where group or others have rights to the file. */
bool secret_file_line(const char *path, char *line, size_t room, char *error, size_t error_size);
/* Overwrites in a way that no compiler leaves out. */
void secret_wipe(void *bytes, size_t size);

#endif
