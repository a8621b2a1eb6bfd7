# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm show-* of Solaris 11. Column widths from recorded output of 11.1 to 11.4."""

from __future__ import annotations

from ...call import Call
from ..options import Refused, Unknown, parse
from .links import Link, find, free_alternates, links, users
from .table import Table

LINK = Table({"link": 20, "zone": 10, "class": 10, "mtu": 7, "state": 9, "over": 20}, ("link", "class", "mtu", "state", "over"))
PHYS = Table(
    {"link": 18, "media": 21, "state": 11, "speed": 7, "duplex": 10, "device": 10, "flags": 6},
    ("link", "media", "state", "speed", "duplex", "device"),
)
MAC = Table({"link": 20, "slot": 9, "address": 19, "inuse": 6, "client": 20}, ("link", "slot", "address", "inuse", "client"))
VNIC = Table(
    {"link": 16, "over": 15, "speed": 7, "macaddress": 18, "macaddrtype": 12, "ids": 10, "vid": 6},
    ("link", "over", "speed", "macaddress", "macaddrtype", "ids"),
)
VLAN = Table(
    {"link": 20, "vid": 5, "svid": 5, "pvlan-type": 12, "flags": 7, "over": 10}, ("link", "vid", "svid", "pvlan-type", "flags", "over")
)
AGGR = Table(
    {"link": 18, "mode": 6, "policy": 9, "addrpolicy": 21, "lacpactivity": 13, "lacptimer": 11},
    ("link", "mode", "policy", "addrpolicy", "lacpactivity", "lacptimer"),
)
PORTS = Table(
    {"link": 12, "port": 15, "speed": 7, "duplex": 10, "state": 10, "address": 19, "portstate": 12},
    ("link", "port", "speed", "duplex", "state", "address", "portstate"),
)
STUB = Table({"link": 20}, ("link",))
PROPERTY = Table(
    {"link": 13, "property": 16, "perm": 5, "value": 13, "effective": 13, "default": 10, "possible": 20},
    ("link", "property", "perm", "value", "effective", "default", "possible"),
)


def narrowed(call: Call, names: list[str], *kinds: str) -> list[Link]:
    """The links of these kinds, or the one that is named."""
    if len(names) > 1:
        raise Unknown()
    found = [link for link in links(call) if not kinds or link.kind in kinds]
    if not names:
        return found
    chosen = [link for link in found if link.shown == names[0]]
    if not chosen:
        raise Refused(f"dladm: invalid link name '{names[0]}'")
    return chosen


def show_link(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPZo:z:")
    options = dict(flags)
    fields = LINK.fields(call, options.get("o"), "p" in options)
    rows = []
    for link in narrowed(call, names):
        if "P" in options and link.temporary:
            continue
        if "z" in options and (link.zone or "global") not in options["z"].split(","):
            continue
        rows.append({
            "link": link.shown, "zone": link.zone or "global", "class": link.kind, "mtu": str(link.mtu), "state": link.state,
            "over": " ".join(link.over),
        })  # fmt: skip
    if "o" not in options:
        if "P" in options:
            fields = ["link", "class", "over"]
        elif "Z" in options:
            fields = ["link", "zone", "class", "mtu", "state", "over"]
    LINK.show(call, rows, fields, "p" in options)
    return 0


def show_phys(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPmo:")
    options = dict(flags)
    table = MAC if "m" in options else PHYS
    fields = table.fields(call, options.get("o"), "p" in options)
    rows = []
    for link in narrowed(call, names, "phys"):
        rows.append({
            "link": link.shown, "media": "Ethernet", "state": link.state, "speed": str(link.speed), "duplex": link.duplex,
            "device": link.device, "flags": "-----",
            "slot": "primary", "address": link.mac, "inuse": "yes" if users(call, link.name) else "no",
            "client": " ".join(users(call, link.name)),
        })  # fmt: skip
        if link.alternates and {"m", "p"} <= set(options):
            raise Unknown("alternate addresses in parsable form")
        free = free_alternates(call, link)
        for slot, mac in enumerate(link.alternates if "m" in options else (), 1):
            client = "" if mac in free else " ".join(one.shown for one in links(call) if one.mac == mac)
            rows.append({"link": " ", "slot": str(slot), "address": mac, "inuse": "yes" if client else "no", "client": client})
    table.show(call, rows, fields, "p" in options)
    return 0


def show_vnic(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPo:l:")
    options = dict(flags)
    fields = VNIC.fields(call, options.get("o"), "p" in options)
    rows = [
        {
            "link": link.shown, "over": " ".join(link.over), "speed": str(link.speed), "macaddress": link.mac, "macaddrtype": link.mac_type,
            "ids": f"VID:{link.vid}", "vid": str(link.vid),
        }
        for link in narrowed(call, names, "vnic")
        if ("P" not in options or not link.temporary) and options.get("l") in (None, *link.over)
    ]  # fmt: skip
    VNIC.show(call, rows, fields, "p" in options)
    return 0


def show_vlan(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPo:")
    options = dict(flags)
    fields = VLAN.fields(call, options.get("o"), "p" in options)
    rows = [
        {"link": link.shown, "vid": str(link.vid), "svid": "", "pvlan-type": "", "flags": "-----", "over": " ".join(link.over)}
        for link in narrowed(call, names, "vlan")
    ]
    VLAN.show(call, rows, fields, "p" in options)
    return 0


def show_aggr(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPxo:")
    options = dict(flags)
    table = PORTS if "x" in options else AGGR
    fields = table.fields(call, options.get("o"), "p" in options)
    rows: list[dict[str, str]] = []
    for link in narrowed(call, names, "aggr"):
        if "x" not in options:
            rows.append({"link": link.shown, "addrpolicy": "auto", **link.settings})
            continue
        whole = {"link": link.shown, "speed": str(link.speed), "duplex": link.duplex, "state": link.state, "address": link.mac}
        rows.append(whole)
        for name in link.over:
            port = find(call, name)
            if port is not None:
                rows.append({
                    "port": name, "speed": str(port.speed), "duplex": port.duplex, "state": port.state, "address": port.mac,
                    "portstate": "attached" if port.state == "up" else "standby",
                })  # fmt: skip
    table.show(call, rows, fields, "p" in options)
    return 0


def show_etherstub(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pPo:t")
    options = dict(flags)
    fields = STUB.fields(call, options.get("o"), "p" in options)
    STUB.show(call, [{"link": link.shown} for link in narrowed(call, names, "etherstub")], fields, "p" in options)
    return 0


def show_linkprop(call: Call, args: list[str]) -> int:
    """Here -p names properties and -c asks for parsable output. Only what the truth holds is known: mtu, speed, duplex, state, zone."""
    flags, names = parse(args, "cp:o:")
    options = dict(flags)
    fields = PROPERTY.fields(call, options.get("o"), "c" in options)
    wanted = options.get("p", "").split(",") if "p" in options else []
    if not wanted or set(wanted) - {"mtu", "speed", "duplex", "state", "zone"}:
        raise Unknown("properties other than mtu, speed, duplex, state, zone")
    rows = []
    for link in narrowed(call, names):
        values = {
            "mtu": (str(link.mtu), "rw", str(link.mtu if link.kind == "etherstub" else 1500), "576-9216"),
            "speed": (str(link.speed), "r-", "", ""),
            "duplex": (link.duplex, "r-", "", "half,full"), "state": (link.state, "r-", "up", "up,down"), "zone": (link.zone, "rw", "", ""),
        }  # fmt: skip
        for name in wanted:
            value, perm, default, possible = values[name]
            rows.append({
                "link": link.shown, "property": name, "perm": perm, "value": value, "effective": value, "default": default,
                "possible": possible,
            })  # fmt: skip
    PROPERTY.show(call, rows, fields, "c" in options)
    return 0
