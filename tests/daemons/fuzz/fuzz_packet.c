/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever a packet holds: what is decoded is encoded to the same bytes, and no seal but the right one is believed. */
#include <stdlib.h>
#include <string.h>

#include "wire/packet.h"
#include "wire/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void sealed(const uint8_t *data, size_t size)
{
    static const uint8_t secret[SEAL_KEY_SIZE] = {1};
    static struct seal_keys keys;
    uint8_t bytes[PACKET_MAX];

    if (keys.count == 0) {
        hmac_key_set(&keys.key[0], secret, sizeof secret);
        keys.count = 1;
    }
    memcpy(bytes, data, size);
    /* The key's id as the packet has it: every one is tried so. */
    keys.id[0] = (uint16_t)(bytes[6] << 8 | bytes[7]);
    demand(seal_sign(&keys, bytes, size));
    demand(seal_check(&keys, bytes, size));
    demand(seal_check(&keys, data, size) == (memcmp(data, bytes, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packet packet;
    uint8_t again[PACKET_MAX];

    if (packet_decode(&packet, data, size) == PACKET_OK) {
        demand(packet_encode(&packet, again) == size);
        demand(memcmp(again, data, size - PACKET_SEAL) == 0);
        sealed(data, size);
    }
    return 0;
}
