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

/* As who has the key could write it: magic and version as in `like`, everything else as the fuzzer has it. */
static void seal_as(const struct seal_keys *keys, const uint8_t like[SLOT_SIZE], uint8_t sector[SLOT_SIZE])
{
    memcpy(sector, like, 12); /* up to the node's number */
    if (!seal_sign(keys, sector, SLOT_SIZE)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[SEAL_KEY_SIZE] = {1};
    struct seal_keys keys = {.count = 1, .id = {7}};
    uint8_t sector[SLOT_SIZE] = {0};
    uint8_t like[SLOT_SIZE];
    struct slot_beat beat = {.node = 1};
    struct slot_pill pill = {.node = 1};

    hmac_key_set(&keys.key[0], secret, sizeof secret);
    memcpy(sector, data, size < sizeof sector ? size : sizeof sector);
    if (slot_beat_decode(&beat, &keys, 1, sector) == SLOT_FOUND ||
        slot_pill_decode(&pill, &keys, 1, sector) == SLOT_FOUND) {
        abort();
    }
    slot_beat_encode(&beat, &keys, like);
    seal_as(&keys, like, sector);
    if (slot_beat_decode(&beat, &keys, 1, sector) != SLOT_FOUND ||
        slot_beat_decode(&beat, &keys, 2, sector) != SLOT_FOREIGN ||
        slot_pill_decode(&pill, &keys, 1, sector) != SLOT_FOREIGN) {
        abort();
    }
    slot_pill_encode(&pill, &keys, like);
    seal_as(&keys, like, sector);
    if (slot_pill_decode(&pill, &keys, 1, sector) != SLOT_FOUND ||
        slot_beat_decode(&beat, &keys, 1, sector) != SLOT_FOREIGN) {
        abort();
    }
    return 0;
}
