/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Keep-alives: believed or challenged, and answered. */
#ifndef HELIOSTAT_MONITOR_ANSWERS_H
#define HELIOSTAT_MONITOR_ANSWERS_H

#include "core.h"

/* A sealed keep-alive of `node` over path[path]. */
void answers_receive(struct monitor *monitor, struct node *node, unsigned path, const struct address *from,
                     const struct packet *packet);

#endif
