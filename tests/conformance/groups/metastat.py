# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metastat."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svm

from ..facts import Table
from ..shapes import ValueOrItems


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] != ["metastat"]:
        return None
    if "-c" in words:
        return Table([_short(one) for one in svm.parse_summary(text)], "name")
    return Table([_long(one) for one in svm.parse_status(text)], "name")


def _short(one: svm.Summary) -> dict[str, object]:
    states = {part: state for part, state in one.parts.items() if state}
    row: dict[str, object] = {"name": one.name, "type": one.type, "size": one.size, "parts": list(one.parts), **states}
    if len(set(states.values())) == 1:
        row["state"] = next(iter(states.values()))
    return row


def _long(one: svm.Metadevice) -> dict[str, object]:
    row: dict[str, object] = {
        "name": one.name,
        "type": one.type,
        "of": one.of,
        "state": one.state,
        "size_blocks": one.size_blocks,
        "size": one.size,
        "submirrors": one.submirrors,
        "slices": one.slices,
        "devices": len(one.slices),
        "extents": ValueOrItems([{"start": start, "count": count} for start, count in one.extents]),
        **{label.lower(): value for label, value in one.facts.items()},
    }
    for name, label in (("resync_pct", "Resync in progress"), ("init_pct", "Initialization in progress")):
        percent = re.fullmatch(r"([0-9.]+)\s*% done", one.facts.get(label, ""))
        if percent:
            row[name] = float(percent[1])
    interlace = re.fullmatch(r"([0-9]+) blocks.*", one.facts.get("Interlace", ""))
    if interlace:
        row["interlace_blocks"] = int(interlace[1])
    return row
