/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "seal.h"

#include <string.h>

#include "bytes.h"

#define KEY_OFFSET 6 /* of the key id in a packet's header */

static const struct hmac_key *key_of(const struct seal_keys *keys, const uint8_t *bytes)
{
    const uint16_t id = bytes_get16(bytes + KEY_OFFSET);

    for (unsigned i = 0; i < keys->count; i++) {
        if (keys->id[i] == id) {
            return &keys->key[i];
        }
    }
    return NULL;
}

bool seal_sign(const struct seal_keys *keys, uint8_t *bytes, size_t size)
{
    const struct hmac_key *key = size >= PACKET_HEADER + PACKET_SEAL ? key_of(keys, bytes) : NULL;

    if (key == NULL) {
        return false;
    }
    hmac(key, bytes, size - PACKET_SEAL, bytes + size - PACKET_SEAL);
    return true;
}

bool seal_check(const struct seal_keys *keys, const uint8_t *bytes, size_t size)
{
    const struct hmac_key *key = size >= PACKET_HEADER + PACKET_SEAL ? key_of(keys, bytes) : NULL;
    uint8_t digest[HMAC_SIZE];
    uint8_t difference = 0;

    if (key == NULL) {
        return false;
    }
    hmac(key, bytes, size - PACKET_SEAL, digest);
    /* Every byte is looked at, so that the time it takes does not tell how many were right. */
    for (size_t i = 0; i < sizeof digest; i++) {
        difference = (uint8_t)(difference | (digest[i] ^ bytes[size - PACKET_SEAL + i]));
    }
    return difference == 0;
}

void seal_node_key(const uint8_t master[SEAL_KEY_SIZE], uint32_t node, uint8_t key[SEAL_KEY_SIZE])
{
    static const char purpose[] = "heliostat node";
    uint8_t message[sizeof purpose - 1 + 4];
    struct hmac_key by;

    memcpy(message, purpose, sizeof purpose - 1);
    bytes_put32(message + sizeof purpose - 1, node);
    hmac_key_set(&by, master, SEAL_KEY_SIZE);
    hmac(&by, message, sizeof message, key);
}

void seal_monitors_key(const uint8_t master[SEAL_KEY_SIZE], uint8_t key[SEAL_KEY_SIZE])
{
    static const char purpose[] = "heliostat monitors";
    struct hmac_key by;

    hmac_key_set(&by, master, SEAL_KEY_SIZE);
    hmac(&by, (const uint8_t *)purpose, sizeof purpose - 1, key);
}
