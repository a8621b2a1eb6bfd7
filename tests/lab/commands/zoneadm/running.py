# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm boot, ready, halt, shutdown, reboot. zoneadmd does the work: it goes on when the command that asked for it dies."""

from __future__ import annotations

import asyncio

from ...call import Call
from ...truth import Zone
from ..options import Refused, parse
from ..resources import limits
from ..smf import repository
from . import config, ground, identity, network, rules, verify

READY_SECONDS = 1.0
BOOT_SECONDS = 2.0  # from ready to running; services take repository.BOOT_SECONDS
HALT_SECONDS = 1.0
SHUTDOWN_SECONDS = 6.0


def alive(call: Call) -> bool:
    return call.machine.running and call.machine.powered


async def pause(call: Call, seconds: float) -> bool:
    """Let time pass for zoneadmd. True when the asking command was killed meanwhile: finish at once."""
    try:
        await call.sleep(seconds)
    except asyncio.CancelledError:
        return True
    return False


def make_ready(call: Call, zone: Zone) -> None:
    config.readied(zone)
    try:
        network.up(call, zone)
    except BaseException:
        config.halted(zone)
        raise
    limits.copied(call, zone)
    zone.zone_id = call.machine.next_zone_id
    call.machine.next_zone_id += 1
    zone.state = "ready"
    ground.of(call).occupy(zone)
    call.save()


def start(call: Call, zone: Zone) -> None:
    """From ready to running: init begins to start services."""
    zone.state, zone.boot_time = "running", call.now()
    zone.services = repository.of_new_zone("s10" if zone.brand in ("native", "solaris10") else call.machine.release, call.now())
    if identity.of_first_boot(call, zone):
        identity.plumb(call, zone)
    else:
        repository.held_up(zone.services, "svc:/system/sysidtool:net")
    call.save()


def gone(call: Call, zone: Zone) -> None:
    """Halted."""
    limits.dropped(zone)
    network.down(call, zone)
    config.halted(zone)
    zone.state, zone.zone_id, zone.boot_time, zone.services = "installed", None, None, {}
    ground.of(call).leave(zone)
    call.save()


async def bring_up(call: Call, zone: Zone, boot: bool) -> None:
    killed = False
    if zone.state == "installed":
        limits.check(call, zone)
        for line in limits.warning(call, zone):
            call.err(rules.daemon(call, zone.name, line) + "\n")
        make_ready(call, zone)
        killed = await pause(call, READY_SECONDS)
    if boot and alive(call) and zone.state == "ready":
        killed = killed or await pause(call, BOOT_SECONDS)
        if alive(call):
            start(call, zone)
    if killed:
        raise asyncio.CancelledError


async def take_down(call: Call, zone: Zone, seconds: float) -> None:
    zone.state = "shutting_down"
    call.save()
    killed = await pause(call, seconds)
    if alive(call):
        gone(call, zone)
    if killed:
        raise asyncio.CancelledError


async def boot(call: Call, zone: Zone, args: list[str]) -> int:
    options, rest = parse(args, "fs" if call.machine.release == "s10" else "fswW")
    flags = {letter for letter, _ in options}
    rules.state(zone, "boot", "f" in flags)
    if flags & {"f", "w", "W"}:
        return call.not_simulated("zoneadm boot -f, -w, -W")
    if zone.state == "running":
        call.err(rules.daemon(call, zone.name, "zone is already booted") + "\n")
        return 0
    if zone.state == "shutting_down":
        raise Refused(f"{rules.daemon(call, zone.name, 'boot operation is invalid for zones in state shutting_down')}\n"
                      + rules.named(zone.name, "call to zoneadmd failed"))  # fmt: skip
    if flags or any(word not in ("", "--") for word in rest):
        return call.not_simulated("zoneadm boot with boot arguments")
    verify.details(call, zone, "boot")
    with rules.lock(call.machine, zone.name):
        await bring_up(call, zone, boot=True)
    return 0


async def ready(call: Call, zone: Zone, args: list[str]) -> int:
    parse(args, "")
    rules.state(zone, "ready")
    if zone.state == "ready":
        call.err(rules.daemon(call, zone.name, "zone is already ready") + "\n")
        return 0
    verify.details(call, zone, "ready")
    with rules.lock(call.machine, zone.name):
        if zone.state == "running":
            await take_down(call, zone, HALT_SECONDS)
        await bring_up(call, zone, boot=False)
    return 0


async def halt(call: Call, zone: Zone, args: list[str]) -> int:
    parse(args, "")
    if zone.state == "installed":
        call.err(rules.daemon(call, zone.name, "zone is already halted") + "\n")
        return 0
    if zone.state not in rules.ALIVE:
        raise Refused(rules.daemon(call, zone.name, f"halt operation is invalid for zones in state '{zone.state}'"))
    with rules.lock(call.machine, zone.name):
        await take_down(call, zone, HALT_SECONDS)
    return 0


async def shutdown(call: Call, zone: Zone, args: list[str]) -> int:
    options, _ = parse(args, "r")
    rules.state(zone, "shutdown")
    if zone.state != "running":
        raise Refused(rules.daemon(call, zone.name, f"shutdown operation is invalid for zones in state '{zone.state}'"))
    with rules.lock(call.machine, zone.name):
        await take_down(call, zone, SHUTDOWN_SECONDS)
        if options and alive(call):
            await bring_up(call, zone, boot=True)
    return 0


async def reboot(call: Call, zone: Zone, args: list[str]) -> int:
    parse(args, "f")
    rules.state(zone, "reboot")
    if zone.state != "running":
        raise Refused(rules.daemon(call, zone.name, f"reboot operation is invalid for zones in state '{zone.state}'"))
    with rules.lock(call.machine, zone.name):
        await take_down(call, zone, HALT_SECONDS)
        if alive(call):
            await bring_up(call, zone, boot=True)
    return 0
