/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_PRIV_H
#define SHIM_PRIV_H

/* setppriv(2), priv_str_to_set(3C) */
#include <sys/types.h>
typedef struct shim_priv_set priv_set_t;
typedef const char *priv_ptype_t;
typedef int priv_op_t;
typedef enum { PRIV_ON, PRIV_OFF, PRIV_SET } shim_priv_op;
#define PRIV_EFFECTIVE ((priv_ptype_t) "Effective")
#define PRIV_INHERITABLE ((priv_ptype_t) "Inheritable")
#define PRIV_PERMITTED ((priv_ptype_t) "Permitted")
#define PRIV_LIMIT ((priv_ptype_t) "Limit")
#define PRIV_ALLSETS ((priv_ptype_t)0)
#define PRIV_PROC_FORK ((const char *)"proc_fork")
#define PRIV_PROC_EXEC ((const char *)"proc_exec")
#define PRIV_PROC_LOCK_MEMORY ((const char *)"proc_lock_memory")
#define PRIV_PROC_PRIOCNTL ((const char *)"proc_priocntl")
#define PRIV_NET_ICMPACCESS ((const char *)"net_icmpaccess")
extern int setppriv(priv_op_t, priv_ptype_t, const priv_set_t *);
extern int setpflags(uint_t, uint_t);
extern priv_set_t *priv_str_to_set(const char *, const char *, const char **);
extern priv_set_t *priv_allocset(void);
extern void priv_freeset(priv_set_t *);
extern void priv_emptyset(priv_set_t *);
extern int priv_addset(priv_set_t *, const char *);
extern int priv_delset(priv_set_t *, const char *);

#endif
