# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris Volume Manager: disk sets, volumes, state databases; the SMI labels below.

Messages, layouts and exit codes from the manual pages, the Solaris Volume Manager Administration Guide and the public OpenSolaris
sources of libmeta; layouts held against recorded output. Not simulated: RAID-5, hot spares, mediators, multi-owner sets, md.tab.
"""
