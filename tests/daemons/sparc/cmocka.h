/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * As much of cmocka's interface as the unit tests use, for machines that cmocka is not packaged for: the same test
 * files, run by emulation on a big-endian machine that refuses misaligned access. A failed assertion ends its test, as
 * there; mocks are queues of values by function name.
 */
#ifndef HELIOSTAT_TESTS_SPARC_CMOCKA_H
#define HELIOSTAT_TESTS_SPARC_CMOCKA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uintmax_t LargestIntegralType;

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
    void *initial;
};

#define cmocka_unit_test(f)                                                                                            \
    {                                                                                                                  \
#f, f, NULL, NULL, NULL                                                                                        \
    }
#define cmocka_unit_test_setup(f, s)                                                                                   \
    {                                                                                                                  \
#f, f, s, NULL, NULL                                                                                           \
    }
#define cmocka_unit_test_teardown(f, t)                                                                                \
    {                                                                                                                  \
#f, f, NULL, t, NULL                                                                                           \
    }
#define cmocka_unit_test_setup_teardown(f, s, t)                                                                       \
    {                                                                                                                  \
#f, f, s, t, NULL                                                                                              \
    }
#define cmocka_unit_test_prestate(f, i)                                                                                \
    {                                                                                                                  \
#f, f, NULL, NULL, i                                                                                           \
    }

static jmp_buf shim_end;
static int shim_skipped;

#define SHIM_MOCKS 256
static struct {
    const char *function;
    uintmax_t value;
    int times; /* -1: always */
} shim_mock[SHIM_MOCKS];

__attribute__((noreturn, unused)) static void shim_fail(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, what);
    longjmp(shim_end, 1);
}

__attribute__((unused)) static void shim_will_return(const char *function, uintmax_t value, int times)
{
    for (size_t i = 0; i < SHIM_MOCKS; i++) {
        if (shim_mock[i].function == NULL) {
            shim_mock[i].function = function;
            shim_mock[i].value = value;
            shim_mock[i].times = times;
            return;
        }
    }
    shim_fail("too many mocked values", function, 0);
}

__attribute__((unused)) static uintmax_t shim_mocked(const char *function, const char *file, int line)
{
    for (size_t i = 0; i < SHIM_MOCKS && shim_mock[i].function != NULL; i++) {
        if (shim_mock[i].times != 0 && strcmp(shim_mock[i].function, function) == 0) {
            if (shim_mock[i].times > 0) {
                shim_mock[i].times--;
            }
            return shim_mock[i].value;
        }
    }
    shim_fail("no value was given for mock()", file, line);
}

#define SHIM(condition, text) ((condition) ? (void)0 : shim_fail(text, __FILE__, __LINE__))
#define SHIM_INTEGER(value) ((uintmax_t)(value))

#define assert_true(c) SHIM(c, #c)
#define assert_false(c) SHIM(!(c), "not: " #c)
#define assert_null(p) SHIM((p) == NULL, #p " is null")
#define assert_non_null(p) SHIM((p) != NULL, #p " is not null")
#define assert_ptr_equal(a, b) SHIM((const void *)(a) == (const void *)(b), #a " is " #b)
#define assert_ptr_not_equal(a, b) SHIM((const void *)(a) != (const void *)(b), #a " is not " #b)
#define assert_int_equal(a, b) SHIM(SHIM_INTEGER(a) == SHIM_INTEGER(b), #a " == " #b)
#define assert_int_not_equal(a, b) SHIM(SHIM_INTEGER(a) != SHIM_INTEGER(b), #a " != " #b)
#define assert_in_range(v, least, most)                                                                                \
    SHIM(SHIM_INTEGER(v) >= SHIM_INTEGER(least) && SHIM_INTEGER(v) <= SHIM_INTEGER(most), #v " in range")
#define assert_return_code(v, error) SHIM((v) >= 0, #v)
#define assert_string_equal(a, b) SHIM(strcmp(a, b) == 0, #a " == " #b)
#define assert_string_not_equal(a, b) SHIM(strcmp(a, b) != 0, #a " != " #b)
#define assert_memory_equal(a, b, size) SHIM(memcmp(a, b, size) == 0, #a " == " #b)
#define assert_memory_not_equal(a, b, size) SHIM(memcmp(a, b, size) != 0, #a " != " #b)
#define fail() shim_fail("failed", __FILE__, __LINE__)
#define fail_msg(...) ((void)fprintf(stderr, __VA_ARGS__), shim_fail("", __FILE__, __LINE__))
#define skip() (shim_skipped = 1, longjmp(shim_end, 1))
#define print_message(...) ((void)printf(__VA_ARGS__))
#define print_error(...) ((void)fprintf(stderr, __VA_ARGS__))

#define cast_to_largest_integral_type(value) ((LargestIntegralType)(uintptr_t)(value))
#define will_return(f, value) shim_will_return(#f, (uintmax_t)(value), 1)
#define will_return_count(f, value, count) shim_will_return(#f, (uintmax_t)(value), count)
#define will_return_always(f, value) shim_will_return(#f, (uintmax_t)(value), -1)
#define mock() shim_mocked(__func__, __FILE__, __LINE__)
#define mock_type(type) ((type)mock())
#define mock_ptr_type(type) ((type)(uintptr_t)mock())

#define cmocka_set_message_output(kind) ((void)0)
#define cmocka_run_group_tests(tests, setup, teardown)                                                                 \
    shim_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown) cmocka_run_group_tests(tests, setup, teardown)

/* Whether it passed. */
static bool shim_run_one(const struct CMUnitTest *test, void *group_state)
{
    void *volatile state = test->initial != NULL ? test->initial : group_state;
    volatile bool passed = false;
    void *own = state;

    (void)fprintf(stderr, "%s\n", test->name);
    memset(shim_mock, 0, sizeof shim_mock);
    shim_skipped = 0;
    if (setjmp(shim_end) == 0) {
        if (test->setup == NULL || test->setup(&own) == 0) {
            state = own;
            test->test(&own);
            passed = true;
        }
    }
    for (size_t i = 0; passed && i < SHIM_MOCKS; i++) {
        if (shim_mock[i].times > 0) {
            (void)fprintf(stderr, "%s was not called\n", shim_mock[i].function);
            passed = false;
        }
    }
    own = state;
    if (test->teardown != NULL && setjmp(shim_end) == 0 && test->teardown(&own) != 0) {
        passed = false;
    }
    return passed || shim_skipped != 0;
}

static int shim_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **), int (*teardown)(void **))
{
    void *volatile state = NULL;
    volatile int failed = 0;
    void *own = NULL;

    if (setup != NULL && (setjmp(shim_end) != 0 || setup(&own) != 0)) {
        return 1;
    }
    state = own;
    for (volatile size_t i = 0; i < count; i++) {
        if (!shim_run_one(&tests[i], state)) {
            (void)fprintf(stderr, "FAILED: %s\n", tests[i].name);
            failed++;
        }
    }
    own = state;
    if (teardown != NULL && setjmp(shim_end) == 0) {
        (void)teardown(&own);
    }
    return failed;
}

#endif
