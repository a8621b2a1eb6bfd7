/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The table of states: every state with every event, and the page that shows it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/states.h"

#define PAGE "../../docs/how-a-node-is-judged.md"

/* Columns: the events in their order. One letter a state, as in `letters`; a dot is no step. */
static const char letters[] = "hALSPUFfkRQw";
static const char *const expected[NODE_STATES] = {
    /* heard, some, silent, peer, connected, isolated, done, alive, may, proven, not, off, retry, settled, released,
     * left, ended */
    [NODE_UNHEARD] = "AL.......f.....w.",     [NODE_ALIVE] = "ALS............w.",
    [NODE_LATE] = "ALS............w.",        [NODE_SUSPECT] = "AL.SPS.........w.",
    [NODE_PROBING] = "AL.S..UU.......w.",     [NODE_UNREACHABLE] = "AL.S..UUFf.....w.",
    [NODE_FENCING] = "FF.F.....fkS...F.",     [NODE_FENCED] = "RR............hR.",
    [NODE_UNKNOWN] = "AL.S.....f..F.hw.",     [NODE_RETURNED] = "RR...........Q.R.",
    [NODE_QUARANTINED] = "QQ............hQ.", [NODE_AWAY] = "AL.......f.....wh",
};

static void every_state_with_every_event(void **state)
{
    (void)state;
    for (unsigned s = 0; s < NODE_STATES; s++) {
        assert_int_equal(strlen(expected[s]), NODE_EVENTS);
        for (unsigned e = 0; e < NODE_EVENTS; e++) {
            enum node_state next = NODE_STATES;
            const bool found = node_next((enum node_state)s, (enum node_event)e, &next);

            if (found != (expected[s][e] != '.') || (found && letters[next] != expected[s][e])) {
                fail_msg("%s with \"%s\" leads to %s", node_state_name((enum node_state)s),
                         node_event_name((enum node_event)e), found ? node_state_name(next) : "nothing");
            }
            if (!found) {
                assert_int_equal(next, NODE_STATES);
            }
        }
    }
}

static void what_is_no_state_and_no_event_is_refused(void **state)
{
    enum node_state next = NODE_STATES;

    (void)state;
    assert_false(node_next(NODE_STATES, EVENT_HEARD, &next));
    assert_false(node_next(NODE_ALIVE, NODE_EVENTS, &next));
    assert_string_equal(node_state_name(NODE_STATES), "no such state");
    assert_string_equal(node_event_name(NODE_EVENTS), "no such event");
}

/* What is proven is only left by a return or a person's word, and only reached by a proof. */
static void fenced_is_reached_by_proof_only(void **state)
{
    (void)state;
    for (unsigned s = 0; s < NODE_STATES; s++) {
        for (unsigned e = 0; e < NODE_EVENTS; e++) {
            enum node_state next;

            if (!node_next((enum node_state)s, (enum node_event)e, &next)) {
                continue;
            }
            assert_true(next != NODE_FENCED || e == EVENT_PROVEN);
            if (s == NODE_FENCED) {
                assert_true(next == NODE_RETURNED || e == EVENT_RELEASED);
            }
            if (s == NODE_RETURNED || s == NODE_QUARANTINED) {
                assert_true(next == NODE_RETURNED || next == NODE_QUARANTINED || e == EVENT_RELEASED);
            }
            assert_true(next != NODE_FENCING || s == NODE_FENCING || e == EVENT_MAY_FENCE || e == EVENT_RETRY);
        }
    }
}

static size_t row(char *text, size_t size, enum node_state from)
{
    size_t used = (size_t)snprintf(text, size, "| `%s` | ", node_state_name(from));
    const char *between = "";

    for (unsigned to = 0; to < NODE_STATES; to++) {
        const char *comma = "";

        for (unsigned e = 0; e < NODE_EVENTS; e++) {
            enum node_state next;

            if (node_next(from, (enum node_event)e, &next) && next == (enum node_state)to) {
                used += (size_t)snprintf(text + used, size - used, "%s%s", *comma == '\0' ? between : comma,
                                         node_event_name((enum node_event)e));
                comma = ", ";
            }
        }
        if (*comma != '\0') {
            used += (size_t)snprintf(text + used, size - used, " → `%s`", node_state_name((enum node_state)to));
            between = "; ";
        }
    }
    return used + (size_t)snprintf(text + used, size - used, " |\n");
}

/* STATES_PRINT=1 prints what belongs there. */
static void the_page_shows_the_table(void **state)
{
    static char page[65536];
    FILE *file = fopen(PAGE, "r");

    (void)state;
    if (file == NULL) {
        print_message("%s is not here\n", PAGE);
        skip();
    }
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (unsigned s = 0; s < NODE_STATES; s++) {
        char text[1024];

        row(text, sizeof text, (enum node_state)s);
        if (getenv("STATES_PRINT") != NULL) {
            printf("%s", text);
        } else if (strstr(page, text) == NULL) {
            fail_msg("%s has not this line: %s", PAGE, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_with_every_event),
        cmocka_unit_test(what_is_no_state_and_no_event_is_refused),
        cmocka_unit_test(fenced_is_reached_by_proof_only),
        cmocka_unit_test(the_page_shows_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
