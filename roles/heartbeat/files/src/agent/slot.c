/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "slot.h"

#include <string.h>

#include "../wire/bytes.h"

/*
 * Layout: 0 magic, 4 version, 5 zero, 6 key, 8 node, from 16 by kind, zeros, the seal last, over everything before it:
 * a torn write does not pass. Magic, version and key stand where a packet has them, so that seal.h serves for both.
 */
#define SLOT_BEAT 0x48565342u /* "HVSB" */
#define SLOT_PILL 0x48565350u /* "HVSP" */
#define SLOT_VERSION 1

static void begin(uint8_t *sector, uint32_t magic, uint32_t node, const struct seal_keys *keys)
{
    memset(sector, 0, SLOT_SIZE);
    bytes_put32(sector, magic);
    sector[4] = SLOT_VERSION;
    bytes_put16(sector + 6, keys->id[0]);
    bytes_put32(sector + 8, node);
}

static enum slot_found look(const uint8_t *sector, uint32_t magic, uint32_t node, const struct seal_keys *keys)
{
    uint8_t any = 0;

    for (unsigned i = 0; i < SLOT_SIZE; i++) {
        any |= sector[i];
    }
    if (any == 0) {
        return SLOT_EMPTY;
    }
    if (bytes_get32(sector) != magic || sector[4] != SLOT_VERSION || bytes_get32(sector + 8) != node) {
        return SLOT_FOREIGN;
    }
    return seal_check(keys, sector, SLOT_SIZE) ? SLOT_FOUND : SLOT_DAMAGED;
}

void slot_beat_encode(const struct slot_beat *beat, const struct seal_keys *keys, uint8_t sector[SLOT_SIZE])
{
    begin(sector, SLOT_BEAT, beat->node, keys);
    bytes_put64(sector + 16, beat->incarnation);
    bytes_put64(sector + 24, beat->boot);
    bytes_put64(sector + 32, beat->sequence);
    bytes_put64(sector + 40, (uint64_t)beat->sent);
    (void)seal_sign(keys, sector, SLOT_SIZE);
}

enum slot_found slot_beat_decode(struct slot_beat *beat, const struct seal_keys *keys, uint32_t node,
                                 const uint8_t sector[SLOT_SIZE])
{
    const enum slot_found found = look(sector, SLOT_BEAT, node, keys);

    if (found == SLOT_FOUND) {
        beat->node = node;
        beat->incarnation = bytes_get64(sector + 16);
        beat->boot = bytes_get64(sector + 24);
        beat->sequence = bytes_get64(sector + 32);
        beat->sent = (usec)bytes_get64(sector + 40);
    }
    return found;
}

void slot_pill_encode(const struct slot_pill *pill, const struct seal_keys *keys, uint8_t sector[SLOT_SIZE])
{
    begin(sector, SLOT_PILL, pill->node, keys);
    bytes_put64(sector + 16, pill->boot);
    bytes_put32(sector + 24, pill->monitor);
    bytes_put64(sector + 32, pill->nonce);
    (void)seal_sign(keys, sector, SLOT_SIZE);
}

enum slot_found slot_pill_decode(struct slot_pill *pill, const struct seal_keys *keys, uint32_t node,
                                 const uint8_t sector[SLOT_SIZE])
{
    const enum slot_found found = look(sector, SLOT_PILL, node, keys);

    if (found == SLOT_FOUND) {
        pill->node = node;
        pill->boot = bytes_get64(sector + 16);
        pill->monitor = bytes_get32(sector + 24);
        pill->nonce = bytes_get64(sector + 32);
    }
    return found;
}
