/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Who may say what: every packet ends with an HMAC-SHA-256 over all bytes before it.
 *
 * A monitor holds master keys; a node holds only its own, which is HMAC-SHA-256(master, "heliostat node" || id as four
 * bytes), so a node that is broken into can speak for none but itself. Monitors among each other use
 * HMAC-SHA-256(master, "heliostat monitors"). Keys have ids, several are valid at a time (rotation): a packet is
 * answered under the key it came with.
 */
#ifndef HELIOSTAT_WIRE_SEAL_H
#define HELIOSTAT_WIRE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hmac.h"
#include "packet.h"

#define SEAL_KEYS 4      /* valid at a time */
#define SEAL_KEY_SIZE 32 /* bytes */

/* Keys of one correspondence, ready for use; the newest, which own packets are sent with, comes first. */
struct seal_keys {
    unsigned count;
    uint16_t id[SEAL_KEYS];
    struct hmac_key key[SEAL_KEYS];
};

/* Writes the seal behind the `size` - PACKET_SEAL bytes that packet_encode made. False: the packet's key is none of
 * these. */
bool seal_sign(const struct seal_keys *keys, uint8_t *bytes, size_t size);
/* Whether the seal is right; compares in constant time. False also where the key id is none of these. */
bool seal_check(const struct seal_keys *keys, const uint8_t *bytes, size_t size);

void seal_node_key(const uint8_t master[SEAL_KEY_SIZE], uint32_t node, uint8_t key[SEAL_KEY_SIZE]);
void seal_monitors_key(const uint8_t master[SEAL_KEY_SIZE], uint8_t key[SEAL_KEY_SIZE]);

#endif
