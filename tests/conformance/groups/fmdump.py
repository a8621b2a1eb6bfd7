# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fmdump: the fault log; the same faults as fmadm's."""

from __future__ import annotations

from .fmadm import parsed

__all__ = ["parsed"]
