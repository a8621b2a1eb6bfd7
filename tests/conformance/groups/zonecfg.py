# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonecfg: export, info, and what it says instead of doing what it was told."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.zonecfg_syntax import KEYS, rctl_parts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource

from ..facts import Table
from ..shapes import truth

#: Shown empty or as 'not specified' by info, and left out of what is parsed.
_EMPTY = ("bootargs", "pool", "limitpriv", "scheduling-class", "hostid", "fs-allowed", "file-mac-profile", "tenant")
_UNSET = {"net": ("address", "allowed-address", "defrouter"), "anet": ("allowed-address", "defrouter", "vlan-id"), "fs": ("raw", "options")}


def _word(name: str) -> str:
    return name.replace("-", "_")


def _row(resource: ZoneResource, aliases: Mapping[str, str]) -> dict[str, object]:
    row: dict[str, object] = {_word(name): None for name in _UNSET.get(resource.kind, ())}
    row |= {_word(name.partition(".")[2]): value for name, value in aliases.items() if name.startswith(f"{resource.kind}.")}
    for name, value in resource.properties.items():
        several = list(value) if isinstance(value, tuple) else [value]
        row[_word(name)] = several if len(several) > 1 or name == "options" else truth(several[0])
    if resource.kind == "rctl" and isinstance(row.get("value"), str):
        row |= rctl_parts(str(row["value"])) or {}
    return row


def _shaped(config: ZoneConfig, aliases: Mapping[str, str]) -> dict[str, object]:
    shaped: dict[str, object] = {_word(name): None for name in _EMPTY}
    shaped |= {_word(name): truth(value) for name, value in config.properties.items()}
    for kind in dict.fromkeys(resource.kind for resource in config.resources):
        rows = [_row(resource, aliases) for resource in config.of_kind(kind)]
        shaped[_word(kind)] = Table(rows, _word(KEYS.get(kind, ("name",))[0]))
    shaped["aliases"] = {name: value for name, value in aliases.items() if "." not in name}
    return shaped


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("(")[0].split()
    if "export" in words:
        return _shaped(zonecfg.parse_export(text), {})
    if "info" in words:
        return _shaped(zonecfg.parse_info(text), zonecfg.info_aliases(text))
    if "-r" in words:
        return None  # live reconfiguration is not done
    complaint = zonecfg.parse_complaint(text)
    return {"ok": not complaint.errors, "zone": complaint.zone, "errors": list(complaint.errors), "configured": complaint.configured}
