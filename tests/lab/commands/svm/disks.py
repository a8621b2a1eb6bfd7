# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives and slices as Solaris Volume Manager names them. A slice's key is its disk's key and ``sN``."""

from __future__ import annotations

import re

from ...call import Call
from ...truth import DataCentre, Machine
from ..options import Unknown
from ..zfs.health import lun_reachable
from ..zpool import disks as names
from . import label

DRIVE = re.compile(r"(?:/dev/r?dsk/)?(c\d+(?:t[0-9A-Fa-f]+)?d\d+)(?:s(\d+))?$")
KEY = re.compile(r"(.+)s(\d+)$")


def parse(word: str) -> tuple[str, int | None] | None:
    """``(drive name, slice)`` of a word that has the form of one."""
    found = DRIVE.match(word)
    return (found[1], int(found[2]) if found[2] else None) if found else None


def key(call: Call, drive: str) -> str | None:
    """The key of a drive that this machine sees."""
    if any(disk.device == drive for disk in call.machine.disks):
        return f"{call.machine.name}:{drive}"
    if call.machine.guest_of:
        raise Unknown("Solaris Volume Manager in a guest domain")
    lun = names.lun_named(call.centre, call.machine, re.sub(r"t(\w+)d", lambda found: f"t{found[1].upper()}d", drive))
    return lun.guid if lun is not None and lun_reachable(lun, call.machine) else None


def drive_of(component: str) -> str:
    found = KEY.match(component)
    assert found
    return found[1]


def slice_of(component: str) -> int:
    found = KEY.match(component)
    assert found
    return int(found[2])


def drive_name(drive: str) -> str:
    return names.device_name(drive)


def name(component: str) -> str:
    """``c0t60...d0s0``."""
    return f"{drive_name(drive_of(component))}s{slice_of(component)}"


def extent(centre: DataCentre, component: str) -> tuple[int, int]:
    """``(first block on the disk, blocks)`` of a slice; no blocks when it is not there."""
    entry = label.table(centre, drive_of(component)).get(slice_of(component))
    return (entry[2], entry[3]) if entry else (0, 0)


def reachable(centre: DataCentre, machine: Machine, drive: str) -> bool:
    if ":" in drive:
        return drive.partition(":")[0] == machine.name
    return lun_reachable(centre.luns.get(drive), machine)


def cylinder(centre: DataCentre, drive: str) -> int:
    known = label.disk(centre, drive)
    return label.cylinder(known.size) if known else 1


def identity(call: Call, drive: str) -> str:
    """The device id as devid_str_encode() writes it."""
    if ":" not in drive:
        return f"id1,{'ssd' if call.machine.architecture == 'sparc' else 'sd'}@n{drive.lower()}"
    found = re.search(r"t([0-9A-F]{16})d", drive)
    return f"id1,sd@n{found[1].lower()}" if found else "-"
