# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ldm(1M) of a control domain: ``ldm list -p``, as recorded (version 1.11). Whether a guest domain has the command is not known."""

from __future__ import annotations

from ... import load
from ...call import Call
from ...truth import DataCentre, Machine
from ..honest import S11, simulated
from ..options import Unknown


def used(centre: DataCentre, machine: Machine) -> str:
    return f"{load.cpu(centre, machine) / machine.threads * 100:.1f}"


def row(centre: DataCentre, machine: Machine, now: int) -> str:
    """A guest that was stopped keeps its resources: bound."""
    on = machine.powered
    flags, util, uptime = "-n----" if on else "------", used(centre, machine) if on else "", str(now - machine.boot_time) if on else ""
    return (
        f"DOMAIN|name={machine.name}|state={'active' if on else 'bound'}|flags={flags}|cons=|ncpu={machine.threads}|mem={machine.memory}"
        f"|util={util}|uptime={uptime}|norm_util={util}\n"
    )


@simulated("ldm", on=S11)
async def ldm(call: Call) -> int:
    machine = call.machine
    if machine.architecture != "sparc":
        call.err("sh: ldm: not found\n")
        return 127
    if machine.guest_of or call.zone is not None or call.args not in (["list", "-p"], ["ls", "-p"], ["list-domain", "-p"]):
        raise Unknown()
    if call.user != "root":
        raise Unknown("for others than root")
    call.out("VERSION 1.11\n")
    own = used(call.centre, machine)
    call.out(
        f"DOMAIN|name=primary|state=active|flags=-n-cv-|cons=UART|ncpu={machine.threads}|mem={machine.memory}|util={own}"
        f"|uptime={call.now() - machine.boot_time}|norm_util={own}\n"
    )
    call.out("".join(row(call.centre, guest, call.now()) for guest in call.centre.machines.values() if guest.guest_of == machine.name))
    return 0
