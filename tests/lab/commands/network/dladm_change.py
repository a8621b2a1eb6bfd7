# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm create-*, delete-*, set-linkprop of Solaris 11.

Messages follow illumos, where an operation that fails says what failed and why (``object already exists``, ``object not found``,
``link busy``, ``permission denied``); the words before the colon may differ on Oracle's releases, the exit code 1 does not.
"""

from __future__ import annotations

import re

from ...call import Call
from ..options import Refused, Unknown, parse
from .links import Link, find, random_mac, short_mac, users

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.]*[0-9]$")
MAC = re.compile(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$")


def failed(what: str, why: str) -> Refused:
    return Refused(f"dladm: {what} failed: {why}")


def new_name(call: Call, what: str, names: list[str]) -> str:
    """The one operand, checked and free."""
    if len(names) != 1:
        raise Unknown()
    name = names[0]
    if not NAME.match(name) or len(name) > 31:
        raise Refused(f"dladm: invalid link name '{name}'")
    if call.user != "root":
        raise failed(what, "permission denied")
    if find(call, name) is not None:
        raise failed(what, "object already exists")
    return name


def lower(call: Call, what: str, name: str, *kinds: str) -> Link:
    link = find(call, name)
    if link is None:
        raise Refused(f"dladm: invalid link name '{name}'")
    if link.kind not in kinds:
        raise failed(what, "invalid argument")
    return link


def vlan_id(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 4094:
        raise Unknown(f"VLAN {text}")
    return int(text)


def create_vnic(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "tl:m:v:")
    options = dict(flags)
    if "l" not in options:
        raise Unknown()
    what = f"vnic creation over {options['l']}"
    name = new_name(call, what, names)
    under = lower(call, what, options["l"], "phys", "aggr", "etherstub")
    if call.machine.guest_of and under.kind == "phys":
        raise Unknown("VNICs that dladm makes over a guest domain's vnet")
    wanted = options.get("m", "auto")
    if wanted not in ("auto", "random") and not MAC.match(wanted):
        raise Unknown("factory addresses")
    fixed = ":" in wanted
    call.machine.links[name] = {
        "class": "vnic", "over": [under.name], "mtu": under.mtu, "mac": short_mac(wanted) if fixed else random_mac(call.machine.name, name),
        "mac_type": "fixed" if fixed else "random", "vid": vlan_id(options.get("v", "0")), "temporary": "t" in options,
    }  # fmt: skip
    return 0


def create_vlan(call: Call, args: list[str]) -> int:
    """The name may be left out: VID 5 over net0 is net5000 by the rule VID * 1000 + instance."""
    flags, names = parse(args, "ftl:v:")
    options = dict(flags)
    if not {"l", "v"} <= set(options):
        raise Unknown()
    vid = vlan_id(options["v"])
    what = f"create operation over {options['l']}"
    split = re.match(r"(.*?)(\d+)$", options["l"])
    if not names and split:
        names = [f"{split[1]}{vid * 1000 + int(split[2])}"]
    name = new_name(call, what, names)
    under = lower(call, what, options["l"], "phys", "aggr", "etherstub")
    if vid == 0:
        raise Unknown("VLAN 0")
    if any(entry["class"] == "vlan" and entry["over"] == [under.name] and entry["vid"] == vid for entry in call.machine.links.values()):
        raise failed(what, "object already exists")
    call.machine.links[name] = {"class": "vlan", "over": [under.name], "mtu": under.mtu, "vid": vid, "temporary": "t" in options}
    return 0


def create_aggr(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "tm:P:L:T:l:")
    options, members = dict(flags), [value for letter, value in flags if letter == "l"]
    mode, policy, lacp, timer = (
        options.get(letter, normal) for letter, normal in (("m", "trunk"), ("P", "L4"), ("L", "off"), ("T", "short"))
    )
    if mode not in ("trunk", "dlmp") or lacp not in ("off", "active", "passive") or timer not in ("short", "long") or not members:
        raise Unknown()
    what = "create operation"
    name = new_name(call, what, names)
    for member in members:
        lower(call, what, member, "phys")
        if users(call, member):
            raise failed(what, "link busy")
    settings = {"mode": mode, "policy": policy, "lacpactivity": lacp, "lacptimer": timer}
    if mode == "dlmp":
        settings.update(policy="", lacpactivity="", lacptimer="")
    call.machine.links[name] = {"class": "aggr", "over": members, "mtu": 1500, "settings": settings, "temporary": "t" in options}
    return 0


def create_etherstub(call: Call, args: list[str]) -> int:
    flags, names = parse(args, "t")
    name = new_name(call, "etherstub creation", names)
    call.machine.links[name] = {"class": "etherstub", "over": [], "mtu": 9000, "temporary": bool(flags)}
    return 0


def delete(call: Call, args: list[str]) -> int:
    """delete-vnic, -vlan, -aggr, -etherstub: of its own kind only, and nothing may use it."""
    kind = call.args[0].removeprefix("delete-")
    flags, names = parse(args, "t")
    if len(names) != 1 or flags:
        raise Unknown()
    name = names[0]
    what = {"vnic": "vnic deletion", "etherstub": "etherstub deletion"}.get(kind, "delete operation")
    link = find(call, name)
    if link is None or name not in call.machine.links:
        raise Refused(f"dladm: invalid link name '{name}'")
    if link.kind != kind:
        raise failed(what, "invalid argument")
    if call.user != "root":
        raise failed(what, "permission denied")
    if users(call, name):
        raise failed(what, "link busy")
    del call.machine.links[name]
    return 0


def set_linkprop(call: Call, args: list[str]) -> int:
    """mtu of what dladm made; ports keep theirs."""
    flags, names = parse(args, "tp:")
    prop, _, value = dict(flags).get("p", "").partition("=")
    if len(names) != 1 or prop != "mtu" or not value.isdigit() or names[0] not in call.machine.links:
        raise Unknown("properties other than the mtu of a link that dladm made")
    what = "set operation"
    if call.user != "root":
        raise failed(what, "permission denied")
    if not 576 <= int(value) <= 9216:
        raise failed(what, "invalid argument")
    if users(call, names[0]):
        raise failed(what, "link busy")
    call.machine.links[names[0]]["mtu"] = int(value)
    return 0
