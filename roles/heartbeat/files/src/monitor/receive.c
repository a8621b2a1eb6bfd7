/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Datagrams, whatever they hold: decoded once, then the seal, then what they say. */

#include "../wire/seal.h"
#include "answers.h"
#include "nodes.h"
#include "peers.h"
#include "say.h"

static void receive_keepalive(struct monitor *monitor, unsigned path, const struct address *from, const uint8_t *bytes,
                              size_t size, const struct packet *packet)
{
    struct node *node = nodes_find(monitor, packet->header.sender);

    if (node == NULL || !node->configured) {
        monitor->counts.refused_unknown++;
        say_refused(monitor, NULL, "a keep-alive of node %lu, which is not in the configuration",
                    (unsigned long)packet->header.sender);
        return;
    }
    if (!seal_check(&node->keys, bytes, size)) {
        monitor->counts.refused_seal++;
        say_refused(monitor, node, "a keep-alive has a wrong seal: another key, or forged");
        return;
    }
    answers_receive(monitor, node, path, from, packet);
}

static void receive_from_peer(struct monitor *monitor, unsigned path, const struct address *from, const uint8_t *bytes,
                              size_t size, const struct packet *packet)
{
    if (peers_index(monitor, packet->header.sender) == MONITOR_PEERS) {
        monitor->counts.refused_unknown++;
        say_refused(monitor, NULL, "a packet of monitor %lu, which is not in the configuration",
                    (unsigned long)packet->header.sender);
        return;
    }
    if (!seal_check(&monitor->peer_keys, bytes, size)) {
        monitor->counts.refused_seal++;
        say_refused(monitor, NULL, "a packet of monitor %lu has a wrong seal: another key, or forged",
                    (unsigned long)packet->header.sender);
        return;
    }
    peers_receive(monitor, path, from, packet);
}

void monitor_receive(struct monitor *monitor, unsigned path, const struct address *from, const uint8_t *bytes,
                     size_t size, usec now)
{
    struct packet packet;
    enum packet_error error;

    monitor->now = now > monitor->now ? now : monitor->now;
    monitor->counts.received++;
    error = packet_decode(&packet, bytes, size);
    if (error == PACKET_OTHER_VERSION) {
        monitor->counts.refused_version++;
        say_refused(monitor, NULL,
                    "a packet of another version: an agent or a peer is older or newer than this monitor");
        return;
    }
    if (error != PACKET_OK || path >= monitor->settings.paths || packet.header.path != monitor->settings.path[path] ||
        packet.header.receiver != monitor->settings.id) {
        monitor->counts.refused_malformed++;
        say_refused(monitor, NULL, "a packet is %s",
                    error != PACKET_OK ? packet_error_name(error)
                                       : "for another monitor, or came over another path than it says");
        return;
    }
    switch (packet.header.type) {
    case PACKET_KEEPALIVE:
        receive_keepalive(monitor, path, from, bytes, size, &packet);
        break;
    case PACKET_QUERY:
    case PACKET_REPLY:
        receive_from_peer(monitor, path, from, bytes, size, &packet);
        break;
    default:
        monitor->counts.refused_malformed++;
        say_refused(monitor, NULL, "a packet that only agents receive");
        break;
    }
}
