/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Numbers in network byte order at any alignment. */
#ifndef HELIOSTAT_WIRE_BYTES_H
#define HELIOSTAT_WIRE_BYTES_H

#include <stdint.h>

static inline void bytes_put16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)(value & 0xff);
}

static inline void bytes_put32(uint8_t *bytes, uint32_t value)
{
    bytes_put16(bytes, (uint16_t)(value >> 16));
    bytes_put16(bytes + 2, (uint16_t)(value & 0xffff));
}

static inline void bytes_put64(uint8_t *bytes, uint64_t value)
{
    bytes_put32(bytes, (uint32_t)(value >> 32));
    bytes_put32(bytes + 4, (uint32_t)(value & 0xffffffff));
}

static inline uint16_t bytes_get16(const uint8_t *bytes)
{
    return (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]);
}

static inline uint32_t bytes_get32(const uint8_t *bytes)
{
    return (uint32_t)bytes_get16(bytes) << 16 | bytes_get16(bytes + 2);
}

static inline uint64_t bytes_get64(const uint8_t *bytes)
{
    return (uint64_t)bytes_get32(bytes) << 32 | bytes_get32(bytes + 4);
}

#endif
