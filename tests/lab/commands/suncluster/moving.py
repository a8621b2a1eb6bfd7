# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves groups and stops the cluster: clnode evacuate, clresourcegroup switch and online, cluster shutdown, scswitch, scshutdown."""

from __future__ import annotations

import asyncio

from ... import membership
from ...call import Call
from ...clusters import ResourceGroup
from ..options import Refused, Unknown, parse
from ..system import power
from .node import group, node, of, suncluster

GRACE = 60  # seconds, of cluster shutdown


async def pause(call: Call) -> None:
    if call.sleep is not None:
        await call.sleep(membership.SWITCH)


async def clnode_evacuate(call: Call) -> int:
    _flags, names = parse(call.args[1:], "T:v")
    if len(names) != 1:
        raise Unknown()
    return await evacuate(call, node(call, names[0]))


async def evacuate(call: Call, name: str) -> int:
    """Every group of the node goes to the next preferred one; the command comes back when they have. A group that has nowhere to go
    goes offline (clnode(1CL), scswitch(1M))."""
    cluster = of(call)
    moving = [one for one in cluster.groups.values() if one.online == name]
    for one in moving:
        await pause(call)
        if one.online == name:
            membership.place(call.centre, cluster, one, membership.next_node(call.centre, cluster, one, but=name), call.now())
    return 0


async def switch(call: Call, one: ResourceGroup, name: str) -> int:
    cluster = of(call)
    if not membership.may_carry(call.centre, cluster, one, name):
        raise Unknown(f"the refusal to switch {one.name} to {name}")
    if one.online != name:
        await pause(call)
        if not membership.may_carry(call.centre, cluster, one, name):
            raise Unknown(f"the end of a switch to {name}, which left meanwhile")
        one.wanted = True
        membership.place(call.centre, cluster, one, name, call.now())
    return 0


async def clrg_switch(call: Call) -> int:
    flags, names = parse(call.args[1:], "n:v")
    options = dict(flags)
    if "n" not in options or not names:
        raise Unknown()
    chosen = list(of(call).groups.values()) if names == ["+"] else [group(call, name) for name in names]
    for one in chosen:
        await switch(call, one, node(call, options["n"]))
    return 0


async def clrg_online(call: Call) -> int:
    flags, names = parse(call.args[1:], "n:v")
    options = dict(flags)
    chosen = list(of(call).groups.values()) if names == ["+"] else [group(call, name) for name in names]
    if not chosen:
        raise Unknown()
    for one in chosen:
        target = node(call, options["n"]) if "n" in options else one.online or membership.next_node(call.centre, of(call), one)
        await switch(call, one, target)
    return 0


@suncluster("scswitch")
async def scswitch(call: Call) -> int:
    """-S -h NODE evacuates, -z -g GROUP -h NODE switches."""
    flags, rest = parse(call.args, "Szg:h:K:")
    options = dict(flags)
    if rest or "h" not in options:
        raise Unknown()
    if "S" in options and not options.keys() & {"z", "g"}:
        return await evacuate(call, node(call, options["h"]))
    if "z" in options and "g" in options and "S" not in options:
        for name in options["g"].split(","):
            await switch(call, group(call, name), node(call, options["h"]))
        return 0
    raise Unknown()


async def cluster_shutdown(call: Call, args: list[str]) -> int:
    """All groups offline, then all members to the firmware's prompt (init 0); without -y it would ask."""
    flags, _message = parse(args, "yg:m:")
    options = dict(flags)
    grace = options.get("g", str(GRACE))
    if "y" not in options or not grace.isdigit():
        raise Unknown("the question whether to go on" if grace.isdigit() else "")
    if call.shut is None or call.stop is None or call.sleep is None:
        raise Refused("lab: no machines to stop")
    await call.sleep(float(grace))
    others = [name for name in membership.stop_all(call.centre, of(call), call.now()) if name != call.machine.name]
    await call.sleep(power.SERVICES_STOP)
    await asyncio.gather(*(call.shut(name, "down") for name in others))
    await call.stop("down")
    return 0


@suncluster("scshutdown")
async def scshutdown(call: Call) -> int:
    return await cluster_shutdown(call, call.args)
