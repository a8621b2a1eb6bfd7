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

#include "wire/hmac.h"
#include "wire/sha256.h"

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void assert_digest(const uint8_t digest[SHA256_SIZE], const char *hex, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(digest[i], digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    }
}

/* FIPS 180-2, appendix B. */
static void sha256_of_the_standards_examples(void **state)
{
    static const char million[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    static const char *const examples[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        sha256_start(&sha256);
        sha256_add(&sha256, (const uint8_t *)examples[i][0], strlen(examples[i][0]));
        sha256_digest(&sha256, digest);
        assert_digest(digest, examples[i][1], sizeof digest);
    }
    sha256_start(&sha256);
    for (unsigned i = 0; i < 1000000 / 50; i++) {
        sha256_add(&sha256, (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 50);
    }
    sha256_digest(&sha256, digest);
    assert_digest(digest, million, sizeof digest);
}

/* However a message is cut, and at every alignment and length around the ends of blocks. */
static void sha256_does_not_depend_on_the_pieces(void **state)
{
    uint8_t message[300 + 8];

    (void)state;
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(i * 7);
    }
    for (size_t size = 0; size <= 300; size++) {
        const size_t cut = size / 3;
        const uint8_t *at = message + size % 8;
        struct sha256 whole;
        struct sha256 pieces;
        uint8_t one[SHA256_SIZE];
        uint8_t other[SHA256_SIZE];

        sha256_start(&whole);
        sha256_add(&whole, at, size);
        sha256_digest(&whole, one);
        sha256_start(&pieces);
        sha256_add(&pieces, at, cut);
        sha256_digest(&pieces, other); /* a look in between changes nothing */
        sha256_add(&pieces, at + cut, size - cut);
        sha256_digest(&pieces, other);
        assert_memory_equal(one, other, sizeof one);
    }
}

static void a_copy_goes_its_own_way(void **state)
{
    struct sha256 one;
    struct sha256 other;
    uint8_t digest[SHA256_SIZE];

    (void)state;
    sha256_start(&one);
    sha256_add(&one, (const uint8_t *)"ab", 2);
    other = one;
    sha256_add(&other, (const uint8_t *)"x", 1);
    sha256_add(&one, (const uint8_t *)"c", 1);
    sha256_digest(&one, digest);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sizeof digest);
}

struct example {
    uint8_t key[131];
    size_t key_size;
    const char *message;
    uint8_t repeated; /* instead of a message: fifty times */
    const char *hex;
    size_t size; /* of the digest, which one example truncates */
};

static void fill_key(struct example *example, uint8_t value, size_t size)
{
    memset(example->key, value, size);
    example->key_size = size;
}

/* RFC 4231, section 4. */
static void hmac_of_the_rfcs_examples(void **state)
{
    struct example examples[] = {
        {.message = "Hi There", .hex = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", .size = 32},
        {.key = "Jefe",
         .key_size = 4,
         .message = "what do ya want for nothing?",
         .hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
         .size = 32},
        {.repeated = 0xdd, .hex = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", .size = 32},
        {.repeated = 0xcd, .hex = "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", .size = 32},
        {.message = "Test With Truncation", .hex = "a3b6167473100ee06e0c796c2955552b", .size = 16},
        {.message = "Test Using Larger Than Block-Size Key - Hash Key First",
         .hex = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
         .size = 32},
        {.message = "This is a test using a larger than block-size key and a larger than block-size data. The key "
                    "needs to be hashed before being used by the HMAC algorithm.",
         .hex = "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
         .size = 32},
    };

    (void)state;
    fill_key(&examples[0], 0x0b, 20);
    fill_key(&examples[2], 0xaa, 20);
    for (uint8_t i = 0; i < 25; i++) {
        examples[3].key[i] = (uint8_t)(i + 1);
    }
    examples[3].key_size = 25;
    fill_key(&examples[4], 0x0c, 20);
    fill_key(&examples[5], 0xaa, 131);
    fill_key(&examples[6], 0xaa, 131);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const struct example *example = &examples[i];
        struct hmac_key key;
        uint8_t repeated[50];
        uint8_t digest[HMAC_SIZE];

        memset(repeated, example->repeated, sizeof repeated);
        hmac_key_set(&key, example->key, example->key_size);
        for (unsigned twice = 0; twice < 2; twice++) { /* a key can be used again */
            hmac(&key, example->message != NULL ? (const uint8_t *)example->message : repeated,
                 example->message != NULL ? strlen(example->message) : sizeof repeated, digest);
            assert_digest(digest, example->hex, example->size);
        }
    }
}

static void a_key_may_be_empty(void **state)
{
    struct hmac_key key;
    uint8_t digest[HMAC_SIZE];

    (void)state;
    hmac_key_set(&key, NULL, 0);
    hmac(&key, (const uint8_t *)"", 0, digest);
    assert_digest(digest, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", sizeof digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standards_examples),
        cmocka_unit_test(sha256_does_not_depend_on_the_pieces),
        cmocka_unit_test(a_copy_goes_its_own_way),
        cmocka_unit_test(hmac_of_the_rfcs_examples),
        cmocka_unit_test(a_key_may_be_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
