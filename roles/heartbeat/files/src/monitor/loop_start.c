/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How the daemon comes to be, and how it ends. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../common/sockets.h"
#include "descriptor.h"
#include "loop_parts.h"
#include "memory.h"

#define RECEIVE_ROOM (8 * 1024 * 1024) /* what ten thousand nodes say in half a second */
#define OPEN_FILES 1024
#define BACKLOG 16
#define JOURNAL_LAST (2 * USEC_PER_SECOND)

static bool failed(char *error, size_t size, const char *what, const char *which)
{
    (void)snprintf(error, size, "%s%s%s: %s", what, which[0] == '\0' ? "" : " ", which, strerror(errno));
    return false;
}

static bool open_paths(struct daemon *daemon, char *error, size_t size)
{
    const struct configuration *configuration = daemon->configuration;
    char text[64];

    for (unsigned i = 0; i < configuration->settings.paths; i++) {
        daemon->socket[i] = socket_datagram(&configuration->listen[i], 0);
        if (daemon->socket[i] < 0) {
            address_format(&configuration->listen[i], text, sizeof text);
            return failed(error, size, "listen", text);
        }
        (void)platform_receive_buffer(daemon->socket[i], RECEIVE_ROOM);
    }
    return true;
}

static bool open_listeners(struct daemon *daemon, char *error, size_t size)
{
    const struct configuration *configuration = daemon->configuration;
    gid_t group = (gid_t)-1;

    if (configuration->control_group[0] != '\0') {
        const struct group *found = getgrnam(configuration->control_group);

        if (found == NULL) {
            errno = ENOENT;
            return failed(error, size, "control-group", configuration->control_group);
        }
        group = found->gr_gid;
    }
    daemon->control_listener =
        descriptor_listen(configuration->control, group == (gid_t)-1 ? 0600 : 0660, group, BACKLOG);
    if (daemon->control_listener < 0) {
        return failed(error, size, "control", configuration->control);
    }
    if (configuration->events[0] != '\0') {
        daemon->event_listener =
            descriptor_listen(configuration->events, group == (gid_t)-1 ? 0600 : 0660, group, BACKLOG);
        if (daemon->event_listener < 0) {
            return failed(error, size, "events", configuration->events);
        }
    }
    return true;
}

static void limits(void)
{
    struct rlimit limit;

    memset(&limit, 0, sizeof limit);
    (void)setrlimit(RLIMIT_CORE, &limit); /* no key ends in a file */
    (void)signal(SIGXFSZ, SIG_IGN);       /* a file that may not grow is an error like another */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < OPEN_FILES) {
        limit.rlim_cur = limit.rlim_max < OPEN_FILES ? limit.rlim_max : OPEN_FILES;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

struct daemon *daemon_open(struct configuration *configuration, const char *file, bool foreground, char *error,
                           size_t size)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    struct probe_effects probe_effects;
    bool good;

    if (daemon == NULL) {
        (void)failed(error, size, "no memory", "");
        return NULL;
    }
    limits();
    daemon->configuration = configuration;
    daemon->foreground = foreground;
    (void)snprintf(daemon->file, sizeof daemon->file, "%s", file);
    daemon->slot = daemon->control_listener = daemon->event_listener = daemon->wake[0] = daemon->wake[1] = -1;
    daemon->metrics_child.input = daemon->metrics_child.output = -1;
    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        daemon->socket[i] = -1;
    }
    loop_probe_effects(daemon, &probe_effects);
    good = (daemon->probes = probe_run_new(&probe_effects)) != NULL || failed(error, size, "no memory", "");
    good = good && open_paths(daemon, error, size) && open_listeners(daemon, error, size);
    good = good && (!configuration->icmp || probe_run_icmp(daemon->probes, error, size));
    good = good && (descriptor_pipe(daemon->wake) || failed(error, size, "pipe", ""));
    if (good && configuration->slot[0] != '\0') {
        daemon->slot = platform_disk_open(configuration->slot);
        good = daemon->slot >= 0 || failed(error, size, "slot", configuration->slot);
    }
    if (!good) {
        daemon_close(daemon);
        return NULL;
    }
    return daemon;
}

static bool make_parts(struct daemon *daemon)
{
    struct monitor_effects effects;
    struct fence_effects fence_effects;
    struct control_source source;

    loop_effects(daemon, &effects);
    loop_fence_effects(daemon, &fence_effects);
    daemon->subscribers = subscribers_new(daemon->event_listener);
    daemon->journal = daemon->configuration->journal[0] == '\0' ? NULL : journal_new(daemon->configuration->journal);
    daemon->fences = fence_run_new(daemon->configuration, daemon->slot, &fence_effects);
    if (daemon->subscribers == NULL || daemon->fences == NULL ||
        (daemon->journal == NULL && daemon->configuration->journal[0] != '\0')) {
        return false;
    }
    daemon->monitor = monitor_new(&daemon->configuration->settings, &effects, daemon->now);
    if (daemon->monitor == NULL) {
        return false;
    }
    loop_control_source(daemon, &source);
    daemon->control = control_new(daemon->control_listener, &source);
    return daemon->control != NULL;
}

bool daemon_begin(struct daemon *daemon, char *error, size_t size)
{
    struct monitor_settings *settings = &daemon->configuration->settings;
    enum memory_found memory;

    daemon->now = platform_now();
    if (!platform_boot(&settings->boot)) {
        return failed(error, size, "which boot this is cannot be told", "");
    }
    do {
        if (!platform_random(&settings->incarnation, sizeof settings->incarnation)) {
            return failed(error, size, "no randomness", "");
        }
    } while (settings->incarnation == 0);
    if (!make_parts(daemon)) {
        (void)snprintf(error, size, "no memory");
        return false;
    }
    memory = memory_load(daemon->configuration->state, daemon->monitor, settings->id, error, size, daemon->now);
    if (memory == MEMORY_DAMAGED) {
        return false;
    }
    if (!memory_save(daemon->configuration->state, daemon->monitor, settings->id, error, size)) {
        return false; /* a monitor that cannot promise anything is of no use */
    }
    daemon->begun = true;
    loop_event(daemon, "started",
               memory == MEMORY_READ ? "with the memory of the one before" : "without a memory: the first start?");
    loop_missing_agents(daemon);
    return true;
}

void daemon_close(struct daemon *daemon)
{
    if (daemon == NULL) {
        return;
    }
    if (daemon->begun) { /* else what is on disk is not ours to write over */
        (void)loop_remember(daemon);
        loop_event(daemon, "ended", "told to");
    }
    fence_run_free(daemon->fences);
    probe_run_free(daemon->probes);
    control_free(daemon->control);
    subscribers_free(daemon->subscribers);
    journal_free(daemon->journal, JOURNAL_LAST);
    child_kill(&daemon->metrics_child);
    monitor_free(daemon->monitor);
    for (unsigned i = 0; i < MONITOR_PATHS; i++) {
        descriptor_close(&daemon->socket[i]);
    }
    if (daemon->control_listener >= 0) {
        (void)unlink(daemon->configuration->control);
    }
    if (daemon->event_listener >= 0) {
        (void)unlink(daemon->configuration->events);
    }
    if (daemon->configuration->pid[0] != '\0' && daemon->begun) {
        (void)unlink(daemon->configuration->pid);
    }
    descriptor_close(&daemon->control_listener);
    descriptor_close(&daemon->event_listener);
    descriptor_close(&daemon->slot);
    descriptor_close(&daemon->wake[0]);
    descriptor_close(&daemon->wake[1]);
    configuration_free(daemon->configuration);
    free(daemon);
}
