/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The fuzzer's bytes as numbers and pieces; when they are used up, zeros. */
#ifndef HELIOSTAT_TESTS_FUZZ_INPUT_H
#define HELIOSTAT_TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct input {
    const uint8_t *at;
    size_t left;
};

static inline void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static inline size_t input_bytes(struct input *input, void *bytes, size_t size)
{
    const size_t taken = size < input->left ? size : input->left;

    memset(bytes, 0, size);
    if (taken > 0) {
        memcpy(bytes, input->at, taken);
    }
    input->at += taken;
    input->left -= taken;
    return taken;
}

static inline uint8_t input_byte(struct input *input)
{
    uint8_t byte;

    (void)input_bytes(input, &byte, 1);
    return byte;
}

#endif
