/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* wrap: fsync */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/slot.h"
#include "monitor/fence_pill.h"

#define NODE 3u
#define BEAT (NODE * SLOT_STRIDE)
#define PILL (BEAT + SLOT_SIZE)
#define BOOT 77u

static FILE *disk;
static int sync_error;
static struct fence_pill order;
static struct seal_keys node_keys;

int __wrap_fsync(int descriptor);
int __wrap_fsync(int descriptor)
{
    (void)descriptor;
    errno = sync_error;
    return sync_error == 0 ? 0 : -1;
}

static void put(long at, const uint8_t sector[SLOT_SIZE])
{
    assert_int_equal(fseek(disk, at, SEEK_SET), 0);
    assert_int_equal(fwrite(sector, 1, SLOT_SIZE, disk), SLOT_SIZE);
    assert_int_equal(fflush(disk), 0);
}

static enum slot_found pill_there(struct slot_pill *pill)
{
    uint8_t sector[SLOT_SIZE];

    assert_int_equal(fseek(disk, PILL, SEEK_SET), 0);
    assert_int_equal(fread(sector, 1, sizeof sector, disk), sizeof sector);
    return slot_pill_decode(pill, &node_keys, NODE, sector);
}

static void beat(uint64_t boot)
{
    const struct slot_beat beaten = {.node = NODE, .incarnation = 5, .boot = boot, .sequence = 9, .sent = 1};
    uint8_t sector[SLOT_SIZE];

    slot_beat_encode(&beaten, &node_keys, sector);
    put(BEAT, sector);
}

static int set_up(void **state)
{
    static const uint8_t nothing[SLOT_SIZE];

    (void)state;
    disk = tmpfile();
    assert_non_null(disk);
    for (long at = 0; at <= (long)PILL; at += SLOT_SIZE) {
        put(at, nothing);
    }
    memset(&order, 0, sizeof order);
    order.device = fileno(disk);
    order.node = NODE;
    order.boot = BOOT;
    order.monitor = 101;
    order.nonce = 4711;
    order.masters.count = 2;
    order.masters.id[0] = 8;
    order.masters.id[1] = 7;
    memset(order.masters.secret[0], 1, SEAL_KEY_SIZE);
    memset(order.masters.secret[1], 2, SEAL_KEY_SIZE);
    keyring_node(&order.masters, NODE, &node_keys);
    sync_error = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return fclose(disk);
}

static void test_written_under_the_key_of_the_beat(void **state)
{
    struct slot_pill pill;
    struct seal_keys old;

    (void)state;
    /* The node has not got the newest key yet. */
    memset(&old, 0, sizeof old);
    old.count = 1;
    old.id[0] = node_keys.id[1];
    old.key[0] = node_keys.key[1];
    node_keys = old;
    beat(BOOT);
    assert_int_equal(fence_pill_write(&order), 0);
    assert_int_equal(pill_there(&pill), SLOT_FOUND);
    assert_int_equal(pill.boot, BOOT);
    assert_int_equal(pill.monitor, 101);
    assert_int_equal(pill.nonce, 4711);
}

static void refused(void)
{
    struct slot_pill pill;

    assert_int_equal(fence_pill_write(&order), 1);
    assert_int_equal(pill_there(&pill), SLOT_EMPTY);
}

/* A pill closes the slot only where the node reads it: what shows that is its beat, of the boot that is fenced. */
static void test_nobody_beats_there(void **state)
{
    (void)state;
    refused();
}

static void test_the_beat_is_of_another_boot(void **state)
{
    (void)state;
    beat(BOOT - 1);
    refused();
}

static void test_the_beat_has_a_wrong_seal(void **state)
{
    (void)state;
    hmac_key_set(&node_keys.key[0], (const uint8_t *)"other", 5);
    beat(BOOT);
    keyring_node(&order.masters, NODE, &node_keys);
    refused();
}

static void test_another_nodes_place(void **state)
{
    const struct slot_beat beaten = {.node = NODE + 1, .incarnation = 5, .boot = BOOT, .sequence = 9, .sent = 1};
    uint8_t sector[SLOT_SIZE];

    (void)state;
    slot_beat_encode(&beaten, &node_keys, sector);
    put(BEAT, sector);
    refused();
}

static void test_foreign_is_not_written_over(void **state)
{
    uint8_t sector[SLOT_SIZE];
    struct slot_pill pill;

    (void)state;
    beat(BOOT);
    memset(sector, 'x', sizeof sector);
    put(PILL, sector);
    assert_int_equal(fence_pill_write(&order), 1);
    assert_int_equal(pill_there(&pill), SLOT_FOREIGN);
}

static void test_beyond_the_end_of_the_disk(void **state)
{
    (void)state;
    order.node = 4000;
    assert_int_equal(fence_pill_write(&order), 1);
}

static void test_a_pill_that_may_not_be_on_disk_is_none(void **state)
{
    (void)state;
    beat(BOOT);
    sync_error = EIO;
    assert_int_equal(fence_pill_write(&order), 1);
    sync_error = EINVAL; /* a device that knows nothing of it; it is open past every cache */
    assert_int_equal(fence_pill_write(&order), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_written_under_the_key_of_the_beat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_beats_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_beat_is_of_another_boot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_beat_has_a_wrong_seal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_nodes_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_is_not_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_beyond_the_end_of_the_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_pill_that_may_not_be_on_disk_is_none, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
