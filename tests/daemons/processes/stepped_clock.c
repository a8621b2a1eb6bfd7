/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* To be preloaded: the clock on the wall is STEPPED_CLOCK's content, in seconds, away from the true one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long step(void)
{
    const char *const name = getenv("STEPPED_CLOCK");
    FILE *const file = name == NULL ? NULL : fopen(name, "r");
    long seconds = 0;

    if (file != NULL) {
        if (fscanf(file, "%ld", &seconds) != 1) {
            seconds = 0;
        }
        (void)fclose(file);
    }
    return seconds;
}

static int true_time(clockid_t clock, struct timespec *time)
{
    int (*found)(clockid_t, struct timespec *);

    *(void **)&found = dlsym(RTLD_NEXT, "clock_gettime");
    return found(clock, time);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    const int result = true_time(clock, time);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        time->tv_sec += step();
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    const int result = true_time(CLOCK_REALTIME, &now);

    (void)zone;
    time->tv_sec = now.tv_sec + step();
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *into)
{
    struct timespec now = {0, 0};

    (void)true_time(CLOCK_REALTIME, &now);
    now.tv_sec += step();
    if (into != NULL) {
        *into = now.tv_sec;
    }
    return now.tv_sec;
}
