/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * SHA-256 (FIPS 180-4) of the platform's own library, in a context that may be copied: sha256_libcrypto.c or, on
 * Solaris, sha256_libmd.c. Which one it is, the Makefile says (SHA256); with libmd it defines SHA256_LIBMD.
 */
#ifndef HELIOSTAT_WIRE_SHA256_H
#define HELIOSTAT_WIRE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_BLOCK 64

/* libmd keeps a context that is large enough for SHA-512. */
#ifdef SHA256_LIBMD
#define SHA256_CONTEXT 216
#else
#define SHA256_CONTEXT 112
#endif

/* The library's context as bytes, so that its header is not needed here. */
struct sha256 {
    uint8_t context[SHA256_CONTEXT];
};

void sha256_start(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const uint8_t *bytes, size_t size);
/* Takes the context by value, so to speak: it can be used again. */
void sha256_digest(const struct sha256 *sha256, uint8_t digest[SHA256_SIZE]);

#endif
