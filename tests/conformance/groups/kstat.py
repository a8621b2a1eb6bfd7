# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kstat."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import kstat

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] != ["kstat"]:
        return None
    found = kstat.parse_parsable(text) if "-p" in words else kstat.parse_blocks(text)
    rows: list[dict[str, object]] = [
        {"name": one.name, "module": one.module, "instance": one.instance, "class": one.kind or one.values.get("class"), **one.values}
        for one in found
    ]
    # cpu_info:0:cpu_info0 is CPU 0
    for row, one in zip(rows, found, strict=True):
        row["name"] = f"cpu{one.instance}" if one.module == "cpu_info" else one.name
    return Table(rows, "name")
