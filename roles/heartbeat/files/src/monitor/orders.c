/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Commands of persons and of the cluster. */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fencing.h"
#include "judge.h"
#include "mass_loss.h"
#include "nodes.h"
#include "paths.h"
#include "promises.h"
#include "say.h"
#include "suspicion.h"
#include "votes.h"

struct order {
    struct monitor *monitor;
    struct node *node;
    const char *person;
    const char *words;
    char *said;
    size_t size;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static bool
tell(const struct order *order, bool done, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(order->said, order->size, format, arguments);
    va_end(arguments);
    return done;
}

/* Done only when it is on disk: who is told "done" relies on it after a restart. */
static bool on_disk(struct monitor *monitor)
{
    const uint64_t change = monitor->change;

    if (change == monitor->saved) {
        return true;
    }
    if (!monitor->effects.remember(monitor->effects.context)) {
        return false;
    }
    monitor->saved = change;
    monitor->urgent = monitor->waiters > 0;
    return true;
}

static void wake(struct monitor *monitor)
{
    for (unsigned i = 0; i < monitor->settings.nodes; i++) {
        if (monitor->node[i].state == NODE_UNREACHABLE || monitor->node[i].state == NODE_UNKNOWN) {
            due_real(monitor, &monitor->node[i], monitor->now);
        }
    }
}

static bool arm(const struct order *order, bool armed)
{
    struct monitor *monitor = order->monitor;
    const bool was = monitor->armed;

    if (was == armed) {
        return tell(order, true, "It was %s already.", armed ? "armed" : "disarmed");
    }
    monitor->armed = armed;
    monitor->change++;
    if (!on_disk(monitor)) {
        monitor->armed = was;
        return tell(order, false,
                    "It could not be written to disk, so nothing was changed: look at the state directory.");
    }
    wake(monitor);
    say_step(monitor, NULL, armed ? "armed" : "disarmed", was ? "armed" : "disarmed", armed ? "armed" : "disarmed",
             order->person);
    return tell(order, true, "%s", armed ? "Armed: lost nodes are fenced." : "Disarmed: lost nodes are only reported.");
}

static bool maintenance_on(const struct order *order)
{
    struct node *node = order->node;
    const bool was = node->maintenance;

    if (node->state == NODE_FENCING || node->fencing.proven) {
        return tell(order, false, "%s is being fenced: wait for the verdict.", node->settings.name);
    }
    if (node->state == NODE_FENCED || node->state == NODE_RETURNED || node->state == NODE_QUARANTINED) {
        return tell(order, false, "%s was fenced: say release first.", node->settings.name);
    }
    node->maintenance = true;
    node_changed(order->monitor, node);
    if (!on_disk(order->monitor)) {
        node->maintenance = was;
        return tell(order, false,
                    "It could not be written to disk, so nothing was changed: look at the state directory.");
    }
    (void)judge(order->monitor, node, EVENT_LEFT, "in maintenance");
    if (!was) {
        say(order->monitor, node, "maintenance", "begins: %s", order->words);
    }
    return tell(order, true, "%s is in maintenance: its silence means nothing until \"maintenance off\".",
                node->settings.name);
}

static bool maintenance_off(const struct order *order)
{
    struct monitor *monitor = order->monitor;
    struct node *node = order->node;

    if (!node->maintenance) {
        return tell(order, true, "%s was not in maintenance.", node->settings.name);
    }
    node->maintenance = false;
    node_changed(monitor, node);
    if (!on_disk(monitor)) {
        node->maintenance = true;
        return tell(order, false,
                    "It could not be written to disk, so nothing was changed: look at the state directory.");
    }
    say(monitor, node, "maintenance", "ends: %s", order->words);
    if (node->state != NODE_AWAY || node->left) {
        return tell(order, true,
                    "%s is not in maintenance any more; its agent said good-bye, and it is judged again when "
                    "that speaks.",
                    node->settings.name);
    }
    if (node->heard != NEVER_HEARD && paths_late(node) < paths_known(node)) {
        (void)judge(monitor, node, paths_late(node) == 0 ? EVENT_HEARD : EVENT_HEARD_SOME, "maintenance ended");
        due_watched(monitor, node, monitor->watched);
        return tell(order, true, "%s is judged again.", node->settings.name);
    }
    (void)judge(monitor, node, EVENT_ENDED, "maintenance ended, and it is not heard");
    return tell(order, true,
                "%s is not in maintenance any more, and it is not heard: nothing is concluded until it was "
                "heard once.",
                node->settings.name);
}

static bool same_person(const char *one, const char *other)
{
    while (*one != '\0' && tolower((unsigned char)*one) == tolower((unsigned char)*other)) {
        one++;
        other++;
    }
    return tolower((unsigned char)*one) == tolower((unsigned char)*other);
}

static bool may_be_acknowledged(const struct node *node)
{
    switch (node->state) {
    case NODE_UNHEARD:
    case NODE_UNREACHABLE:
    case NODE_FENCING:
    case NODE_UNKNOWN:
        return true;
    case NODE_AWAY:
        return paths_known(node) == 0 || paths_late(node) == paths_known(node);
    default:
        return false;
    }
}

static bool acknowledge(const struct order *order)
{
    struct monitor *monitor = order->monitor;
    struct node *node = order->node;
    const char *name = node->settings.name;

    if (order->person == NULL || order->person[0] == '\0' || strlen(order->person) >= sizeof node->person) {
        return tell(order, false, "Who says so? A name of at most %d characters is needed.", NODE_NAME - 1);
    }
    if (!may_be_acknowledged(node)) {
        return tell(order, false,
                    "%s is %s: a death is acknowledged of a node that is unreachable, being fenced, unknown, "
                    "away and silent, or was never heard.",
                    name, node_state_name(node->state));
    }
    if (monitor->settings.persons > 1 && node->person[0] == '\0') {
        (void)snprintf(node->person, sizeof node->person, "%s", order->person);
        node_changed(monitor, node);
        if (!on_disk(monitor)) {
            node->person[0] = '\0';
            return tell(order, false,
                        "It could not be written to disk, so it does not count: look at the state directory.");
        }
        say(monitor, node, "acknowledged", "%s says that it is dead: %s. A second person must say so, too",
            order->person, order->words);
        return tell(order, true, "Noted. A second person must acknowledge %s as well.", name);
    }
    if (monitor->settings.persons > 1 && same_person(node->person, order->person)) {
        return tell(order, false, "%s has said so already; it must be said by another person, too.", order->person);
    }
    say(monitor, node, "acknowledged", "%s says that it is dead: %s", order->person, order->words);
    fencing_prove(monitor, node, "person");
    if (!on_disk(monitor)) {
        return tell(order, true, "Noted. It cannot be written to disk at present; the verdict is told when it is.");
    }
    fencing_saved(monitor, node);
    return tell(order, true, "%s is fenced by your word: what it had may be taken over.", name);
}

/*
 * That its loss is over is on disk before anything follows from it, a lease above all: after a restart in between the
 * verdict would be told once more, and a node that writes be taken over.
 */
static bool release_on_disk(struct monitor *monitor, struct node *node)
{
    const struct node was = *node;
    bool written;

    node->state = NODE_UNHEARD;
    node->fencing.proven = false;
    judge_forget(node, was.state);
    node_changed(monitor, node);
    written = on_disk(monitor);
    *node = was;
    return written;
}

static bool release(const struct order *order)
{
    struct monitor *monitor = order->monitor;
    struct node *node = order->node;
    const char *name = node->settings.name;
    const char *person = order->person == NULL ? "?" : order->person;

    if (node->state == NODE_FENCED || node->state == NODE_QUARANTINED || node->state == NODE_UNKNOWN) {
        if (!release_on_disk(monitor, node)) {
            return tell(order, false,
                        "It could not be written to disk, so nothing was changed: look at the state directory.");
        }
        say(monitor, node, "released", "by %s: %s", person, order->words);
        (void)judge(monitor, node, EVENT_RELEASED, "released by a person");
        if (node->promised != 0) {
            return tell(
                order, true,
                "%s is released here. Other monitors have it withheld as well: release it there, or once more here "
                "if they do not come back.",
                name);
        }
        return tell(order, true, "%s is released: it may be used again.", name);
    }
    if (promises_waived(monitor, node)) {
        say(monitor, node, "released", "from waiting for monitors that do not answer, by %s: %s", person, order->words);
        return tell(order, true, "%s gets its lease without the word of the monitors that do not answer.", name);
    }
    if (promises_forget(monitor, node)) {
        say(monitor, node, "released", "from what was promised to other monitors, by %s: %s", person, order->words);
        return tell(order, true,
                    "What was promised to other monitors about %s is void. One that still fences it would take its "
                    "lease for ended, and it is extended from now on: look there before anything of it is taken over.",
                    name);
    }
    if (node->state == NODE_FENCING || node->state == NODE_RETURNED) {
        return tell(order, false, "%s is %s: wait for what follows, then release it.", name,
                    node_state_name(node->state));
    }
    return tell(order, false, "%s is %s and not withheld: there is nothing to release.", name,
                node_state_name(node->state));
}

static bool undispute(const struct order *order)
{
    struct node *node = order->node;

    if (!node->disputed) {
        return tell(order, false, "The number of %s is not disputed.", node->settings.name);
    }
    node->disputed = false;
    session_forgive(&node->session, &order->monitor->secret, node->settings.id);
    node_changed(order->monitor, node);
    say(order->monitor, node, "undisputed", "by %s: %s", order->person == NULL ? "?" : order->person, order->words);
    return tell(order, true, "%s is judged again. If two machines still speak with its number that is said anew.",
                node->settings.name);
}

static bool go_on(const struct order *order)
{
    if (!mass_loss_go_on(order->monitor)) {
        return tell(order, false, "Nothing waits for that: there was no mass loss.");
    }
    say(order->monitor, NULL, "go_on", "by %s: %s", order->person == NULL ? "?" : order->person, order->words);
    wake(order->monitor);
    return tell(order, true, "Going on: the nodes that were lost are fenced.");
}

static bool act(const struct order *order, bool named)
{
    if (order->monitor->settings.acting != ACTING_BY_CLUSTER) {
        return tell(order, false, "Who acts is decided by the nodes' votes here (acting votes), not by a cluster.");
    }
    order->monitor->named = named;
    (void)votes_look(order->monitor);
    wake(order->monitor);
    return tell(order, true, "%s", named ? "This monitor acts." : "This monitor observes.");
}

static bool needs_node(enum monitor_command command)
{
    return command == COMMAND_MAINTENANCE_ON || command == COMMAND_MAINTENANCE_OFF || command == COMMAND_ACKNOWLEDGE ||
           command == COMMAND_RELEASE || command == COMMAND_UNDISPUTE;
}

bool monitor_order(struct monitor *monitor, enum monitor_command command, const char *node, const char *person,
                   const char *words, char *said, size_t size, usec now)
{
    struct order order = {.monitor = monitor, .person = person, .words = words};

    order.said = said;
    order.size = size;
    if (words == NULL || words[0] == '\0') {
        order.words = "no reason given";
    }
    monitor->now = now > monitor->now ? now : monitor->now;
    if (needs_node(command)) {
        order.node = node == NULL ? NULL : nodes_named(monitor, node);
        if (order.node != NULL && !order.node->configured && command != COMMAND_RELEASE) {
            order.node = NULL; /* all that can be done about it is to forget what was promised of it */
        }
        if (order.node == NULL) {
            return tell(&order, false, "There is no node \"%s\" in the configuration.", node == NULL ? "" : node);
        }
    }
    switch (command) {
    case COMMAND_ARM:
    case COMMAND_DISARM:
        return arm(&order, command == COMMAND_ARM);
    case COMMAND_MAINTENANCE_ON:
        return maintenance_on(&order);
    case COMMAND_MAINTENANCE_OFF:
        return maintenance_off(&order);
    case COMMAND_ACKNOWLEDGE:
        return acknowledge(&order);
    case COMMAND_RELEASE:
        return release(&order);
    case COMMAND_UNDISPUTE:
        return undispute(&order);
    case COMMAND_GO_ON:
        return go_on(&order);
    case COMMAND_ACT:
    case COMMAND_OBSERVE:
        return act(&order, command == COMMAND_ACT);
    }
    return tell(&order, false, "There is no such command.");
}
