/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What fence agents do: service processors, storage, pills on the shared disk. It happens whether the monitor that
 * asked still runs or not. */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "world.h"

static void finished(const struct event *event, enum fence_result result, usec delay)
{
    struct event *end = event_at(w.now + delay, AT_FENCED, event->a, event->b, event->c);

    end->d = event->d;
    end->letter.path = (uint8_t)result;
}

void fence_host_power(const struct event *event)
{
    struct node_host *node = &w.node[event->b];
    const usec then = between(10 * USEC_PER_MS, 500 * USEC_PER_MS);

    if (event->letter.path == LEVEL_STORAGE) {
        const bool works = chance(800);

        node->storage = node->storage && !works;
        finished(event, works ? FENCE_PROVEN : FENCE_FAILED, then);
        return;
    }
    switch ((enum processor)node->processor) {
    case PROCESSOR_DEAD:
        finished(event, FENCE_FAILED, between(USEC_PER_SECOND, 10 * USEC_PER_SECOND));
        break;
    case PROCESSOR_LIES:
        if (!node->spoiled && node->up) {
            trace("node %u: its service processor lies", event->b + 1);
            node->spoiled = true;
        }
        finished(event, FENCE_PROVEN, then);
        break;
    case PROCESSOR_WORKS:
    case PROCESSOR_SLOW:
    default:
        node_end(event->b, "switched off by its service processor");
        finished(event, chance(50) ? FENCE_FAILED : FENCE_PROVEN, then);
        break;
    }
}

void fence_host_pill(const struct event *event)
{
    struct slot_pill pill = {.node = event->b + 1, .monitor = 101 + event->a, .nonce = draw()};
    uint8_t sector[SLOT_SIZE], back[SLOT_SIZE];
    struct seal_keys keys;
    uint8_t key[SEAL_KEY_SIZE];
    const off_t at = (off_t)event->b * SLOT_STRIDE + SLOT_SIZE;
    bool good = false;

    memcpy(&pill.boot, event->letter.bytes, sizeof pill.boot);
    seal_node_key(master, event->b + 1, key);
    keys.count = 1;
    keys.id[0] = 1;
    hmac_key_set(&keys.key[0], key, sizeof key);
    if (chance(850)) {
        slot_pill_encode(&pill, &keys, sector);
        good = pwrite(slot_disk, sector, SLOT_SIZE, at) == SLOT_SIZE &&
               pread(slot_disk, back, SLOT_SIZE, at) == SLOT_SIZE && memcmp(sector, back, SLOT_SIZE) == 0;
    }
    finished(event, good ? FENCE_PROVEN : FENCE_FAILED, between(1000, 200 * USEC_PER_MS));
}
