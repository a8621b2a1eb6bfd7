/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the control socket says: commands understood, answers in JSON. */
#ifndef HELIOSTAT_MONITOR_CONTROL_ANSWER_H
#define HELIOSTAT_MONITOR_CONTROL_ANSWER_H

#include "control.h"

#define ANSWER_LINE ((size_t)4096)

/* One node's line of status. Its size; 0: there is no such index. */
size_t answer_node(const struct control_source *source, unsigned node, char line[ANSWER_LINE], usec now);
/* The last line of an answer; `details`: with everything about the monitor. */
size_t answer_end(const struct control_source *source, bool ok, const char *said, bool details, char line[ANSWER_LINE],
                  usec now);
/* Index of that name; false: none has it. */
bool answer_find(const struct control_source *source, const char *name, unsigned *node, usec now);

enum answer_kind { ANSWER_LINE_ONLY, ANSWER_STATUS_ALL, ANSWER_STATUS_ONE };
/* Carries out the command; `text` is changed. ANSWER_LINE_ONLY: `line` is the answer; else the caller adds the lines of
 * all nodes, or of *node, and answer_end. */
enum answer_kind answer_command(const struct control_source *source, char *text, const char *person, unsigned *node,
                                char line[ANSWER_LINE], size_t *size, usec now);

#endif
