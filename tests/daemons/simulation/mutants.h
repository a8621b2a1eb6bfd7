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

enum mutant {
    MUTANT_NONE,
    MUTANT_DRIFT,
    MUTANT_HALT,
    MUTANT_PEERS,
    MUTANT_SLOT,
    MUTANT_GATE,
    MUTANT_KIND,
    MUTANT_MEMORY,
    MUTANT_TOLD,
    MUTANT_PROMISE,
    MUTANT_HEARS,
    MUTANT_FAREWELL,
    MUTANT_DISK,
    MUTANT_SESSIONS,
    MUTANT_ISOLATED,
    MUTANT_BARRED,
    MUTANT_MASS,
    MUTANT_MAINTENANCE,
    MUTANT_PERSONS,
    MUTANT_VOTES,
    MUTANT_FAILED,
    MUTANT_RELEASED,
    MUTANT_FIRST_LEASE,
    MUTANT_RECEIPT,
    MUTANT_AGENT_RESTART,
    MUTANT_UNHEARD,
    MUTANT_PILL,
    MUTANT_SILENCE,
    MUTANTS
};

/* False: there is none of that name. */
bool mutant_choose(const char *name);
void mutant_take(enum mutant mutant);
bool mutant_is(enum mutant mutant);
bool mutant_chosen(void);
enum mutant mutant_present(void);
const char *mutant_name(enum mutant mutant);
const char *mutant_rule(enum mutant mutant);

#endif
