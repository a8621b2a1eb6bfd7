/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Echo requests: a raw socket, or one that the kernel gives for this alone, opened before privileges are dropped. */
#ifndef HELIOSTAT_MONITOR_PROBE_ICMP_H
#define HELIOSTAT_MONITOR_PROBE_ICMP_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/address.h"

struct probe_icmp {
    int socket;     /* -1: none */
    uint8_t family; /* enum address_family */
    bool raw;       /* replies come with the header of IPv4 */
};

/* False with errno. */
bool probe_icmp_open(struct probe_icmp *icmp, uint8_t family);
void probe_icmp_close(struct probe_icmp *icmp);
/* `mark` comes back in the reply; whoever did not see it cannot forge one. */
bool probe_icmp_send(const struct probe_icmp *icmp, const struct address *to, uint16_t number, uint64_t mark);
/* The next reply that waits. False: none; what is no echo reply is passed over. */
bool probe_icmp_receive(const struct probe_icmp *icmp, uint64_t *mark);

#endif
