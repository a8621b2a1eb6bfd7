/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../platform/platform.h"
#include "configuration.h"
#include "loop.h"

#define CONFIGURATION_FILE "/etc/heliostat/monitor.conf"

static const char usage[] =
    "usage: heliostat-monitor [--config FILE] [--foreground | --check-config]\n"
    "  --config FILE   default " CONFIGURATION_FILE "\n"
    "  --foreground    stays there, and prints its events; else it goes to the background once it listens\n"
    "  --check-config  says what is wrong with the configuration, or nothing\n"
    "SIGTERM: save and end. SIGHUP: read the configuration again.\n"
    "Exit codes: 0 ended as told; 1 could not start; 2 wrong configuration or usage.\n";

/* Agents that are not there do not keep it from starting, but whoever checks wants to know. */
static int check(const struct configuration *configuration)
{
    char last[CONFIGURATION_PATH] = "";

    for (unsigned i = 0; i < configuration->settings.nodes; i++) {
        for (unsigned j = 0; j < configuration->node[i].levels; j++) {
            const char *agent = configuration_text(configuration, configuration->means[i].level[j].agent);

            if (agent[0] != '\0' && strcmp(agent, last) != 0 && access(agent, X_OK) != 0) {
                (void)fprintf(stderr, "heliostat-monitor: warning: %s cannot be run: %s\n", agent, strerror(errno));
            }
            (void)snprintf(last, sizeof last, "%s", agent);
        }
    }
    return 0;
}

/* The one who called returns with our exit code, or 0 as soon as a byte comes through the pipe. */
static int to_background(void)
{
    int ends[2], status = 1, null;
    char code = 1;
    pid_t child;

    if (pipe(ends) != 0 || (child = fork()) < 0) {
        return -1;
    }
    if (child > 0) {
        (void)close(ends[1]);
        status = read(ends[0], &code, 1) == 1 ? code : 1;
        _exit(status);
    }
    (void)close(ends[0]);
    (void)setsid();
    null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        (void)dup2(null, 0);
        (void)dup2(null, 1);
        if (null > 2) {
            (void)close(null);
        }
    }
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return ends[1];
}

/* Standard error stays until then, for what goes wrong. */
static void ready(int caller)
{
    const char code = 0;

    if (caller >= 0) {
        (void)dup2(1, 2);
        (void)!chdir("/");
        (void)!write(caller, &code, 1);
        (void)close(caller);
    }
}

static bool write_pid(const char *file)
{
    FILE *to = fopen(file, "w");
    bool good = to != NULL && fprintf(to, "%ld\n", (long)getpid()) > 0;

    return to != NULL && fclose(to) == 0 && good;
}

static int run(struct configuration *configuration, const char *file, bool foreground)
{
    char error[CONFIG_ERROR], said[256] = "";
    const bool lock = configuration->lock_memory, real_time = configuration->real_time;
    const int caller = foreground ? -1 : to_background();
    struct daemon *daemon;

    if (!foreground && caller < 0) {
        (void)fprintf(stderr, "heliostat-monitor: cannot go to the background: %s\n", strerror(errno));
        return 1;
    }
    daemon = daemon_open(configuration, file, foreground, error, sizeof error);
    if (daemon == NULL) {
        (void)fprintf(stderr, "heliostat-monitor: %s\n", error);
        return 1;
    }
    if (configuration->pid[0] != '\0' && !write_pid(configuration->pid)) {
        (void)fprintf(stderr, "heliostat-monitor: pid %s: %s\n", configuration->pid, strerror(errno));
        daemon_close(daemon);
        return 1;
    }
    platform_steady(lock, real_time, said, sizeof said);
    if (said[0] != '\0') {
        (void)fprintf(stderr, "heliostat-monitor: warning: %s\n", said);
    }
    if (configuration->user[0] != '\0' && !platform_drop(configuration->user, true)) {
        (void)fprintf(stderr, "heliostat-monitor: user %s: %s\n", configuration->user, strerror(errno));
        daemon_close(daemon);
        return 1;
    }
    if (!daemon_begin(daemon, error, sizeof error)) {
        (void)fprintf(stderr, "heliostat-monitor: %s\n", error);
        daemon_close(daemon);
        return 1;
    }
    ready(caller);
    daemon_run(daemon);
    daemon_close(daemon);
    return 0;
}

int main(int count, char **words)
{
    const char *file = CONFIGURATION_FILE;
    bool foreground = false, only_check = false;
    struct configuration *configuration;
    char error[CONFIG_ERROR];

    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--config") == 0 && i + 1 < count) {
            file = words[++i];
        } else if (strcmp(words[i], "--foreground") == 0 && !only_check) {
            foreground = true;
        } else if (strcmp(words[i], "--check-config") == 0 && !foreground) {
            only_check = true;
        } else {
            const bool help = strcmp(words[i], "--help") == 0;

            (void)fputs(usage, help ? stdout : stderr);
            return help ? 0 : 2;
        }
    }
    (void)umask(022);
    configuration = configuration_load(file, error, sizeof error);
    if (configuration == NULL) {
        (void)fprintf(stderr, "heliostat-monitor: %s\n", error);
        return 2;
    }
    if (only_check) {
        const int code = check(configuration);

        configuration_free(configuration);
        return code;
    }
    if (!foreground && file[0] != '/') {
        (void)fprintf(stderr, "heliostat-monitor: in the background the configuration's path must begin with /\n");
        return 2;
    }
    return run(configuration, file, foreground);
}
