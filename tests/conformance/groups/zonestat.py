# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonestat -r: intervals; the first and last one's zones."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonestat

from ..facts import Table

_NAMES = {"%USED": "pct", "%CAP": "cap_pct", "%SHR": "shr_pct", "%SHRU": "shru_pct", "%PART": "part_pct"}


def _cell(name: str, cell: str) -> object:
    return float(cell.rstrip("%")) if name.startswith("%") and cell else cell or None


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("zonestat") or " -p" in command:
        return None
    found = zonestat.parse(text)
    rows = []
    for one in found:
        zones: dict[str, object] = {"number": one.number, "duration": one.duration}
        for table in one.zones.values():
            for zone, cells in table.items():
                zones[zone] = {_NAMES.get(name, name.lower()): _cell(name, cell) for name, cell in cells.items()}
        rows.append(zones)
    return Table(rows, "number", {"intervals": len(rows)})
