/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The slot writer process: read, judge, write, tell the guard; again and again. Its disk may hang, it alone waits. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "agent_log.h"
#include "children.h"
#include "message.h"
#include "slot.h"

static enum slot_round last = SLOT_ROUND_NONE;

/* Said when it changes, not at every beat. */
static void note(enum slot_round round, const char *device)
{
    static const char *const words[] = {
        [SLOT_ROUND_NONE] = "",
        [SLOT_ROUND_BEATEN] = "beats",
        [SLOT_ROUND_PILL] = "holds a pill for this boot",
        [SLOT_ROUND_FOREIGN] = "holds what is not this node's: nothing is written over it",
        [SLOT_ROUND_DOUBTFUL] = ("holds a pill, of an earlier boot or with a wrong seal: it extends nothing until "
                                 "a person clears it"),
        [SLOT_ROUND_UNREADABLE] = "cannot be read",
        [SLOT_ROUND_UNWRITABLE] = "cannot be written"};

    if (round != last) {
        agent_log(round == SLOT_ROUND_BEATEN ? AGENT_LOG_INFO : AGENT_LOG_WARNING, "slot %s %s", device, words[round]);
        last = round;
    }
}

static usec pause_of(const struct agent_configuration *configuration)
{
    const usec pause = configuration->lease / 8;

    return pause < 5 * USEC_PER_SECOND ? pause : 5 * USEC_PER_SECOND;
}

void slot_writer_run(const struct child_start *start)
{
    const struct agent_configuration *configuration = start->configuration;
    static struct slot_beat beat;
    struct pollfd lifeline = {.fd = start->lifeline, .events = 0, .revents = 0};
    uint64_t incarnation;
    int disk;

    agent_log_open("slot", start->foreground);
    disk = platform_disk_open(configuration->slot_device);
    if (disk == -1) {
        agent_log(AGENT_LOG_WARNING, "slot %s cannot be opened: %s", configuration->slot_device, strerror(errno));
        _exit(1);
    }
    if (!platform_random(&incarnation, sizeof incarnation)) {
        _exit(1);
    }
    child_settle(start);
    beat.node = configuration->node;
    beat.boot = start->boot;
    beat.incarnation = incarnation | 1;
    for (;;) {
        const usec begun = platform_now();
        uint32_t monitor = 0;
        enum slot_round round;

        beat.sequence++;
        beat.sent = begun;
        round = slot_round(disk, configuration->slot_index, &beat, &configuration->keys, &monitor);
        note(round, configuration->slot_device);
        if (round == SLOT_ROUND_BEATEN) {
            (void)message_send(start->guard, MESSAGE_BEATEN, 0, begun);
        } else if (round == SLOT_ROUND_PILL) {
            (void)message_send(start->guard, MESSAGE_PILL, monitor, begun);
        }
        if (poll(&lifeline, 1, (int)(pause_of(configuration) / USEC_PER_MS)) > 0) {
            _exit(0);
        }
    }
}
