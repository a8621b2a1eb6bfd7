/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Key files: lines "key ID HEX", newest first, at most SEAL_KEYS; mode 0600, owned by root or by who reads it (root
 * reads for the user it becomes). A monitor's file holds master keys; an agent's holds the keys derived of them for
 * that node (seal_node_key; in a playbook the filter heliostat.vdc.heartbeat_key).
 */
#ifndef HELIOSTAT_COMMON_KEYRING_H
#define HELIOSTAT_COMMON_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../wire/seal.h"

struct keyring {
    unsigned count;
    uint16_t id[SEAL_KEYS];
    uint8_t secret[SEAL_KEYS][SEAL_KEY_SIZE];
};

/* False with `error`, which never holds a part of a key; then *ring stays. Allocates nothing. */
bool keyring_read(struct keyring *ring, const char *path, char *error, size_t error_size);
bool keyring_parse(struct keyring *ring, const char *file, const char *text, size_t size, char *error,
                   size_t error_size);
/* Overwrites what it holds. */
void keyring_forget(struct keyring *ring);

/* An agent's own keys, as they stand in its file. */
void keyring_own(const struct keyring *ring, struct seal_keys *keys);
/* Of master keys: those of one node, and those of the monitors among each other. */
void keyring_node(const struct keyring *masters, uint32_t node, struct seal_keys *keys);
void keyring_monitors(const struct keyring *masters, struct seal_keys *keys);

#endif
