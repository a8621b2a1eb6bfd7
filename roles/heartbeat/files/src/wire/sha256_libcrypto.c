/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * SHA-256 by OpenSSL's libcrypto. The low-level functions: their context is plain memory that can be copied, they
 * allocate nothing, and linked statically they bring in nothing else. OpenSSL 3 calls them deprecated in favour of EVP,
 * which has none of the three.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>

#include "sha256.h"

_Static_assert(sizeof(SHA256_CTX) <= SHA256_CONTEXT, "a context has room in struct sha256");
_Static_assert(SHA256_SIZE == SHA256_DIGEST_LENGTH, "one size of a digest");

void sha256_start(struct sha256 *sha256)
{
    SHA256_CTX context;

    memset(sha256, 0, sizeof *sha256);
    (void)SHA256_Init(&context);
    memcpy(sha256->context, &context, sizeof context);
}

void sha256_add(struct sha256 *sha256, const uint8_t *bytes, size_t size)
{
    SHA256_CTX context;

    memcpy(&context, sha256->context, sizeof context);
    (void)SHA256_Update(&context, bytes, size);
    memcpy(sha256->context, &context, sizeof context);
}

void sha256_digest(const struct sha256 *sha256, uint8_t digest[SHA256_SIZE])
{
    SHA256_CTX context;

    memcpy(&context, sha256->context, sizeof context);
    (void)SHA256_Final(digest, &context);
}
