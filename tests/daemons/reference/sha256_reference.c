/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* SHA-256 straight from FIPS 180-4, for tests where no library of the machine is at hand. Not for the product: it is
 * slow, and nobody vouches for it. */
#include <string.h>

#include "bytes.h"
#include "sha256.h"

struct plain {
    uint32_t hash[8];
    uint64_t size;
    uint8_t block[SHA256_BLOCK];
};

_Static_assert(sizeof(struct plain) <= SHA256_CONTEXT, "a context has room in struct sha256");

static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static void mix(uint32_t hash[8], const uint8_t block[SHA256_BLOCK])
{
    uint32_t w[64];
    uint32_t v[8];

    for (unsigned i = 0; i < 64; i++) {
        if (i < 16) {
            w[i] = bytes_get32(block + 4 * (size_t)i);
        } else {
            const uint32_t zero = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
            const uint32_t one = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;

            w[i] = w[i - 16] + zero + w[i - 7] + one;
        }
    }
    memcpy(v, hash, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        const uint32_t one = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + choice + constant[i] + w[i];
        const uint32_t two = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + majority;

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++) {
        hash[i] += v[i];
    }
}

static void add(struct plain *plain, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        plain->block[plain->size++ % SHA256_BLOCK] = bytes[i];
        if (plain->size % SHA256_BLOCK == 0) {
            mix(plain->hash, plain->block);
        }
    }
}

void sha256_start(struct sha256 *sha256)
{
    struct plain plain;

    memset(sha256, 0, sizeof *sha256);
    memset(&plain, 0, sizeof plain);
    memcpy(plain.hash, start, sizeof start);
    memcpy(sha256->context, &plain, sizeof plain);
}

void sha256_add(struct sha256 *sha256, const uint8_t *bytes, size_t size)
{
    struct plain plain;

    memcpy(&plain, sha256->context, sizeof plain);
    add(&plain, bytes, size);
    memcpy(sha256->context, &plain, sizeof plain);
}

void sha256_digest(const struct sha256 *sha256, uint8_t digest[SHA256_SIZE])
{
    static const uint8_t one = 0x80;
    static const uint8_t zero = 0;
    struct plain plain;
    uint8_t bits[8];

    memcpy(&plain, sha256->context, sizeof plain);
    bytes_put64(bits, plain.size * 8);
    add(&plain, &one, 1);
    while (plain.size % SHA256_BLOCK != SHA256_BLOCK - sizeof bits) {
        add(&plain, &zero, 1);
    }
    add(&plain, bits, sizeof bits);
    for (unsigned i = 0; i < 8; i++) {
        bytes_put32(digest + 4 * (size_t)i, plain.hash[i]);
    }
}
