# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ipmpstat."""

from __future__ import annotations

from collections import Counter

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ipmp

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    options = command.removeprefix("ipmpstat ").removeprefix("-").replace("n", "")
    if options == "g":
        rows = [
            {
                "group": one.name,
                "groupname": one.groupname,
                "state": one.state,
                "fdt": one.fdt,
                "active": one.active,
                "inactive": one.inactive,
                "unusable": one.unusable,
            }
            for one in ipmp.parse_groups(text)
        ]
        return Table(rows, "group")
    if options == "i":
        members = [
            {
                "interface": one.name,
                "active": one.active,
                "group": one.group,
                "flags": one.flags,
                "link": one.link,
                "probe": one.probe,
                "state": one.state,
            }
            for one in ipmp.parse_members(text)
        ]
        return Table(members, "interface")
    if options == "a":
        return Table([{**row, "outbound": len(row["outbound"].split())} for row in ipmp.parse_addresses(text)], "address")
    if options == "t":
        return Table([{**row, "targets": row["targets"].split()} for row in ipmp.parse_targets(text)], "interface")
    if options == "p":
        found = ipmp.parse_probes(text)
        lost = Counter(row["interface"] for row in found if not row.get("rtt") and not row.get("netrtt"))
        return Table(found, "probe", {"lost": lost})
    return None
