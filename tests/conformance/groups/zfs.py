# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs: get, mount, and refusals."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Zfs, ZfsProperty

from ..facts import Table


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
    return None
