/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_SHA2_H
#define SHIM_SHA2_H

/* sha2(3EXT) of libmd */
#include <sys/types.h>
#define SHA256_DIGEST_LENGTH 32
typedef struct {
    uint32_t algotype;
    union {
        uint32_t s32[8];
        uint64_t s64[8];
    } state;
    union {
        uint32_t c32[2];
        uint64_t c64[2];
    } count;
    union {
        uint8_t buf8[128];
        uint32_t buf32[32];
        uint64_t buf64[16];
    } buf_un;
} SHA2_CTX;
typedef SHA2_CTX SHA256_CTX;
extern void SHA256Init(SHA256_CTX *);
extern void SHA256Update(SHA256_CTX *, const void *, size_t);
extern void SHA256Final(void *, SHA256_CTX *);

#endif
