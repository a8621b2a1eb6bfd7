/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* All that differs between Solaris and Linux: platform_solaris.c and platform_linux.c have these and nothing else. */
#ifndef HELIOSTAT_PLATFORM_PLATFORM_H
#define HELIOSTAT_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../agent/agent.h"
#include "../common/address.h"
#include "../common/time.h"

/* Monotonic; goes on over everything but a stopped machine. */
usec platform_now(void);
/* The same number as long as this kernel runs, another after the next boot; never 0. False: not known. */
bool platform_boot(uint64_t *boot);
bool platform_random(void *bytes, size_t size);

/* Locks memory and takes a real-time priority as far as it is allowed; `said` tells what was refused. */
void platform_steady(bool lock, bool real_time, char *said, size_t size);
/* Becomes that user for good, keeping no privilege but, where `programs`, to start others with no more than its own.
 * False with errno set. */
bool platform_drop(const char *user, bool programs);

void platform_vitals(struct vitals *vitals);
/* Whether the kernel has that zone: booted, or halfway up or down. True also where it cannot tell. */
bool platform_zone_runs(const char *zone);

/* Datagrams in bulk: fills up to `count`, returns how many, 0 where none waits, -1 with errno. */
struct datagram {
    struct address peer;
    size_t size;
    uint8_t bytes[192];
};
int platform_receive(int socket, struct datagram *datagrams, unsigned count);
int platform_send(int socket, const struct datagram *datagrams, unsigned count);

/* Stops this machine at once, without sync; returns only where it could not. */
enum stop_how { STOP_REBOOT, STOP_POWER_OFF, STOP_HALT };
void platform_stop(enum stop_how how);
/* Hardware watchdog: descriptor, or -1 with errno (ENOSYS: this platform has none that a program can feed). */
int platform_watchdog_open(const char *device, unsigned seconds);
bool platform_watchdog_feed(int watchdog);
bool platform_watchdog_close(int watchdog); /* disarms it */

/*
 * A shared disk, for reading and writing of whole sectors past every cache of this machine: what another machine wrote
 * is seen, and its sectors beside ours are not written with ours. Memory, place and size are multiples of 512. -1 with
 * errno. A regular file (in tests) is as good as its file system.
 */
int platform_disk_open(const char *path);
/* Asks for that much receive buffer, with what privilege there is past the usual limit. Returns what it got. */
int platform_receive_buffer(int socket, int bytes);

/* Who is at the other end of a unix socket. */
bool platform_peer(int socket, uid_t *uid);

#endif
