/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hmac.h"

#include <string.h>

static void start_with_pad(struct sha256 *sha256, const uint8_t block[SHA256_BLOCK], uint8_t pad)
{
    uint8_t padded[SHA256_BLOCK];

    for (size_t i = 0; i < sizeof padded; i++) {
        padded[i] = (uint8_t)(block[i] ^ pad);
    }
    sha256_start(sha256);
    sha256_add(sha256, padded, sizeof padded);
}

void hmac_key_set(struct hmac_key *key, const uint8_t *secret, size_t size)
{
    uint8_t block[SHA256_BLOCK] = {0};

    if (size > sizeof block) {
        struct sha256 sha256;

        sha256_start(&sha256);
        sha256_add(&sha256, secret, size);
        sha256_digest(&sha256, block);
    } else if (size > 0) {
        memcpy(block, secret, size);
    }
    start_with_pad(&key->inner, block, 0x36);
    start_with_pad(&key->outer, block, 0x5c);
}

void hmac(const struct hmac_key *key, const uint8_t *bytes, size_t size, uint8_t digest[HMAC_SIZE])
{
    uint8_t inner[SHA256_SIZE];
    struct sha256 sha256 = key->inner;

    sha256_add(&sha256, bytes, size);
    sha256_digest(&sha256, inner);
    sha256 = key->outer;
    sha256_add(&sha256, inner, sizeof inner);
    sha256_digest(&sha256, digest);
}
