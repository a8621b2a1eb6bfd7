/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "proof.h"

#include "monitor.h"

usec proof_lease_end(usec last, uint32_t lease_ms, uint32_t halt_ms, uint32_t drift_ppm)
{
    const usec promised = ((usec)lease_ms + (usec)halt_ms) * USEC_PER_MS;
    const usec longest = time_at_most(promised, drift_ppm);

    return longest >= USEC_NEVER - last ? USEC_NEVER : last + longest;
}

usec proof_told(usec now, uint32_t age_ms, uint32_t drift_ppm)
{
    if (age_ms == AGE_NEVER) {
        return now;
    }
    return now - time_at_least((usec)age_ms * USEC_PER_MS, drift_ppm);
}

bool proof_believed(uint8_t lease_proof, const struct keepalive *last)
{
    /* An expired lease is as good as one that is held: it has ended, and nothing but a boot revives it. */
    if ((last->lease != LEASE_HELD && last->lease != LEASE_EXPIRED) || (last->flags & KEEPALIVE_GATED) == 0 ||
        (last->flags & KEEPALIVE_LEAVING) != 0 || last->lease_ms == 0) {
        return false;
    }
    switch (lease_proof) {
    case LEASE_PROOF_WATCHDOG:
        return last->self_fence == SELF_FENCE_WATCHDOG;
    case LEASE_PROOF_AGENT:
        /* Zones that are halted write no more, but the node still has their pools, and its kernel writes to those. */
        return last->self_fence == SELF_FENCE_STOP || last->self_fence == SELF_FENCE_WATCHDOG;
    default:
        return false;
    }
}
