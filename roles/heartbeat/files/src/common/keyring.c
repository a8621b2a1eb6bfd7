/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "keyring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_lines.h"
#include "secret_file.h"

#define KEY_FILE_MAX 4096

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_secret(uint8_t secret[SEAL_KEY_SIZE], const char *hex)
{
    uint8_t any = 0;

    if (strlen(hex) != 2 * (size_t)SEAL_KEY_SIZE) {
        return false;
    }
    for (size_t i = 0; i < SEAL_KEY_SIZE; i++) {
        const int high = hex_digit(hex[2 * i]);
        const int low = hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        secret[i] = (uint8_t)(high * 16 + low);
        any |= secret[i];
    }
    return any != 0; /* all zeros is a key that nobody drew */
}

static bool has_id(const struct keyring *ring, uint32_t id)
{
    for (unsigned i = 0; i < ring->count; i++) {
        if (ring->id[i] == id) {
            return true;
        }
    }
    return false;
}

/* No error shows a word of the line but a number that stands where the id belongs: any other could be a key in the
 * wrong place. */
static void parse_line(struct keyring *ring, struct config_lines *lines)
{
    const int digits = 2 * SEAL_KEY_SIZE;
    uint32_t id = 0;

    if (!config_lines_is(lines, "key") || lines->words != 3 || strlen(lines->word[1]) > 5) {
        (void)config_lines_fail(lines, "a line is \"key ID HEX\": a number and %d hexadecimal digits", digits);
    } else if (config_lines_unsigned(lines, 1, 1, UINT16_MAX, &id)) {
        if (ring->count == SEAL_KEYS) {
            (void)config_lines_fail(lines, "no more than %d keys are valid at a time", SEAL_KEYS);
        } else if (has_id(ring, id)) {
            (void)config_lines_fail(lines, "key %lu was given before", (unsigned long)id);
        } else if (!parse_secret(ring->secret[ring->count], lines->word[2])) {
            (void)config_lines_fail(lines, "key %lu is not %d hexadecimal digits, or all zeros", (unsigned long)id,
                                    digits);
        } else {
            ring->id[ring->count++] = (uint16_t)id;
        }
    }
}

bool keyring_parse(struct keyring *ring, const char *file, const char *text, size_t size, char *error,
                   size_t error_size)
{
    struct config_lines lines;
    struct keyring found;
    bool good;

    memset(&found, 0, sizeof found);
    config_lines_start(&lines, file, text, size);
    while (config_lines_next(&lines)) {
        parse_line(&found, &lines);
    }
    if (found.count == 0) {
        (void)config_lines_fail(&lines, "holds no key");
    }
    good = !config_lines_failed(&lines);
    if (good) {
        *ring = found;
    } else {
        (void)snprintf(error, error_size, "%s", lines.error);
    }
    secret_wipe(&found, sizeof found);
    secret_wipe(&lines, sizeof lines);
    return good;
}

/* By its name: who can exchange the file between this look and its reading can write to its directory, and needs no key
 * of ours. */
static bool is_private(const char *path, char *error, size_t error_size)
{
    struct stat found;

    if (stat(path, &found) != 0) {
        (void)snprintf(error, error_size, "%s: cannot be read: %s", path, strerror(errno));
    } else if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)snprintf(error, error_size, "%s: has mode %04o, and a key file is for its owner alone: 0600", path,
                       (unsigned)(found.st_mode & 07777));
    } else if (found.st_uid != 0 && found.st_uid != geteuid() &&
               geteuid() != 0) { /* root reads for the user it becomes */
        (void)snprintf(error, error_size, "%s: belongs to user %lu, and a key file to root or to the daemon's user",
                       path, (unsigned long)found.st_uid);
    } else {
        return true;
    }
    return false;
}

bool keyring_read(struct keyring *ring, const char *path, char *error, size_t error_size)
{
    char text[KEY_FILE_MAX];
    size_t size = 0;
    const bool good = is_private(path, error, error_size) &&
                      config_file_read(path, text, sizeof text, &size, error, error_size) &&
                      keyring_parse(ring, path, text, size, error, error_size);

    secret_wipe(text, sizeof text);
    return good;
}

void keyring_forget(struct keyring *ring)
{
    secret_wipe(ring, sizeof *ring);
}

void keyring_own(const struct keyring *ring, struct seal_keys *keys)
{
    memset(keys, 0, sizeof *keys);
    for (unsigned i = 0; i < ring->count; i++) {
        keys->id[i] = ring->id[i];
        hmac_key_set(&keys->key[i], ring->secret[i], SEAL_KEY_SIZE);
    }
    keys->count = ring->count;
}

void keyring_node(const struct keyring *masters, uint32_t node, struct seal_keys *keys)
{
    struct keyring derived = *masters;

    for (unsigned i = 0; i < masters->count; i++) {
        seal_node_key(masters->secret[i], node, derived.secret[i]);
    }
    keyring_own(&derived, keys);
    keyring_forget(&derived);
}

void keyring_monitors(const struct keyring *masters, struct seal_keys *keys)
{
    struct keyring derived = *masters;

    for (unsigned i = 0; i < masters->count; i++) {
        seal_monitors_key(masters->secret[i], derived.secret[i]);
    }
    keyring_own(&derived, keys);
    keyring_forget(&derived);
}
