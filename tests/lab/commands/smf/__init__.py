# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMF: svcs(1), svcadm(1M), svcprop(1), svccfg(1M) of the global zone and of running zones."""

from __future__ import annotations

from . import svcadm, svccfg, svcprop, svcs

__all__ = ["svcadm", "svccfg", "svcprop", "svcs"]
