# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pooladm, poolcfg, poolstat."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pools

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] == ["poolstat"] and "-r" in words:
        return Table(pools.parse_statistics(text), "pool")
    if words == ["pooladm"] or words[:2] == ["poolcfg", "-c"]:
        found = pools.parse_configuration(text)
        if len(found) == 1:
            return {found[0].kind: found[0].name, **_facts(found[0])}
        return {
            "system": next((one.name for one in found if one.kind == "system"), None),
            "pools": {one.name: _facts(one) for one in found if one.kind == "pool"},
            "psets": {one.name: _facts(one) for one in found if one.kind == "pset"},
        }
    return None


def _facts(one: pools.Element) -> dict[str, object]:
    facts: dict[str, object] = dict(one.properties)
    if one.kind == "pool":
        facts["pset"] = one.pset
    if one.kind == "pset":
        facts["cpus"] = sorted(one.cpus)
    return facts
