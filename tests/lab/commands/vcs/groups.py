# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hastatus -sum, hasys, haclus, haconf, hagrp."""

from __future__ import annotations

from ... import membership
from ...call import Call
from ..options import Refused, Unknown
from .engine import evacuate, frozen, group, move, of, state, system, vcs


@vcs("hastatus")
async def hastatus(call: Call) -> int:
    if call.args not in (["-sum"], ["-summary"]):
        raise Unknown()
    known = of(call)
    text = f"\n-- SYSTEM STATE\n-- {'System':<20} {'State':<20} Frozen\n\n"
    text += "".join(f"A  {name:<20} {state(known, name):<20} {frozen(known, name)}\n" for name in known.nodes)
    text += f"\n-- GROUP STATE\n-- {'Group':<15} {'System':<20} {'Probed':<10} {'AutoDisabled':<15} State\n\n"
    for one in known.groups.values():
        for name in one.nodes:
            text += f"B  {one.name:<15} {name:<20} {'Y':<10} {'N':<15} {'ONLINE' if name == one.online else 'OFFLINE'}\n"
    call.out(text)
    return 0


@vcs("hasys")
async def hasys(call: Call) -> int:
    known, verb, rest = of(call), call.args[:1], call.args[1:]
    if verb == ["-list"] and not rest:
        call.out("".join(f"{name}\n" for name in known.nodes))
    elif verb == ["-state"]:
        rows = [(name, "SysState", state(known, name)) for name in ([system(call, name) for name in rest] or known.nodes)]
        call.out(_systems(rows))
    elif verb == ["-value"] and len(rest) == 2:
        call.out(attribute(call, system(call, rest[0]), rest[1]) + "\n")
    elif verb == ["-display"] and len(rest) > 2 and rest[1] == "-attribute":
        call.out(_systems([(rest[0], name, attribute(call, system(call, rest[0]), name)) for name in rest[2:]]))
    elif verb in (["-freeze"], ["-unfreeze"]):
        return freeze(call, verb[0], rest)
    else:
        raise Unknown()
    return 0


def _systems(rows: list[tuple[str, str, str]]) -> str:
    width = max(10, *(len(name) for name, _, _ in rows))
    lines = [("#System", "Attribute", "Value"), *rows]
    return "".join(f"{name:<{width}} {what:<21} {value}\n" for name, what, value in lines)


def attribute(call: Call, name: str, what: str) -> str:
    known = of(call)
    values = {
        "SysState": state(known, name),
        "Frozen": str(int(known.frozen.get(name) is True)),
        "TFrozen": str(int(known.frozen.get(name) is False)),
    }
    if what not in values:
        raise Unknown()
    return values[what]


def freeze(call: Call, verb: str, rest: list[str]) -> int:
    """Nothing comes online on a frozen system; what is online stays unless -evacuate (hasys(1M)). -persistent changes main.cf."""
    options, names = {word for word in rest if word.startswith("-")}, [word for word in rest if not word.startswith("-")]
    if len(names) != 1 or not options <= ({"-persistent", "-evacuate"} if verb == "-freeze" else {"-persistent"}):
        raise Unknown()
    name, known = system(call, names[0]), of(call)
    if "-persistent" in options and not known.writable:
        raise Unknown("the refusal while the configuration is read-only")
    if verb == "-freeze":
        if "-evacuate" in options:
            evacuate(call, name)
        known.frozen[name] = "-persistent" in options
        return 0
    if "-persistent" in options and known.frozen.get(name) is not True:
        raise Refused("VCS WARNING V-16-1-40205 System is not persistently frozen")
    if "-persistent" not in options and known.frozen.get(name) is not False:
        raise Unknown("the refusal of a system that is not frozen so")
    del known.frozen[name]
    membership.fail_over(call.centre, known, call.now())
    return 0


@vcs("haclus")
async def haclus(call: Call) -> int:
    """-value of the few attributes whose meaning here is known; -display has them between those that a recording begins with."""
    values = {"ClusState": "RUNNING", "ClusterName": of(call).name}
    if call.args[:1] == ["-value"] and len(call.args) == 2 and call.args[1] in values:
        call.out(values[call.args[1]] + "\n")
    elif call.args == ["-display"]:
        shown = dict.fromkeys(("AdministratorGroups", "Administrators", *values), "") | values
        call.out("".join(f"{name:<24} {value}".rstrip() + "\n" for name, value in {"#Attribute": "Value", **shown}.items()))
    else:
        raise Unknown()
    return 0


@vcs("haconf")
async def haconf(call: Call) -> int:
    known = of(call)
    if call.args == ["-makerw"]:
        if known.writable:
            raise Refused("VCS WARNING V-16-1-10364 Cluster already writable.")
        known.writable = True
    elif call.args == ["-dump", "-makero"]:
        if not known.writable:
            raise Refused("VCS WARNING V-16-1-10369 Cluster not writable")
        known.writable = False
    else:
        raise Unknown()
    return 0


@vcs("hagrp")
async def hagrp(call: Call) -> int:
    verb, rest = call.args[:1], call.args[1:]
    if verb == ["-state"]:
        return states(call, rest)
    if verb == ["-switch"] and len(rest) == 3 and rest[1] == "-to":
        one, name = group(call, rest[0]), system(call, rest[2])
        if not one.online or one.online == name or not membership.may_carry(call.centre, of(call), one, name):
            raise Unknown(f"the refusal to switch {one.name} to {name}")
        move(call, one, name)
    elif verb == ["-online"] and len(rest) == 3 and rest[1] == "-sys":
        one, name = group(call, rest[0]), system(call, rest[2])
        if one.online or one.to or not membership.may_carry(call.centre, of(call), one, name):
            raise Unknown(f"the refusal to bring {one.name} online on {name}")
        one.wanted = True
        move(call, one, name)
    elif verb == ["-offline"] and len(rest) == 3 and rest[1] == "-sys":
        one = group(call, rest[0])
        if one.online != system(call, rest[2]):
            raise Unknown(f"the refusal to take {one.name} offline on {rest[2]}")
        one.wanted = False
        membership.place(call.centre, of(call), one, "", call.now())
    else:
        raise Unknown()
    return 0


def states(call: Call, rest: list[str]) -> int:
    """A table; with -sys the value alone."""
    if len(rest) == 3 and rest[1] == "-sys":
        one, name = group(call, rest[0]), system(call, rest[2])
        if name not in one.nodes:
            raise Unknown()
        call.out("ONLINE\n" if one.online == name else "OFFLINE\n")
        return 0
    if len(rest) > 1:
        raise Unknown()
    chosen = [group(call, name) for name in rest] or list(of(call).groups.values())
    first = max([12, *(-(-len(one.name) // 4) * 4 for one in chosen)])
    second = max([10, *(len(name) for one in chosen for name in one.nodes)])
    text = f"{'#Group':<{first}} {'Attribute':<21} {'System':<{second}} Value\n"
    for one in chosen:
        for name in one.nodes:
            text += f"{one.name:<{first}} {'State':<21} {name:<{second}} |{'ONLINE' if one.online == name else 'OFFLINE'}|\n"
    call.out(text)
    return 0
