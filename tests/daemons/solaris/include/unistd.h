/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_UNISTD_H
#define SHIM_UNISTD_H

#include <sys/types.h>
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4
#define _SC_PAGESIZE 11
#define _SC_OPEN_MAX 4
#define _SC_CLK_TCK 3
#define _SC_PHYS_PAGES 500
#define _SC_AVPHYS_PAGES 501
#define _SC_NPROCESSORS_ONLN 15
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_END 2
#endif
extern char *optarg;
extern int optind, opterr, optopt;
extern int getopt(int, char *const[], const char *);
extern int access(const char *, int);
extern unsigned alarm(unsigned);
extern int chdir(const char *);
extern int chown(const char *, uid_t, gid_t);
extern int fchown(int, uid_t, gid_t);
extern int close(int);
extern int dup(int);
extern int dup2(int, int);
extern int execv(const char *, char *const[]);
extern int execve(const char *, char *const[], char *const[]);
extern void _exit(int) __attribute__((noreturn));
extern int fdatasync(int);
extern pid_t fork(void);
extern int fsync(int);
extern int ftruncate(int, off_t);
extern gid_t getegid(void);
extern uid_t geteuid(void);
extern gid_t getgid(void);
extern long gethostid(void);
extern int gethostname(char *, int);
extern pid_t getpid(void);
extern pid_t getppid(void);
extern uid_t getuid(void);
extern int isatty(int);
extern int link(const char *, const char *);
extern off_t lseek(int, off_t, int);
extern int nice(int);
extern int pause(void);
extern int pipe(int[2]);
extern ssize_t pread(int, void *, size_t, off_t);
extern ssize_t pwrite(int, const void *, size_t, off_t);
extern ssize_t read(int, void *, size_t);
extern int rmdir(const char *);
extern int setgid(gid_t);
extern int setgroups(int, const gid_t *);
extern int setpgid(pid_t, pid_t);
extern pid_t setsid(void);
extern int setuid(uid_t);
extern int setregid(gid_t, gid_t);
extern int setreuid(uid_t, uid_t);
extern unsigned sleep(unsigned);
extern int symlink(const char *, const char *);
extern void sync(void);
extern long sysconf(int);
extern off_t tell(int); /* not of POSIX, but there: nothing of ours that includes this may have the name */
extern int unlink(const char *);
extern ssize_t write(int, const void *, size_t);

#endif
