/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "slot.h"

#include <string.h>
#include <unistd.h>

#define SECTOR_ALIGNMENT ((size_t)4096) /* what reading past the cache asks of memory, on any disk */

/* By hand: of some compilers static data can be aligned to 128 bytes at most. */
static uint8_t *aligned(uint8_t *memory)
{
    return memory + (SECTOR_ALIGNMENT - (size_t)((uintptr_t)memory % SECTOR_ALIGNMENT)) % SECTOR_ALIGNMENT;
}

/* One sector by one system call, or not at all. */
static bool sector_read(int disk, off_t at, uint8_t *sector)
{
    return pread(disk, sector, SLOT_SIZE, at) == SLOT_SIZE;
}

static bool sector_write(int disk, off_t at, const uint8_t *sector)
{
    return pwrite(disk, sector, SLOT_SIZE, at) == SLOT_SIZE;
}

enum slot_round slot_round(int disk, uint32_t index, const struct slot_beat *beat, const struct seal_keys *keys,
                           uint32_t *monitor)
{
    static uint8_t memory[2][SECTOR_ALIGNMENT + SLOT_SIZE];
    uint8_t *const mine = aligned(memory[0]);
    uint8_t *const theirs = aligned(memory[1]);
    const off_t at = (off_t)index * SLOT_STRIDE;
    struct slot_beat before;
    struct slot_pill pill;
    enum slot_found found;

    if (!sector_read(disk, at, mine) || !sector_read(disk, at + SLOT_SIZE, theirs)) {
        return SLOT_ROUND_UNREADABLE;
    }
    if (slot_beat_decode(&before, keys, beat->node, mine) == SLOT_FOREIGN) {
        return SLOT_ROUND_FOREIGN;
    }
    found = slot_pill_decode(&pill, keys, beat->node, theirs);
    if (found == SLOT_FOREIGN) {
        return SLOT_ROUND_FOREIGN;
    }
    if (found == SLOT_FOUND && pill.boot == beat->boot) {
        *monitor = pill.monitor;
        return SLOT_ROUND_PILL;
    }
    slot_beat_encode(beat, keys, mine);
    if (!sector_write(disk, at, mine)) {
        return SLOT_ROUND_UNWRITABLE;
    }
    /*
     * Another boot's pill ends nothing, but who wrote it counts on the slot being closed, and may not know of this
     * boot. One that is being written now, or with a key that is not known here, may be for this boot. Beaten all the
     * same, so that others see it; nothing is extended.
     */
    return found == SLOT_EMPTY ? SLOT_ROUND_BEATEN : SLOT_ROUND_DOUBTFUL;
}
