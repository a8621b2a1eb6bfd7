# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm of Solaris 10: show-dev, show-link, and aggregations by key (``aggr1`` is key 1)."""

from __future__ import annotations

from ...call import Call
from ..options import Refused, Unknown, parse
from .links import Link, find, links, users


def show_dev(call: Call, args: list[str]) -> int:
    _, names = parse(args, "")
    found = [link for link in links(call) if link.kind == "phys" and (not names or link.name in names)]
    if names and not found:
        raise Refused(f"dladm: invalid device name '{names[0]}'")
    for link in found:
        call.out(f"{link.name}\t\tlink: {link.state}\tspeed: {link.speed:<5} Mbps\tduplex: {link.duplex}\n")
    return 0


def show_link(call: Call, args: list[str]) -> int:
    _, names = parse(args, "")
    found = [link for link in links(call) if not link.zone and (not names or link.name in names)]
    if names and not found:
        raise Refused(f"dladm: invalid link name '{names[0]}'")
    for link in found:
        below = f"aggregation: key {key(link)}" if link.kind == "aggr" else f"device: {link.device}"
        call.out(f"{link.name:<9}\ttype: non-vlan\tmtu: {link.mtu}\t{below}\n")
    return 0


def key(link: Link) -> int:
    return int(link.name.removeprefix("aggr"))


def show_aggr(call: Call, args: list[str]) -> int:
    _, keys = parse(args, "")
    for link in links(call):
        if link.kind != "aggr" or (keys and str(key(link)) not in keys):
            continue
        call.out(f"key: {key(link)} (0x{key(link):04x})\tpolicy: {link.settings['policy']}\taddress: {link.mac} (auto)\n")
        call.out("\tdevice\taddress\t\t\tspeed\t\tduplex\tlink\tstate\n")
        for name in link.over:
            port = find(call, name)
            if port is not None:
                state = "attached" if port.state == "up" else "standby"
                call.out(f"\t{name}\t{port.mac}\t{port.speed:<5} Mbps\t{port.duplex}\t{port.state}\t{state}\n")
    return 0


def create_aggr(call: Call, args: list[str]) -> int:
    flags, rest = parse(args, "d:P:l:T:")
    options, members = dict(flags), [value for letter, value in flags if letter == "d"]
    if len(rest) != 1 or not rest[0].isdigit() or not 1 <= int(rest[0]) <= 999 or not members:
        raise Unknown()
    if call.user != "root":
        raise Refused("dladm: create operation failed: permission denied")
    name = f"aggr{int(rest[0])}"
    if name in call.machine.links:
        raise Refused("dladm: create operation failed: aggregation already exists")
    for member in members:
        link = find(call, member)
        if link is None or link.kind != "phys":
            raise Refused(f"dladm: invalid device name '{member}'")
        if users(call, member):
            raise Refused("dladm: create operation failed: device busy")
    settings = {"policy": options.get("P", "L4"), "lacpactivity": options.get("l", "off"), "lacptimer": options.get("T", "short")}
    call.machine.links[name] = {"class": "aggr", "over": members, "mtu": 1500, "settings": settings}
    return 0


def delete_aggr(call: Call, args: list[str]) -> int:
    flags, rest = parse(args, "")
    if len(rest) != 1 or not rest[0].isdigit() or flags:
        raise Unknown()
    name = f"aggr{int(rest[0])}"
    if call.user != "root":
        raise Refused("dladm: delete operation failed: permission denied")
    if name not in call.machine.links:
        raise Refused("dladm: delete operation failed: aggregation not found")
    if users(call, name):
        raise Refused("dladm: delete operation failed: link busy")
    del call.machine.links[name]
    return 0
