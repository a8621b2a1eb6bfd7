# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk groups as a machine sees them: imported ones, those on the disks it can read, what is written on the disks."""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, Volume
from ...truth import Alarm, DataCentre, Lun, Machine
from ..zfs.health import lun_reachable
from . import host


def imported(centre: DataCentre, machine: Machine) -> list[DiskGroup]:
    """In the order of their names."""
    ids = machine.vxvm.groups if machine.vxvm else {}
    return sorted((centre.diskgroups[each] for each in ids if each in centre.diskgroups), key=lambda group: group.name)


def named(call: Call, name: str) -> DiskGroup | None:
    """An imported group by name or id."""
    return next((group for group in imported(call.centre, call.machine) if name in (group.name, group.id)), None)


def required(call: Call, name: str | None) -> DiskGroup:
    """The group of ``-g``. Raises Refused in the words of vxassist, vxvol, vxinfo, vxedit and vxdg -g."""
    utility = call.argv[0]
    if name is None:
        raise host.error(
            utility, "V-5-1-15324", "Specify a disk group with -g <diskgroup> or configure a default disk group. Refer to the vxdctl(1m) "
            "man page for more details on configuring a default disk group", 9,
        )  # fmt: skip
    group = named(call, name)
    if group is None:
        raise host.error(utility, "V-5-1-607", f"Diskgroup {name} not found", 9)
    return group


def on_disks(centre: DataCentre, machine: Machine) -> list[DiskGroup]:
    """Groups of which the machine can read at least one private region."""
    ids = {lun.private.group for lun in centre.luns.values() if lun.private and lun_reachable(lun, machine)}
    return sorted((group for group in centre.diskgroups.values() if group.id in ids), key=lambda group: group.name)


def members(centre: DataCentre, group: DiskGroup) -> list[Lun]:
    """The LUNs that still carry the group's private regions."""
    luns = [centre.luns.get(disk.guid) for disk in group.disks.values()]
    return [lun for lun in luns if lun is not None and lun.private is not None and lun.private.group == group.id]


def changed(call: Call, group: DiskGroup) -> None:
    """A change was written to the private regions that can be reached."""
    group.changes += 1
    for lun in members(call.centre, group):
        if lun_reachable(lun, call.machine) and lun.private:
            lun.private.written = call.now()
    call.save()


def started(call: Call, group: DiskGroup) -> list[str]:
    return host.of(call).groups[group.id]


def enabled(call: Call, group: DiskGroup, volume: Volume) -> bool:
    return volume.name in started(call, group)


def usable(call: Call, group: DiskGroup, volume: Volume) -> bool:
    """Whether at least one plex has all its disks."""
    there = {disk.name for disk in group.disks.values() if lun_reachable(call.centre.luns.get(disk.guid), call.machine)}
    return any(all(subdisk.disk in there for subdisk in plex.subdisks) for plex in volume.plexes)


def users(call: Call, lun: Lun) -> list[str]:
    """Other live machines that have the group on a LUN imported."""
    if lun.private is None or not lun.private.group:
        return []
    return sorted(
        name
        for name, machine in call.centre.machines.items()
        if name != call.machine.name and machine.powered and machine.running and machine.vxvm and lun.private.group in machine.vxvm.groups
    )


def overwritten(call: Call, lun: Lun) -> None:
    """The private region of a LUN is about to go: an alarm when a live machine works with it; a group without disks is no more."""
    group = call.centre.diskgroups.get(lun.private.group) if lun.private else None
    if group is None:
        return
    others = users(call, lun)
    if others:
        text = f"{call.machine.name} overwrote LUN {lun.guid} of disk group {group.name}, which {' and '.join(others)} has imported"
        call.centre.alarms.append(Alarm("lost_data", text, call.now()))
        return
    if members(call.centre, group) == [lun]:
        del call.centre.diskgroups[group.id]
