/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_CTYPE_H
#define SHIM_CTYPE_H

extern int isalnum(int);
extern int isalpha(int);
extern int isdigit(int);
extern int isspace(int);
extern int isprint(int);
extern int isxdigit(int);
extern int tolower(int);

#endif
