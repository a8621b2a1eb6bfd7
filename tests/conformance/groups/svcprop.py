# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcprop: properties by full and by short name, and the values of one."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import smf

from ..facts import Table
from ..shapes import ValueOrItems


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    asked = words[words.index("-p") + 1] if "-p" in words[:-1] else ""
    if "/" in asked:
        values = smf.parse_values(text)
        return {"value": ValueOrItems(values, " ".join(values)), "values": list(values)}
    found = smf.parse_properties(text)
    whole = {one.name: ValueOrItems([one.type, *one.values], " ".join(one.values)) for one in found}
    short = {one.name.rpartition("/")[2]: ValueOrItems(one.values, " ".join(one.values)) for one in found} if asked else {}
    first = {"first": whole[found[0].name], "last": whole[found[-1].name]} if found else {}
    return Table([{"name": one.name} for one in found], "name", {**short, **whole, **first})
