/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* When very many nodes are lost at once something else is wrong, and a person is asked before anything is fenced. */
#ifndef HELIOSTAT_MONITOR_MASS_LOSS_H
#define HELIOSTAT_MONITOR_MASS_LOSS_H

#include "core.h"

/* Whether fencing has to wait for a person; counted once a look at most. */
bool mass_loss_look(struct monitor *monitor);
/* A person looked at it. False: there was none. */
bool mass_loss_go_on(struct monitor *monitor);

#endif
