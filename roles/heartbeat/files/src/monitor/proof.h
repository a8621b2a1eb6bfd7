/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* When a lease is over for certain, and whose word on it counts. Arithmetic only. */
#ifndef HELIOSTAT_MONITOR_PROOF_H
#define HELIOSTAT_MONITOR_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/time.h"
#include "../wire/packet.h"

/*
 * `last` is when the last source that could extend it was closed, at the latest, on the clock that the result is on.
 * USEC_NEVER where that does not fit.
 */
usec proof_lease_end(usec last, uint32_t lease_ms, uint32_t halt_ms, uint32_t drift_ppm);
/* The latest moment that a peer's "so many milliseconds ago" can mean: received at `now`, its clock may run fast. */
usec proof_told(usec now, uint32_t age_ms, uint32_t drift_ppm);
/* Whether a lease that the node described so is proof, as far as `lease_proof` (enum lease_proof) believes. */
bool proof_believed(uint8_t lease_proof, const struct keepalive *last);

#endif
