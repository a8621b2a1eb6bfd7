/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"

#define ROOM 512

static char text[ROOM + 1];
static struct json json;

static void assert_line(const char *expected)
{
    assert_int_equal(json_end(&json), strlen(expected));
    assert_string_equal(text, expected);
}

static void members_of_every_kind(void **state)
{
    (void)state;
    json_start(&json, text, ROOM);
    json_text(&json, "t", "x");
    json_text(&json, "left out", NULL);
    json_number(&json, "n", INT64_MIN);
    json_unsigned(&json, "u", UINT64_MAX);
    json_hex(&json, "h", 0xabc);
    json_bool(&json, "yes", true);
    json_bool(&json, "no", false);
    json_null(&json, "z");
    assert_line("{\"t\":\"x\",\"n\":-9223372036854775808,\"u\":18446744073709551615,\"h\":\"0000000000000abc\","
                "\"yes\":true,\"no\":false,\"z\":null}\n");
}

static void objects_and_arrays_within(void **state)
{
    (void)state;
    json_start(&json, text, ROOM);
    json_array(&json, "a");
    json_number(&json, NULL, 1);
    json_object(&json, NULL);
    json_close(&json);
    json_object(&json, NULL);
    json_bool(&json, "b", true);
    json_close(&json);
    json_close(&json);
    json_array(&json, "e");
    json_close(&json);
    json_object(&json, "o");
    json_array(&json, "left open");
    assert_line("{\"a\":[1,{},{\"b\":true}],\"e\":[],\"o\":{\"left open\":[]}}\n");
    json_start(&json, text, ROOM);
    assert_line("{}\n");
}

static void texts_are_escaped(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"a/b c", "a/b c"},
        {"\"\\\n\t\r", "\\\"\\\\\\n\\t\\u000d"},
        {"\x01\x1f\x7f", "\\u0001\\u001f\\u007f"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
        {"\xff", "\\ufffd"},
        {"\x80z", "\\ufffdz"},
        {"\xc3", "\\ufffd"},                       /* cut off */
        {"\xc3(", "\\ufffd("},                     /* no continuation */
        {"\xe2\x82", "\\ufffd\\ufffd"},            /* cut off */
        {"\xc0\xaf", "\\ufffd\\ufffd"},            /* too long for what it is */
        {"\xe0\x9f\xbf", "\\ufffd\\ufffd\\ufffd"}, /* likewise */
        {"\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd"},
        {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},            /* half of a surrogate pair */
        {"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"}, /* past the last character */
        {"\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[ROOM] = "{\"";

        strcat(expected, cases[i][1]);
        strcat(expected, "\":\"");
        strcat(expected, cases[i][1]);
        strcat(expected, "\"}\n");
        json_start(&json, text, ROOM);
        json_text(&json, cases[i][0], cases[i][0]);
        assert_line(expected);
    }
}

static void write_sample(size_t room)
{
    json_start(&json, text, room);
    json_text(&json, "t", "\xe2\x82\xac\n");
    json_array(&json, "a");
    json_number(&json, NULL, -5);
    json_bool(&json, NULL, true);
    json_close(&json);
    json_hex(&json, "h", 1);
}

static void what_does_not_fit_is_not_cut(void **state)
{
    size_t whole;

    (void)state;
    write_sample(ROOM);
    whole = json_end(&json) + 1;
    for (size_t room = 0; room < whole + 3; room++) {
        memset(text, '~', sizeof text);
        write_sample(room);
        if (room < whole) {
            assert_int_equal(json_end(&json), 0);
            assert_int_equal(text[0], room == 0 ? '~' : '\0');
        } else {
            assert_int_equal(json_end(&json), whole - 1);
        }
        assert_int_equal(text[room], '~');
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    json_start(&json, text, ROOM);
    for (unsigned i = 1; i < JSON_DEPTH; i++) {
        json_object(&json, "o");
    }
    assert_true(json_end(&json) > 0);
    json_start(&json, text, ROOM);
    for (unsigned i = 0; i < JSON_DEPTH; i++) {
        json_object(&json, "o");
    }
    assert_int_equal(json_end(&json), 0);
    assert_string_equal(text, "");
    json_start(&json, text, ROOM);
    json_close(&json);
    json_close(&json);
    assert_int_equal(json_end(&json), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_every_kind), cmocka_unit_test(objects_and_arrays_within),
        cmocka_unit_test(texts_are_escaped),     cmocka_unit_test(what_does_not_fit_is_not_cut),
        cmocka_unit_test(depth_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
