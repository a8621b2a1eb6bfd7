# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svccfg listprop."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import smf

from ..facts import Table
from ..shapes import truth


def parsed(command: str, os: str, text: str) -> object | None:
    if "listprop" not in command.split():
        return None
    rows: list[dict[str, object]] = []
    about: dict[str, object] = {}
    for one in smf.parse_listprop(text):
        value = truth(" ".join(one.values)) if one.values else None
        rows.append({"property": one.name, "type": one.type, "value": value})
        about[one.name] = [one.type, value] if "/" in one.name else one.type
    return Table(rows, "property", about)
