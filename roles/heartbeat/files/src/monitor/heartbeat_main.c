/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* heliostat-heartbeat: says a command to the monitor's control socket and prints the answer. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/sockets.h"

#define SOCKET "/var/run/heliostat/control"
#define PATIENCE_MS 10000
#define LINE 8192
#define COMMAND 512

enum { DONE = 0, REFUSED = 1, MISUSED = 2, SILENT = 3 };

static const char usage[] = "usage: heliostat-heartbeat [--socket PATH] [--json] COMMAND\n"
                            "  status [NODE]              what the monitor thinks of its nodes\n"
                            "  counts                     what it counted\n"
                            "  arm | disarm               fence, or only tell\n"
                            "  maintenance on|off NODE    silence means nothing\n"
                            "  acknowledge NODE WORDS     the node is dead: you saw it\n"
                            "  release NODE               out of quarantine\n"
                            "  undispute NODE             a number that two machines had was put right\n"
                            "  go-on                      after a mass loss\n"
                            "  act | observe              named by the cluster, where that decides who acts\n"
                            "  reload                     read the configuration again\n"
                            "  --socket PATH              default " SOCKET "\n"
                            "  --json                     the answer as it came, a JSON object a line\n"
                            "Exit codes: 0 done; 1 the monitor refused, and says why; 2 usage; 3 the monitor cannot be "
                            "reached, or did not answer.\n";

/* Of what JSON escapes only quotes and backslashes are met in what people read here: control characters stay as \u00XX.
 */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\')) {
            from++;
        }
        *to++ = *from;
    }
    *to = '\0';
}

/* The value of a member in a line of the monitor, without its quotes; empty where it has none. The monitor writes flat
 * lines. */
static void member(const char *line, const char *name, char *value, size_t size)
{
    char key[64];
    const char *at;
    size_t length = 0;

    value[0] = '\0';
    (void)snprintf(key, sizeof key, "\"%s\":", name);
    at = strstr(line, key);
    if (at == NULL) {
        return;
    }
    at += strlen(key);
    if (*at == '"') {
        at++;
        while (at[length] != '\0' && at[length] != '"') {
            length += at[length] == '\\' && at[length + 1] != '\0' ? 2 : 1;
        }
    } else {
        length = strcspn(at, ",}\n");
    }
    (void)snprintf(value, size, "%.*s", (int)(length < size ? length : size - 1), at);
    unescape(value);
}

static void print_node(const char *line, bool *headed)
{
    char name[80], state[24], heard[24], ago[32], alive[8], known[8], lease[16], zones[16], flag[8], verdict[160];
    const char *marks[3];
    static const char *const flags[] = {"maintenance", "disputed", "withheld"};

    if (!*headed) {
        (void)printf("%-24s %-12s %10s %6s %-8s %5s  %s\n", "NODE", "STATE", "HEARD", "PATHS", "LEASE", "ZONES",
                     "NOTES");
        *headed = true;
    }
    member(line, "name", name, sizeof name);
    member(line, "state", state, sizeof state);
    member(line, "heard_ms_ago", heard, sizeof heard);
    member(line, "paths_alive", alive, sizeof alive);
    member(line, "paths_known", known, sizeof known);
    member(line, "lease", lease, sizeof lease);
    member(line, "zones", zones, sizeof zones);
    member(line, "verdict", verdict, sizeof verdict);
    for (unsigned i = 0; i < 3; i++) {
        member(line, flags[i], flag, sizeof flag);
        marks[i] = strcmp(flag, "true") == 0 ? flags[i] : "";
    }
    (void)snprintf(ago, sizeof ago, "%s%s", strcmp(heard, "null") == 0 ? "never" : heard,
                   strcmp(heard, "null") == 0 ? "" : " ms");
    (void)printf("%-24s %-12s %10s %3s/%-2s %-8s %5s  %s%s%s%s%s%s%s\n", name, state, ago, alive, known, lease, zones,
                 marks[0], marks[0][0] != '\0' ? " " : "", marks[1], marks[1][0] != '\0' ? " " : "", marks[2],
                 marks[2][0] != '\0' ? " " : "", verdict);
}

/* The last line: what was said, and what there is of the monitor. */
static void print_end(const char *line)
{
    char said[1024], armed[8], acting[8], id[16], nodes[16], value[160];
    static const char *const failing[] = {"memory_failing", "journal_failing", "metrics_failing"};

    member(line, "said", said, sizeof said);
    member(line, "monitor", id, sizeof id);
    member(line, "armed", armed, sizeof armed);
    member(line, "acting", acting, sizeof acting);
    member(line, "nodes", nodes, sizeof nodes);
    if (said[0] != '\0') {
        (void)printf("%s\n", said);
    }
    if (id[0] == '\0') {
        return;
    }
    (void)printf("monitor %s: %s, %s, %s nodes\n", id, strcmp(armed, "true") == 0 ? "armed" : "NOT ARMED",
                 strcmp(acting, "true") == 0 ? "acting" : "observing", nodes);
    for (unsigned i = 0; i < 3; i++) {
        member(line, failing[i], value, sizeof value);
        if (strcmp(value, "true") == 0) {
            (void)printf("ATTENTION: %s\n", failing[i]);
        }
    }
}

static void print_counts(const char *line)
{
    const char *at = strstr(line, "\"counts\":{");
    const char *end = at == NULL ? NULL : strchr(at, '}');

    for (at = at == NULL ? NULL : at + 10; at != NULL && at < end;) {
        const size_t length = strcspn(at, ",}");
        const char *colon = memchr(at, ':', length);

        if (colon != NULL) {
            (void)printf("%-20.*s %.*s\n", (int)(colon - at - 2), at + 1, (int)(at + length - colon - 1), colon + 1);
        }
        at += length + 1;
    }
}

static int reach(const char *path)
{
    struct sockaddr_un address;
    int connection;

    if (!socket_unix_name(path, &address)) {
        return -1;
    }
    connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connection >= 0 && connect(connection, (const struct sockaddr *)&address, sizeof address) != 0) {
        const int error = errno;

        (void)close(connection);
        errno = error;
        return -1;
    }
    return connection;
}

/* The next line, without its end. False: the monitor is gone, or says nothing. */
static bool next_line(int connection, char *line, size_t room)
{
    static char bytes[LINE];
    static size_t size;
    struct pollfd waits = {connection, POLLIN, 0};

    for (;;) {
        const char *end = memchr(bytes, '\n', size);
        ssize_t got;

        if (end != NULL) {
            const size_t length = (size_t)(end - bytes);

            (void)snprintf(line, room, "%.*s", (int)length, bytes);
            size -= length + 1;
            memmove(bytes, end + 1, size);
            return true;
        }
        if (size == sizeof bytes || poll(&waits, 1, PATIENCE_MS) != 1 ||
            (got = read(connection, bytes + size, sizeof bytes - size)) <= 0) {
            return false;
        }
        size += (size_t)got;
    }
}

static int converse(int connection, const char *command, bool json)
{
    static char line[LINE];
    char ok[8];
    bool headed = false;

    while (next_line(connection, line, sizeof line)) {
        const bool end = strncmp(line, "{\"ok\":", 6) == 0;

        if (json) {
            (void)puts(line);
        } else if (!end) {
            print_node(line, &headed);
        } else if (strncmp(command, "counts", 6) == 0) {
            print_counts(line);
        } else {
            print_end(line);
        }
        if (end) {
            member(line, "ok", ok, sizeof ok);
            return strcmp(ok, "true") == 0 ? DONE : REFUSED;
        }
    }
    (void)fputs("heliostat-heartbeat: the monitor did not answer to the end\n", stderr);
    return SILENT;
}

int main(int count, char **words)
{
    const char *path = SOCKET;
    char command[COMMAND] = "";
    bool json = false;
    int first = 1, connection;

    for (; first < count && strncmp(words[first], "--", 2) == 0; first++) {
        if (strcmp(words[first], "--socket") == 0 && first + 1 < count) {
            path = words[++first];
        } else if (strcmp(words[first], "--json") == 0) {
            json = true;
        } else {
            const bool help = strcmp(words[first], "--help") == 0;

            (void)fputs(usage, help ? stdout : stderr);
            return help ? DONE : MISUSED;
        }
    }
    for (int i = first; i < count; i++) {
        const size_t used = strlen(command);

        if (used + strlen(words[i]) + 2 >= sizeof command || strchr(words[i], '\n') != NULL) {
            (void)fputs("heliostat-heartbeat: the command is too long, or has more than one line\n", stderr);
            return MISUSED;
        }
        (void)snprintf(command + used, sizeof command - used, "%s%s", i > first ? " " : "", words[i]);
    }
    if (command[0] == '\0') {
        (void)fputs(usage, stderr);
        return MISUSED;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    connection = reach(path);
    if (connection < 0) {
        (void)fprintf(stderr, "heliostat-heartbeat: %s: %s\n", path, strerror(errno));
        return SILENT;
    }
    (void)strcat(command, "\n");
    if (write(connection, command, strlen(command)) != (ssize_t)strlen(command)) {
        (void)fprintf(stderr, "heliostat-heartbeat: %s: %s\n", path, strerror(errno));
        return SILENT;
    }
    return converse(connection, command, json);
}
