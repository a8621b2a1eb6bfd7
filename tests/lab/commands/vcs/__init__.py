# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas Cluster Server, on machines of a cluster of the data-centre file, as far as patching of nodes needs it.

Layouts: recorded output of hastatus, hasys, hagrp, gabconfig and lltstat (corpus). Messages: those that a production client compares with
(V-16-1-10600 and others). What freezing, evacuating and stopping do: Administrator's Guide and manual pages of 4.1 to 5.0. Commands come
back at once and the engine goes on, as the real ones do. Refusals whose words nobody has recorded are "not simulated".
"""
