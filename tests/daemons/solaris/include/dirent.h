/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_DIRENT_H
#define SHIM_DIRENT_H

#include <sys/types.h>
typedef struct shim_dir DIR;
struct dirent {
    ino_t d_ino;
    char d_name[1];
};
extern DIR *opendir(const char *);
extern struct dirent *readdir(DIR *);
extern int closedir(DIR *);

#endif
