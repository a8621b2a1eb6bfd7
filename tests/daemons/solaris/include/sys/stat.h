/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_STAT_H
#define SHIM_SYS_STAT_H

#include <sys/types.h>
#include <time.h>
struct stat {
    dev_t st_dev;
    ino_t st_ino;
    mode_t st_mode;
    unsigned st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    dev_t st_rdev;
    off_t st_size;
    struct timespec st_mtim;
};
#define st_mtime st_mtim.tv_sec
#define S_IFMT 0xF000
#define S_ISREG(mode) (((mode)&S_IFMT) == 0x8000)
#define S_ISDIR(mode) (((mode)&S_IFMT) == 0x4000)
#define S_ISCHR(mode) (((mode)&S_IFMT) == 0x2000)
#define S_ISBLK(mode) (((mode)&S_IFMT) == 0x6000)
#define S_ISLNK(mode) (((mode)&S_IFMT) == 0xA000)
#define S_ISSOCK(mode) (((mode)&S_IFMT) == 0xC000)
#define S_IRWXU 00700
#define S_IRUSR 00400
#define S_IWUSR 00200
#define S_IXUSR 00100
#define S_IRWXG 00070
#define S_IRGRP 00040
#define S_IWGRP 00020
#define S_IRWXO 00007
#define S_IROTH 00004
#define S_IWOTH 00002
extern int stat(const char *, struct stat *);
extern int lstat(const char *, struct stat *);
extern int fstat(int, struct stat *);
extern int chmod(const char *, mode_t);
extern int fchmod(int, mode_t);
extern int mkdir(const char *, mode_t);
extern int mkfifo(const char *, mode_t);
extern mode_t umask(mode_t);

#endif
