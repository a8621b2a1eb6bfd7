/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wait_lease.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../platform/platform.h"
#include "guard_process.h"
#include "guard_record.h"

/* What may start is decided by answers, so with self-fencing switched off they are waited for too. */
static bool answered(const struct guard_past *past, usec now)
{
    for (unsigned source = 0; source < LEASE_SOURCES; source++) {
        if (past->lease.until[source] > now) {
            return true;
        }
    }
    return false;
}

int wait_lease(const struct agent_configuration *configuration)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 200L * 1000 * 1000};
    char lease[AGENT_FILE + 32];
    char quarantine[AGENT_FILE + 32];
    bool said = false;
    uint64_t boot;

    (void)snprintf(lease, sizeof lease, "%s/%s", configuration->run_directory, LEASE_FILE);
    (void)snprintf(quarantine, sizeof quarantine, "%s/%s", configuration->run_directory, QUARANTINE_FILE);
    if (!platform_boot(&boot)) {
        (void)fprintf(stderr, "heliostat-agent: the number of this boot is not known\n");
        return 1;
    }
    for (;;) {
        struct guard_past past;
        struct stat status;

        /* It waits for the release: a start method that fails would leave the gate in maintenance for good. */
        if (stat(quarantine, &status) == 0) {
            if (!said) {
                (void)fprintf(
                    stderr,
                    "heliostat-agent: this node is quarantined: it was fenced, and what fails over may not start on it "
                    "before a person releases it\n");
            }
            said = true;
        } else if (guard_record_look(lease, boot, &past) && !past.left) {
            if (past.lease.fenced) {
                (void)fprintf(
                    stderr,
                    "heliostat-agent: the lease is over; this node holds none again before it is started anew\n");
                return 1;
            }
            if (answered(&past, platform_now())) {
                return 0;
            }
        }
        (void)nanosleep(&moment, NULL);
    }
}
