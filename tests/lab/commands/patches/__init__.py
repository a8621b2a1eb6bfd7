# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd(1M) and patchrm(1M) of Solaris 10.

Sources: recorded runs (one patch; luupgrade of a recommended set; a run that found a later revision; patchrm with zones), the scripts
patchadd and patchrm as published with Solaris 2.6 (Solaris 10 runs their successors once for each patch and zone), the manual pages, the
zones guide 817-1592, release notes 817-0547 and 820-7273, PSARC 2007/691. What none of them says is "not simulated". The lines that stand
around the zones of a patchadd are those recorded of patchrm, with the words that the manual uses; nobody has recorded them.
"""
