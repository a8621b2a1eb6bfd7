/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_configuration.h"
#include "guard_process.h"
#include "wait_lease.h"

static const char usage[] =
    "usage: heliostat-agent [--config FILE] [--foreground | --check-config | --wait-lease]\n"
    "  --config FILE   default " AGENT_CONFIGURATION_FILE "\n"
    "  --foreground    stays there, and logs to stderr; else it goes to the background and logs to syslog\n"
    "  --check-config  says what is wrong with the configuration, or nothing\n"
    "  --wait-lease    returns 0 when the lease is held; 1 when it will not be, with the reason\n"
    "SIGTERM: say good-bye and end. SIGHUP: read the configuration again.\n";

enum mode { MODE_BACKGROUND, MODE_FOREGROUND, MODE_CHECK, MODE_WAIT };

/* The caller returns, the daemon goes on without terminal. False in the caller. */
static bool to_background(void)
{
    const pid_t child = fork();
    int null;

    if (child != 0) {
        _exit(child == -1 ? 1 : 0);
    }
    (void)setsid();
    null = open("/dev/null", O_RDWR);
    if (null != -1) {
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
        if (null > STDERR_FILENO) {
            (void)close(null);
        }
    }
    return chdir("/") == 0;
}

int main(int count, char **words)
{
    static struct agent_configuration configuration;
    const char *file = AGENT_CONFIGURATION_FILE;
    enum mode mode = MODE_BACKGROUND;
    char error[512];

    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--config") == 0 && i + 1 < count) {
            file = words[++i];
        } else if (strcmp(words[i], "--foreground") == 0 && mode == MODE_BACKGROUND) {
            mode = MODE_FOREGROUND;
        } else if (strcmp(words[i], "--check-config") == 0 && mode == MODE_BACKGROUND) {
            mode = MODE_CHECK;
        } else if (strcmp(words[i], "--wait-lease") == 0 && mode == MODE_BACKGROUND) {
            mode = MODE_WAIT;
        } else {
            (void)fputs(usage, strcmp(words[i], "--help") == 0 ? stdout : stderr);
            return strcmp(words[i], "--help") == 0 ? 0 : 2;
        }
    }
    if (!agent_configuration_read(&configuration, file, error, sizeof error)) {
        (void)fprintf(stderr, "heliostat-agent: %s\n", error);
        return 2;
    }
    (void)umask(022);
    switch (mode) {
    case MODE_CHECK:
        return 0;
    case MODE_WAIT:
        return wait_lease(&configuration);
    case MODE_FOREGROUND:
        break;
    case MODE_BACKGROUND:
    default:
        if (file[0] != '/') {
            (void)fprintf(stderr, "heliostat-agent: in the background the configuration's path must begin with /\n");
            return 2;
        }
        if (!to_background()) {
            return 1;
        }
        break;
    }
    return guard_run(&configuration, file, mode == MODE_FOREGROUND);
}
