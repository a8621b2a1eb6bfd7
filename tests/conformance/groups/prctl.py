# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prctl."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import prctl


def parsed(command: str, os: str, text: str) -> object | None:
    if "-P" not in command.split():
        return None
    kind, number, name, controls = prctl.parse_controls(text)
    facts: dict[str, object] = {kind: name, "id": number}
    for one in controls:
        values = facts.setdefault(one.name, {})
        if isinstance(values, dict):
            values[one.privilege] = one.value
    return facts
