/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The arithmetic of an expired lease, at its limits. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/monitor.h"
#include "monitor/proof.h"

static void the_end_is_stretched_by_the_drift(void **state)
{
    (void)state;
    assert_int_equal(proof_lease_end(0, 8000, 2000, 0), 10 * USEC_PER_SECOND);
    assert_int_equal(proof_lease_end(5, 8000, 2000, 2000), 10 * USEC_PER_SECOND + 20 * USEC_PER_MS + 5);
    /* Rounded up: a part of a microsecond is one. */
    assert_int_equal(proof_lease_end(0, 1, 0, 1), 1001);
}

static void what_does_not_fit_never_ends(void **state)
{
    (void)state;
    assert_int_equal(proof_lease_end(USEC_NEVER - 1, 8000, 2000, 2000), USEC_NEVER);
    assert_int_equal(proof_lease_end(USEC_NEVER - 10 * USEC_PER_SECOND, 8000, 2000, 0), USEC_NEVER);
    assert_true(proof_lease_end(0, UINT32_MAX, UINT32_MAX, UINT32_MAX) > 0);
    assert_true(proof_lease_end(0, UINT32_MAX, UINT32_MAX, 1000000) >= 4 * (usec)UINT32_MAX * USEC_PER_MS);
}

static void what_a_peer_tells_is_shortened(void **state)
{
    const usec now = 1000 * USEC_PER_SECOND;

    (void)state;
    assert_int_equal(proof_told(now, 0, 2000), now);
    assert_int_equal(proof_told(now, 1000, 0), now - USEC_PER_SECOND);
    assert_int_equal(proof_told(now, 1000, 2000), now - 998 * USEC_PER_MS);
    assert_int_equal(proof_told(now, AGE_NEVER, 2000), now);
    assert_int_equal(proof_told(now, 1000, 1000000), now);
}

static void who_is_believed(void **state)
{
    (void)state;
    for (unsigned lease = LEASE_UNARMED; lease <= LEASE_NONE; lease++) {
        for (unsigned fence = SELF_FENCE_NONE; fence <= SELF_FENCE_WATCHDOG; fence++) {
            for (unsigned proof = LEASE_PROOF_WATCHDOG; proof <= LEASE_PROOF_NEVER + 1; proof++) {
                for (unsigned flags = 0; flags < 16; flags++) {
                    const struct keepalive last = {.lease = (uint8_t)lease,
                                                   .self_fence = (uint8_t)fence,
                                                   .flags = (uint8_t)flags,
                                                   .lease_ms = 1000};
                    const bool ended = lease == LEASE_HELD || lease == LEASE_EXPIRED;
                    const bool sure = proof == LEASE_PROOF_WATCHDOG
                                          ? fence == SELF_FENCE_WATCHDOG
                                          : proof == LEASE_PROOF_AGENT && fence >= SELF_FENCE_STOP;
                    const bool gated = (flags & KEEPALIVE_GATED) != 0 && (flags & KEEPALIVE_LEAVING) == 0;

                    assert_int_equal(proof_believed((uint8_t)proof, &last), ended && sure && gated);
                }
            }
        }
    }
    {
        const struct keepalive none = {
            .lease = LEASE_HELD, .self_fence = SELF_FENCE_WATCHDOG, .flags = KEEPALIVE_GATED};

        assert_false(proof_believed(LEASE_PROOF_WATCHDOG, &none));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_stretched_by_the_drift),
        cmocka_unit_test(what_does_not_fit_never_ends),
        cmocka_unit_test(what_a_peer_tells_is_shortened),
        cmocka_unit_test(who_is_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
