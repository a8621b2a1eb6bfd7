# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks: their names on a machine, and who uses them.

A LUN is multipathed and named ``c0t<GUID>d0``; a machine's own disk has its device name, perhaps with a slice. In a guest domain every
LUN that is visible to it is a virtual disk, ``c0d<N>``.
"""

from __future__ import annotations

import hashlib
import itertools
import re

from ...call import Call
from ...truth import Alarm, DataCentre, Lun, Machine, SharedPool
from ..options import Refused, Unknown
from ..zfs.health import lun_reachable

SLICE = re.compile(r"(.*d\d+)(s\d+)$")


def device_name(disk: str) -> str:
    """The name of a disk of ``SharedPool.tree`` as Solaris prints it."""
    return disk.partition(":")[2] if ":" in disk else f"c0t{disk.upper()}d0"


def name_here(centre: DataCentre, machine: Machine, disk: str) -> str:
    """The name of a disk on this machine. A guest domain's own disks have the numbers that their names say, LUNs the next free ones in
    the order of the data centre's file, whether they are gone or not."""
    if not machine.guest_of or ":" in disk or disk not in centre.luns or machine.name not in centre.luns[disk].visible_to:
        return device_name(disk)
    own = {local.device for local in machine.disks}
    free = (name for number in itertools.count() if (name := f"c0d{number}") not in own)
    mapped = [guid for guid, lun in centre.luns.items() if machine.name in lun.visible_to]
    return dict(zip(mapped, free, strict=False))[disk]


def number(pool: SharedPool, disk: str) -> str:
    """The disk's guid in the pool's configuration, always the same for the same disk."""
    return str(int.from_bytes(hashlib.sha256(f"{pool.guid} {disk}".encode()).digest()[:8], "big"))


def without_name(pool: SharedPool, disk: str, state: str) -> bool:
    """Whether ZFS shows a number for the disk: it was not to be opened at the last import, and is not yet."""
    return state in ("UNAVAIL", "FAULTED") and disk in pool.properties.get("lab:lost", "").split()


def lun_named(centre: DataCentre, machine: Machine, name: str) -> Lun | None:
    return next((lun for guid, lun in centre.luns.items() if name_here(centre, machine, guid) == name), None)


def slice_zero(call: Call, disk: str) -> str:
    """``/dev/dsk/<disk>s0``, where ZFS puts the label of a whole disk."""
    name = name_here(call.centre, call.machine, disk)
    return f"/dev/dsk/{name}" if SLICE.match(name) else f"/dev/dsk/{name}s0"


def resolve(call: Call, word: str) -> str:
    """A disk operand -> the disk's key for ``SharedPool.tree``. Raises Refused with zpool's ``cannot open``."""
    name = word.removeprefix("/dev/dsk/")
    if "/" in name:
        if word.startswith("/dev/"):
            raise Unknown(f"zpool on the device {word}")
        raise Unknown(f"zpool on the file {word}")
    found = SLICE.match(name)
    whole = found[1] if found else name
    if any(disk.device == whole for disk in call.machine.disks):
        return f"{call.machine.name}:{name}"
    lun = lun_named(call.centre, call.machine, whole)
    if lun is not None and call.machine.name in lun.visible_to:
        if found:
            raise Unknown(f"zpool on a slice of a LUN ({word})")
        if not lun_reachable(lun, call.machine):
            raise Refused(f"cannot open '/dev/dsk/{name}s0': I/O error" if word == name else f"cannot open '{word}': I/O error")
        return lun.guid
    if word.startswith("/"):
        raise Refused(f"cannot open '{word}': No such file or directory")
    raise Refused(f"cannot open '{word}': no such device in /dev/dsk\nmust be a full path or shorthand device name")


def label(centre: DataCentre, disk: str) -> SharedPool | None:
    """The pool whose label is on a disk."""
    if ":" not in disk:
        lun = centre.luns.get(disk)
        return centre.pools.get(lun.pool) if lun is not None and lun.pool is not None else None
    for pool in centre.pools.values():
        for _, disks in pool.tree:
            if any(same_disk(disk, other) for other in disks):
                return pool
    return None


def same_disk(one: str, other: str) -> bool:
    """Whether two keys mean the same disk: a whole disk and its slices overlap, two different slices do not."""
    if one == other:
        return True
    parts = [SLICE.match(key) for key in (one, other)]
    if (parts[0] is None) == (parts[1] is None):
        return False
    return (parts[0][1] if parts[0] else one) == (parts[1][1] if parts[1] else other)


def in_use(call: Call, disk: str, force: bool) -> str | None:
    """libdiskmgt's line about a disk that carries a pool, or None when it may be used."""
    lun = call.centre.luns.get(disk)
    if lun is not None and lun.private is not None:
        raise Unknown("zpool on a disk of VxVM")
    if (said := of_svm(call, disk)) is not None:
        return said
    pool = label(call.centre, disk)
    if pool is None:
        return None
    page = "zpool(8)" if call.machine.release == "s11.4" else "zpool(1M)"
    if pool.guid in call.machine.imported:
        return f"{slice_zero(call, disk)} is part of active ZFS pool {pool.name}. Please see {page}."
    if force:
        return None
    return f"{slice_zero(call, disk)} is part of exported or potentially active ZFS pool {pool.name}. Please see {page}."


def of_svm(call: Call, disk: str) -> str | None:
    """libdiskmgt's line about the first slice of a disk that SVM uses; -f does not override it. Only hosts of a disk set know of it."""
    from ..svm import slices

    for disk_set in call.centre.disksets.values():
        if disk in disk_set.drives and call.machine.name not in disk_set.hosts:
            raise Unknown("zpool on a disk of a disk set that this host does not know")
    parts = [disk] if SLICE.match(disk) else [f"{disk}s{number}" for number in range(8)]
    said = next((found for part in parts if (found := slices.claimed(call, part)) is not None), None)
    return said.rstrip() if said else None


def write_label(call: Call, disk: str, guid: str) -> None:
    """Put a pool's label on a disk. Overwriting the label of a pool that a live machine has imported is lost data."""
    old = label(call.centre, disk)
    lun = call.centre.luns.get(disk)
    if lun is not None:
        lun.pool = guid
    if old is None or old.guid == guid:
        return
    users = [name for name, machine in call.centre.machines.items() if machine.running and machine.powered and old.guid in machine.imported]
    if users:
        text = f"{call.machine.name} overwrote {device_name(disk)} of pool {old.name}, which {' and '.join(users)} has imported"
        call.centre.alarms.append(Alarm("lost_data", text, call.now()))
    elif not any(_labelled(call.centre, old, other) for _, disks in old.tree for other in disks):
        call.centre.pools.pop(old.guid, None)


def _labelled(centre: DataCentre, pool: SharedPool, disk: str) -> bool:
    lun = centre.luns.get(disk)
    return lun is None or lun.pool == pool.guid


def clear_label(centre: DataCentre, disk: str, guid: str) -> None:
    lun = centre.luns.get(disk)
    if lun is not None and lun.pool == guid:
        lun.pool = None


def visible_pools(centre: DataCentre, machine: Machine) -> list[SharedPool]:
    """Pools of which the machine can read at least one label."""
    found = []
    for pool in sorted(centre.pools.values(), key=lambda each: each.name):
        for _, disks in pool.tree:
            for disk in disks:
                lun = centre.luns.get(disk)
                local = disk.partition(":")[0] == machine.name and ":" in disk
                if (local or (lun is not None and lun_reachable(lun, machine) and lun.pool == pool.guid)) and pool not in found:
                    found.append(pool)
    return found
