# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lustatus."""

from __future__ import annotations

from dataclasses import asdict

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import live_upgrade

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "lucurr":
        return {"be": live_upgrade.parse_current(text)}
    if command.split()[0] != "lustatus":
        return None
    return Table([asdict(one) for one in live_upgrade.parse_table(text)], "name")
