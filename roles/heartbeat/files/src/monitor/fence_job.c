/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fence_job.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ASK_AGAIN USEC_PER_SECOND
#define BACK_OFF_MOST (30 * USEC_PER_SECOND)
#define OFF_CODE 2 /* of action=status, by the fence agents' API */

static void say(struct fence_job *job, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(job->said, sizeof job->said, format, arguments);
    va_end(arguments);
}

/* Whether the line that ends there is the one in which fence agents point at their usage, after what went wrong. */
static bool is_usage(const char *text, size_t end)
{
    static const char usage[] = "Please use '-h' for usage";
    const size_t size = sizeof usage - 1;

    return end >= size && memcmp(text + end - size, usage, size) == 0;
}

/* The last line that the agent printed: agents say there what went wrong. */
static const char *last_words(const struct child *child, char *text, size_t size)
{
    size_t end = child->size, from;

    do {
        while (end > 0 && (child->text[end - 1] == '\n' || child->text[end - 1] == ' ')) {
            end--;
        }
        from = end;
        while (from > 0 && child->text[from - 1] != '\n' && end - from < 160) {
            from--;
        }
        if (!is_usage(child->text, end)) {
            break;
        }
        end = from;
    } while (end > 0);
    (void)snprintf(text, size, "%.*s", (int)(end - from), child->text + from);
    return end == from ? "nothing" : text;
}

static void begin(struct fence_job *job, enum fence_step step, usec now)
{
    char input[CONFIGURATION_INPUT + 32];
    bool started;

    job->step = step;
    job->wake = USEC_NEVER;
    if (job->kind == LEVEL_SLOT) {
        started = child_function(&job->child, fence_pill_write, &job->pill, job->pill.device, job->within, now);
    } else {
        (void)snprintf(input, sizeof input, "action=%s\n%s", step == FENCE_OFF ? "off" : "status", job->input);
        started = child_program(&job->child, job->agent, input, job->within, now);
    }
    if (!started) {
        job->child.pid = 0;
        say(job, "unusable: no process could be started: %s", strerror(errno));
    }
}

void fence_job_start(struct fence_job *job, usec now)
{
    job->attempt = 1;
    job->said[0] = '\0';
    begin(job, FENCE_OFF, now);
}

/* False, with the sentence, where it did not end by itself with a code. */
static bool ended_well(struct fence_job *job, enum child_end end, int code, const char *action)
{
    char words[200];

    switch (end) {
    case CHILD_LATE:
        say(job, "late: action=%s did not end within %ld ms and was stopped", action, (long)(job->within / 1000));
        return false;
    case CHILD_ENDLESSLY:
        say(job, "endless: action=%s printed more than %u bytes and was stopped", action, (unsigned)CHILD_ENDLESS);
        return false;
    case CHILD_SIGNALLED:
        say(job, "killed: action=%s ended by signal %d", action, code);
        return false;
    default:
        break;
    }
    if (code == 127 || code == 126) {
        say(job, "unusable: action=%s ended with code %d: %s", action, code,
            last_words(&job->child, words, sizeof words));
        return false;
    }
    return true;
}

/* Everything that ends an attempt without a proof. */
static bool again(struct fence_job *job, enum fence_result *result, usec now)
{
    usec wait = USEC_PER_SECOND;

    if (job->attempt >= job->attempts) {
        *result = FENCE_FAILED;
        job->step = FENCE_FREE;
        return false;
    }
    for (unsigned i = 1; i < job->attempt && wait < BACK_OFF_MOST; i++) {
        wait *= 2;
    }
    job->attempt++;
    job->step = FENCE_BACK_OFF;
    job->wake = now + (wait < BACK_OFF_MOST ? wait : BACK_OFF_MOST);
    return true;
}

static bool pill_ended(struct fence_job *job, enum child_end end, int code, enum fence_result *result, usec now)
{
    char words[200];

    if (!ended_well(job, end, code, "slot")) {
        return again(job, result, now);
    }
    say(job, "%s", last_words(&job->child, words, sizeof words));
    if (code != 0) {
        return again(job, result, now);
    }
    *result = FENCE_PROVEN;
    job->step = FENCE_FREE;
    return false;
}

static void off_ended(struct fence_job *job, enum child_end end, int code, usec now)
{
    char words[200];

    job->switched = ended_well(job, end, code, "off") && code == 0;
    if (job->switched) {
        say(job, "attempt %u: switched off, as the agent says", job->attempt);
    } else if (end == CHILD_EXITED && code != 126 && code != 127) {
        say(job, "refused: action=off ended with code %d: %s", code, last_words(&job->child, words, sizeof words));
    }
    job->settled = now + job->settle;
    begin(job, FENCE_ASK, now); /* whatever it said: it may be off all the same */
}

static bool contains(const struct child *child, const char *words)
{
    const size_t size = strlen(words);

    for (size_t i = 0; i + size <= child->size; i++) {
        size_t j = 0;

        while (j < size && ((unsigned char)child->text[i + j] | 0x20) == ((unsigned char)words[j] | 0x20)) {
            j++;
        }
        if (j == size) {
            return true;
        }
    }
    return false;
}

static bool status_ended(struct fence_job *job, enum child_end end, int code, enum fence_result *result, usec now)
{
    char words[200];
    const bool off = contains(&job->child, "status: off"), on = contains(&job->child, "status: on");

    if (!ended_well(job, end, code, "status")) {
        return again(job, result, now);
    }
    if (code == OFF_CODE && off && !on) {
        say(job, "off, asked again after switching: %s", last_words(&job->child, words, sizeof words));
        *result = FENCE_PROVEN;
        job->step = FENCE_FREE;
        return false;
    }
    if (code == 0 && on && !off) {
        if (job->switched && now < job->settled) {
            job->step = FENCE_SETTLE;
            job->wake = now + ASK_AGAIN;
            return true;
        }
        say(job, job->switched ? "lies: action=off said that it was done, and action=status says on"
                               : "on: action=off failed, and action=status says on");
    } else if (code == 1 || code > OFF_CODE) {
        say(job, "refused: action=status ended with code %d: %s", code, last_words(&job->child, words, sizeof words));
    } else {
        say(job, "rubbish: action=status ended with code %d and says neither on nor off: %s", code,
            last_words(&job->child, words, sizeof words));
    }
    return again(job, result, now);
}

static bool missing(struct fence_job *job, enum fence_result *result)
{
    if (job->kind == LEVEL_SLOT || access(job->agent, X_OK) == 0) {
        return false;
    }
    say(job, "%s: %s: %s", errno == ENOENT ? "missing" : "unusable", job->agent, strerror(errno));
    *result = FENCE_FAILED;
    job->step = FENCE_FREE;
    return true;
}

bool fence_job_advance(struct fence_job *job, enum fence_result *result, usec now)
{
    int code = 0;
    enum child_end end;

    if (job->step == FENCE_SETTLE || job->step == FENCE_BACK_OFF) {
        if (now >= job->wake) {
            begin(job, job->step == FENCE_SETTLE ? FENCE_ASK : FENCE_OFF, now);
        }
        return true;
    }
    if (job->child.pid == 0) {
        return again(job, result, now); /* it could not be started; the sentence is there */
    }
    end = child_look(&job->child, &code, now);
    if (end == CHILD_RUNS) {
        return true;
    }
    if (code == 127 && missing(job, result)) {
        return false; /* waiting does not bring it */
    }
    if (job->kind == LEVEL_SLOT) {
        return pill_ended(job, end, code, result, now);
    }
    if (job->step == FENCE_OFF) {
        off_ended(job, end, code, now);
        return true;
    }
    return status_ended(job, end, code, result, now);
}

usec fence_job_next(const struct fence_job *job)
{
    if (job->step == FENCE_SETTLE || job->step == FENCE_BACK_OFF) {
        return job->wake;
    }
    return job->child.pid == 0 ? 0 : child_next(&job->child);
}
