/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/config_lines.h"

static struct config_lines lines;

static void start(const char *text)
{
    config_lines_start(&lines, "f", text, strlen(text));
}

/* Reads the first line, which must be good so far. */
static void first(const char *text)
{
    start(text);
    assert_true(config_lines_next(&lines));
}

static void assert_error(const char *error)
{
    assert_true(config_lines_failed(&lines));
    assert_string_equal(lines.error, error);
}

static void words_are_split_at_blanks(void **state)
{
    (void)state;
    start("# comment\n\n  \t \none\n two \t 2 #three\n\"a b\" \"#\" \"\" \"\\\"\\\\\" c#d\nlast");
    assert_true(config_lines_next(&lines));
    assert_int_equal(lines.line, 4);
    assert_int_equal(lines.words, 1);
    assert_true(config_lines_is(&lines, "one"));
    assert_false(config_lines_is(&lines, "on"));
    assert_true(config_lines_next(&lines));
    assert_int_equal(lines.line, 5);
    assert_int_equal(lines.words, 2);
    assert_string_equal(lines.word[0], "two");
    assert_string_equal(lines.word[1], "2");
    assert_true(config_lines_next(&lines));
    assert_int_equal(lines.words, 5);
    assert_string_equal(lines.word[0], "a b");
    assert_string_equal(lines.word[1], "#");
    assert_string_equal(lines.word[2], "");
    assert_string_equal(lines.word[3], "\"\\");
    assert_string_equal(lines.word[4], "c#d"); /* a comment begins a word */
    assert_true(config_lines_next(&lines));
    assert_int_equal(lines.line, 7);
    assert_string_equal(lines.word[0], "last");
    assert_false(config_lines_next(&lines));
    assert_false(config_lines_next(&lines));
    assert_false(config_lines_failed(&lines));
    assert_false(config_lines_is(&lines, "last"));
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    start("");
    assert_false(config_lines_next(&lines));
    assert_false(config_lines_failed(&lines));
    config_lines_start(&lines, "f", NULL, 0);
    assert_false(config_lines_next(&lines));
    assert_false(config_lines_fail(&lines, "no %s is declared", "node"));
    assert_error("f: no node is declared");
}

static void a_wrong_line_is_named(void **state)
{
    static const char *const cases[][2] = {
        {"a\nb \"c\n", "f:2: quotes are not closed"},
        {"a \"c\\", "f:1: in quotes a \\ stands before \" or another \\ only"},
        {"a \"\\n\"", "f:1: in quotes a \\ stands before \" or another \\ only"},
        {"a b\"c\"", "f:1: quotes stand at the beginning of a value only"},
        {"a \"b\"c", "f:1: a blank must follow the closing quotes"},
        {"a \"b\"#c", "f:1: a blank must follow the closing quotes"},
        {"a\r\n", "f:1: control character 0x0d"},
        {"a \x7f", "f:1: control character 0x7f"},
        {"a # \x01", "f:1: control character 0x01"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(cases[i][0]);
        while (config_lines_next(&lines)) {
        }
        assert_error(cases[i][1]);
        assert_false(config_lines_next(&lines));
        assert_false(config_lines_done(&lines));
    }
    config_lines_start(&lines, "f", "a\0b", 3);
    assert_false(config_lines_next(&lines));
    assert_error("f:1: control character 0x00");
}

static void a_line_has_an_end(void **state)
{
    static char text[CONFIG_LINE + 1];

    (void)state;
    memset(text, 'a', CONFIG_LINE - 1);
    first(text);
    assert_int_equal(strlen(lines.word[0]), CONFIG_LINE - 1);
    text[CONFIG_LINE - 1] = 'a';
    start(text);
    assert_false(config_lines_next(&lines));
    assert_error("f:1: a line is shorter than 1024 bytes");
}

static void a_line_has_so_many_words(void **state)
{
    char text[2 * CONFIG_WORDS + 3];

    (void)state;
    for (unsigned i = 0; i <= CONFIG_WORDS; i++) {
        text[2 * i] = 'a';
        text[2 * i + 1] = ' ';
    }
    text[2 * CONFIG_WORDS] = '\0';
    first(text);
    assert_int_equal(lines.words, CONFIG_WORDS);
    text[2 * CONFIG_WORDS] = 'a';
    text[2 * CONFIG_WORDS + 1] = '\0';
    start(text);
    assert_false(config_lines_next(&lines));
    assert_error("f:1: more than 48 words");
}

static void the_first_error_is_kept(void **state)
{
    (void)state;
    first("interval");
    assert_false(config_lines_fail(&lines, "one"));
    assert_false(config_lines_fail(&lines, "two"));
    assert_error("f:1: one");
}

static void an_error_is_cut_not_overrun(void **state)
{
    static char name[2 * CONFIG_ERROR];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    config_lines_start(&lines, name, "a", 1);
    assert_true(config_lines_next(&lines));
    assert_false(config_lines_fail(&lines, "%s", name));
    assert_int_equal(strlen(lines.error), CONFIG_ERROR - 1);
}

static void whole_numbers(void **state)
{
    static const char *const wrong[] = {"4",   "101", "-5", "+5",         "5 ",
                                        "0x5", "5.0", "",   "4294967301", "18446744073709551621"};
    uint32_t value = 0;

    (void)state;
    first("number 5 100 007");
    assert_true(config_lines_unsigned(&lines, 1, 5, 100, &value));
    assert_int_equal(value, 5);
    assert_true(config_lines_unsigned(&lines, 2, 5, 100, &value));
    assert_int_equal(value, 100);
    assert_true(config_lines_unsigned(&lines, 3, 5, 100, &value));
    assert_int_equal(value, 7);
    assert_true(config_lines_done(&lines));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[64];
        char error[128];

        (void)snprintf(text, sizeof text, "number \"%s\"", wrong[i]);
        (void)snprintf(error, sizeof error, "f:1: number: \"%s\" is not a whole number from 5 to 100", wrong[i]);
        first(text);
        assert_false(config_lines_unsigned(&lines, 1, 5, 100, &value));
        assert_error(error);
        assert_int_equal(value, 7);
    }
    first("number 4294967295");
    assert_true(config_lines_unsigned(&lines, 1, 0, UINT32_MAX, &value));
    assert_int_equal(value, UINT32_MAX);
}

static void durations_have_a_unit(void **state)
{
    static const struct {
        const char *text;
        usec value;
    } right[] = {
        {"d 1us", 1},
        {"d 250ms", 250 * USEC_PER_MS},
        {"d 10s", 10 * USEC_PER_SECOND},
        {"d 0s", 0},
        {"d 5min", 300 * USEC_PER_SECOND},
        {"d 2h", 7200 * USEC_PER_SECOND},
        {"d 1d", 86400 * USEC_PER_SECOND},
    };
    static const char *const wrong[] = {"d 1",
                                        "d ms",
                                        "d 0.5s",
                                        "d 1 s",
                                        "d 1S",
                                        "d -1s",
                                        "d 2d",
                                        "d 86401s",
                                        "d 1ms2",
                                        "d 9223372036855s",
                                        "d 213503982334602d"};
    usec value = 0;

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        first(right[i].text);
        assert_true(config_lines_duration(&lines, 1, 0, 86400 * USEC_PER_SECOND, &value));
        assert_true(value == right[i].value);
        assert_true(config_lines_done(&lines));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        first(wrong[i]);
        assert_false(config_lines_duration(&lines, 1, 0, 86400 * USEC_PER_SECOND, &value));
        assert_true(config_lines_failed(&lines));
    }
    first("interval 5s");
    assert_false(config_lines_duration(&lines, 1, 10 * USEC_PER_MS, 1500 * USEC_PER_MS, &value));
    assert_error("f:1: interval: \"5s\" is not a whole number with its unit, from 10ms to 1500ms");
}

static void sizes_have_a_unit(void **state)
{
    uint64_t value = 0;

    (void)state;
    first("size 64KiB 1GiB 17B 2MiB");
    assert_true(config_lines_size(&lines, 1, 1, UINT64_C(1) << 31, &value));
    assert_true(value == 65536);
    assert_true(config_lines_size(&lines, 2, 1, UINT64_C(1) << 31, &value));
    assert_true(value == UINT64_C(1) << 30);
    assert_true(config_lines_size(&lines, 3, 1, UINT64_C(1) << 31, &value));
    assert_true(value == 17);
    assert_false(config_lines_size(&lines, 4, 1, 1024, &value));
    assert_error("f:1: size: \"2MiB\" is not a whole number with its unit, from 1B to 1KiB");
}

static void words_of_a_list(void **state)
{
    static const char *const names[] = {"power", "storage", "slot"};
    unsigned choice = 9;
    bool on = false;

    (void)state;
    first("level slot yes no");
    assert_true(config_lines_choice(&lines, 1, names, 3, &choice));
    assert_int_equal(choice, 2);
    assert_true(config_lines_switch(&lines, 2, &on));
    assert_true(on);
    assert_true(config_lines_switch(&lines, 3, &on));
    assert_false(on);
    first("level slots");
    assert_false(config_lines_choice(&lines, 1, names, 3, &choice));
    assert_error("f:1: level: \"slots\" is not one of power, storage, slot");
    first("lock true");
    assert_false(config_lines_switch(&lines, 1, &on));
    assert_error("f:1: lock: \"true\" is not one of no, yes");
    first("lvel slot");
    assert_false(config_lines_unknown(&lines, names, 3));
    assert_error("f:1: no such keyword \"lvel\"; there are power, storage, slot");
}

static void addresses_and_texts(void **state)
{
    struct address address;
    char text[8] = "before";
    char back[64];

    (void)state;
    first("peer 192.0.2.1 [::1]:9 \"a b\"");
    assert_true(config_lines_address(&lines, 1, 4790, &address));
    address_format(&address, back, sizeof back);
    assert_string_equal(back, "192.0.2.1:4790");
    assert_true(config_lines_address(&lines, 2, 0, &address));
    assert_true(config_lines_text(&lines, 3, text, sizeof text));
    assert_string_equal(text, "a b");
    first("peer host");
    assert_false(config_lines_address(&lines, 1, 0, &address));
    assert_error("f:1: peer: \"host\" is not an address with its port, 192.0.2.1:4790 or [2001:db8::1]:4790");
    first("name 12345678");
    assert_false(config_lines_text(&lines, 1, text, sizeof text));
    assert_error("f:1: name: \"12345678\" has 8 bytes, not 1 to 7");
    assert_string_equal(text, "a b");
    first("name \"\"");
    assert_false(config_lines_text(&lines, 1, text, sizeof text));
}

static void what_is_missing_and_what_is_too_much(void **state)
{
    uint32_t value = 7;
    bool seen = false;

    (void)state;
    first("number");
    assert_false(config_lines_unsigned(&lines, 1, 1, 9, &value));
    assert_error("f:1: number needs a whole number from 1 to 9");
    assert_int_equal(value, 7);
    first("number 1 2");
    assert_true(config_lines_unsigned(&lines, 1, 1, 9, &value));
    assert_false(config_lines_done(&lines));
    assert_error("f:1: \"2\" is one value too many for number");
    start("number 1\nnumber 2\n");
    assert_true(config_lines_next(&lines));
    assert_true(config_lines_once(&lines, &seen));
    assert_true(config_lines_next(&lines));
    assert_false(config_lines_once(&lines, &seen));
    assert_error("f:2: number was given before");
}

static void after_an_error_no_value_is_taken(void **state)
{
    uint32_t value = 7;

    (void)state;
    first("number 1");
    assert_false(config_lines_fail(&lines, "wrong"));
    assert_false(config_lines_unsigned(&lines, 1, 1, 9, &value));
    assert_int_equal(value, 7);
    assert_error("f:1: wrong");
}

static void files_are_read_whole_or_not(void **state)
{
    char path[] = "/tmp/config_lines.XXXXXX";
    char buffer[8];
    char error[200];
    size_t size = 99;
    const int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    assert_true(config_file_read(path, buffer, sizeof buffer, &size, error, sizeof error));
    assert_int_equal(size, 0);
    assert_int_equal(write(file, "1234567", 7), 7);
    assert_true(config_file_read(path, buffer, sizeof buffer, &size, error, sizeof error));
    assert_int_equal(size, 7);
    assert_memory_equal(buffer, "1234567", 7);
    assert_int_equal(write(file, "8", 1), 1);
    assert_false(config_file_read(path, buffer, sizeof buffer, &size, error, sizeof error));
    assert_non_null(strstr(error, path));
    assert_non_null(strstr(error, strerror(EFBIG)));
    assert_int_equal(unlink(path), 0);
    assert_false(config_file_read(path, buffer, sizeof buffer, &size, error, sizeof error));
    assert_non_null(strstr(error, strerror(ENOENT)));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(config_file_read(path, buffer, sizeof buffer, &size, error, sizeof error));
    assert_non_null(strstr(error, "is no regular file"));
    assert_int_equal(unlink(path), 0);
    assert_false(config_file_read("/", buffer, sizeof buffer, &size, error, sizeof error));
    assert_int_equal(close(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_at_blanks),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(a_wrong_line_is_named),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(a_line_has_so_many_words),
        cmocka_unit_test(the_first_error_is_kept),
        cmocka_unit_test(an_error_is_cut_not_overrun),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(sizes_have_a_unit),
        cmocka_unit_test(words_of_a_list),
        cmocka_unit_test(addresses_and_texts),
        cmocka_unit_test(what_is_missing_and_what_is_too_much),
        cmocka_unit_test(after_an_error_no_value_is_taken),
        cmocka_unit_test(files_are_read_whole_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
