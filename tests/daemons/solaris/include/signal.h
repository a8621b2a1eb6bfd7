/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SIGNAL_H
#define SHIM_SIGNAL_H

#include <sys/types.h>
typedef struct {
    unsigned shim_bits[4];
} sigset_t;
typedef struct {
    int si_signo;
    int si_code;
    pid_t si_pid;
} siginfo_t;
struct sigaction {
    int sa_flags;
    union {
        void (*shim_handler)(int);
        void (*shim_action)(int, siginfo_t *, void *);
    } shim_un;
    sigset_t sa_mask;
};
#define sa_handler shim_un.shim_handler
#define sa_sigaction shim_un.shim_action
typedef int sig_atomic_t;
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGABRT 6
#define SIGKILL 9
#define SIGBUS 10
#define SIGSEGV 11
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGUSR1 16
#define SIGUSR2 17
#define SIGCHLD 18
#define SIGSTOP 23
#define SIGCONT 25
#define SIGXFSZ 31
#define SIG_BLOCK 1
#define SIG_UNBLOCK 2
#define SIG_SETMASK 3
#define SA_RESTART 4
#define SA_NOCLDSTOP 0x20000
extern int kill(pid_t, int);
extern int killpg(pid_t, int);
extern int raise(int);
extern int sigaction(int, const struct sigaction *, struct sigaction *);
extern int sigaddset(sigset_t *, int);
extern int sigdelset(sigset_t *, int);
extern int sigemptyset(sigset_t *);
extern int sigfillset(sigset_t *);
extern int sigprocmask(int, const sigset_t *, sigset_t *);
extern void (*signal(int, void (*)(int)))(int);

#endif
