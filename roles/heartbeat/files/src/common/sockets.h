/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who is at the other end: sockets' addresses out of ours and back, and datagram sockets. Plain POSIX. */
#ifndef HELIOSTAT_COMMON_SOCKETS_H
#define HELIOSTAT_COMMON_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "address.h"

/* Large enough for either family, and aligned for both. */
union socket_name {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

/* Its length; 0 where the address has no family. */
socklen_t socket_name_of(const struct address *address, union socket_name *name);
/* ADDRESS_NONE where it is of another family. */
void socket_address_of(const union socket_name *name, struct address *address);

/* Of a unix socket. False with errno where the path is too long. */
bool socket_unix_name(const char *path, struct sockaddr_un *name);

/* Non-blocking, closed on exec. False with errno. */
bool descriptor_prepare(int descriptor);
/* A datagram socket bound to `local`, prepared, with room for `room` bytes that wait (0: the system's default). -1 with
 * errno. */
int socket_datagram(const struct address *local, int room);

#endif
