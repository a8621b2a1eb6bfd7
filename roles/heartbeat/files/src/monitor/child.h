/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * A process of ours that does what may take long or hang: a fence agent, the writing of a pill or of metrics. It gets
 * its own process group, all of which ends with it or with its time; what it prints is kept up to a bound.
 */
#ifndef HELIOSTAT_MONITOR_CHILD_H
#define HELIOSTAT_MONITOR_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../common/time.h"

#define CHILD_TEXT 2048
#define CHILD_ENDLESS ((size_t)256 * 1024) /* who prints more is stopped */
#define CHILD_GRACE (2 * USEC_PER_SECOND)  /* between TERM and KILL */

enum child_end {
    CHILD_RUNS,
    CHILD_EXITED,
    CHILD_SIGNALLED,
    CHILD_LATE,     /* did not end in time */
    CHILD_ENDLESSLY /* printed without end */
};

struct child {
    pid_t pid;  /* 0: none runs */
    int input;  /* of child_server, else -1 */
    int output; /* to be polled for reading */
    usec deadline;
    usec kill_at;          /* after TERM */
    enum child_end reason; /* why it was stopped, if it was */
    size_t total;
    size_t size;
    char text[CHILD_TEXT + 1]; /* standard output and error, whatever is no text replaced by '?' */
};

/* Runs that program, without arguments, `input` on its standard input. False with errno. */
bool child_program(struct child *child, const char *path, const char *input, usec within, usec now);
/* Runs that function in a copy of this process; it prints to descriptor 1, and what it returns is the exit code. Of
 * our descriptors it has `keep` alone, so that a restarted monitor finds none of its addresses taken. */
bool child_function(struct child *child, int (*function)(void *context), void *context, int keep, usec within,
                    usec now);
/* The same for one that serves as long as we do: what is written to child->input it reads from descriptor 0. It is not
 * to be looked at, but read from and, once that ends, killed. */
bool child_server(struct child *child, int (*function)(void *context), void *context);
/* Reads what it printed, stops it where it is late. Once it has ended, how, and its exit code or signal. */
enum child_end child_look(struct child *child, int *code, usec now);
/* When to look without being told to. */
usec child_next(const struct child *child);
/* Stops it; one in the kernel's hands is not waited for. */
void child_kill(struct child *child);

#endif
