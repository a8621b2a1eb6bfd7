/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * simulate [-n COUNT] [-s SEED] [-t] [-c] [-k MUTANT]
 *
 * So many schedules from that seed on. -t tells them in words. -c demands that every step of the table of states was
 * taken, and every kind of verdict, and every part started anew in every state. -k puts a defect in, and demands that
 * it is found; "-k all" one after the other. Ends with 1 where that is not so, naming what repeats it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coverage.h"
#include "mutants.h"
#include "world.h"

static void tell(void)
{
    const double hours = (double)total.time / 3.6e9;

    printf("%llu schedules, %.1f simulated hours, %llu events, %llu packets of which %llu lost\n",
           (unsigned long long)total.schedules, hours, (unsigned long long)total.events,
           (unsigned long long)total.packets, (unsigned long long)total.lost);
    printf("faults: %llu crashes, %llu freezes, %llu pauses, %llu restarts, %llu cuts, %llu replays, %llu orders of "
           "persons\n",
           (unsigned long long)total.crashes, (unsigned long long)total.freezes, (unsigned long long)total.pauses,
           (unsigned long long)total.restarts, (unsigned long long)total.cuts, (unsigned long long)total.replays,
           (unsigned long long)total.orders);
    printf("judged: %llu suspicions, %llu fencings, %llu called off, %llu unknown, %llu quarantined, %llu isolations, "
           "%llu mass losses, "
           "%llu self-fencings\n",
           (unsigned long long)total.suspicions, (unsigned long long)total.fencings,
           (unsigned long long)total.called_off, (unsigned long long)total.unknowns,
           (unsigned long long)total.quarantines, (unsigned long long)total.isolations,
           (unsigned long long)total.mass_losses, (unsigned long long)total.self_fences);
    printf("verdicts: %llu by lease, %llu off, %llu storage, %llu by persons (%llu on a false word); %llu dead in the "
           "end, reported\n",
           (unsigned long long)total.by[0], (unsigned long long)total.by[1], (unsigned long long)total.by[2],
           (unsigned long long)total.by[3], (unsigned long long)total.spoiled, (unsigned long long)total.reported);
    printf("from a node's end to its verdict: mean %.1f s, longest %.1f s, of %llu\n",
           total.detections == 0 ? 0.0 : (double)total.detection_sum / 1e6 / (double)total.detections,
           (double)total.detection_max / 1e6, (unsigned long long)total.detections);
}

/* How it is repeated, and how it came to it. */
static void repeat(const char *program, uint64_t seed)
{
    const bool chosen = mutant_chosen();

    printf("seed %llu: %s: %s\n", (unsigned long long)seed, w.wrong, w.wrong_words);
    printf("all of it: %s -t -n 1 -s %llu%s%s\nhow it ended:\n", program, (unsigned long long)seed,
           chosen ? " -k " : "", chosen ? mutant_name(mutant_present()) : "");
    (void)world_run(seed, TELL_END);
    trace_end();
}

static bool schedules(const char *program, uint64_t seed, unsigned long count, enum tell told)
{
    unsigned failed = 0;

    for (unsigned long i = 0; i < count && failed < 5; i++) {
        if (!world_run(seed + i, told)) {
            failed++;
            if (told == TELL_NOTHING) {
                repeat(program, seed + i);
            }
        }
    }
    return failed == 0;
}

static bool found(enum mutant mutant, uint64_t seed, unsigned long count)
{
    mutant_take(mutant);
    for (unsigned long i = 0; i < count; i++) {
        if (!world_run(seed + i, TELL_NOTHING)) {
            printf("%-14s %5lu schedules: %s (rule: %s)\n", mutant_name(mutant), i + 1, w.wrong, mutant_rule(mutant));
            (void)fflush(stdout);
            return true;
        }
    }
    printf("%-14s NOT FOUND in %lu schedules (rule: %s)\n", mutant_name(mutant), count, mutant_rule(mutant));
    (void)fflush(stdout);
    return false;
}

static bool all_found(uint64_t seed, unsigned long count)
{
    bool all = true;

    for (unsigned mutant = MUTANT_NONE + 1; mutant < MUTANTS; mutant++) {
        all = found((enum mutant)mutant, seed, count) && all;
    }
    return all;
}

int main(int argc, char **argv)
{
    char file[] = "/tmp/simulated-slots-XXXXXX";
    uint64_t seed = 1;
    unsigned long count = 100;
    enum tell told = TELL_NOTHING;
    bool covered = false, every = false, good;
    int option;

    while ((option = getopt(argc, argv, "n:s:tck:")) != -1) {
        switch (option) {
        case 'n':
            count = strtoul(optarg, NULL, 10);
            break;
        case 's':
            seed = strtoull(optarg, NULL, 10);
            break;
        case 't':
            told = TELL_ALL;
            break;
        case 'c':
            covered = true;
            break;
        case 'k':
            every = strcmp(optarg, "all") == 0;
            if (!every && !mutant_choose(optarg)) {
                (void)fprintf(stderr, "simulate: no mutant %s\n", optarg);
                return 2;
            }
            break;
        default:
            return 2;
        }
    }
    slot_disk = mkstemp(file);
    if (slot_disk < 0 || unlink(file) != 0) {
        perror(file);
        return 2;
    }
    if (every || (mutant_chosen() && told == TELL_NOTHING)) {
        good = every ? all_found(seed, count) : found(mutant_present(), seed, count);
    } else {
        good = schedules(argv[0], seed, count, told);
        if (told == TELL_NOTHING) {
            tell();
        }
        good = (!covered || coverage_complete()) && good;
    }
    (void)close(slot_disk);
    return good ? 0 : 1;
}
