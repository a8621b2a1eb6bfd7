# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm migrate of 11.4: cold, of a solaris zone on shared storage, over ssh.

Conditions: the 11.4 pages on zone migration (state, storage, resources, packages). Of its texts only "Importing zone configuration on
destination." is recorded; what is refused is therefore answered "not simulated", with the reason. Key trust between machines is a fact
of the truth: the target's ``trusts``.
"""

from __future__ import annotations

import copy
import dataclasses
import re

from ... import filesystem
from ...call import Call
from ...truth import Machine, Zone
from ..options import Unknown, parse
from . import attach_eleven, environments, network, rules, shared
from .config import stored

_URI = re.compile(r"ssh://(?:(?P<user>[^@/]+)@)?(?P<host>[^@/:]+)/?")


async def migrate(call: Call, zone: Zone, args: list[str]) -> int:
    if call.machine.release != "s11.4":
        raise Unknown(f"zoneadm migrate on {call.machine.release}")
    options, rest = parse(args, "nqwt:c:x:uU")
    flags = dict(options)
    found = _URI.fullmatch(rest[0]) if len(rest) == 1 else None
    if found is None or flags.keys() & {"x", "c"} or flags.get("t", "auto") not in ("auto", "cold"):
        raise Unknown(" ".join(call.argv))
    there = _target(call, found["host"], found["user"] or "root")
    other = at(call, there)
    _may_go(call, zone)
    _may_come(other, zone, flags)
    if "n" in flags:
        return 0
    with rules.lock(call.machine, zone.name), rules.lock(there, zone.name):
        arriving = there.zones.get(zone.name)
        if arriving is None:
            if "q" not in flags:
                call.err(rules.named(zone.name, "Importing zone configuration on destination.") + "\n")
            arriving = there.zones[zone.name] = Zone(zone.name, zonepath=zone.zonepath, brand=zone.brand, ip_type=zone.ip_type)
            arriving.config = copy.deepcopy(zone.config)
        inner, _ = shared.quiet(call)
        await shared.give_back(inner, zone)
        zone.state, arriving.uuid = "configured", zone.uuid
        call.save()
        await shared.bring(other, arriving, make=False)
        await attach_eleven.attach(other, arriving, {word: "" for word in ("u", "U") if word in flags})
        arriving.state = "installed"
        call.save()
    return 0


def at(call: Call, machine: Machine) -> Call:
    """The same caller on another machine; what it prints there is not passed on."""
    return dataclasses.replace(
        call, machine=machine, write=lambda fd, text: None, read_file=lambda path: filesystem.read_file(machine, path),
        write_file=lambda path, text: filesystem.write_file(machine, path, text), ground=None,
    )  # fmt: skip


def _refused(why: str) -> Unknown:
    return Unknown(f"zoneadm migrate: refused because {why}, in words not known")


def _target(call: Call, host: str, user: str) -> Machine:
    machine = next((one for one in call.centre.machines.values() if host in (one.name, one.address)), None)
    if machine is None or not (machine.powered and machine.running):
        raise _refused(f"{host} cannot be reached")
    if user != "root" or call.machine.name not in machine.trusts:
        raise _refused(f"{host} takes no key of {call.machine.name}'s root for {user}")
    if machine.release != "s11.4" or machine.architecture != call.machine.architecture:
        raise _refused(f"{host} is another kind of system")
    return machine


def _may_go(call: Call, zone: Zone) -> None:
    if zone.brand != "solaris":
        raise Unknown(f"zoneadm migrate of a {zone.brand} zone")
    if zone.state != "installed":
        raise _refused(f"the zone is {zone.state}, not installed")
    for kind in ("fs", "dataset"):
        if stored(zone, kind):
            raise _refused(f"it has {kind} resources")
    if any(item.get("match") for item in stored(zone, "device")):
        raise _refused("it has a device without a storage URI")
    if not shared.on_pools(zone):
        raise _refused("it is not on shared storage")
    if any(not uri.startswith(("lu:", "iscsi:")) for storage in shared.pools(zone).values() for uri in storage):
        raise _refused("its storage is local")


def _may_come(other: Call, zone: Zone, flags: dict[str, str]) -> None:
    there = other.machine.zones.get(zone.name)
    if there is not None and there.state != "configured":
        raise _refused(f"the zone is {there.state} on {other.machine.name}")
    network.lower_link(other, there or zone)
    for storage in shared.pools(zone).values():
        for uri in storage:
            shared.device(other, uri)
    own = zone_packages(other, zone)
    if own and own != environments.wanted(other) and flags.keys().isdisjoint({"u", "U"}):
        raise _refused("its packages are not those of the target, and neither -u nor -U is given")


def zone_packages(other: Call, zone: Zone) -> dict[str, str]:
    """Of the boot environment on the zone's pool, wherever that is imported now."""
    for pool in other.centre.pools.values():
        if pool.name == f"{zone.name}_rpool":
            roots = [one for name, one in pool.datasets.items() if re.fullmatch(rf"{pool.name}/rpool/ROOT/[^/@]+", name)]
            if roots:
                return environments.packages_of(max(roots, key=lambda one: int(one.properties.get(environments.MOUNTED, one.created))))
    return {}
