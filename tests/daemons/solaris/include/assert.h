/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_ASSERT_H
#define SHIM_ASSERT_H

extern void __assert_c99(const char *, const char *, int, const char *) __attribute__((noreturn));
#define assert(expression) ((expression) ? (void)0 : __assert_c99(#expression, __FILE__, __LINE__, __func__))

#endif
