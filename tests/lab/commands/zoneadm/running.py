# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm boot, ready, halt, shutdown, reboot. zoneadmd does the work: it goes on when the command that asked for it dies."""

from __future__ import annotations

import asyncio

from ... import faults, filesystem
from ...call import Call
from ...truth import Zone
from ..options import Refused, Unknown, parse
from ..resources import limits
from ..smf import repository
from ..ufs import zones as devices
from ..zfs import files
from . import bootargs, config, ground, identity, network, rules, shared, verify

READY_SECONDS = 1.0
BOOT_SECONDS = 2.0  # from ready to running; services take repository.BOOT_SECONDS
HALT_SECONDS = 1.0
SHUTDOWN_SECONDS = 6.0
STUCK_SECONDS = 5.0  # how often a zone that cannot go down is tried again


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
        devices.enter(call, zone)
        network.up(call, zone)
    except BaseException:
        devices.leave(call, zone)
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
    for fmri in faults.failing(call.centre, call.machine.name, zone.name):
        repository.failed(zone.services, fmri, call.now())
    if identity.of_first_boot(call, zone):
        identity.plumb(call, zone)
    else:
        repository.held_up(zone.services, "svc:/system/sysidtool:net")
    call.save()


def gone(call: Call, zone: Zone) -> None:
    """Halted."""
    limits.dropped(zone)
    network.down(call, zone)
    devices.leave(call, zone)
    config.halted(zone)
    zone.state, zone.zone_id, zone.boot_time, zone.services = "installed", None, None, {}
    ground.of(call).leave(zone)
    call.save()


def root_there(call: Call, zone: Zone) -> None:
    """zoneadmd needs the zone's root, and init(1M) in it. Raises Refused; the zone stays installed."""
    root = f"{zone.zonepath}/root"
    if not filesystem.configured() or files.exists(call.machine, f"{root}/etc"):
        return
    if call.machine.release != "s10":
        raise Unknown(f"boot of zone {zone.name} whose root is not there")
    missing = f"can't stat {root}" if files.mode(call.machine, root) is None else f"could not stat {root}/sbin/init"
    text = rules.daemon(call, zone.name, f"{missing}: No such file or directory")
    raise Refused(f"{text}\n{rules.named(zone.name, 'call to zoneadmd failed')}")


def storage_missing(call: Call) -> None:
    """Solaris 11: when svc:/system/zones starts, an installed zone whose storage is not there becomes unavailable."""
    if call.machine.release == "s10" or not filesystem.configured():
        return
    for zone in call.machine.zones.values():
        apart = shared.on_pools(zone) and not shared.imported(call, zone)
        if zone.state == "installed" and (apart or files.mode(call.machine, zone.zonepath) is None):
            zone.state = "unavailable"


async def bring_up(call: Call, zone: Zone, boot: bool, given: bootargs.BootArguments = bootargs.NONE) -> None:
    killed = False
    if zone.state == "installed":
        root_there(call, zone)
        limits.check(call, zone)
        for line in limits.warning(call, zone):
            call.err(rules.daemon(call, zone.name, line) + "\n")
        make_ready(call, zone)
        killed = await pause(call, READY_SECONDS)
    if boot and alive(call) and zone.state == "ready":
        killed = killed or await pause(call, BOOT_SECONDS)
        if alive(call):
            start(call, zone)
            bootargs.limit(zone, given)
            call.save()
    if killed:
        raise asyncio.CancelledError


async def take_down(call: Call, zone: Zone, seconds: float) -> None:
    zone.state = "shutting_down"
    call.save()
    killed = await pause(call, seconds)
    while alive(call) and faults.zone_stuck(call.centre, call.machine.name, zone.name):
        killed = await pause(call, STUCK_SECONDS) or killed
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
    if zone.state in ("running", "shutting_down", "down"):
        call.err(rules.daemon(call, zone.name, "zone is already booted") + "\n")
        return 0
    given = bootargs.of_command(call, zone, [*(["-s"] if "s" in flags else []), *rest])
    verify.details(call, zone, "boot")
    with rules.lock(call.machine, zone.name):
        await bring_up(call, zone, True, given)
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
    options, rest = parse(args, "r")
    rules.state(zone, "shutdown")
    given = bootargs.of_command(call, zone, rest)
    if zone.state != "running":
        raise Refused(rules.daemon(call, zone.name, f"shutdown operation is invalid for zones in state '{zone.state}'"))
    with rules.lock(call.machine, zone.name):
        await take_down(call, zone, SHUTDOWN_SECONDS)
        if options and alive(call):
            await bring_up(call, zone, True, given)
    return 0


async def reboot(call: Call, zone: Zone, args: list[str]) -> int:
    _, rest = parse(args, "f")
    rules.state(zone, "reboot")
    given = bootargs.of_command(call, zone, rest)
    if zone.state != "running":
        raise Refused(rules.daemon(call, zone.name, f"reboot operation is invalid for zones in state '{zone.state}'"))
    with rules.lock(call.machine, zone.name):
        await take_down(call, zone, HALT_SECONDS)
        if alive(call):
            await bring_up(call, zone, True, given)
    return 0
