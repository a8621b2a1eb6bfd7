/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SYS_WAIT_H
#define SHIM_SYS_WAIT_H

#include <signal.h>
#include <sys/types.h>
#define WNOHANG 0100
#define WUNTRACED 4
#define WEXITED 1
#define WNOWAIT 0200
typedef enum { P_PID, P_PGID = 2, P_ALL = 7 } idtype_t;
#define WIFEXITED(status) (((status)&0xff) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSIGNALED(status) (((status)&0xff) > 0)
#define WTERMSIG(status) ((status)&0x7f)
extern pid_t wait(int *);
extern pid_t waitpid(pid_t, int *, int);
extern int waitid(idtype_t, id_t, siginfo_t *, int);

#endif
