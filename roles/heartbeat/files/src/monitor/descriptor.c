/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

bool descriptor_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return false;
    }
    if (!descriptor_prepare(ends[0]) || !descriptor_prepare(ends[1])) {
        descriptor_close(&ends[0]);
        descriptor_close(&ends[1]);
        return false;
    }
    return true;
}

void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0) {
        (void)close(*descriptor);
        *descriptor = -1;
    }
}

static bool remove_stale(const struct sockaddr_un *address)
{
    struct stat found;
    int other;
    bool answered;

    if (lstat(address->sun_path, &found) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(found.st_mode)) {
        errno = EEXIST;
        return false;
    }
    other = socket(AF_UNIX, SOCK_STREAM, 0);
    if (other < 0) {
        return false;
    }
    answered = !descriptor_prepare(other) || connect(other, (const struct sockaddr *)address, sizeof *address) == 0 ||
               errno != ECONNREFUSED;
    (void)close(other);
    if (answered) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0;
}

int descriptor_listen(const char *path, mode_t mode, gid_t group, int backlog)
{
    struct sockaddr_un address;
    int listener, error;
    mode_t before;
    bool bound;

    if (!socket_unix_name(path, &address)) {
        return -1;
    }
    if (!remove_stale(&address)) {
        return -1;
    }
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0) {
        return -1;
    }
    before = umask(0177); /* nobody gets in between bind and chmod */
    bound = bind(listener, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)umask(before);
    if (bound && descriptor_prepare(listener) && (group == (gid_t)-1 || chown(path, (uid_t)-1, group) == 0) &&
        chmod(path, mode) == 0 && listen(listener, backlog) == 0) {
        return listener;
    }
    error = errno;
    (void)close(listener);
    errno = error;
    return -1;
}

int descriptor_accept(int listener)
{
    int connection = accept(listener, NULL, NULL);

    if (connection >= 0 && !descriptor_prepare(connection)) {
        descriptor_close(&connection);
    }
    return connection;
}
