/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whatever monitor.conf holds: what is taken keeps the bounds that the monitor relies on, what is not has an error with
 * its place. */
#undef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/configuration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/tmp/fuzz_monitor_configuration.XXXXXX";
static char keys_path[sizeof directory + 8];
static char path[sizeof directory + 16];

static void write_file(const char *name, const char *before, const void *bytes, size_t size)
{
    FILE *file = fopen(name, "w");

    demand(file != NULL && fputs(before, file) >= 0 && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void clean(void)
{
    (void)unlink(keys_path);
    (void)unlink(path);
    (void)rmdir(directory);
}

static void start(void)
{
    static const char keys[] = "key 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

    if (path[0] == '\0') {
        demand(mkdtemp(directory) != NULL && atexit(clean) == 0);
        (void)snprintf(keys_path, sizeof keys_path, "%s/keys", directory);
        (void)snprintf(path, sizeof path, "%s/monitor.conf", directory);
        write_file(keys_path, "", keys, sizeof keys - 1);
        demand(chmod(keys_path, 0600) == 0);
    }
}

static void look(const struct configuration *configuration)
{
    const struct monitor_settings *settings = &configuration->settings;

    demand(settings->id != 0 && settings->masters >= 1 && settings->masters <= MONITOR_MASTERS);
    demand(settings->paths >= 1 && settings->paths <= MONITOR_PATHS && settings->peers <= MONITOR_PEERS);
    demand(settings->node == configuration->node && settings->nodes <= CONFIGURATION_NODES);
    demand(settings->suspect_floor > 0 && settings->suspect_floor <= settings->suspect_ceiling);
    demand(settings->persons >= 1 && settings->persons <= 2 && configuration->fence_jobs >= 1);
    demand(settings->mass_percent <= 100 && configuration->references <= CONFIGURATION_REFERENCES);
    for (unsigned i = 0; i < settings->nodes; i++) {
        const struct monitor_node *node = &settings->node[i];

        demand(node->id != 0 && memchr(node->name, '\0', sizeof node->name) != NULL);
        demand(node->levels <= MONITOR_LEVELS && configuration->means[i].probes <= CONFIGURATION_PROBES);
        demand(node->probes == configuration->means[i].probes);
        for (unsigned level = 0; level < node->levels; level++) {
            demand(configuration->means[i].level[level].given && configuration->means[i].level[level].attempts >= 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[CONFIG_ERROR] = "";
    char before[sizeof keys_path + 8];
    struct configuration *configuration;

    start();
    (void)snprintf(before, sizeof before, "keys %s\n", keys_path);
    write_file(path, before, data, size);
    configuration = configuration_load(path, error, sizeof error);
    if (configuration == NULL) {
        demand(error[0] != '\0');
        return 0;
    }
    look(configuration);
    demand(configuration_fixed(configuration, configuration) == NULL);
    configuration_free(configuration);
    return 0;
}
