/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Randomness that a seed repeats, clocks that drift, and the queue of what happens next. */
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct event **heap;
static size_t count, room;

/* splitmix64 */
uint64_t draw(void)
{
    uint64_t z = (w.random += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

unsigned below(unsigned bound)
{
    return (unsigned)(draw() % bound);
}

bool chance(unsigned per_mille)
{
    return below(1000) < per_mille;
}

/* Any two of them keep within drift_ppm of each other. */
int drift(void)
{
    const int most = (int)(w.drift_ppm * 49 / 100);

    return chance(600) ? (chance(500) ? most : -most) : (int)below(2 * (unsigned)most + 1) - most;
}

usec between(usec low, usec high)
{
    return low + (usec)(draw() % (uint64_t)(high - low + 1));
}

usec clock_read(const struct clock *clock)
{
    const usec passed = w.now - clock->world;

    return clock->stopped ? clock->local : clock->local + passed + passed * clock->ppm / 1000000;
}

static void settle(struct clock *clock)
{
    clock->local = clock_read(clock);
    clock->world = w.now;
}

void clock_start(struct clock *clock, usec local, int ppm)
{
    *clock = (struct clock){.world = w.now, .local = local, .ppm = ppm};
}

void clock_rate(struct clock *clock, int ppm)
{
    settle(clock);
    clock->ppm = ppm;
}

void clock_stop(struct clock *clock)
{
    settle(clock);
    clock->stopped = true;
}

void clock_go(struct clock *clock)
{
    clock->world = w.now;
    clock->stopped = false;
}

usec clock_world(const struct clock *clock, usec local)
{
    const usec passed = local - clock_read(clock);

    if (local == USEC_NEVER || passed > 100000 * USEC_PER_SECOND) {
        return FOREVER;
    }
    return passed <= 0 ? w.now : w.now + passed * 1000000 / (1000000 + clock->ppm) + 1;
}

static bool sooner(const struct event *one, const struct event *other)
{
    return one->when != other->when ? one->when < other->when : one->order < other->order;
}

struct event *event_at(usec when, enum event_kind kind, unsigned a, unsigned b, uint64_t c)
{
    struct event *event = malloc(sizeof *event);
    size_t i = count++;

    if (event == NULL) {
        abort();
    }
    if (count > room) {
        room = room == 0 ? 1024 : room * 2;
        heap = realloc(heap, room * sizeof *heap);
        if (heap == NULL) {
            abort();
        }
    }
    event->when = when < w.now ? w.now : when;
    event->order = ++w.serial;
    event->kind = kind;
    event->a = a;
    event->b = b;
    event->c = c;
    event->d = 0;
    while (i > 0 && sooner(event, heap[(i - 1) / 2])) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = event;
    return event;
}

struct event *event_next(void)
{
    struct event *first;
    struct event *last;
    size_t i = 0;

    if (count == 0) {
        return NULL;
    }
    first = heap[0];
    last = heap[--count];
    while (2 * i + 1 < count) {
        size_t child = 2 * i + 1;

        if (child + 1 < count && sooner(heap[child + 1], heap[child])) {
            child++;
        }
        if (!sooner(heap[child], last)) {
            break;
        }
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return first;
}

void event_free(struct event *event)
{
    free(event);
}

void events_forget(void)
{
    while (count > 0) {
        free(heap[--count]);
    }
    free(heap);
    heap = NULL;
    room = 0;
}
