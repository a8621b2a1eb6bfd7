# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import and deport of disk groups, by command and at boot.

An import writes the host's name on every disk of the group and fails where another host's name stands, whether that host lives or not;
``-C`` takes the name away (vxdg(1M), Administrator's Guide "Moving disk groups between systems"). Before 6.0 the volumes wait for
``vxvol startall``.
"""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup
from ...truth import DataCentre, Machine
from ..options import Refused, Unknown
from ..zfs.health import lun_reachable
from . import groups, host, nodes, vxfs

SECONDS = 2.0


def failed(name: str, why: str) -> Refused:
    return host.error("vxdg", "V-5-1-10978", f"Disk group {name}: import failed:\n{why}", 20)


async def import_(call: Call, name: str, letters: set[str]) -> None:
    if not host.of(call).licensed:
        raise failed(name, host.LICENCE)
    if groups.named(call, name):
        raise failed(name, "Disk group exists and is imported")
    found = [group for group in groups.on_disks(call.centre, call.machine) if name in (group.name, group.id)]
    if not found:
        raise failed(name, "No valid disk found containing disk group")
    if len(found) > 1:
        raise Unknown("two disk groups of one name")
    group = found[0]
    there = [lun for lun in groups.members(call.centre, group) if lun_reachable(lun, call.machine) and lun.private]
    await call.sleep(SECONDS)
    if "C" not in letters and any(lun.private and lun.private.host not in ("", call.machine.name) for lun in there):
        raise failed(name, "Disk is in use by another host")
    if len(there) < len(group.disks) and "f" not in letters:
        raise failed(name, "Disk for disk group not found")
    group.autoimport = "t" not in letters
    bring_in(call.centre, call.machine, group, start=host.of(call).version == "6.0")
    groups.changed(call, group)


def bring_in(centre: DataCentre, machine: Machine, group: DiskGroup, start: bool) -> None:
    assert machine.vxvm is not None
    for lun in groups.members(centre, group):
        if lun.private and lun_reachable(lun, machine):
            lun.private.host = machine.name
    machine.vxvm.groups[group.id] = []
    if start:
        start_volumes(centre, machine, group)
    nodes.refresh(centre, machine)


def start_volumes(centre: DataCentre, machine: Machine, group: DiskGroup) -> list[str]:
    """Starts what has a whole plex; the names of the others."""
    assert machine.vxvm is not None
    there = {disk.name for disk in group.disks.values() if lun_reachable(centre.luns.get(disk.guid), machine)}
    broken = []
    for volume in group.volumes.values():
        if volume.name in machine.vxvm.groups[group.id]:
            continue
        if any(all(subdisk.disk in there for subdisk in plex.subdisks) for plex in volume.plexes):
            machine.vxvm.groups[group.id].append(volume.name)
            volume.state = "ACTIVE"
        else:
            broken.append(volume.name)
    return broken


def mine(call: Call, name: str) -> DiskGroup:
    """An imported group that nobody uses and nobody took away."""
    group = groups.named(call, name)
    if group is None:
        raise host.error("vxdg", "V-5-1-2275", f"vxdg: Disk group {name}: No such disk group", 11)
    if vxfs.open_volumes(call.centre, call.machine, group):
        raise host.error("vxdg", "V-5-1-584", f"Disk group {name}: Some volumes in the disk group are in use", 31)
    if any(lun.private and lun.private.host != call.machine.name for lun in groups.members(call.centre, group)):
        raise Unknown("another host has taken the disk group")
    return group


async def deport(call: Call, name: str) -> None:
    group = mine(call, name)
    await call.sleep(SECONDS)
    for volume in group.volumes.values():
        if groups.enabled(call, group, volume):
            volume.state = "CLEAN"
    groups.changed(call, group)
    for lun in groups.members(call.centre, group):
        if lun.private and lun_reachable(lun, call.machine):
            lun.private.host = ""
    del host.of(call).groups[group.id]
    nodes.refresh(call.centre, call.machine)


async def destroy(call: Call, name: str) -> None:
    """The disks stay set up and are in no group; volumes and files are gone."""
    group = mine(call, name)
    await call.sleep(SECONDS)
    for lun in groups.members(call.centre, group):
        if lun.private and lun_reachable(lun, call.machine):
            lun.private.group = lun.private.host = ""
    for volume in group.volumes.values():
        vxfs.forget(call.centre, group, volume)
    del host.of(call).groups[group.id]
    del call.centre.diskgroups[group.id]
    nodes.refresh(call.centre, call.machine)
    call.save()


def boot(centre: DataCentre, machine: Machine) -> None:
    """vxconfigd imports the groups whose disks carry the host's own name, but not those imported with -t; vxrecover starts the volumes."""
    if machine.vxvm is None:
        return
    machine.vxvm.groups.clear()
    host.discover(centre, machine)
    for group in groups.on_disks(centre, machine):
        luns = groups.members(centre, group)
        own = all(lun.private is not None and lun.private.host == machine.name for lun in luns)
        if group.autoimport and own and len([lun for lun in luns if lun_reachable(lun, machine)]) == len(group.disks):
            bring_in(centre, machine, group, start=True)
    nodes.refresh(centre, machine)
