# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operating system: who it is, its packages, boot environments, going down."""

from . import accounts, boot_environments, identity, ips, power, svr4, uptime

__all__ = ["accounts", "boot_environments", "identity", "ips", "power", "svr4", "uptime"]
