/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whether a node's lease is over: its sources, closed one by one. */
#ifndef HELIOSTAT_MONITOR_EXPIRY_H
#define HELIOSTAT_MONITOR_EXPIRY_H

#include "core.h"

enum expiry {
    EXPIRY_HOPELESS, /* what is known of the node does not prove anything by waiting */
    EXPIRY_OPEN,     /* some source may still extend it */
    EXPIRY_RUNNING,  /* all are closed; over at `when` */
    EXPIRY_OVER
};

/* `why` is a sentence where it is not running or over. */
enum expiry expiry_look(const struct monitor *monitor, const struct node *node, usec *when, const char **why);

#endif
