/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_SIZE 46 /* of the longest IPv6 address in text, with its end */

static bool parse_port(uint16_t *port, const char *text)
{
    unsigned long value = 0;
    size_t digits = 0;

    for (; text[digits] != '\0'; digits++) {
        if (text[digits] < '0' || text[digits] > '9' || digits == 5) {
            return false;
        }
        value = value * 10 + (unsigned long)(text[digits] - '0');
    }
    if (digits == 0 || value == 0 || value > UINT16_MAX) {
        return false;
    }
    *port = (uint16_t)value;
    return true;
}

/* `text` up to `size` bytes as the host part of `address`. */
static bool parse_host(struct address *address, int family, const char *text, size_t size)
{
    char host[HOST_SIZE];

    if (size == 0 || size >= sizeof host) {
        return false;
    }
    memcpy(host, text, size);
    host[size] = '\0';
    address->family = family == AF_INET ? ADDRESS_IPV4 : ADDRESS_IPV6;
    return inet_pton(family, host, address->bytes) == 1;
}

/* What stands behind the host: ":PORT", or nothing where there is a default. */
static bool parse_rest(struct address *address, const char *rest, uint16_t port)
{
    if (*rest == '\0') {
        address->port = port;
        return port != 0;
    }
    return *rest == ':' && parse_port(&address->port, rest + 1);
}

bool address_parse(struct address *address, const char *text, uint16_t port)
{
    struct address found;
    const char *colon = strchr(text, ':');
    bool good;

    memset(&found, 0, sizeof found);
    if (text[0] == '[') {
        const char *end = strchr(text, ']');

        good = end != NULL && parse_host(&found, AF_INET6, text + 1, (size_t)(end - text - 1)) &&
               parse_rest(&found, end + 1, port);
    } else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        /* Two colons and no brackets: IPv6 alone, a port could not be told from it. */
        good = parse_host(&found, AF_INET6, text, strlen(text)) && parse_rest(&found, "", port);
    } else {
        const size_t host = colon == NULL ? strlen(text) : (size_t)(colon - text);

        good = parse_host(&found, AF_INET, text, host) && parse_rest(&found, text + host, port);
    }
    if (good) {
        *address = found;
    }
    return good;
}

void address_format(const struct address *address, char *text, size_t size)
{
    char host[HOST_SIZE];
    const bool six = address->family == ADDRESS_IPV6;

    if ((!six && address->family != ADDRESS_IPV4) ||
        inet_ntop(six ? AF_INET6 : AF_INET, address->bytes, host, sizeof host) == NULL) {
        (void)snprintf(text, size, "none");
        return;
    }
    (void)snprintf(text, size, six ? "[%s]:%u" : "%s:%u", host, (unsigned)address->port);
}

bool address_equal(const struct address *one, const struct address *other)
{
    const size_t size = one->family == ADDRESS_IPV6 ? 16 : one->family == ADDRESS_IPV4 ? 4 : 0;

    return one->family == other->family && one->port == other->port && memcmp(one->bytes, other->bytes, size) == 0;
}
