/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "journal_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH ((size_t)64 * 1024)
#define LAST_TRIES 5 /* a second each, once the monitor is gone */

static volatile sig_atomic_t reopen_wanted;

static void on_hup(int number)
{
    (void)number;
    reopen_wanted = 1;
}

/* Appending; a line that a crash left without its end is ended, so that ours begin at the beginning of a line. */
static int open_file(const char *file)
{
    const int journal = open(file, O_RDWR | O_APPEND | O_CREAT, 0640);
    struct stat found;
    char last = '\n';

    if (journal >= 0 && fstat(journal, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0 &&
        pread(journal, &last, 1, found.st_size - 1) == 1 && last != '\n') {
        (void)!write(journal, "\n", 1);
    }
    return journal;
}

/* All of it or nothing: what a full disk took of it is cut off again. */
static int append(int journal, const char *bytes, size_t size)
{
    struct stat before;
    size_t done = 0;

    if (fstat(journal, &before) != 0) {
        return errno;
    }
    while (done < size) {
        const ssize_t wrote = write(journal, bytes + done, size - done);

        if (wrote > 0) {
            done += (size_t)wrote;
        } else if (wrote == 0 || errno != EINTR) {
            const int error = wrote == 0 ? EIO : errno;

            (void)!ftruncate(journal, before.st_size);
            return error;
        }
    }
    /* A device or a pipe in the file's place cannot be synced, and need not. */
    return fsync(journal) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
}

static void confirm(uint64_t bytes, int error)
{
    const struct journal_word word = {bytes, error};

    while (write(1, &word, sizeof word) < 0 && errno == EINTR) {
    }
}

/* Up to the end of the last whole line. */
static size_t whole_lines(const char *bytes, size_t size)
{
    while (size > 0 && bytes[size - 1] != '\n') {
        size--;
    }
    return size;
}

static int write_out(int *journal, const char *file, const char *bytes, size_t size)
{
    int error;

    if (reopen_wanted && *journal >= 0) {
        (void)close(*journal);
        *journal = -1;
    }
    reopen_wanted = 0;
    if (*journal < 0) {
        *journal = open_file(file);
    }
    error = *journal < 0 ? errno : append(*journal, bytes, size);
    if (error != 0 && *journal >= 0) {
        (void)close(*journal); /* the next attempt may find another file there */
        *journal = -1;
    }
    return error;
}

int journal_writer(void *context)
{
    const char *const file = context;
    static char bytes[BATCH];
    struct sigaction hup;
    size_t size = 0, taken;
    int journal = -1, tries = 0;
    bool ended = false;

    memset(&hup, 0, sizeof hup);
    hup.sa_handler = on_hup;
    (void)sigaction(SIGHUP, &hup, NULL);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like another */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN); /* of the whole group: the monitor ends first, and has more to say */
    (void)signal(SIGINT, SIG_IGN);
    while (!ended || size > 0) {
        if (!ended && size < sizeof bytes) {
            const ssize_t got = read(0, bytes + size, sizeof bytes - size);

            ended = got == 0;
            size += got > 0 ? (size_t)got : 0;
        }
        taken = whole_lines(bytes, size);
        while (taken > 0) {
            const int error = write_out(&journal, file, bytes, taken);

            confirm(error == 0 ? taken : 0, error);
            if (error == 0) {
                break;
            }
            tries += ended || getppid() == 1 ? 1 : 0;
            if (tries > LAST_TRIES) {
                return 1;
            }
            (void)sleep(1);
        }
        if (taken == 0 && ended) {
            break;
        }
        memmove(bytes, bytes + taken, size - taken);
        size -= taken;
    }
    return 0;
}
