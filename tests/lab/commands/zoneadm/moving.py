# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm uninstall, detach, mark, verify."""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..options import Refused, Unknown, parse
from ..system import svr4_database as database
from ..zfs import dataset as tree
from ..zfs import files
from . import install, manifest, rules, shared, storage, verify


async def uninstall(call: Call, zone: Zone, args: list[str]) -> int:
    options, _ = parse(args, "F" if call.machine.release == "s10" else "Fx:")
    extended = dict(options).get("x")
    doomed = _doomed(zone, extended)
    rules.state(zone, "uninstall")
    nothing_mounted(call, zone)
    if "F" not in dict(options):
        raise Refused(rules.named(zone.name, "Input not from terminal and -F not specified:  uninstall not done."))
    with rules.lock(call.machine, zone.name):
        zone.state = "incomplete"
        call.save()
        if call.machine.release != "s10":
            call.out(f"Progress being logged to /var/log/zones/zoneadm.{install.stamp(call)}.{zone.name}.uninstall\n")
        await call.sleep(5)
        if shared.on_pools(zone):
            await shared.give_back(call, zone, doomed)
        elif storage.clean(call, zone) and call.machine.release == "s10":
            call.out("The ZFS file system for this zone has been destroyed.\n")
        zone.state, zone.uuid = "configured", ""
        call.save()
    return 0


def _doomed(zone: Zone, extended: str | None) -> set[str]:
    """The zone's pools that go with it: those that ``-x force-zpool-destroy=NAME,...`` names (rpool: the rootzpool), or all."""
    word, _, names = (extended or "").partition("=")
    if word not in ("", "force-zpool-destroy", "force-zpool-destroy-all") or bool(names) != (word == "force-zpool-destroy"):
        raise Unknown(f"zoneadm uninstall -x {extended}")
    mine = set(shared.pools(zone))
    named = {f"{zone.name}_{name}" for name in names.split(",") if name} if names else mine if extended else set()
    if not named <= mine:
        raise Unknown(f"zoneadm uninstall -x {extended}: the zone has no such pool")
    return named


def described(call: Call, zone: Zone) -> str:
    """The manifest; a native zone's has what its system's zones depend on."""
    inventory = database.inventory(call.machine, dependent=True) if zone.brand == "native" else None
    return manifest.text(call, zone, inventory)


def nothing_mounted(call: Call, zone: Zone) -> None:
    """Solaris 10: no detach, move or copy while something is mounted below the zone path. Raises Refused."""
    if call.machine.release != "s10":
        return
    below = [
        point
        for pool in tree.imported_pools(call.centre, call.machine)
        for dataset in pool.datasets.values()
        if (point := tree.mountpoint(pool, dataset)[0]).startswith(f"{zone.zonepath}/") and tree.is_mounted(pool, dataset)
    ]
    below += [one.point for one in call.machine.mounts if one.point.startswith(f"{zone.zonepath}/")]
    if below:
        lines = [rules.named(zone.name, f"These file systems are mounted on subdirectories of {zone.zonepath}.\n")]
        raise Refused("\n".join([*lines, *(rules.named(zone.name, f"  {point}\n") for point in below)]))


async def detach(call: Call, zone: Zone, args: list[str]) -> int:
    options, _ = parse(args, "n" if call.machine.release == "s10" else "Fn")
    flags = {letter for letter, _ in options}
    if "n" in flags:
        if call.machine.release != "s10":
            return call.not_simulated("zoneadm detach -n")
        call.out(described(call, zone))
        return 0
    rules.state(zone, "detach", force=zone.state == "unavailable")
    if zone.state == "unavailable" and "F" not in flags:
        raise Unknown("detach of an unavailable zone without -F")
    if zone.state == "unavailable":  # nothing of it can be reached
        zone.state = "configured"
        call.save()
        return 0
    verify.details(call, zone, "detach")
    nothing_mounted(call, zone)
    with rules.lock(call.machine, zone.name):
        if call.machine.release != "s10":
            call.out(f"Progress being logged to /var/log/zones/zoneadm.{install.stamp(call)}.{zone.name}.detach\n")
        await call.sleep(2)
        files.write(call.machine, f"{zone.zonepath}/{manifest.FILE}", described(call, zone))
        if shared.on_pools(zone):
            await shared.give_back(call, zone)
        zone.state = "configured"
        call.save()
    return 0


async def mark(call: Call, zone: Zone, args: list[str]) -> int:
    if args != ["incomplete"]:
        if args != ["unavailable"] or call.machine.release == "s10":
            raise Refused("usage:\tmark incomplete", 2)
        if zone.state not in ("installed", "unavailable", *rules.ALIVE):
            raise Unknown(f"zoneadm mark unavailable of a zone that is {zone.state}")
    rules.state(zone, "mark")
    with rules.lock(call.machine, zone.name):
        zone.state = args[0]
        call.save()
    return 0


async def verify_zone(call: Call, zone: Zone, args: list[str]) -> int:
    parse(args, "")
    rules.state(zone, "verify")
    verify.details(call, zone, "verify")
    return 0
