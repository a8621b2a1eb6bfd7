# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas Volume Manager and vxfs, on machines whose data-centre file says ``vxvm: {version: "6.0", licensed: true}``.

Layouts: recorded output of VxVM 6.0 and 5.0 on Solaris (corpus), the Administrator's Guides and manual pages of 5.0 to 6.0. Messages: the
same, and recorded ones. Exit codes: vxintro(1M), of which 9, 11 and 12 have been seen. Where only the refusal is known and not its
words, the lab says "not simulated".
"""
