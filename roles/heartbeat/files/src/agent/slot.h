/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The disk heartbeat: one sector a node on a shared LUN. The node writes its own beat, others may write a poison pill
 * beside it; the node reads before each write, and what it reads decides. Slot N is at byte N * SLOT_STRIDE: beat in
 * the first SLOT_SIZE bytes, pill in the next. Byte order and seal are those of packets. Only disk reads and writes of
 * whole sectors.
 */
#ifndef HELIOSTAT_AGENT_SLOT_H
#define HELIOSTAT_AGENT_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/time.h"
#include "../wire/seal.h"

#define SLOT_SIZE 512
#define SLOT_STRIDE 1024

struct slot_beat {
    uint32_t node;
    uint64_t incarnation;
    uint64_t boot;
    uint64_t sequence;
    usec sent; /* node's clock */
};

struct slot_pill {
    uint32_t node;
    uint64_t boot;    /* of the machine it is meant for; another boot's ends nothing, but closes the slot */
    uint32_t monitor; /* who gave it */
    uint64_t nonce;   /* so that who wrote it knows it again */
};

enum slot_found {
    SLOT_EMPTY, /* zeros */
    SLOT_FOUND,
    SLOT_FOREIGN, /* something that is not ours, or another node's: is this the right LUN? nothing is written over it */
    SLOT_DAMAGED  /* ours, and its seal is wrong: torn write or another key */
};

void slot_beat_encode(const struct slot_beat *beat, const struct seal_keys *keys, uint8_t sector[SLOT_SIZE]);
enum slot_found slot_beat_decode(struct slot_beat *beat, const struct seal_keys *keys, uint32_t node,
                                 const uint8_t sector[SLOT_SIZE]);
void slot_pill_encode(const struct slot_pill *pill, const struct seal_keys *keys, uint8_t sector[SLOT_SIZE]);
enum slot_found slot_pill_decode(struct slot_pill *pill, const struct seal_keys *keys, uint32_t node,
                                 const uint8_t sector[SLOT_SIZE]);

/*
 * One beat of the node's own: reads beat and pill, writes the next beat unless what was found forbids it. Only
 * SLOT_ROUND_BEATEN extends the lease, from before the call on.
 */
enum slot_round {
    SLOT_ROUND_NONE,
    SLOT_ROUND_BEATEN,
    SLOT_ROUND_PILL, /* for this boot; *monitor gave it */
    SLOT_ROUND_FOREIGN,
    SLOT_ROUND_DOUBTFUL, /* there is a pill, of another boot or with a wrong seal */
    SLOT_ROUND_UNREADABLE,
    SLOT_ROUND_UNWRITABLE
};
enum slot_round slot_round(int disk, uint32_t index, const struct slot_beat *beat, const struct seal_keys *keys,
                           uint32_t *monitor);

#endif
