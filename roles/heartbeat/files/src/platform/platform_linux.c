/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/watchdog.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../common/sockets.h"

#define BATCH 64u      /* datagrams a system call */
#define RR_PRIORITY 10 /* any is above all that is not real-time; below what kernels run their own threads with */

static int64_t nanoseconds_of(clockid_t clock)
{
    struct timespec time;

    if (clock_gettime(clock, &time) != 0) {
        abort(); /* nothing that this daemon does is right without a clock */
    }
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/*
 * CLOCK_MONOTONIC_RAW, the only one that time servers' programs do not make run faster and slower (chronyd does so by a
 * twelfth, far more than what two clocks are taken to differ by), and the time that the machine was suspended: a lease
 * that stood still meanwhile would be held by a node that everybody else has seen dead. That is what CLOCK_BOOTTIME has
 * and CLOCK_MONOTONIC has not; asked for in this order, a pause between the two makes it seem less, never more.
 */
usec platform_now(void)
{
    static int64_t suspended;
    const int64_t with = nanoseconds_of(CLOCK_BOOTTIME);
    const int64_t difference = with - nanoseconds_of(CLOCK_MONOTONIC);

    suspended = difference > suspended ? difference : suspended;
    return (usec)((nanoseconds_of(CLOCK_MONOTONIC_RAW) + suspended) / 1000);
}

static bool read_small(const char *path, char *text, size_t size)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (descriptor == -1) {
        return false;
    }
    got = read(descriptor, text, size - 1);
    (void)close(descriptor);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

static bool write_small(const char *path, const char *text)
{
    const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    bool done;

    if (descriptor == -1) {
        return false;
    }
    done = write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
    (void)close(descriptor);
    return done;
}

/* The kernel draws a UUID at each boot; its two halves, one over the other. */
bool platform_boot(uint64_t *boot)
{
    char text[64];
    uint64_t half[2] = {0, 0};
    unsigned digits = 0;

    if (!read_small("/proc/sys/kernel/random/boot_id", text, sizeof text)) {
        return false;
    }
    for (const char *at = text; *at != '\0' && digits < 32; at++) {
        const char *digit = strchr("0123456789abcdef", *at);

        if (digit != NULL) {
            half[digits / 16] = half[digits / 16] << 4 | (uint64_t)(digit - "0123456789abcdef");
            digits++;
        }
    }
    *boot = half[0] ^ half[1];
    if (*boot == 0) {
        *boot = 1;
    }
    return digits == 32;
}

bool platform_random(void *bytes, size_t size)
{
    uint8_t *at = bytes;

    while (size > 0) {
        const ssize_t got = getrandom(at, size, 0);

        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return true;
}

static void say(char *said, size_t size, const char *what)
{
    const size_t length = strlen(said);

    (void)snprintf(said + length, size - length, "%s%s: %s", length > 0 ? "; " : "", what, strerror(errno));
}

void platform_steady(bool lock, bool real_time, char *said, size_t size)
{
    said[0] = '\0';
    if (lock) {
        const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

        /*
         * After the change of user the limit holds. Where it cannot be lifted, what comes later is not locked: it could
         * not be had at all any more.
         */
        const int what = setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0 ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT;

        if (mlockall(what) != 0) {
            say(said, size, "memory is not locked");
        }
        /* A node short of memory must not lose what fences it. */
        if (!write_small("/proc/self/oom_score_adj", "-1000")) {
            say(said, size, "not exempt from the out-of-memory killer");
        }
    }
    if (real_time) {
        struct sched_param parameters;

        memset(&parameters, 0, sizeof parameters);
        parameters.sched_priority = RR_PRIORITY;
        if (sched_setscheduler(0, SCHED_RR, &parameters) != 0) {
            say(said, size, "no real-time priority");
        }
    }
}

bool platform_drop(const char *user, bool programs)
{
    FILE *const accounts = fopen("/etc/passwd", "re");
    const struct passwd *entry = NULL;
    gid_t group;
    uid_t id;

    if (accounts == NULL) {
        return false;
    }
    /* Of this machine alone: what fences it does not wait for a directory server, nor load a library to ask one. */
    do {
        errno = 0;
        entry = fgetpwent(accounts);
    } while (entry != NULL && strcmp(entry->pw_name, user) != 0);
    (void)fclose(accounts);
    if (entry == NULL) {
        errno = ENOENT;
        return false;
    }
    group = entry->pw_gid;
    id = entry->pw_uid;
    /* No capability is kept over setuid, and none comes back by an exec. To fork and exec is no privilege here. */
    (void)programs;
    if (prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0 ||
        setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(id) != 0) {
        return false;
    }
    (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); /* keys are in memory */
    if (id != 0 && (setuid(0) == 0 || geteuid() != id || getegid() != group)) {
        errno = EPERM;
        return false;
    }
    return true;
}

static uint32_t mebibytes(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at == NULL ? 0 : (uint32_t)(strtoull(at + strlen(name), NULL, 10) / 1024);
}

void platform_vitals(struct vitals *vitals)
{
    char text[512];

    memset(vitals, 0, sizeof *vitals); /* zones: there are none here */
    if (read_small("/proc/loadavg", text, sizeof text)) {
        const double load = strtod(text, NULL);

        vitals->load = load < 4000000.0 ? (uint32_t)(load * 1000.0 + 0.5) : UINT32_MAX;
    }
    if (read_small("/proc/meminfo", text, sizeof text)) {
        vitals->memory_total = mebibytes(text, "MemTotal:");
        vitals->memory_free = mebibytes(text, "MemAvailable:");
    }
}

bool platform_zone_runs(const char *zone)
{
    (void)zone;
    return true;
}

int platform_receive(int socket, struct datagram *datagrams, unsigned count)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    union socket_name names[BATCH];
    int got;

    if (count > BATCH) {
        count = BATCH;
    }
    memset(messages, 0, sizeof messages[0] * count);
    for (unsigned i = 0; i < count; i++) {
        parts[i].iov_base = datagrams[i].bytes;
        parts[i].iov_len = sizeof datagrams[i].bytes;
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &names[i];
        messages[i].msg_hdr.msg_namelen = sizeof names[i];
    }
    do {
        got = recvmmsg(socket, messages, count, MSG_DONTWAIT, NULL);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
    }
    for (int i = 0; i < got; i++) {
        datagrams[i].size = messages[i].msg_len; /* one that was cut fills its bytes, which no packet of ours does */
        socket_address_of(&names[i], &datagrams[i].peer);
    }
    return got;
}

int platform_send(int socket, const struct datagram *datagrams, unsigned count)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    union socket_name names[BATCH];
    unsigned at = 0;
    int sent = 0;
    int failed = 0;

    if (count > BATCH) {
        count = BATCH;
    }
    memset(messages, 0, sizeof messages[0] * count);
    for (unsigned i = 0; i < count; i++) {
        parts[i].iov_base = (void *)(uintptr_t)datagrams[i].bytes;
        parts[i].iov_len = datagrams[i].size;
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_namelen = socket_name_of(&datagrams[i].peer, &names[i]);
        messages[i].msg_hdr.msg_name = &names[i];
    }
    while (at < count) {
        const int done = sendmmsg(socket, messages + at, count - at, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (done > 0) {
            sent += done;
            at += (unsigned)done;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            failed = errno;
            break;
        } else if (errno != EINTR) {
            failed = errno;
            at++; /* an unreachable peer does not keep the others from being sent to */
        }
    }
    if (sent == 0 && failed != 0) {
        errno = failed;
        return -1;
    }
    return sent;
}

/* What is not on disk yet stays away from it: whoever takes over may write there already. */
void platform_stop(enum stop_how how)
{
    /* The header writes some of them as unsigned. */
    const int command = how == STOP_REBOOT ? RB_AUTOBOOT : how == STOP_POWER_OFF ? RB_POWER_OFF : (int)RB_HALT_SYSTEM;

    (void)reboot(command);
    (void)write_small("/proc/sysrq-trigger", how == STOP_REBOOT ? "b" : "o");
}

int platform_watchdog_open(const char *device, unsigned seconds)
{
    const int watchdog = open(device, O_WRONLY | O_CLOEXEC);
    int timeout = (int)seconds;
    int enable = WDIOS_ENABLECARD;

    if (watchdog == -1) {
        return -1;
    }
    if (ioctl(watchdog, WDIOC_SETTIMEOUT, &timeout) != 0) {
        const int failed = errno;

        (void)platform_watchdog_close(watchdog);
        errno = failed;
        return -1;
    }
    if (timeout <= 0 || (unsigned)timeout > seconds) {
        (void)platform_watchdog_close(watchdog); /* it rounds up: it would strike after the time that was announced */
        errno = ERANGE;
        return -1;
    }
    (void)ioctl(watchdog, WDIOC_SETOPTIONS, &enable); /* most run since they were opened and do not know this */
    return watchdog;
}

bool platform_watchdog_feed(int watchdog)
{
    return ioctl(watchdog, WDIOC_KEEPALIVE, 0) == 0;
}

bool platform_watchdog_close(int watchdog)
{
    const bool disarmed = write(watchdog, "V", 1) == 1;

    return close(watchdog) == 0 && disarmed;
}

bool platform_peer(int socket, uid_t *uid)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;

    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        return false;
    }
    *uid = credentials.uid;
    return true;
}

int platform_disk_open(const char *path)
{
    struct stat found;
    int how = O_RDWR | O_DSYNC | O_CLOEXEC;

    if (stat(path, &found) != 0) {
        return -1;
    }
    return open(path, S_ISREG(found.st_mode) ? how : how | O_DIRECT);
}

int platform_receive_buffer(int socket, int bytes)
{
    socklen_t length = sizeof bytes;

    if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) {
        (void)setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    return getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, &length) == 0 ? bytes : 0;
}
