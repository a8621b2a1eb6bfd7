/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* SHA-256 by libmd, which Solaris 10 and 11 bring along, sha2(3EXT); the same names are in the BSDs' libmd, which other
 * systems package. */
#include <sha2.h>
#include <string.h>

#include "sha256.h"

_Static_assert(sizeof(SHA2_CTX) <= SHA256_CONTEXT, "a context has room in struct sha256");

void sha256_start(struct sha256 *sha256)
{
    SHA2_CTX context;

    memset(sha256, 0, sizeof *sha256);
    memset(&context, 0, sizeof context);
    SHA256Init(&context);
    memcpy(sha256->context, &context, sizeof context);
}

void sha256_add(struct sha256 *sha256, const uint8_t *bytes, size_t size)
{
    SHA2_CTX context;

    memcpy(&context, sha256->context, sizeof context);
    SHA256Update(&context, bytes, size);
    memcpy(sha256->context, &context, sizeof context);
}

void sha256_digest(const struct sha256 *sha256, uint8_t digest[SHA256_SIZE])
{
    SHA2_CTX context;

    memcpy(&context, sha256->context, sizeof context);
    SHA256Final(digest, &context);
}
