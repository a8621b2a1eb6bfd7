# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hastop, hastart, gabconfig -a, lltstat -nvv."""

from __future__ import annotations

import zlib

from ... import membership
from ...call import Call
from ...truth import Machine
from ..options import Unknown
from .engine import evacuate, of, vcs

SLOTS = 32  # of LLT, as version 2 to 5 list them
HEAVY = 2  # links for heartbeats: a machine's last ports


@vcs("hastop")
async def hastop(call: Call) -> int:
    """-local: this engine and its groups, which stay offline unless -evacuate moves them first; -all: every engine."""
    known, name = of(call), call.machine.name
    if call.args == ["-all"]:
        membership.stop_all(call.centre, known, call.now())
        return 0
    if call.args not in (["-local"], ["-local", "-evacuate"]):
        raise Unknown()
    if "-evacuate" in call.args:
        evacuate(call, name)
    stay = [one for one in known.groups.values() if one.online == name]
    for one in stay:
        membership.place(call.centre, known, one, "", call.now())
        one.stopped = True
    seeded = list(known.seeded)
    membership.depart(call.centre, name, call.now(), orderly=True)
    known.seeded = seeded  # GAB stays up
    return 0


@vcs("hastart", engine=False)
async def hastart(call: Call) -> int:
    if call.args or call.machine.name in of(call).members:
        raise Unknown()
    membership.arrive(call.centre, call.machine.name, call.now())
    return 0


@vcs("gabconfig", engine=False, folder="usr/sbin")
async def gabconfig(call: Call) -> int:
    """Port a: GAB itself, port h: the engine; numbers of nodes, at their places."""
    if call.args != ["-a"]:
        raise Unknown()
    known = of(call)
    if any(nic.state != "up" for name in known.seeded for nic in call.centre.machines[name].nics[-HEAVY:]):
        raise Unknown("ports in jeopardy: a link for heartbeats is down")
    text = f"GAB Port Memberships\n{'=' * 63}\n"
    for port, nodes in (("a", known.seeded), ("h", known.members)):
        if call.machine.name in nodes:
            text += f"Port {port} gen {zlib.crc32(f'{port}{sorted(nodes)}'.encode()) & 0xFFFFFF:6x}{port_number(port)} membership "
            text += "".join(str(number) if name in nodes else " " for number, name in enumerate(known.nodes)).rstrip() + "\n"
    call.out(text)
    return 0


def port_number(port: str) -> str:
    return {"a": "01", "h": "03"}[port]


@vcs("lltstat", engine=False, folder="usr/sbin")
async def lltstat(call: Call) -> int:
    """-nvv lists all slots, -nvv active the configured ones."""
    if call.args not in (["-nvv"], ["-nvv", "active"]):
        raise Unknown()
    known, own = of(call), call.machine
    links = [nic.device for nic in own.nics[-HEAVY:]]
    text = "LLT node information:\n   Node      State    Link  Status  Address\n"
    for number, name in enumerate(known.nodes):
        there = name == own.name or call.centre.machines[name].running and call.centre.machines[name].powered
        text += f"  {'*' if name == own.name else ' '} {number} {name}  {'OPEN' if there else 'CONNWAIT'}\n"
        text += "".join(_link(link, call.centre.machines[name] if there else None) for link in links)
    for number in range(len(known.nodes), 0 if "active" in call.args else SLOTS):
        text += f"    {number:<9}CONNWAIT\n" + "".join(_link(link, None) for link in links)
    call.out(text)
    return 0


def _link(link: str, machine: Machine | None) -> str:
    nic = next((nic for nic in machine.nics if nic.device == link), None) if machine is not None else None
    if nic is None or nic.state != "up":
        return f"{'':22}{link:<7} DOWN\n"
    return f"{'':22}{link:<7} UP      {nic.mac.upper()}\n"
