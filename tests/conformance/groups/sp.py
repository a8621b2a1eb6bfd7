# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service processors: ILOM's show, version, set and power commands; the older ones are not covered."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.processors import ilom

from ..shapes import ValueOrItems


def _show(text: str) -> object:
    found = ilom.parse_show(text)
    if len(found) != 1:
        return {one.target: one.properties for one in found}
    (one,) = found
    values = {name: one.value(name) if value in ("(none)", "(not set)") else value for name, value in one.properties.items()}
    result = one.properties.get("result", "").splitlines()
    facts: dict[str, object] = {
        "target": one.target,
        "targets": ValueOrItems(one.targets),
        "vlan_id": one.value("pendingvlan_id"),
        **values,
    }
    return facts | ({"result_lines": len(result), "done": result[-1] == "Done."} if result else {})


def parsed(command: str, os: str, text: str) -> object | None:
    if not os.startswith("ILOM"):
        return None
    words = command.split()
    if word := ilom.invalid_command(text):
        return {"error": "invalid-command", "command": word}
    if words[:1] == ["show"] and "-o" not in words:
        return _show(text)
    if words == ["version"]:
        return ilom.parse_version(text)
    if words[:1] == ["set"] and (done := re.search(r"^Set '(\S+)' to '(.*)'$", text, re.MULTILINE)):
        return {"property": done[1], "value": done[2]}
    if words[0] in ("start", "stop", "reset") and "-script" in words:
        result = ilom.parse_power(text)
        reason = re.search(r"Target already (started|stopped)", text)
        return {"result": result, "reason": f"already-{reason[1]}" if reason else None}
    return None
