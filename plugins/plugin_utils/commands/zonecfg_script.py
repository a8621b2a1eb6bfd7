# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of a zonecfg script: the lines that set properties and add resources."""

from __future__ import annotations

from ..model.errors import InvalidDefinition
from ..model.zone import ZoneConfig, ZoneResource
from .zonecfg_syntax import COMMA_LISTS, item, name, rctl_value, word

_FIRST = ("brand", "zonepath")


def set_line(key: str, value: str, where: str) -> str:
    return f"set {name(key)}={word(value, f'{where} {key}'.strip())}"


def list_word(kind: str, key: str, value: str) -> str:
    """One value of a list property: a resource control's parenthesised value, or a plain item."""
    where = f"{kind} {key}"
    if kind == "rctl" and key == "value":
        return rctl_value(value, where)
    if value.startswith("("):
        raise InvalidDefinition(f"zonecfg {where}: {value}: a resource inside a resource can be read, but is not written here.")
    return item(value, where)


def property_lines(kind: str, key: str, value: str | tuple[str, ...]) -> list[str]:
    if isinstance(value, str):
        return [set_line(key, value, kind)]
    if key in COMMA_LISTS:
        return [set_line(key, ",".join(value), kind)]
    return [f"add {name(key)} {list_word(kind, key, one)}" for one in value]


def globals_lines(config: ZoneConfig) -> list[str]:
    """brand and zonepath first: what may follow depends on the brand. ``zonename`` is shown by info only."""
    keys = [key for key in _FIRST if key in config.properties]
    keys += [key for key in config.properties if key not in _FIRST and key != "zonename"]
    return [set_line(key, config.properties[key], "") for key in keys]


def resource_lines(resource: ZoneResource) -> list[str]:
    lines = [f"add {name(resource.kind)}"]
    for key, value in resource.properties.items():
        lines += property_lines(resource.kind, key, value)
    return [*lines, "end"]
