# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas Volume Manager."""

from __future__ import annotations

from collections import defaultdict

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import vxvm

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("(")[0].split()
    if words[:2] == ["vxdisk", "list"] or words == ["vxdisk", "-o", "alldgs", "list"]:
        if len(words) == 3 and not words[2].startswith("-"):
            one = vxvm.parse_disk(text)
            return {**one.facts, "device": one.device, "flags": one.facts.get("flags", "").split(), "paths": one.paths}
        rows = [
            {"device": one.device, "type": one.type, "disk": one.disk, "group": one.group, "status": one.status}
            for one in vxvm.parse_disks(text)
        ]
        return Table(rows, "device")
    if words == ["vxdisk", "path"]:
        return Table(_paths(vxvm.parse_paths(text)), "device")
    if "maxsize" in words:
        sectors = vxvm.parse_maxsize(text)
        return {"max_sectors": sectors, "max_mb": sectors // 2048}
    if words[:1] == ["vxprint"]:
        short = "-t" in words or "-ht" in words
        return _records(vxvm.parse_print_t(text) if short else vxvm.parse_print(text), short)
    return None


def _paths(found: list[dict[str, str]]) -> list[dict[str, object]]:
    disks: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in found:
        disks[row["DANAME"]].append(row)
    return [
        {
            "device": name,
            "dm": rows[0]["DMNAME"],
            "group": rows[0]["GROUP"],
            "paths": len(rows),
            "enabled": sum(row["STATE"] == "ENABLED" for row in rows),
        }
        for name, rows in disks.items()
    ]


def _records(found: tuple[vxvm.Record, ...], short: bool) -> dict[str, object]:
    names: dict[str, list[str]] = defaultdict(list)
    for one in found:
        names[one.type].append(one.name)
    facts: dict[str, object] = dict(names)
    if short:
        facts["v"] = {one.name: one.cells["length"] for one in found if one.type == "v"}
    else:
        facts["v"] = {one.name: one.cells for one in found if one.type == "v"}
    return facts
