/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "journal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "configuration.h"
#include "descriptor.h"
#include "event_line.h"
#include "journal_writer.h"

#define RESTART_AFTER USEC_PER_SECOND

/* Positions count bytes since the start; what lies between `confirmed` and `written` is in the ring, up to `sent` the
 * process has it. */
struct journal {
    struct child child;
    char file[CONFIGURATION_PATH];
    uint64_t confirmed, sent, written;
    uint64_t lost, lost_now;
    int error;
    usec restart;
    char ring[JOURNAL_ROOM];
};

struct journal *journal_new(const char *file)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal != NULL) {
        (void)snprintf(journal->file, sizeof journal->file, "%s", file);
        journal->child.input = journal->child.output = -1;
    }
    return journal;
}

static bool put(struct journal *journal, const char *line, size_t size)
{
    if (journal->written - journal->confirmed + size > JOURNAL_ROOM) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        journal->ring[(journal->written + i) % JOURNAL_ROOM] = line[i];
    }
    journal->written += size;
    return true;
}

/* As much as the pipe takes. */
static void send_on(struct journal *journal)
{
    while (journal->child.input >= 0 && journal->sent < journal->written) {
        const size_t from = (size_t)(journal->sent % JOURNAL_ROOM);
        const uint64_t rest = journal->written - journal->sent;
        const size_t size = rest < JOURNAL_ROOM - from ? (size_t)rest : JOURNAL_ROOM - from;
        const ssize_t took = write(journal->child.input, journal->ring + from, size);

        if (took <= 0) {
            return; /* full, or gone: that shows at the other pipe */
        }
        journal->sent += (uint64_t)took;
    }
}

static void say_lost(struct journal *journal)
{
    char line[160], time[32];
    int size;

    if (journal->lost_now == 0 || journal->written - journal->confirmed > JOURNAL_ROOM / 2) {
        return;
    }
    event_time(time, sizeof time);
    size = snprintf(line, sizeof line, "{\"time\":\"%s\",\"event\":\"journal_lost\",\"count\":%llu}\n", time,
                    (unsigned long long)journal->lost_now);
    if (size > 0 && put(journal, line, (size_t)size)) {
        journal->lost_now = 0;
    }
}

static void start(struct journal *journal, usec now)
{
    if (journal->child.pid != 0 || now < journal->restart) {
        return;
    }
    journal->restart = now + RESTART_AFTER;
    if (!child_server(&journal->child, journal_writer, journal->file)) {
        journal->error = errno;
        return;
    }
    journal->sent = journal->confirmed; /* what the one before had and did not confirm */
}

static void listen_to(struct journal *journal)
{
    struct journal_word word;
    ssize_t got;

    while (journal->child.pid != 0) {
        got = read(journal->child.output, &word, sizeof word);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
            return;
        }
        if (got != (ssize_t)sizeof word || word.bytes > journal->sent - journal->confirmed) {
            const pid_t pid = journal->child.pid;

            child_kill(&journal->child);
            (void)waitpid(pid, NULL, 0); /* it has closed its end: it is at its own */
            return;
        }
        journal->confirmed += word.bytes;
        journal->error = (int)word.error;
    }
}

void journal_line(struct journal *journal, const char *line, size_t size, usec now)
{
    if (journal->lost_now > 0 || !put(journal, line, size)) {
        journal->lost++; /* one behind the gap would hide it: the gap is said first */
        journal->lost_now++;
    }
    (void)journal_advance(journal, now);
}

usec journal_advance(struct journal *journal, usec now)
{
    listen_to(journal);
    start(journal, now);
    say_lost(journal);
    send_on(journal);
    if (journal->child.pid == 0) {
        return journal->restart;
    }
    return journal->sent < journal->written || journal->lost_now > 0 ? now + USEC_PER_SECOND / 4 : USEC_NEVER;
}

void journal_reopen(struct journal *journal, const char *file)
{
    if (strcmp(journal->file, file) != 0) {
        (void)snprintf(journal->file, sizeof journal->file, "%s", file);
        descriptor_close(&journal->child.input); /* it ends when it has written what it has; the next opens the new */
    } else if (journal->child.pid != 0) {
        (void)kill(journal->child.pid, SIGHUP);
    }
}

unsigned journal_poll(const struct journal *journal, struct pollfd *descriptors, unsigned room)
{
    if (journal->child.pid == 0 || room == 0) {
        return 0;
    }
    descriptors[0].fd = journal->child.output;
    descriptors[0].events = POLLIN;
    return 1;
}

void journal_free(struct journal *journal, usec within)
{
    struct pollfd output;

    if (journal == NULL) {
        return;
    }
    while (journal->child.pid != 0 && journal->confirmed < journal->written && within > 0) {
        (void)journal_advance(journal, 0);
        output.fd = journal->child.output;
        output.events = POLLIN;
        if (journal->confirmed < journal->written) {
            (void)poll(&output, 1, 20);
            within -= 20 * USEC_PER_MS;
        }
    }
    /* It ends by itself at the end of its input, and may try for a while more. */
    descriptor_close(&journal->child.input);
    descriptor_close(&journal->child.output);
    free(journal);
}

void journal_look(const struct journal *journal, struct journal_view *view)
{
    memset(view, 0, sizeof *view);
    view->failing = journal->error != 0;
    view->error = journal->error;
    view->waiting = (size_t)(journal->written - journal->confirmed);
    view->lost = journal->lost;
    view->lost_now = journal->lost_now;
}
