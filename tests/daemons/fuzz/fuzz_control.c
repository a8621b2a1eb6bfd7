/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever is written to the control socket: every line of the answer is one JSON object, and the line ends where it
 * says. */
#include "monitor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/control.h"
#include "monitor/descriptor.h"

#define ANSWERS 262144
#define TURNS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int listener = -1;

static void clean(void)
{
    (void)unlink(address.sun_path);
}

static void start(void)
{
    if (listener < 0) {
        (void)signal(SIGPIPE, SIG_IGN);
        (void)snprintf(address.sun_path, sizeof address.sun_path, "/tmp/fuzz_control.%ld", (long)getpid());
        listener = descriptor_listen(address.sun_path, 0600, (gid_t)-1, 8);
        demand(listener >= 0 && atexit(clean) == 0);
    }
}

static bool reload(void *context, char *said, size_t size)
{
    (void)context;
    (void)snprintf(said, size, "not here");
    return false;
}

static void details(void *context, struct json *json)
{
    (void)context;
    json_bool(json, "fuzzed", true);
}

/* Takes what is there; whether the other end is open still. */
static bool take(int client, char *text, size_t *size)
{
    for (;;) {
        const ssize_t got = recv(client, text + *size, ANSWERS - *size, MSG_DONTWAIT);

        if (got <= 0) {
            return got < 0;
        }
        *size += (size_t)got;
        demand(*size < ANSWERS);
    }
}

static void look(const char *text, size_t size)
{
    const char *end;

    for (const char *line = text; line < text + size; line = end + 1) {
        end = memchr(line, '\n', size - (size_t)(line - text));
        demand(end != NULL && end - line >= 2 && line[0] == '{' && end[-1] == '}');
        for (const char *at = line; at < end; at++) {
            demand((unsigned char)*at >= 0x20);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[ANSWERS];
    struct fuzzed fuzzed;
    struct control *control;
    size_t got = 0;
    int client;

    if (size == 0 || size > 8192) {
        return 0;
    }
    start();
    (void)fuzzed_start(&fuzzed);
    {
        const struct control_source source = {
            .monitor = fuzzed.monitor, .nodes = 3, .id = 101, .reload = reload, .details = details};

        control = control_new(listener, &source);
    }
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    demand(control != NULL && client >= 0);
    demand(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    demand(write(client, data, size) == (ssize_t)size);
    (void)shutdown(client, SHUT_WR);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        (void)control_advance(control, fuzzed.now);
        if (!take(client, text, &got)) {
            break;
        }
    }
    look(text, got);
    (void)close(client);
    control_free(control);
    monitor_free(fuzzed.monitor);
    return 0;
}
