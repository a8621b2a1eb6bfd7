/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fence_pill.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../agent/slot.h"
#include "../wire/bytes.h"

static int say(int code, const char *format, ...)
{
    char text[256];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size > 0) {
        (void)!write(1, text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
    }
    return code;
}

static bool read_sector(int device, off_t at, uint8_t *sector)
{
    return pread(device, sector, SLOT_SIZE, at) == SLOT_SIZE;
}

/* Under the key that the node's own beat was written with: it may not have the newest yet. */
static void order_keys(struct seal_keys *keys, const uint8_t *beat)
{
    const uint16_t id = bytes_get16(beat + 6);

    for (unsigned i = 1; i < keys->count; i++) {
        if (keys->id[i] == id) {
            const struct hmac_key key = keys->key[i];

            keys->id[i] = keys->id[0];
            keys->key[i] = keys->key[0];
            keys->id[0] = id;
            keys->key[0] = key;
        }
    }
}

int fence_pill_write(void *context)
{
    const struct fence_pill *order = context;
    const off_t place = (off_t)order->node * SLOT_STRIDE;
    /* Sectors begin at multiples of their size in memory too: what goes past the cache demands that. */
    static uint8_t memory[3 * SLOT_SIZE];
    uint8_t *const sector = memory + (SLOT_SIZE - (size_t)((uintptr_t)memory % SLOT_SIZE));
    uint8_t written[SLOT_SIZE];
    struct seal_keys keys;
    struct slot_beat beat;
    struct slot_pill pill, found;
    enum slot_found there;

    keyring_node(&order->masters, order->node, &keys);
    if (!read_sector(order->device, place, sector)) {
        return say(1, "unreadable: the slot cannot be read: %s", strerror(errno));
    }
    there = slot_beat_decode(&beat, &keys, order->node, sector);
    if (there == SLOT_FOREIGN) {
        return say(1, "foreign: what is in the slot is not ours; is it the right LUN?");
    }
    if (there == SLOT_EMPTY) {
        return say(1, "empty: the node never wrote to its slot, so nothing shows that it reads it");
    }
    if (there == SLOT_DAMAGED) {
        return say(1, "damaged: the node's beat has a wrong seal, so nothing shows that it reads this slot");
    }
    /* It may have another place since, or another LUN. */
    if (beat.boot != order->boot) {
        return say(1, "stale: the node's beat is not of this boot, so nothing shows that it reads this slot");
    }
    order_keys(&keys, sector);
    if (!read_sector(order->device, place + SLOT_SIZE, sector)) {
        return say(1, "unreadable: the slot cannot be read: %s", strerror(errno));
    }
    if (slot_pill_decode(&found, &keys, order->node, sector) == SLOT_FOREIGN) {
        return say(1, "foreign: what is in the place of the pill is not ours; is it the right LUN?");
    }
    memset(&pill, 0, sizeof pill);
    pill.node = order->node;
    pill.boot = order->boot;
    pill.monitor = order->monitor;
    pill.nonce = order->nonce;
    slot_pill_encode(&pill, &keys, written);
    memcpy(sector, written, SLOT_SIZE);
    /* The device is open past every cache; one that cannot be synced, need not. */
    if (pwrite(order->device, sector, SLOT_SIZE, place + SLOT_SIZE) != SLOT_SIZE ||
        (fsync(order->device) != 0 && errno != EINVAL && errno != ENOTSUP)) {
        return say(1, "unwritable: the pill cannot be written: %s", strerror(errno));
    }
    memset(sector, 0, SLOT_SIZE);
    if (!read_sector(order->device, place + SLOT_SIZE, sector)) {
        return say(1, "unreadable: the pill cannot be read back: %s", strerror(errno));
    }
    if (memcmp(sector, written, SLOT_SIZE) != 0) {
        return say(1, "lies: what is read back is not the pill that was written");
    }
    return say(0, "the pill for boot %016llx is in the slot", (unsigned long long)order->boot);
}
