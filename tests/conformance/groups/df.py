# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""df."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import df

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("|")[0].split()
    if words == ["df"]:
        return Table(
            [{"mount": one.mount, "device": one.device, "blocks": one.blocks, "files": one.files} for one in df.parse_plain(text)], "mount"
        )
    if words[:1] != ["df"] or words[1] not in ("-k", "-h"):
        return None
    rows = [
        {
            "fs": one.device,
            "size": one.size,
            "kbytes": one.size,
            "used": one.used,
            "avail": one.available,
            "capacity": one.capacity,
            "mount": one.mount,
        }
        for one in df.parse(text)
    ]
    return Table(rows, "mount")
