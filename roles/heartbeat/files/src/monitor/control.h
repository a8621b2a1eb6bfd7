/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * The control socket: a line is a command, its answer is lines of JSON, of which the one with "ok" is the last.
 *
 *     status [NODE]          a line a node, then the monitor
 *     counts
 *     arm | disarm | go-on | act | observe [WORDS]
 *     maintenance on|off NODE [WORDS]
 *     acknowledge NODE WORDS
 *     release | undispute NODE [WORDS]
 *     reload
 *
 * Who may connect may command: the socket's owner and group say who that is. The person that a command is noted of is
 * the user at the other end, "uid N", as the kernel tells it. Lines are bounded, so are connections; one that stalls is
 * closed.
 */
#ifndef HELIOSTAT_MONITOR_CONTROL_H
#define HELIOSTAT_MONITOR_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/json.h"
#include "monitor.h"

#define CONTROL_CONNECTIONS 16
#define CONTROL_LINE 512                    /* bytes of a command, its end included */
#define CONTROL_IDLE (30 * USEC_PER_SECOND) /* without a whole line, or without taking its answer */

struct control_source {
    void *context;
    struct monitor *monitor;
    unsigned nodes;
    uint32_t id;
    bool (*reload)(void *context, char *said, size_t size);
    /* Members about the daemon for the last line of status and counts. */
    void (*details)(void *context, struct json *json);
};

struct control;

struct control *control_new(int listener, const struct control_source *source);
void control_free(struct control *control);
/* After a reload. */
void control_change(struct control *control, const struct control_source *source);
unsigned control_poll(const struct control *control, struct pollfd *descriptors, unsigned room);
usec control_advance(struct control *control, usec now);

#endif
