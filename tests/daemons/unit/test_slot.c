/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Where offsets have 64 bits by a flag they have the longer names. wrap: pread pwrite pread64 pwrite64 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "agent/slot.h"

#define DISK_SIZE 8192
#define INDEX 3
#define BEAT (INDEX * SLOT_STRIDE)
#define PILL (BEAT + SLOT_SIZE)

static uint8_t disk[DISK_SIZE];
static bool read_fails, write_fails;
static unsigned torn; /* so many bytes of a write reach the disk; 0: all */
static struct seal_keys keys, other_keys;
static const struct slot_beat beat = {.node = 17, .incarnation = 5, .boot = 77, .sequence = 9, .sent = 1234};

ssize_t __wrap_pread(int descriptor, void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int descriptor, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pread64(int descriptor, void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite64(int descriptor, const void *bytes, size_t size, off_t at);

ssize_t __wrap_pread64(int descriptor, void *bytes, size_t size, off_t at)
{
    assert_int_equal(descriptor, 42);
    assert_int_equal(size, SLOT_SIZE);
    assert_int_equal((uintptr_t)bytes % 512, 0);
    if (read_fails) {
        errno = EIO;
        return -1;
    }
    memcpy(bytes, disk + at, size);
    return (ssize_t)size;
}

ssize_t __wrap_pwrite64(int descriptor, const void *bytes, size_t size, off_t at)
{
    assert_int_equal(descriptor, 42);
    assert_int_equal(at, BEAT); /* nothing but its own beat is ever written */
    assert_int_equal(size, SLOT_SIZE);
    if (write_fails) {
        errno = EIO;
        return -1;
    }
    memcpy(disk + at, bytes, torn > 0 ? torn : size);
    return torn > 0 ? (ssize_t)torn : (ssize_t)size;
}

ssize_t __wrap_pread(int descriptor, void *bytes, size_t size, off_t at)
{
    return __wrap_pread64(descriptor, bytes, size, at);
}

ssize_t __wrap_pwrite(int descriptor, const void *bytes, size_t size, off_t at)
{
    return __wrap_pwrite64(descriptor, bytes, size, at);
}

static int set_up(void **state)
{
    static const uint8_t secret[2][SEAL_KEY_SIZE] = {{1}, {2}};

    (void)state;
    memset(disk, 0, sizeof disk);
    read_fails = write_fails = false;
    torn = 0;
    memset(&keys, 0, sizeof keys);
    keys.count = 1;
    keys.id[0] = 3;
    hmac_key_set(&keys.key[0], secret[0], sizeof secret[0]);
    other_keys = keys;
    hmac_key_set(&other_keys.key[0], secret[1], sizeof secret[1]);
    return 0;
}

static enum slot_round turn(void)
{
    uint32_t monitor = 0;

    return slot_round(42, INDEX, &beat, &keys, &monitor);
}

static void give_pill(uint64_t boot, const struct seal_keys *by)
{
    const struct slot_pill pill = {.node = 17, .boot = boot, .monitor = 101, .nonce = 4};

    slot_pill_encode(&pill, by, disk + PILL);
}

static void test_round_trip(void **state)
{
    const struct slot_pill pill = {.node = 17, .boot = UINT64_MAX, .monitor = 101, .nonce = UINT64_MAX - 1};
    uint8_t sector[SLOT_SIZE];
    struct slot_beat found;
    struct slot_pill swallowed;

    (void)state;
    slot_beat_encode(&beat, &keys, sector);
    assert_int_equal(slot_beat_decode(&found, &keys, 17, sector), SLOT_FOUND);
    assert_int_equal(found.incarnation, beat.incarnation);
    assert_int_equal(found.boot, beat.boot);
    assert_int_equal(found.sequence, beat.sequence);
    assert_int_equal(found.sent, beat.sent);
    assert_int_equal(slot_pill_decode(&swallowed, &keys, 17, sector), SLOT_FOREIGN);
    slot_pill_encode(&pill, &keys, sector);
    assert_int_equal(slot_pill_decode(&swallowed, &keys, 17, sector), SLOT_FOUND);
    assert_int_equal(swallowed.boot, pill.boot);
    assert_int_equal(swallowed.monitor, pill.monitor);
    assert_int_equal(swallowed.nonce, pill.nonce);
    assert_int_equal(slot_beat_decode(&found, &keys, 17, sector), SLOT_FOREIGN);
}

static void test_what_is_found(void **state)
{
    uint8_t sector[SLOT_SIZE] = {0};
    struct slot_beat found;

    (void)state;
    assert_int_equal(slot_beat_decode(&found, &keys, 17, sector), SLOT_EMPTY);
    sector[511] = 1;
    assert_int_equal(slot_beat_decode(&found, &keys, 17, sector), SLOT_FOREIGN);
    slot_beat_encode(&beat, &keys, sector);
    assert_int_equal(slot_beat_decode(&found, &keys, 18, sector), SLOT_FOREIGN);
    assert_int_equal(slot_beat_decode(&found, &other_keys, 17, sector), SLOT_DAMAGED);
    for (unsigned i = 0; i < SLOT_SIZE; i++) {
        sector[i] ^= 0x40;
        assert_int_not_equal(slot_beat_decode(&found, &keys, 17, sector), SLOT_FOUND);
        sector[i] ^= 0x40;
    }
}

static void test_beats(void **state)
{
    struct slot_beat found;

    (void)state;
    assert_int_equal(turn(), SLOT_ROUND_BEATEN);
    assert_int_equal(slot_beat_decode(&found, &keys, 17, disk + BEAT), SLOT_FOUND);
    assert_int_equal(found.sequence, 9);
    assert_int_equal(turn(), SLOT_ROUND_BEATEN);
}

static void test_own_pill(void **state)
{
    uint32_t monitor = 0;
    uint8_t before[DISK_SIZE];

    (void)state;
    give_pill(77, &keys);
    memcpy(before, disk, sizeof disk);
    assert_int_equal(slot_round(42, INDEX, &beat, &keys, &monitor), SLOT_ROUND_PILL);
    assert_int_equal(monitor, 101);
    assert_memory_equal(before, disk, sizeof disk);
}

static void test_pill_of_an_earlier_boot_ends_nothing_and_closes_the_slot(void **state)
{
    (void)state;
    give_pill(76, &keys);
    assert_int_equal(turn(), SLOT_ROUND_DOUBTFUL);
}

static void test_torn_or_strange_pill_extends_nothing(void **state)
{
    (void)state;
    give_pill(77, &other_keys);
    assert_int_equal(turn(), SLOT_ROUND_DOUBTFUL);
    give_pill(77, &keys);
    memset(disk + PILL + 256, 0, 256);
    assert_int_equal(turn(), SLOT_ROUND_DOUBTFUL);
}

static void test_foreign_is_not_written_over(void **state)
{
    const struct slot_beat neighbour = {.node = 18, .incarnation = 5, .boot = 1, .sequence = 1, .sent = 1};
    uint8_t before[DISK_SIZE];

    (void)state;
    memset(disk + BEAT, 0xa5, 16);
    memcpy(before, disk, sizeof disk);
    assert_int_equal(turn(), SLOT_ROUND_FOREIGN);
    assert_memory_equal(before, disk, sizeof disk);
    slot_beat_encode(&neighbour, &keys, disk + BEAT);
    assert_int_equal(turn(), SLOT_ROUND_FOREIGN);
    memset(disk, 0, sizeof disk);
    disk[PILL + 7] = 1;
    assert_int_equal(turn(), SLOT_ROUND_FOREIGN);
}

static void test_torn_beat_is_beaten_over(void **state)
{
    (void)state;
    assert_int_equal(turn(), SLOT_ROUND_BEATEN);
    memset(disk + BEAT + 100, 0x11, 100);
    assert_int_equal(turn(), SLOT_ROUND_BEATEN);
}

static void test_disk_faults_extend_nothing(void **state)
{
    (void)state;
    read_fails = true;
    assert_int_equal(turn(), SLOT_ROUND_UNREADABLE);
    read_fails = false;
    write_fails = true;
    assert_int_equal(turn(), SLOT_ROUND_UNWRITABLE);
    write_fails = false;
    torn = 100;
    assert_int_equal(turn(), SLOT_ROUND_UNWRITABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_round_trip, set_up),
        cmocka_unit_test_setup(test_what_is_found, set_up),
        cmocka_unit_test_setup(test_beats, set_up),
        cmocka_unit_test_setup(test_own_pill, set_up),
        cmocka_unit_test_setup(test_pill_of_an_earlier_boot_ends_nothing_and_closes_the_slot, set_up),
        cmocka_unit_test_setup(test_torn_or_strange_pill_extends_nothing, set_up),
        cmocka_unit_test_setup(test_foreign_is_not_written_over, set_up),
        cmocka_unit_test_setup(test_torn_beat_is_beaten_over, set_up),
        cmocka_unit_test_setup(test_disk_faults_extend_nothing, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
