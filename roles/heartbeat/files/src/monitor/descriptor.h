/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Descriptors as the monitor's loop needs them. */
#ifndef HELIOSTAT_MONITOR_DESCRIPTOR_H
#define HELIOSTAT_MONITOR_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../common/sockets.h" /* descriptor_prepare */

/* Both ends prepared. */
bool descriptor_pipe(int ends[2]);
/* Closes and forgets; -1 stays. */
void descriptor_close(int *descriptor);
/* A listening unix socket with that mode and, where not (gid_t)-1, group; a stale one of that name is removed, one that
 * somebody listens on is not. -1 with errno. */
int descriptor_listen(const char *path, mode_t mode, gid_t group, int backlog);
/* The next connection of a listener, prepared; -1: none. */
int descriptor_accept(int listener);

#endif
