/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the schedules reached of what there is to be reached. */
#ifndef HELIOSTAT_SIMULATION_COVERAGE_H
#define HELIOSTAT_SIMULATION_COVERAGE_H

#include <stdbool.h>

#include "world.h"

/* It is about to be started anew: in which states the running monitors have it, or a monitor its nodes. */
void coverage_restart(enum part part, unsigned which);
void coverage_verdict(unsigned kind);
/* Names what was never reached. */
bool coverage_complete(void);

#endif
