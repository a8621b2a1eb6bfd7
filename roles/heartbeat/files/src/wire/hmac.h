/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* HMAC-SHA-256 (RFC 2104) over the platform's own SHA-256 (sha256.h): libcrypto, or Solaris' libmd. */
#ifndef HELIOSTAT_WIRE_HMAC_H
#define HELIOSTAT_WIRE_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#define HMAC_SIZE 32

/* A key whose two pads are hashed already, so that a packet costs its own bytes only. Copyable. */
struct hmac_key {
    struct sha256 inner;
    struct sha256 outer;
};

void hmac_key_set(struct hmac_key *key, const uint8_t *secret, size_t size);
void hmac(const struct hmac_key *key, const uint8_t *bytes, size_t size, uint8_t digest[HMAC_SIZE]);

#endif
