# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs: get, mount, and refusals."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import tables, zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Zfs, ZfsProperty

from ..facts import Table
from ..shapes import row


def _source(shown: ZfsProperty) -> str:
    return f"inherited from {shown.inherited_from}" if shown.inherited_from else shown.source


def _properties(found: dict[str, Zfs]) -> Table:
    rows = [
        {"name": name, "property": key, "value": shown.value, "source": _source(shown)}
        for name, dataset in found.items()
        for key, shown in dataset.properties.items()
    ]
    only = next(iter(found.values())) if len(found) == 1 else None
    return Table(rows, "", {"name": only.name, **{key: shown.value for key, shown in only.properties.items()}} if only else {})


def _rows(command: str, text: str) -> object:
    """A table for people, by its header; only the last column may hold blanks."""
    if text.strip() in ("no datasets available", ""):
        return {"rows": 0, "count": 0}
    last = text.split("\n", 1)[0].split()[-1]
    found = tables.worded(command, text, rest=last, needs=("NAME",))
    return Table([row({title: cell.rstrip() for title, cell in one.items()}) for one in found], "name")


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    verb = words[1] if len(words) > 1 else ""
    if refused := zfs.refusal(Output(1, stderr=text)):
        return {"ok": False, "reason": refused[1], "mountpoint" if refused[0].startswith("/") else "dataset": refused[0]}
    if verb == "get":
        return _properties(zfs.parse_get(text) if any(word.startswith("-H") for word in words) else zfs.parse_get_table(text))
    if verb == "mount" and len(words) == 2:
        mounts = zfs.parse_mounts(text)
        return {"mounted": len(mounts), **mounts}
    if verb in ("list", "holds") and not any(word.startswith("-H") for word in words):
        return _rows(command, text)
    return None
