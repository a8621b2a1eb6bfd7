# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""archiveadm info and create."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import archives

from ..shapes import row

_NAMES = {
    "Creation Time": "created",
    "Source Host": "host",
    "Operating System": "os",
    "Architecture": "arch",
    "Recovery Archive": "recovery",
    "Unique ID": "uuid",
}


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[1:2] == ["create"]:
        done = archives.parse_progress(text)
        return {"log": done.log, "percent": done.percent, "archive": done.archive, "done": done.done, "steps": len(done.steps)}
    if words[1:2] != ["info"] or "-p" in words:
        return None
    found = archives.parse_info(text)
    info = found["Archive Information"]
    return {
        **row({f"{section} {label}": text for section, facts in found.items() for label, text in facts.items()}),
        **row(info, _NAMES),
        "recovery": {"Yes": True, "No": False}.get(info.get("Recovery Archive", "")),
        "dehydrated": info.get("Dehydrated Publishers", "").replace(",", " ").split(),
        "systems": info.get("Deployable Systems", "").replace(",", " ").split(),
    }
