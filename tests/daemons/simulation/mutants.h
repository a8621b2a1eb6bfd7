/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Deliberate defects, to show that the simulation would find them. The product has no switch for them: calls between
 * its files are wrapped by the linker, here only.
 */
#ifndef HELIOSTAT_SIMULATION_MUTANTS_H
#define HELIOSTAT_SIMULATION_MUTANTS_H

#include <stdbool.h>

/* False, with a list on stderr: there is none of that name. */
bool mutant_choose(const char *name);
bool mutant_chosen(void);

#endif
