/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * relay A B DELAY JITTER DUPLICATES: carries Ethernet frames between two interfaces, each DELAY +- JITTER milliseconds
 * late, so that later ones overtake; DUPLICATES percent come twice. Linux only, part of the benchmark, needs root.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 1024
#define FRAME 2048 /* with the kernel's header that tells which checksums are still to be made */

struct frame {
    double due; /* 0: free */
    int to;
    size_t size;
    unsigned char bytes[FRAME];
};

static struct frame frame[FRAMES];

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int open_interface(const char *name)
{
    struct sockaddr_ll address;
    const int on = 1;
    const int descriptor = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

    memset(&address, 0, sizeof address);
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = (int)if_nametoindex(name);
    if (descriptor == -1 || setsockopt(descriptor, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0 ||
        setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        perror(name);
        exit(1);
    }
    return descriptor;
}

static void keep(const unsigned char *bytes, size_t size, int to, double due)
{
    for (int i = 0; i < FRAMES; i++) {
        if (frame[i].due == 0) {
            frame[i].due = due;
            frame[i].to = to;
            frame[i].size = size;
            memcpy(frame[i].bytes, bytes, size);
            return;
        }
    }
}

/* Sends what is due, in the order of the times. Returns the milliseconds until the next one. */
static int deliver(void)
{
    for (;;) {
        int first = -1;
        double left;

        for (int i = 0; i < FRAMES; i++) {
            if (frame[i].due != 0 && (first == -1 || frame[i].due < frame[first].due)) {
                first = i;
            }
        }
        if (first == -1) {
            return 1000;
        }
        left = frame[first].due - now();
        if (left > 0) {
            return (int)left + 1;
        }
        (void)send(frame[first].to, frame[first].bytes, frame[first].size, 0);
        frame[first].due = 0;
    }
}

int main(int count, char **words)
{
    struct pollfd end[2];
    double delay, jitter, duplicates;

    if (count != 6) {
        (void)fputs("usage: relay A B DELAY JITTER DUPLICATES\n", stderr);
        return 2;
    }
    for (int i = 0; i < 2; i++) {
        end[i].fd = open_interface(words[1 + i]);
        end[i].events = POLLIN;
    }
    delay = atof(words[3]);
    jitter = atof(words[4]);
    duplicates = atof(words[5]);
    srand48((long)getpid());
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;) {
        (void)poll(end, 2, deliver());
        for (int i = 0; i < 2; i++) {
            unsigned char bytes[FRAME];
            ssize_t size;

            while ((size = recv(end[i].fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
                const int times = drand48() * 100 < duplicates ? 2 : 1;

                for (int j = 0; j < times; j++) {
                    keep(bytes, (size_t)size, end[1 - i].fd, now() + delay + (2 * drand48() - 1) * jitter);
                }
            }
        }
    }
}
