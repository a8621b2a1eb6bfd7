/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The guard's surroundings: its directory, its record, its watchdog, its configuration. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/sockets.h"
#include "../platform/platform.h"
#include "agent_log.h"
#include "guard_state.h"
#include "message.h"

void guard_promise_of(const struct agent_configuration *configuration, struct promise *promise)
{
    memset(promise, 0, sizeof *promise);
    promise->lease_ms = (uint32_t)(configuration->lease / USEC_PER_MS);
    promise->halt_ms = (uint32_t)(configuration->halt / USEC_PER_MS);
    promise->slot = configuration->slot;
    promise->fence = configuration->fence;
}

static const char *file_of(const char *name)
{
    static char path[AGENT_FILE + 32];

    (void)snprintf(path, sizeof path, "%s/%s", guard_self.configuration.run_directory, name);
    return path;
}

static bool failed(const char *what, const char *which)
{
    agent_log(AGENT_LOG_ALARM, "%s %s: %s", what, which, strerror(errno));
    return false;
}

/* What is found in it is believed and run: nobody else may write there. */
static bool own_directory(void)
{
    const char *const path = guard_self.configuration.run_directory;
    struct stat found;

    if ((mkdir(path, 0755) != 0 && errno != EEXIST) || lstat(path, &found) != 0) {
        return failed("cannot make", path);
    }
    if (!S_ISDIR(found.st_mode) || found.st_uid != geteuid() || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        errno = EPERM;
        return failed("is not a directory that this user alone may write to:", path);
    }
    return true;
}

/* The one that ended before took the file's name away, perhaps after we had opened it. */
static bool is_still_there(void)
{
    struct stat opened;
    struct stat named;

    return fstat(guard_self.lock, &opened) == 0 && stat(file_of(LOCK_FILE), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Two guards would be two agents with one number, and one of them would fence. */
static bool lock(void)
{
    struct flock whole;
    char number[32];

    guard_self.lock = open(file_of(LOCK_FILE), O_RDWR | O_CREAT, 0644);
    if (guard_self.lock == -1) {
        return failed("cannot open", file_of(LOCK_FILE));
    }
    (void)fcntl(guard_self.lock, F_SETFD, FD_CLOEXEC);
    memset(&whole, 0, sizeof whole);
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (fcntl(guard_self.lock, F_SETLK, &whole) == -1) {
        return failed("another agent runs: cannot lock", file_of(LOCK_FILE));
    }
    if (!is_still_there()) {
        errno = EAGAIN;
        return failed("another agent has just ended and took away", file_of(LOCK_FILE));
    }
    (void)snprintf(number, sizeof number, "%ld\n", (long)getpid());
    return ftruncate(guard_self.lock, 0) == 0 &&
           write(guard_self.lock, number, strlen(number)) == (ssize_t)strlen(number);
}

static void let_watchdog_go(void)
{
    if (guard_self.watchdog != -1 && !platform_watchdog_close(guard_self.watchdog)) {
        agent_log(AGENT_LOG_ALARM, "the watchdog could not be disarmed: this machine may be reset");
    }
    guard_self.watchdog = -1;
    guard_self.guard.feed_every = 0;
}

/* Whether the one that is open strikes as soon as this plan says. */
static bool watchdog_fits(const struct fence_plan *plan)
{
    return guard_self.watchdog != -1 && guard_self.watchdog_seconds == plan->seconds &&
           strcmp(guard_self.watchdog_path, plan->path) == 0;
}

/* A watchdog as long as the promise needs one. Opened before it is promised: a device that is missing is no promise. */
bool guard_watchdog_follow(void)
{
    const struct fence_plan *plan = &guard_self.guard.past.kept.fence;

    if (plan->by != FENCE_BY_WATCHDOG || guard_self.guard.past.lease.none) {
        let_watchdog_go();
        return true;
    }
    if (watchdog_fits(plan)) {
        return true;
    }
    let_watchdog_go();
    guard_self.watchdog = platform_watchdog_open(plan->path, plan->seconds);
    if (guard_self.watchdog == -1) {
        return failed("no hardware watchdog at", plan->path);
    }
    guard_self.watchdog_seconds = plan->seconds;
    (void)snprintf(guard_self.watchdog_path, sizeof guard_self.watchdog_path, "%s", plan->path);
    guard_self.guard.feed_every = (usec)plan->seconds * USEC_PER_SECOND / 4;
    guard_self.guard.feed_at = 0;
    return true;
}

/* What a new configuration promises is tried before. The same device cannot be opened twice: it is let go meanwhile. */
static bool watchdog_can(const struct fence_plan *plan)
{
    int trial;
    int error;

    if (plan->by != FENCE_BY_WATCHDOG || watchdog_fits(plan)) {
        return true;
    }
    if (guard_self.watchdog != -1 && strcmp(guard_self.watchdog_path, plan->path) == 0) {
        let_watchdog_go();
    }
    trial = platform_watchdog_open(plan->path, plan->seconds);
    error = errno;
    if (trial != -1) {
        (void)platform_watchdog_close(trial);
    }
    (void)guard_watchdog_follow();
    errno = error;
    return trial != -1;
}

static bool read_past(void)
{
    struct promise wanted;
    struct guard_past before;
    const bool known = guard_record_read(&guard_self.record, guard_self.boot, &before);

    guard_promise_of(&guard_self.configuration, &wanted);
    guard_start(&guard_self.guard, &wanted, known ? &before : NULL, platform_now());
    if (!known) {
        (void)unlink(file_of(QUARANTINE_FILE)); /* of an earlier boot, if at all */
    } else if (!before.left) {
        agent_log(AGENT_LOG_INFO, "goes on where the last guard of this boot stopped");
    }
    return guard_watchdog_follow();
}

bool guard_set_up(void)
{
    const struct rlimit no_core = {0, 0};

    guard_self.lock = -1;
    guard_self.watchdog = -1;
    for (unsigned kind = 0; kind < GUARD_CHILDREN; kind++) {
        guard_self.child[kind].message = -1;
    }
    (void)setrlimit(RLIMIT_CORE, &no_core); /* keys are in memory */
    if (!platform_boot(&guard_self.boot)) {
        agent_log(AGENT_LOG_ALARM, "the number of this boot is not known");
        return false;
    }
    if (!own_directory() || !lock()) {
        return false;
    }
    if (!guard_record_open(&guard_self.record, file_of(LEASE_FILE))) {
        return failed("cannot map", file_of(LEASE_FILE));
    }
    if (pipe(guard_self.lifeline) != 0 || pipe(guard_self.wake) != 0 || !descriptor_prepare(guard_self.lifeline[0]) ||
        !descriptor_prepare(guard_self.lifeline[1]) || !descriptor_prepare(guard_self.wake[0]) ||
        !descriptor_prepare(guard_self.wake[1])) {
        return failed("no", "pipe");
    }
    return read_past();
}

void guard_tear_down(void)
{
    (void)guard_watchdog_follow();
    (void)unlink(file_of(LOCK_FILE));
}

void guard_quarantine(bool quarantined)
{
    static const char words[] = "The monitors say that this node was fenced: nothing that fails over may start on it "
                                "until a person releases it.\n";
    struct stat status;
    int descriptor;

    if (!quarantined) {
        if (unlink(file_of(QUARANTINE_FILE)) == 0) {
            agent_log(AGENT_LOG_INFO, "released from quarantine");
        }
        return;
    }
    if (stat(file_of(QUARANTINE_FILE), &status) == 0) {
        return;
    }
    agent_log(AGENT_LOG_ALARM, "%.*s", (int)(sizeof words - 2), words);
    descriptor = open(file_of(QUARANTINE_FILE), O_WRONLY | O_CREAT, 0644);
    if (descriptor == -1 || write(descriptor, words, sizeof words - 1) != (ssize_t)(sizeof words - 1)) {
        (void)failed("cannot write", file_of(QUARANTINE_FILE));
    }
    if (descriptor != -1) {
        (void)close(descriptor);
    }
}

/* A fencing under way is done as it was promised, and in that time: neither is changed any more, nor said to be. */
static void keep_promise(struct agent_configuration *fresh, const struct agent_configuration *present)
{
    fresh->lease = present->lease;
    fresh->halt = present->halt;
    fresh->fence = present->fence;
    agent_log(AGENT_LOG_WARNING, "lease, halt and self-fence stay as they are: this node fences itself, or did");
}

void guard_reconfigure(usec now)
{
    static struct agent_configuration fresh;
    struct agent_configuration *present = &guard_self.configuration;
    struct promise wanted;
    char error[512];

    if (!agent_configuration_read(&fresh, guard_self.file, error, sizeof error)) {
        agent_log(AGENT_LOG_WARNING, "not reloaded, the old configuration stays: %s", error);
        return;
    }
    if (fresh.node != present->node || strcmp(fresh.user, present->user) != 0 ||
        strcmp(fresh.run_directory, present->run_directory) != 0) {
        agent_log(AGENT_LOG_WARNING, "not reloaded: another node, user or run-directory needs a restart");
        return;
    }
    if (present->slot && fresh.slot && strcmp(fresh.slot_device, present->slot_device) != 0) {
        agent_log(AGENT_LOG_WARNING,
                  "not reloaded: another slot needs the machine started anew, for monitors may still "
                  "give their pills to the old one");
        return;
    }
    if (guard_self.guard.fencing) {
        keep_promise(&fresh, present);
    }
    if (!watchdog_can(&fresh.fence)) {
        agent_log(AGENT_LOG_WARNING, "not reloaded: no hardware watchdog at %s: %s", fresh.fence.path, strerror(errno));
        return;
    }
    *present = fresh;
    guard_promise_of(present, &wanted);
    guard_reload(&guard_self.guard, &wanted, now);
    (void)guard_watchdog_follow();
    if (guard_self.child[CHILD_SENDER].pid != 0 &&
        !message_send_configuration(guard_self.child[CHILD_SENDER].message, guard_self.guard.generation, present)) {
        guard_child_kill(CHILD_SENDER); /* a new one knows it */
    }
    guard_child_kill(CHILD_SLOT);
    guard_self.child[CHILD_SLOT].pause = 0;
    agent_log(AGENT_LOG_INFO, "reloaded");
}
