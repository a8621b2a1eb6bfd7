# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""netstat."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import load, routes


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:2] == ["netstat", "-i"] and len(words) == 3 and words[2].isdecimal():
        samples = load.parse_netstat_interval(text)
        return {"samples": len(samples), "first": samples[0], "last": samples[-1]} if samples else None
    if words[:2] != ["netstat", "-rn"] and words[:3] != ["netstat", "-r", "-n"] and words[:2] != ["netstat", "-nr"]:
        return None
    families: dict[str, list[dict[str, object]]] = {}
    for one in routes.parse_table(text):
        row: dict[str, object] = {"dest": one.destination, "gw": one.gateway, "flags": one.flags, "iface": one.interface}
        families.setdefault(one.family.lower(), []).append(row)
    return families
