/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever a sector holds, read under a key that the fuzzer does not know, and sealed rightly with whatever content. */
#include <stdlib.h>
#include <string.h>

#include "agent/slot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[SEAL_KEY_SIZE] = {1};
    struct seal_keys keys = {.count = 1, .id = {7}};
    uint8_t sector[SLOT_SIZE] = {0};
    struct slot_beat beat;
    struct slot_pill pill;

    hmac_key_set(&keys.key[0], secret, sizeof secret);
    memcpy(sector, data, size < sizeof sector ? size : sizeof sector);
    /* Nobody but who has the key makes one that is believed. */
    if (slot_beat_decode(&beat, &keys, 1, sector) == SLOT_FOUND ||
        slot_pill_decode(&pill, &keys, 1, sector) == SLOT_FOUND) {
        abort();
    }
    return 0;
}
