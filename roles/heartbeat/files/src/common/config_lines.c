/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fill(int file, char *buffer, size_t room, size_t *size)
{
    *size = 0;
    while (*size < room) {
        const ssize_t got = read(file, buffer + *size, room - *size);

        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got == 0) {
            return true;
        }
        *size += got > 0 ? (size_t)got : 0;
    }
    errno = EFBIG;
    return false;
}

bool config_file_read(const char *path, char *buffer, size_t room, size_t *size, char *error, size_t error_size)
{
    struct stat found;
    const int file = open(path, O_RDONLY | O_NONBLOCK); /* a fifo in its place must not hold us up */
    bool good;

    if (file < 0) {
        (void)snprintf(error, error_size, "%s: cannot be opened: %s", path, strerror(errno));
        return false;
    }
    good = fstat(file, &found) == 0;
    if (good && !S_ISREG(found.st_mode)) {
        (void)snprintf(error, error_size, "%s: is no regular file", path);
        (void)close(file);
        return false;
    }
    good = good && fill(file, buffer, room, size);
    if (!good) {
        (void)snprintf(error, error_size, "%s: cannot be read: %s", path, strerror(errno));
    }
    (void)close(file);
    return good;
}

void config_lines_start(struct config_lines *lines, const char *file, const char *text, size_t size)
{
    memset(lines, 0, sizeof *lines);
    lines->file = file;
    lines->at = text;
    lines->end = size > 0 ? text + size : text;
}

bool config_lines_failed(const struct config_lines *lines)
{
    return lines->error[0] != '\0';
}

bool config_lines_fail(struct config_lines *lines, const char *format, ...)
{
    va_list arguments;
    int prefix;

    if (config_lines_failed(lines)) {
        return false;
    }
    prefix = lines->line == 0 ? snprintf(lines->error, sizeof lines->error, "%s: ", lines->file)
                              : snprintf(lines->error, sizeof lines->error, "%s:%u: ", lines->file, lines->line);
    if (prefix > 0 && (size_t)prefix < sizeof lines->error) {
        va_start(arguments, format);
        (void)vsnprintf(lines->error + prefix, sizeof lines->error - (size_t)prefix, format, arguments);
        va_end(arguments);
    }
    return false;
}

/* The next line, without its end, into lines->text. */
static bool take_line(struct config_lines *lines)
{
    const size_t rest = (size_t)(lines->end - lines->at);
    const char *end = memchr(lines->at, '\n', rest);
    const size_t size = end != NULL ? (size_t)(end - lines->at) : rest;

    lines->line++;
    if (size >= sizeof lines->text) {
        return config_lines_fail(lines, "a line is shorter than %d bytes", CONFIG_LINE);
    }
    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = (unsigned char)lines->at[i];

        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
            return config_lines_fail(lines, "control character 0x%02x", byte);
        }
    }
    if (size > 0) {
        memcpy(lines->text, lines->at, size);
    }
    lines->text[size] = '\0';
    lines->at = end != NULL ? end + 1 : lines->end;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Behind a word stands a blank, a comment or the end. */
static bool ends_word(char c)
{
    return c == '\0' || is_blank(c);
}

/* The quoted value behind `from`, unescaped in place. Where it ends; NULL where it does not. */
static char *unquote(struct config_lines *lines, char *from)
{
    char *to = from;

    while (*from != '"') {
        if (*from == '\\') {
            from++;
            if (*from != '"' && *from != '\\') {
                (void)config_lines_fail(lines, "in quotes a \\ stands before \" or another \\ only");
                return NULL;
            }
        }
        if (*from == '\0') {
            (void)config_lines_fail(lines, "quotes are not closed");
            return NULL;
        }
        *to++ = *from++;
    }
    if (!ends_word(from[1])) {
        (void)config_lines_fail(lines, "a blank must follow the closing quotes");
        return NULL;
    }
    *to = '\0';
    return from + 1;
}

static char *plain(struct config_lines *lines, char *from)
{
    while (!ends_word(*from)) {
        if (*from == '"') {
            (void)config_lines_fail(lines, "quotes stand at the beginning of a value only");
            return NULL;
        }
        from++;
    }
    return from;
}

static bool split(struct config_lines *lines)
{
    char *at = lines->text;

    lines->words = 0;
    lines->used = 1;
    for (;;) {
        bool last;

        while (is_blank(*at)) {
            at++;
        }
        if (*at == '\0' || *at == '#') {
            return true;
        }
        if (lines->words == CONFIG_WORDS) {
            return config_lines_fail(lines, "more than %d words", CONFIG_WORDS);
        }
        if (*at == '"') {
            lines->word[lines->words] = at + 1;
            at = unquote(lines, at + 1);
        } else {
            lines->word[lines->words] = at;
            at = plain(lines, at);
        }
        if (at == NULL) {
            return false;
        }
        lines->words++;
        last = *at == '\0';
        *at = '\0';
        if (last) {
            return true;
        }
        at++;
    }
}

bool config_lines_next(struct config_lines *lines)
{
    lines->words = 0;
    while (!config_lines_failed(lines) && lines->at < lines->end) {
        if (take_line(lines) && split(lines) && lines->words > 0) {
            return true;
        }
    }
    if (!config_lines_failed(lines)) {
        lines->line = 0;
    }
    lines->words = 0;
    return false;
}

bool config_lines_is(const struct config_lines *lines, const char *keyword)
{
    return lines->words > 0 && strcmp(lines->word[0], keyword) == 0;
}

bool config_lines_once(struct config_lines *lines, bool *seen)
{
    if (*seen) {
        return config_lines_fail(lines, "%s was given before", lines->words > 0 ? lines->word[0] : "this");
    }
    *seen = true;
    return true;
}

bool config_lines_done(struct config_lines *lines)
{
    if (config_lines_failed(lines)) {
        return false;
    }
    if (lines->words > lines->used) {
        return config_lines_fail(lines, "\"%s\" is one value too many for %s", lines->word[lines->used],
                                 lines->word[0]);
    }
    return true;
}
