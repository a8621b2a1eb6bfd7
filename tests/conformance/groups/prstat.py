# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prstat."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import load

from ..facts import Table

_NAMES = {"USERNAME": "user", "ZONEID": "id", "MEMORY": "mem_pct"}


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("prstat"):
        return None
    processes, zones, totals = load.parse_prstat(text)
    about: dict[str, object] = {}
    if totals:
        about["total"] = {"processes": totals.processes, "lwps": totals.lwps, "load": list(totals.load)}
    if zones and not processes:
        return Table([_row(row) for row in zones], "zone", about)
    if zones:
        about["zones"] = {row["ZONE"]: _row(row) for row in zones}
    return Table([_row(row) for row in processes], "pid", about)


def _row(cells: dict[str, str]) -> dict[str, object]:
    """Numbers and percentages as numbers; a size keeps its unit."""
    return {_NAMES.get(name, name.lower()): _number(cell) for name, cell in cells.items()}


def _number(cell: str) -> object:
    if cell.isdigit():
        return int(cell)
    return float(cell.rstrip("%")) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?%?", cell) else cell
