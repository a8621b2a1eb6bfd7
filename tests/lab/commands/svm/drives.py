# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metaset -a and -d of drives. The first drive's adder becomes the owner (metaset(1M))."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Replica
from ..options import Unknown
from ..zpool import disks as zfs_disks
from . import disks, label, sets

MOST = 50  # replicas of a set


def _keys(call: Call, disk_set: DiskSet, words: list[str]) -> list[str]:
    """The drives' keys. Raises Refused."""
    keys: list[str] = []
    for word in words:
        parsed = disks.parse(word)
        if parsed is None:
            raise sets.trouble(call, word, "No such file or directory")
        if parsed[1] is not None:
            raise sets.trouble(call, word, "not a valid drive name")
        key = disks.key(call, parsed[0])
        if key is None:
            raise sets.trouble(call, word, "No such file or directory")
        if key in keys:
            raise sets.trouble(call, disk_set.name, f"drive {parsed[0]} is specified more than once")
        keys.append(key)
    return keys


def _in_use(call: Call, drive: str) -> bool:
    """A slice is mounted or part of a volume, whoever has it."""
    if any(mount.device.startswith(f"{drive}s") for mount in call.machine.mounts):
        return True
    parts = [
        part
        for each in call.centre.disksets.values()
        for volume in each.volumes.values()
        for row in [*volume.rows, [volume.component]]
        for part in row
    ]
    return any(part.startswith(f"{drive}s") for part in parts)


async def add(call: Call, disk_set: DiskSet, words: list[str], length: bool, relabel: bool) -> int:
    if length or relabel:
        raise Unknown("metaset -a -l, -L")
    sets.owner_only(call, disk_set)
    sets.writable(call, disk_set)
    if not words:
        raise Unknown("no drives")
    keys = _keys(call, disk_set, words)
    for host in disk_set.hosts:
        machine = call.machine if host == call.machine.name else sets.speak(call, host)
        for drive in keys:
            if not disks.reachable(call.centre, machine, drive):
                raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is not common with host {host}")
    for drive in keys:
        holder = sets.of_drive(call.centre, drive)
        if holder is not None and call.machine.name in holder.hosts:
            raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is in set {holder.name}")
        if holder is not None:
            raise Unknown("a drive of a set that this host does not know")
        if zfs_disks.label(call.centre, drive) is not None:
            raise Unknown("a drive with the label of a ZFS pool")
        private = getattr(label.disk(call.centre, drive), "private", None)
        if private is not None:
            raise Unknown("a drive with a private region of VxVM")
        if _in_use(call, drive):
            raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is in use")
        if any(disks.drive_of(each.component) == drive for each in sets.local(call.centre, call.machine).replicas):
            raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is in use")
    await call.sleep(2.0 * len(keys))
    for drive in keys:
        label.write(call.centre, drive, label.for_a_set(call.centre, drive))
        disk_set.drives.append(drive)
        if len(disk_set.replicas) < MOST:
            disk_set.replicas.append(Replica(f"{drive}s7", label.VTOC, label.REPLICA))
    if disk_set.key not in call.machine.disksets:
        call.machine.disksets.append(disk_set.key)
    return 0


async def delete(call: Call, disk_set: DiskSet, words: list[str], force: bool) -> int:
    sets.owner_only(call, disk_set)
    sets.writable(call, disk_set)
    if not words:
        raise Unknown("no drives")
    keys = _keys(call, disk_set, words)
    for host in disk_set.hosts:
        if host != call.machine.name:
            sets.speak(call, host)
    for drive in keys:
        if drive not in disk_set.drives:
            raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is not in set")
        if _in_use(call, drive):
            raise sets.trouble(call, disk_set.name, f"drive {disks.drive_name(drive)} is in use")
    if len(keys) == len(disk_set.drives) and not force:
        raise sets.trouble(call, "Must specify -f option to delete all drives from set")
    await call.sleep(1.0 * len(keys))
    disk_set.drives = [drive for drive in disk_set.drives if drive not in keys]
    disk_set.replicas = [each for each in disk_set.replicas if disks.drive_of(each.component) not in keys]
    if not disk_set.drives and disk_set.key in call.machine.disksets:
        call.machine.disksets.remove(disk_set.key)
    return 0
