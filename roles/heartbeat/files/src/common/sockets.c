/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

socklen_t socket_name_of(const struct address *address, union socket_name *name)
{
    memset(name, 0, sizeof *name);
    if (address->family == ADDRESS_IPV4) {
        name->ipv4.sin_family = AF_INET;
        name->ipv4.sin_port = htons(address->port);
        memcpy(&name->ipv4.sin_addr, address->bytes, 4);
        return (socklen_t)sizeof name->ipv4;
    }
    if (address->family == ADDRESS_IPV6) {
        name->ipv6.sin6_family = AF_INET6;
        name->ipv6.sin6_port = htons(address->port);
        memcpy(&name->ipv6.sin6_addr, address->bytes, 16);
        return (socklen_t)sizeof name->ipv6;
    }
    return 0;
}

void socket_address_of(const union socket_name *name, struct address *address)
{
    memset(address, 0, sizeof *address);
    if (name->any.sa_family == AF_INET) {
        address->family = ADDRESS_IPV4;
        address->port = ntohs(name->ipv4.sin_port);
        memcpy(address->bytes, &name->ipv4.sin_addr, 4);
    } else if (name->any.sa_family == AF_INET6) {
        address->family = ADDRESS_IPV6;
        address->port = ntohs(name->ipv6.sin6_port);
        memcpy(address->bytes, &name->ipv6.sin6_addr, 16);
    }
}

bool socket_unix_name(const char *path, struct sockaddr_un *name)
{
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof name->sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)strcpy(name->sun_path, path);
    return true;
}

bool descriptor_prepare(int descriptor)
{
    const int flags = fcntl(descriptor, F_GETFL);

    return flags != -1 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != -1 &&
           fcntl(descriptor, F_SETFD, FD_CLOEXEC) != -1;
}

int socket_datagram(const struct address *local, int room)
{
    union socket_name name;
    const socklen_t length = socket_name_of(local, &name);
    int descriptor;

    if (length == 0) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    descriptor = socket(name.any.sa_family, SOCK_DGRAM, 0);
    if (descriptor == -1) {
        return -1;
    }
    /* More room than the system allows is cut by some systems and refused by others: never a reason not to start. */
    if (room > 0) {
        (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    }
    if (!descriptor_prepare(descriptor) || bind(descriptor, &name.any, length) != 0) {
        const int failed = errno;

        (void)close(descriptor);
        errno = failed;
        return -1;
    }
    return descriptor;
}
