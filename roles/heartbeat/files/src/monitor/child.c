/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptor.h"

#define DESCRIPTORS 1024 /* closed in the child, in case one was not marked to be */

static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};

/* What the child undoes of the monitor's own ways before it becomes something else. Only calls that are safe there. */
static void settle(int input, int output, int keep)
{
    struct sched_param normal;
    sigset_t none;

    (void)setpgid(0, 0);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)signal(SIGHUP, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGCHLD, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    memset(&normal, 0, sizeof normal);
    (void)sched_setscheduler(0, SCHED_OTHER, &normal); /* an agent must not run before the monitor */
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) {
        _exit(126);
    }
    /* dup2 of an end that has that number already leaves its flags. */
    (void)fcntl(0, F_SETFL, 0);
    (void)fcntl(0, F_SETFD, 0);
    (void)fcntl(1, F_SETFL, 0);
    (void)fcntl(1, F_SETFD, 0);
    (void)fcntl(2, F_SETFD, 0);
    for (int i = 3; i < DESCRIPTORS; i++) {
        if (i != keep) {
            (void)close(i);
        }
    }
    (void)!chdir("/");
}

static _Noreturn void become(const char *path, int input, int output)
{
    char *words[2] = {(char *)path, NULL};

    settle(input, output, -1);
    (void)execve(path, words, environment);
    (void)!write(1, strerror(errno), strlen(strerror(errno)));
    _exit(errno == ENOENT ? 127 : 126);
}

static void forget(struct child *child)
{
    memset(child, 0, sizeof *child);
    child->input = child->output = -1;
}

static bool start(struct child *child, const char *path, const char *input, int (*function)(void *context),
                  void *context, int keep)
{
    int in[2], out[2], error;
    pid_t pid = -1;

    forget(child);
    if (!descriptor_pipe(in)) {
        return false;
    }
    if (descriptor_pipe(out)) {
        pid = fork();
        if (pid == 0) {
            if (path != NULL) {
                become(path, in[0], out[1]);
            }
            settle(in[0], out[1], keep);
            _exit(function != NULL ? function(context) : 127);
        }
        error = errno;
        descriptor_close(&out[1]);
        if (pid < 0) {
            descriptor_close(&out[0]);
        }
        errno = error;
    }
    error = errno;
    descriptor_close(&in[0]);
    if (pid > 0 && input != NULL) {
        (void)!write(in[1], input, strlen(input)); /* an empty pipe takes it whole; CONFIGURATION_INPUT sees to that */
    }
    if (pid < 0) {
        descriptor_close(&in[1]);
        errno = error;
        return false;
    }
    (void)setpgid(pid, pid); /* whoever comes first */
    child->pid = pid;
    child->input = in[1];
    child->output = out[0];
    child->deadline = child->kill_at = USEC_NEVER;
    return true;
}

static bool bounded(struct child *child, bool started, usec within, usec now)
{
    descriptor_close(&child->input);
    child->deadline = now + within;
    return started;
}

bool child_program(struct child *child, const char *path, const char *input, usec within, usec now)
{
    return bounded(child, start(child, path, input, NULL, NULL, -1), within, now);
}

bool child_function(struct child *child, int (*function)(void *context), void *context, int keep, usec within, usec now)
{
    return bounded(child, start(child, NULL, NULL, function, context, keep), within, now);
}

bool child_server(struct child *child, int (*function)(void *context), void *context)
{
    return start(child, NULL, NULL, function, context, -1);
}

static void note(struct child *child, const char *bytes, size_t size)
{
    child->total += size;
    for (size_t i = 0; i < size && child->size < CHILD_TEXT; i++) {
        const unsigned char byte = (unsigned char)bytes[i];

        child->text[child->size++] = (char)(byte == '\n' || (byte >= 0x20 && byte < 0x7f) ? byte : '?');
    }
}

/* At most a bounded part at a time: one that prints without end must not keep the loop. */
static void read_output(struct child *child)
{
    char bytes[4096];

    for (int turn = 0; turn < 16 && child->output >= 0; turn++) {
        const ssize_t got = read(child->output, bytes, sizeof bytes);

        if (got > 0) {
            note(child, bytes, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            descriptor_close(&child->output);
        } else {
            return;
        }
    }
}

static void stop(struct child *child, enum child_end reason, usec now)
{
    if (child->reason == CHILD_RUNS) {
        child->reason = reason;
        child->kill_at = now + CHILD_GRACE;
        (void)kill(-child->pid, SIGTERM);
        (void)kill(-child->pid, SIGCONT); /* a stopped one ends too */
    }
}

enum child_end child_look(struct child *child, int *code, usec now)
{
    siginfo_t info;
    int status = 0;
    enum child_end reason;

    if (child->pid == 0) {
        return CHILD_EXITED;
    }
    read_output(child);
    memset(&info, 0, sizeof info);
    /* Looked at first and taken away later: until then the number of its group is its own. */
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child->pid) {
        (void)kill(-child->pid, SIGKILL);
        (void)waitpid(child->pid, &status, 0);
        read_output(child);
        descriptor_close(&child->output);
        child->pid = 0;
        child->text[child->size] = '\0';
        reason = child->reason != CHILD_RUNS ? child->reason : WIFEXITED(status) ? CHILD_EXITED : CHILD_SIGNALLED;
        *code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
        return reason;
    }
    if (child->total > CHILD_ENDLESS) {
        stop(child, CHILD_ENDLESSLY, now);
    } else if (now >= child->deadline) {
        stop(child, CHILD_LATE, now);
    }
    if (now >= child->kill_at) {
        (void)kill(-child->pid, SIGKILL);
        child->kill_at = now + CHILD_GRACE; /* one in the kernel's hands may need long; it is asked again */
    }
    return CHILD_RUNS;
}

usec child_next(const struct child *child)
{
    return child->pid == 0                    ? USEC_NEVER
           : child->kill_at < child->deadline ? child->kill_at
           : child->reason != CHILD_RUNS      ? child->kill_at
                                              : child->deadline;
}

void child_kill(struct child *child)
{
    if (child->pid != 0) {
        (void)kill(-child->pid, SIGKILL);
        (void)waitpid(child->pid, NULL, WNOHANG); /* one in the kernel's hands is left to init */
    }
    descriptor_close(&child->input);
    descriptor_close(&child->output);
    child->pid = 0;
}
