# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ipadm(1M) of Solaris 11: show-addr, show-if, the overview without arguments, create-ip, delete-ip, create-addr, delete-addr, and those of
IPMP interfaces.

The words of refusals are those of the libipadm messages; how Oracle's releases introduce them is only partly recorded, exit code 1 is sure.
"""

from __future__ import annotations

import ipaddress
import re
from functools import partial

from ...call import Call
from ...truth import Ipmp, NetAddress
from ..honest import S11, simulated
from ..options import Refused, Unknown, parse
from . import ipmp
from .addresses import Address, alive, interfaces, of_call, with_prefix
from .links import find
from .table import Table

ADDRESS = Table(
    {"addrobj": 18, "type": 9, "state": 13, "current": 8, "persistent": 11, "addr": 30}, ("addrobj", "type", "state", "addr"),
)  # fmt: skip
INTERFACE = Table(
    {"ifname": 11, "class": 9, "state": 9, "active": 7, "current": 13, "persistent": 11, "over": 20},
    ("ifname", "class", "state", "active", "over"),
)  # fmt: skip
OVERVIEW = Table({"name": 18, "class/type": 11, "state": 13, "under": 11, "addr": 30}, ("name", "class/type", "state", "under", "addr"))
LOOPBACK = (Address("lo0", "127.0.0.1/8", "v4"), Address("lo0", "::1/128", "v6"))


def listed(call: Call) -> list[Address]:
    """IPv4 first, each family in the order of its interfaces."""
    order = ["lo0", *interfaces(call)]
    known = [*LOOPBACK, *of_call(call)]
    return sorted(known, key=lambda item: (item.ip.version, order.index(item.interface)))


def row(item: Address) -> dict[str, str]:
    return {
        "addrobj": f"{item.interface}/{item.name or '?'}", "type": item.kind, "state": "ok" if item.up else "down", "current": "U----",
        "persistent": "U--" if item.stored or item.interface == "lo0" else "---", "addr": item.address,
    }  # fmt: skip


def show_addr(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "pdo:")
    options = dict(flags)
    fields = ADDRESS.fields(call, options.get("o"), "p" in options)
    known = listed(call)
    if names:
        wanted = names[0]
        chosen = [item for item in known if wanted in (row(item)["addrobj"], item.interface)]
        if len(names) > 1:
            raise Unknown()
        if not chosen:
            raise Refused(f"ipadm: cannot get address information: {'Object not found' if '/' in wanted else 'No such interface'}")
        known = chosen
    ADDRESS.show(call, [row(item) for item in known], fields, "p" in options)
    return 0


def show_if(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "po:")
    options = dict(flags)
    fields = INTERFACE.fields(call, options.get("o"), "p" in options)
    addresses = of_call(call)
    rows = []
    for name in ["lo0", *interfaces(call)]:
        link = find(call, name)
        up = name == "lo0" or link is None or link.state in ("up", "unknown")
        group = ipmp.own_interface(call.machine, name)
        if group is not None:
            up = ipmp.group_state(call, group) != "failed"
        member = ipmp.group_of(call.machine, name)
        versions = {item.ip.version for item in addresses if item.interface == name} if name != "lo0" else {4, 6}
        flow = f"{'4' if 4 in versions else '-'}{'6' if 6 in versions else '-'}--"
        state = "down" if not versions and member is None else "ok" if up else "failed"
        if member is not None and name in member.offline:
            state = "offline"
        rows.append({
            "ifname": name, "class": "loopback" if name == "lo0" else "ipmp" if group else "ip", "state": state,
            "active": "yes" if state == "ok" else "no", "current": "-m46-v------" if name == "lo0" else "bm46--------",
            "persistent": flow, "over": " ".join(group.members) if group else "",
        })  # fmt: skip
    if names:
        rows = [item for item in rows if item["ifname"] == names[0]]
        if not rows:
            raise Refused("ipadm: cannot get information for interface(s): Interface does not exist")
    INTERFACE.show(call, rows, fields, "p" in options)
    return 0


def overview(call: Call) -> int:
    rows = []
    known = listed(call)
    for name in ["lo0", *interfaces(call)]:
        mine = [item for item in known if item.interface == name]
        group, member = ipmp.own_interface(call.machine, name), ipmp.group_of(call.machine, name)
        state = "ok" if mine or member else "down"
        if member is not None:
            state = ipmp.member_state(call, member, name)
        elif group is not None and state == "ok":
            state = ipmp.group_state(call, group)
        kind = "loopback" if name == "lo0" else "ipmp" if group else "ip"
        rows.append({"name": name, "class/type": kind, "state": state, "under": member.interface if member else ""})
        rows += [
            {"name": f"   {row(item)['addrobj']}", "class/type": item.kind, "state": row(item)["state"], "addr": item.address}
            for item in mine
        ]
    OVERVIEW.show(call, rows, OVERVIEW.default, False)
    return 0


def need_root(call: Call) -> None:
    if call.user != "root":
        raise Refused("ipadm: Insufficient user authorizations")


def create_ip(call: Call, args: list[str]) -> int:
    _, names = parse(args, "t")
    need_root(call)
    if len(names) != 1 or call.zone is not None:
        raise Unknown()
    name = names[0]
    if name in interfaces(call) or name == "lo0":
        raise Refused(f"ipadm: cannot create interface {name}: Interface already exists")
    link = find(call, name)
    if link is None or link.zone or link.kind == "etherstub":
        raise Refused(f"ipadm: cannot create interface {name}: Could not open DLPI link")
    call.machine.interfaces = [*interfaces(call), name]
    return 0


def delete_ip(call: Call, args: list[str]) -> int:
    _, names = parse(args, "")
    need_root(call)
    if len(names) != 1 or call.zone is not None:
        raise Unknown()
    name = names[0]
    if name not in interfaces(call):
        raise Refused(f"ipadm: cannot delete interface {name}: Interface does not exist")
    if any(item.zone for item in of_call(call) if item.interface == name):
        raise Unknown("an interface that a running zone uses")
    call.machine.interfaces = [each for each in call.machine.interfaces if each != name]
    call.machine.addresses = [item for item in call.machine.addresses if item.link != name or item.zone]
    return 0


def underlying(call: Call, name: str, flags: list[tuple[str, str]]) -> list[str]:
    """The interfaces of ``-i``; what becomes of addresses that one has is not simulated."""
    found = [part for letter, text in flags if letter == "i" for part in text.split(",")]
    for one in found:
        if one not in interfaces(call):
            raise Refused(f"ipadm: cannot add underlying interface {one} to {name}: Interface does not exist")
        if ipmp.group_of(call.machine, one) or any(item.interface == one for item in of_call(call)):
            raise Unknown(f"{one}, which has addresses or is in a group")
    return found


def create_ipmp(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "ti:")
    need_root(call)
    if len(names) != 1 or call.zone is not None:
        raise Unknown()
    name = names[0]
    if name in interfaces(call) or find(call, name) is not None:
        raise Refused(f"ipadm: cannot create interface {name}: Interface already exists")
    call.machine.ipmp.append(Ipmp(name, name, underlying(call, name, flags)))
    call.machine.interfaces = [*interfaces(call), name]
    return 0


def change_ipmp(call: Call, args: list[str], add: bool) -> int:
    flags, names = parse(args, "ti:")
    need_root(call)
    group = ipmp.own_interface(call.machine, names[0]) if len(names) == 1 else None
    if group is None or call.zone is not None:
        raise Unknown("no IPMP interface")
    if add:
        group.members += underlying(call, group.interface, flags)
        return 0
    gone = {part for letter, text in flags if letter == "i" for part in text.split(",")}
    if not gone <= set(group.members):
        raise Unknown("an interface that is not in the group")
    for part in (group.members, group.standby, group.offline):
        part[:] = [one for one in part if one not in gone]
    return 0


def delete_ipmp(call: Call, args: list[str]) -> int:
    _, names = parse(args, "f")
    need_root(call)
    group = ipmp.own_interface(call.machine, names[0]) if len(names) == 1 else None
    if group is None or group.members or any(item.zone for item in of_call(call) if item.interface == group.interface):
        raise Unknown("one that is no IPMP interface, has members, or is used by a zone")
    call.machine.ipmp.remove(group)
    call.machine.interfaces = [each for each in call.machine.interfaces if each != group.interface]
    call.machine.addresses = [item for item in call.machine.addresses if item.link != group.interface]
    return 0


def create_addr(call: Call, args: list[str]) -> int:
    """Static addresses. The address object may be left out: v4, v4a, v4b ... of the interface."""
    flags, names = parse(args, "tT:a:")
    options = dict(flags)
    need_root(call)
    if len(names) != 1 or options.get("T", "static") != "static" or "a" not in options or call.zone is not None:
        raise Unknown("addresses other than static ones")
    interface, _, name = names[0].partition("/")
    text = options["a"].removeprefix("local=")
    try:
        address = ipaddress.ip_interface(with_prefix(text))
    except ValueError:
        raise Refused("ipadm: cannot create address: Invalid argument provided") from None
    if interface not in interfaces(call):
        raise Refused("ipadm: cannot create address: Interface does not exist")
    taken = {item.name for item in of_call(call) if item.interface == interface}
    stem = f"v{address.version}"
    name = name or next(each for each in (stem, *(stem + letter for letter in "abcdefghij")) if each not in taken)
    if not re.match(r"[a-zA-Z][a-zA-Z0-9_]*$", name):
        raise Refused("ipadm: cannot create address: Invalid argument provided")
    if name in taken:
        raise Refused("ipadm: cannot create address: Address object already exists")
    if str(address.ip) in {str(item.ip.ip) for item in of_call(call)}:
        raise Refused("ipadm: cannot create address: Address already exists")
    if str(address.ip) in set(alive(call.centre)):
        raise Unknown("an address that another host has")
    call.machine.addresses.append(NetAddress(interface, str(address), f"{interface}/{name}"))
    call.machine.interfaces = interfaces(call)
    return 0


def delete_addr(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "r")
    need_root(call)
    if len(names) != 1 or flags or call.zone is not None:
        raise Unknown()
    found = next((item for item in of_call(call) if names[0] == f"{item.interface}/{item.name}" and item.stored), None)
    if found is None:
        raise Refused("ipadm: cannot delete address: Object not found")
    if found.interface not in call.machine.interfaces:
        call.machine.interfaces = interfaces(call)  # the interface stays
    call.machine.addresses = [item for item in call.machine.addresses if item is not found.stored]
    return 0


SUBCOMMANDS = {
    "show-addr": show_addr,
    "show-if": show_if,
    "create-ip": create_ip,
    "delete-ip": delete_ip,
    "create-addr": create_addr,
    "delete-addr": delete_addr,
    "create-ipmp": create_ipmp,
    "delete-ipmp": delete_ipmp,
    "add-ipmp": partial(change_ipmp, add=True),
    "remove-ipmp": partial(change_ipmp, add=False),
}


@simulated("ipadm", on=S11)
async def ipadm(call: Call) -> int:
    if not call.args:
        return overview(call)
    if call.args[0] not in SUBCOMMANDS:
        raise Unknown()
    return SUBCOMMANDS[call.args[0]](call, call.args[1:])
