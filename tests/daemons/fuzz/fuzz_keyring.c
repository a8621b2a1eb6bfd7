/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever a key file holds: what is read are whole keys with ids of their own, and no error shows one. */
#include <stdlib.h>
#include <string.h>

#include "common/keyring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[SEAL_KEY_SIZE];
    struct keyring ring;
    struct seal_keys keys;
    char error[200] = "";

    memset(&ring, 0, sizeof ring);
    if (!keyring_parse(&ring, "fuzzed", (const char *)data, size, error, sizeof error)) {
        if (ring.count != 0 || error[0] == '\0') {
            abort();
        }
        return 0;
    }
    if (ring.count == 0 || ring.count > SEAL_KEYS) {
        abort();
    }
    for (unsigned i = 0; i < ring.count; i++) {
        if (ring.id[i] == 0 || memcmp(ring.secret[i], nothing, sizeof nothing) == 0) {
            abort();
        }
    }
    keyring_node(&ring, 7, &keys);
    keyring_monitors(&ring, &keys);
    return 0;
}
