/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Solaris: what a daemon may do and how soon, and how the machine is stopped. */
#ifndef __EXTENSIONS__
#define __EXTENSIONS__ 1
#endif
#include "platform.h"

#include <errno.h>
#include <grp.h>
#include <priv.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uadmin.h>
#include <unistd.h>

static void say(char *said, size_t size, const char *what)
{
    const size_t length = strlen(said);

    (void)snprintf(said + length, size - length, "%s%s: %s", length > 0 ? "; " : "", what, strerror(errno));
}

/* mlockall needs proc_lock_memory, the real-time class proc_priocntl: in a non-global zone both are granted by
 * limitpriv only. */
void platform_steady(bool lock, bool real_time, char *said, size_t size)
{
    said[0] = '\0';
    if (lock && mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
        say(said, size, "memory is not locked");
    }
    if (real_time) {
        struct sched_param parameters;

        memset(&parameters, 0, sizeof parameters);
        parameters.sched_priority = sched_get_priority_min(SCHED_RR);
        if (sched_setscheduler(0, SCHED_RR, &parameters) == -1) {
            say(said, size, "no real-time priority");
        }
    }
}

/* What stays is the basic set without seeing and linking other people's things, and without starting programs, which
 * are of the basic set here; the limit set goes, so an exec could not bring it back. */
static bool keep_nothing(bool programs)
{
    const char *rest = NULL;
    priv_set_t *kept = priv_str_to_set(programs ? "basic,!proc_info,!proc_session,!file_link_any"
                                                : "basic,!proc_exec,!proc_fork,!proc_info,!proc_session,!file_link_any",
                                       ",", &rest);
    bool done;

    if (kept == NULL) {
        return false;
    }
    done = setppriv(PRIV_SET, PRIV_INHERITABLE, kept) == 0 && setppriv(PRIV_SET, PRIV_PERMITTED, kept) == 0 &&
           setppriv(PRIV_SET, PRIV_LIMIT, kept) == 0;
    priv_freeset(kept);
    return done;
}

bool platform_drop(const char *user, bool programs)
{
    const struct passwd *entry;
    gid_t group;
    uid_t id;

    errno = 0;
    entry = getpwnam(user);
    if (entry == NULL) {
        errno = errno == 0 ? ENOENT : errno;
        return false;
    }
    group = entry->pw_gid;
    id = entry->pw_uid;
    if (setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(id) != 0 || !keep_nothing(programs)) {
        return false;
    }
    if (id != 0 && (setuid(0) == 0 || geteuid() != id || getegid() != group)) {
        errno = EPERM;
        return false;
    }
    return true;
}

/*
 * uadmin(2), A_REBOOT: "stops immediately without any further processing". A_SHUTDOWN, which would flush buffers, is
 * what must not happen: whoever takes over may write to the same disks already.
 */
void platform_stop(enum stop_how how)
{
    static const int function[] = {[STOP_REBOOT] = AD_BOOT, [STOP_POWER_OFF] = AD_POWEROFF, [STOP_HALT] = AD_HALT};

    (void)uadmin(A_REBOOT, function[how], 0);
}

/*
 * ENOSYS: no documented interface of Solaris lets a program feed a hardware watchdog. The service processor's host
 * watchdog of SPARC machines is fed by the kernel (which does so while every program stands still), and the IPMI
 * watchdog behind /dev/ipmi or /dev/bmc is documented for no program's use.
 */
int platform_watchdog_open(const char *device, unsigned seconds)
{
    (void)device;
    (void)seconds;
    errno = ENOSYS;
    return -1;
}

bool platform_watchdog_feed(int watchdog)
{
    (void)watchdog;
    errno = ENOSYS;
    return false;
}

bool platform_watchdog_close(int watchdog)
{
    (void)watchdog;
    errno = ENOSYS;
    return false;
}
