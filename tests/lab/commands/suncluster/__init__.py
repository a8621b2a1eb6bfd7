# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris Cluster 3.2 and 3.3 on Solaris 10, as far as patching of nodes needs it; on machines of a cluster of the data-centre file.

Layouts: output of 3.2 as published with a monitoring plugin for it, headlines as in the System Administration Guides ("=== X ==="), scstat
as a site recorded it. What is shut down, evacuated and committed how: System Administration Guide 820-4679 and the manual pages.
The commands of a node that was booted with ``-x``, and most refusals, say words that nobody has recorded: "not simulated".
"""
