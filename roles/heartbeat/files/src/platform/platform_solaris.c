/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Solaris 10 and 11, SPARC and x86: clock, boot, vitals, datagrams, peers. privileges_solaris.c has privileges,
 * priorities and how the machine is stopped.
 */
#ifndef __EXTENSIONS__
#define __EXTENSIONS__ 1
#endif
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <kstat.h>
#include <string.h>
#include <sys/loadavg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <ucred.h>
#include <unistd.h>
#include <zone.h>

#include "../common/sockets.h"

#define GLOBAL_ZONES 1u /* zone_list counts the global one too */

/* gethrtime(3C): nanoseconds of an arbitrary time in the past; no clock that is set touches it. */
usec platform_now(void)
{
    return (usec)(gethrtime() / 1000);
}

/*
 * kstat unix:0:system_misc:boot_time, seconds of wall time (a 32 bit number in every release that is known), and the
 * host's id, so that two machines that booted in the same second differ.
 */
bool platform_boot(uint64_t *boot)
{
    kstat_ctl_t *control = kstat_open();
    kstat_t *misc;
    kstat_named_t *value;
    bool found = false;

    if (control == NULL) {
        return false;
    }
    misc = kstat_lookup(control, "unix", 0, "system_misc");
    if (misc != NULL && kstat_read(control, misc, NULL) != -1) {
        value = kstat_data_lookup(misc, "boot_time");
        if (value != NULL && value->data_type == KSTAT_DATA_UINT32 && value->value.ui32 != 0) {
            *boot = (uint64_t)((unsigned long)gethostid() & 0xfffffffful) << 32 | value->value.ui32;
            found = true;
        }
    }
    (void)kstat_close(control);
    return found;
}

bool platform_random(void *bytes, size_t size)
{
    const int descriptor = open("/dev/urandom", O_RDONLY);
    uint8_t *at = bytes;

    if (descriptor == -1) {
        return false;
    }
    while (size > 0) {
        const ssize_t got = read(descriptor, at, size);

        if (got > 0) {
            at += got;
            size -= (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            (void)close(descriptor);
            return false;
        }
    }
    (void)close(descriptor);
    return true;
}

static uint32_t mebibytes(long pages, long page)
{
    return pages <= 0 || page <= 0 ? 0 : (uint32_t)((uint64_t)pages * (uint64_t)page / (1024 * 1024));
}

void platform_vitals(struct vitals *vitals)
{
    const long page = sysconf(_SC_PAGESIZE);
    double load[1];
    uint_t zones = 0;

    memset(vitals, 0, sizeof *vitals);
    if (getloadavg(load, 1) == 1 && load[LOADAVG_1MIN] >= 0.0 && load[LOADAVG_1MIN] < 4000000.0) {
        vitals->load = (uint32_t)(load[LOADAVG_1MIN] * 1000.0 + 0.5);
    }
    vitals->memory_total = mebibytes(sysconf(_SC_PHYS_PAGES), page);
    vitals->memory_free = mebibytes(sysconf(_SC_AVPHYS_PAGES), page);
    if (zone_list(NULL, &zones) == 0 && zones > GLOBAL_ZONES) {
        vitals->zones = (uint32_t)zones - GLOBAL_ZONES;
    }
}

/* getzoneidbyname(3C): EINVAL where no zone of that name is active. */
bool platform_zone_runs(const char *zone)
{
    return zone[0] == '\0' || getzoneidbyname(zone) != -1 || errno != EINVAL;
}

/* Solaris 10 has neither recvmmsg nor sendmmsg: one call a datagram. */
int platform_receive(int socket, struct datagram *datagrams, unsigned count)
{
    unsigned got = 0;

    while (got < count) {
        struct datagram *datagram = &datagrams[got];
        union socket_name name;
        socklen_t length = (socklen_t)sizeof name;
        ssize_t size;

        do {
            size = recvfrom(socket, datagram->bytes, sizeof datagram->bytes, 0, &name.any, &length);
        } while (size < 0 && errno == EINTR);
        if (size < 0) {
            return got > 0 || errno == EAGAIN || errno == EWOULDBLOCK ? (int)got : -1;
        }
        datagram->size = (size_t)size; /* one that was cut fills its bytes, which no packet of ours does */
        socket_address_of(&name, &datagram->peer);
        got++;
    }
    return (int)got;
}

int platform_send(int socket, const struct datagram *datagrams, unsigned count)
{
    int sent = 0;
    int failed = 0;

    for (unsigned i = 0; i < count; i++) {
        union socket_name name;
        const socklen_t length = socket_name_of(&datagrams[i].peer, &name);
        ssize_t size;

        do {
            size = sendto(socket, datagrams[i].bytes, datagrams[i].size, 0, &name.any, length);
        } while (size < 0 && errno == EINTR);
        if (size >= 0) {
            sent++;
            continue;
        }
        failed = errno;
        if (failed == EAGAIN || failed == EWOULDBLOCK) {
            break; /* an unreachable peer does not keep the others from being sent to; a full queue does */
        }
    }
    if (sent == 0 && failed != 0) {
        errno = failed;
        return -1;
    }
    return sent;
}

bool platform_peer(int socket, uid_t *uid)
{
    ucred_t *credentials = NULL;

    if (getpeerucred(socket, &credentials) != 0) {
        return false;
    }
    *uid = ucred_geteuid(credentials);
    ucred_free(credentials);
    return *uid != (uid_t)-1;
}

int platform_disk_open(const char *path)
{
    struct stat found;
    int disk;

    if (stat(path, &found) != 0) {
        return -1;
    }
    if (S_ISBLK(found.st_mode)) { /* goes through the cache; /dev/rdsk is the one that does not */
        errno = ENOTSUP;
        return -1;
    }
    disk = open(path, O_RDWR | O_DSYNC);
    if (disk >= 0) {
        (void)fcntl(disk, F_SETFD, FD_CLOEXEC);
    }
    return disk;
}

/* No more than ndd's udp_max_buf, or ipadm's max_buf; what is above is refused, not cut. */
int platform_receive_buffer(int socket, int bytes)
{
    socklen_t length = sizeof bytes;

    while (bytes > 65536 && setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0) {
        bytes /= 2;
    }
    return getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, &length) == 0 ? bytes : 0;
}
