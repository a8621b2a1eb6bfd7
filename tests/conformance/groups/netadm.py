# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""netadm."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import node_settings


def parsed(command: str, os: str, text: str) -> object | None:
    if command != "netadm list":
        return None
    found: dict[str, dict[str, str]] = {}
    for row in node_settings.parse_netadm(text):
        found.setdefault(row["TYPE"], {})[row["PROFILE"]] = row["STATE"]
    return found
