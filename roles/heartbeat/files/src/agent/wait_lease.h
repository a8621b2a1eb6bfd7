/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The gate: returns once the lease is held and the node is not quarantined, for the service that lets zones start. */
#ifndef HELIOSTAT_AGENT_WAIT_LEASE_H
#define HELIOSTAT_AGENT_WAIT_LEASE_H

#include "agent_configuration.h"

/* The program's exit status: 0 held, 1 with a sentence: quarantined, or the lease is over. Else it waits. */
int wait_lease(const struct agent_configuration *configuration);

#endif
