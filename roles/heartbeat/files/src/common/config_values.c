/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of config_lines.h: what single values are. */
#include <stdio.h>
#include <string.h>

#include "config_lines.h"

#define LIST 320 /* of allowed words in an error */

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit durations[] = {{"us", 1},
                                        {"ms", 1000},
                                        {"s", 1000000},
                                        {"min", 60 * (uint64_t)1000000},
                                        {"h", 3600 * (uint64_t)1000000},
                                        {"d", 86400 * (uint64_t)1000000}};
static const struct unit sizes[] = {
    {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * (uint64_t)1024}, {"GiB", 1024 * (uint64_t)1024 * 1024}};

/* The word at `index`, noted as used; NULL, with the error, where the line has none. */
static const char *take(struct config_lines *lines, unsigned index, const char *wanted)
{
    if (config_lines_failed(lines)) {
        return NULL;
    }
    if (index >= lines->words) {
        (void)config_lines_fail(lines, "%s needs %s", lines->words > 0 ? lines->word[0] : "a line", wanted);
        return NULL;
    }
    if (index >= lines->used) {
        lines->used = index + 1;
    }
    return lines->word[index];
}

/* "a, b, c", cut where it does not fit. */
static void list_names(char *text, size_t size, const char *const *names, unsigned count)
{
    size_t at = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        const int wrote = snprintf(text + at, size - at, "%s%s", i > 0 ? ", " : "", names[i]);

        if (wrote < 0 || (size_t)wrote >= size - at) {
            return;
        }
        at += (size_t)wrote;
    }
}

bool config_lines_unknown(struct config_lines *lines, const char *const *keywords, unsigned count)
{
    char allowed[LIST];

    list_names(allowed, sizeof allowed, keywords, count);
    return config_lines_fail(lines, "no such keyword \"%.80s\"; there are %s", lines->words > 0 ? lines->word[0] : "",
                             allowed);
}

/* Digits at the beginning of `text`. What follows them; NULL where there are none, or too many. */
static const char *digits(const char *text, uint64_t *value)
{
    const char *at = text;

    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');

        if (*value > (UINT64_MAX - digit) / 10) {
            return NULL;
        }
        *value = *value * 10 + digit;
    }
    return at == text ? NULL : at;
}

/* A number with one of these units. */
static bool measured(const char *text, const struct unit *units, size_t count, uint64_t *value)
{
    uint64_t number;
    const char *rest = digits(text, &number);

    for (size_t i = 0; rest != NULL && i < count; i++) {
        if (strcmp(rest, units[i].name) == 0 && number <= UINT64_MAX / units[i].factor) {
            *value = number * units[i].factor;
            return true;
        }
    }
    return false;
}

/* `value` in the largest unit that divides it. */
static void format_measured(char *text, size_t size, const struct unit *units, size_t count, uint64_t value)
{
    size_t best = 0;

    for (size_t i = 0; i < count; i++) {
        if (value != 0 && value % units[i].factor == 0) {
            best = i;
        }
    }
    (void)snprintf(text, size, "%llu%s", (unsigned long long)(value / units[best].factor), units[best].name);
}

static bool take_measured(struct config_lines *lines, unsigned index, const struct unit *units, size_t count,
                          uint64_t least, uint64_t most, uint64_t *value)
{
    char from[32];
    char to[32];
    char wanted[128];
    const char *word;
    uint64_t found = 0;

    format_measured(from, sizeof from, units, count, least);
    format_measured(to, sizeof to, units, count, most);
    (void)snprintf(wanted, sizeof wanted, "a whole number with its unit, from %s to %s", from, to);
    word = take(lines, index, wanted);
    if (word == NULL) {
        return false;
    }
    if (!measured(word, units, count, &found) || found < least || found > most) {
        return config_lines_fail(lines, "%s: \"%.80s\" is not %s", lines->word[0], word, wanted);
    }
    *value = found;
    return true;
}

bool config_lines_unsigned(struct config_lines *lines, unsigned index, uint32_t least, uint32_t most, uint32_t *value)
{
    char wanted[64];
    const char *word;
    const char *rest;
    uint64_t found = 0;

    (void)snprintf(wanted, sizeof wanted, "a whole number from %lu to %lu", (unsigned long)least, (unsigned long)most);
    word = take(lines, index, wanted);
    if (word == NULL) {
        return false;
    }
    rest = digits(word, &found);
    if (rest == NULL || *rest != '\0' || found < least || found > most) {
        return config_lines_fail(lines, "%s: \"%.80s\" is not %s", lines->word[0], word, wanted);
    }
    *value = (uint32_t)found;
    return true;
}

bool config_lines_duration(struct config_lines *lines, unsigned index, usec least, usec most, usec *value)
{
    uint64_t found = 0;

    if (!take_measured(lines, index, durations, sizeof durations / sizeof durations[0], (uint64_t)least, (uint64_t)most,
                       &found)) {
        return false;
    }
    *value = (usec)found;
    return true;
}

bool config_lines_size(struct config_lines *lines, unsigned index, uint64_t least, uint64_t most, uint64_t *value)
{
    return take_measured(lines, index, sizes, sizeof sizes / sizeof sizes[0], least, most, value);
}

bool config_lines_choice(struct config_lines *lines, unsigned index, const char *const *names, unsigned count,
                         unsigned *value)
{
    char allowed[LIST];
    char wanted[LIST + 8];
    const char *word;

    list_names(allowed, sizeof allowed, names, count);
    (void)snprintf(wanted, sizeof wanted, "one of %s", allowed);
    word = take(lines, index, wanted);
    if (word == NULL) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(word, names[i]) == 0) {
            *value = i;
            return true;
        }
    }
    return config_lines_fail(lines, "%s: \"%.80s\" is not %s", lines->word[0], word, wanted);
}

bool config_lines_switch(struct config_lines *lines, unsigned index, bool *value)
{
    static const char *const names[] = {"no", "yes"};
    unsigned found = 0;

    if (!config_lines_choice(lines, index, names, 2, &found)) {
        return false;
    }
    *value = found == 1;
    return true;
}

bool config_lines_address(struct config_lines *lines, unsigned index, uint16_t port, struct address *value)
{
    const char *wanted = port == 0 ? "an address with its port, 192.0.2.1:4790 or [2001:db8::1]:4790"
                                   : "an address, 192.0.2.1 or 2001:db8::1, with a port behind it or without one";
    const char *word = take(lines, index, wanted);

    if (word == NULL) {
        return false;
    }
    if (!address_parse(value, word, port)) {
        return config_lines_fail(lines, "%s: \"%.80s\" is not %s", lines->word[0], word, wanted);
    }
    return true;
}

bool config_lines_text(struct config_lines *lines, unsigned index, char *value, size_t size)
{
    const char *word = take(lines, index, "a value");
    size_t length;

    if (word == NULL) {
        return false;
    }
    length = strlen(word);
    if (length == 0 || length >= size) {
        return config_lines_fail(lines, "%s: \"%.80s\" has %zu bytes, not 1 to %zu", lines->word[0], word, length,
                                 size - 1);
    }
    memcpy(value, word, length + 1);
    return true;
}
