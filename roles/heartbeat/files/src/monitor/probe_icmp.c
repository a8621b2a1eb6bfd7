/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "probe_icmp.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/sockets.h"
#include "../wire/bytes.h"
#include "descriptor.h"

#define ECHO_SIZE 24u /* type, code, checksum, id, number, 8 of ours, the mark */
#define OURS 0x484556424543484fULL

/* Passed over in one go, more than can have waited: who floods this machine with echoes must not keep it. */
#define STRANGERS 4096

#define ECHO_REQUEST4 8
#define ECHO_REPLY4 0
#define ECHO_REQUEST6 128
#define ECHO_REPLY6 129

bool probe_icmp_open(struct probe_icmp *icmp, uint8_t family)
{
    const bool six = family == ADDRESS_IPV6;
    const int domain = six ? AF_INET6 : AF_INET, protocol = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

    icmp->family = family;
    icmp->raw = true;
    icmp->socket = socket(domain, SOCK_RAW, protocol);
    if (icmp->socket < 0) {
        const int error = errno;

        icmp->raw = false;
        icmp->socket = socket(domain, SOCK_DGRAM, protocol);
        if (icmp->socket < 0) {
            errno = error;
            return false;
        }
    }
    if (!descriptor_prepare(icmp->socket)) {
        probe_icmp_close(icmp);
        return false;
    }
    return true;
}

void probe_icmp_close(struct probe_icmp *icmp)
{
    descriptor_close(&icmp->socket);
}

static uint16_t checksum(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += bytes_get16(bytes + i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

bool probe_icmp_send(const struct probe_icmp *icmp, const struct address *to, uint16_t number, uint64_t mark)
{
    uint8_t bytes[ECHO_SIZE];
    union socket_name name;
    struct address portless = *to;
    socklen_t length;

    memset(bytes, 0, sizeof bytes);
    bytes[0] = to->family == ADDRESS_IPV6 ? ECHO_REQUEST6 : ECHO_REQUEST4;
    bytes_put16(bytes + 4, (uint16_t)((unsigned)getpid() & 0xffff));
    bytes_put16(bytes + 6, number);
    bytes_put64(bytes + 8, OURS);
    bytes_put64(bytes + 16, mark);
    if (to->family == ADDRESS_IPV4) {
        bytes_put16(bytes + 2, checksum(bytes, sizeof bytes)); /* of IPv6 the kernel sees to it: RFC 3542 */
    }
    portless.port = 0;
    length = socket_name_of(&portless, &name);
    return sendto(icmp->socket, bytes, sizeof bytes, 0, &name.any, length) == (ssize_t)sizeof bytes;
}

bool probe_icmp_receive(const struct probe_icmp *icmp, uint64_t *mark)
{
    uint8_t bytes[256];

    for (unsigned turn = 0; turn < STRANGERS; turn++) {
        const ssize_t got = recv(icmp->socket, bytes, sizeof bytes, 0);
        size_t header = 0;

        if (got < 0) {
            return false;
        }
        if (icmp->raw && icmp->family == ADDRESS_IPV4 && got > 0) {
            header = (size_t)(bytes[0] & 0x0f) * 4;
        }
        if ((size_t)got >= header + ECHO_SIZE &&
            bytes[header] == (icmp->family == ADDRESS_IPV6 ? ECHO_REPLY6 : ECHO_REPLY4) &&
            bytes_get64(bytes + header + 8) == OURS) {
            *mark = bytes_get64(bytes + header + 16);
            return true;
        }
    }
    return false;
}
