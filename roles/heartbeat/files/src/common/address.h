/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Where a packet comes from or goes to. The cores only keep and compare it; platform code makes socket addresses of it.
 */
#ifndef HELIOSTAT_COMMON_ADDRESS_H
#define HELIOSTAT_COMMON_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum address_family { ADDRESS_NONE = 0, ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };

struct address {
    uint8_t family;    /* enum address_family */
    uint8_t bytes[16]; /* network order; IPv4 uses the first four */
    uint16_t port;     /* host order */
};

/* "192.0.2.1:4790" or "[2001:db8::1]:4790"; without a port where `port` is given as default (0: a port is demanded). */
bool address_parse(struct address *address, const char *text, uint16_t port);
/* The same text back; `size` of at least 56. */
void address_format(const struct address *address, char *text, size_t size);
bool address_equal(const struct address *one, const struct address *other);

#endif
