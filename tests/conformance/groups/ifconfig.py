# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ifconfig."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ifconfig

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command.split()[:1] != ["ifconfig"] or len(command.split()) != 2:
        return None
    found = ifconfig.parse_interfaces(text)
    rows: dict[str, dict[str, object]] = {}
    for one in found:
        row = rows.setdefault(one.name, {"name": one.name})
        facts: dict[str, object] = {
            "flags": list(one.flags),
            "mtu": one.mtu,
            "index": one.index,
            "mac": one.mac,
            "group": one.group,
            "groupname": one.group,
            "zone": one.zone,
            "dhcp": "DHCP" in one.flags,
        }
        if one.netmask or not one.address:
            facts |= {"addr": one.address, "inet": one.address, "netmask": one.netmask, "broadcast": one.broadcast}
        else:
            facts["inet6"] = f"{one.address}/{one.prefix}"
        if one.tunnel_src:
            facts |= {"tunnel_src": one.tunnel_src, "tunnel_dst": one.tunnel_dst}
        for name, value in facts.items():
            if row.get(name) in (None, "", []):
                row[name] = value
    groups: dict[str, list[str]] = {}
    for one in found:
        members = groups.setdefault(one.group, []) if one.group else []
        if one.name not in members:
            members.append(one.name)
    physical = [one for one in found if ":" not in one.name]
    plain = [one.name for one in physical if not one.group and "LOOPBACK" not in one.flags]
    about: dict[str, object] = {
        "groups": groups,
        "failed": sorted({one.name for one in physical if "FAILED" in one.flags}),
        "zones": sorted({one.zone for one in found if one.zone}),
    }
    if all(":" not in name for name in rows):  # else it is open whether logical ones count
        about["interfaces"] = len(rows)
    if len(plain) == 1:
        about["plain"] = plain[0]
    return Table(list(rows.values()), "name", about)
