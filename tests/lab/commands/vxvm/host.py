# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine with VxVM: who may call, its devices, how its utilities refuse."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...call import Call, Handler
from ...diskgroups import PrivateRegion, VxHost
from ...truth import DataCentre, Lun, Machine
from ..hardware.disks import geometry
from ..honest import PACKAGED, simulated
from ..options import Refused, Unknown
from ..zfs.health import lun_reachable
from ..zpool.disks import device_name, label

PRIVATE = 65536  # sectors of a cdsdisk's private region
PUBLIC_OFFSET = 65792  # PRIVATE and the 256 sectors before it
LICENCE = "License has expired or is not available for operation"


def veritas(*names: str, folder: str = "usr/sbin") -> Callable[[Handler], Handler]:
    """Register a command of the package; elsewhere the name is not found. All are in /opt/VRTS/bin and /etc/vx/bin, most in ``folder``
    too. They are for root in the global zone: what others are told is not known."""
    PACKAGED.update(dict.fromkeys(names, ("vxvm", folder)))

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answer(call: Call) -> int:
            if call.machine.vxvm is None:
                call.err(f"sh: {call.argv[0]}: not found\n")
                return 127
            if call.user != "root" or call.zone is not None:
                raise Unknown("not as root in the global zone")
            return await handler(call)

        return simulated(*names)(answer)

    return register


def error(utility: str, number: str, text: str, rc: int) -> Refused:
    return Refused(f"VxVM {utility} ERROR {number} {text}", rc)


def of(call: Call) -> VxHost:
    assert call.machine.vxvm is not None
    return call.machine.vxvm


@dataclass(frozen=True)
class Device:
    """A disk that vxconfigd knows: ``name`` by enclosure, ``native`` with its slice; ``other`` the manager that has it, ZFS or SVM."""

    name: str
    native: str
    size: int
    lun: Lun | None
    other: str

    @property
    def private(self) -> PrivateRegion | None:
        return self.lun.private if self.lun else None

    @property
    def public(self) -> int:
        """Length of the public region that vxdisksetup leaves: whole cylinders without the private region."""
        cylinders, heads, sectors = geometry(self.size)
        return cylinders * heads * sectors - PUBLIC_OFFSET


def discover(centre: DataCentre, machine: Machine) -> None:
    """``vxdctl enable``, ``vxdisk scandisks``, boot: disks not known yet get the next free names; names persist."""
    host = machine.vxvm
    if host is None:
        return
    seen = [disk.device for disk in machine.disks]
    seen += sorted(guid for guid, lun in centre.luns.items() if lun_reachable(lun, machine))
    for key in seen:
        if key not in host.devices.values():
            host.devices[f"disk_{len(host.devices)}"] = key


def owner(centre: DataCentre, keys: list[str]) -> str:
    """The other volume manager whose label is on a disk: ZFS on one of its keys, SVM with the disk in a set."""
    if any(label(centre, key) for key in keys):
        return "ZFS"
    return "SVM" if any(drive in keys for disk_set in centre.disksets.values() for drive in disk_set.drives) else ""


def devices(call: Call) -> list[Device]:
    """Those that are there now."""
    if not of(call).devices:
        discover(call.centre, call.machine)
    found = []
    sizes = {disk.device: disk.size for disk in call.machine.disks}
    for name, key in of(call).devices.items():
        lun = call.centre.luns.get(key)
        if lun is not None and lun_reachable(lun, call.machine):
            found.append(Device(name, device_name(key) + "s2", lun.size, lun, owner(call.centre, [key])))
        elif key in sizes:
            keys = [f"{call.machine.name}:{key}", f"{call.machine.name}:{key}s0"]
            found.append(Device(name, f"{key}s2", sizes[key], None, owner(call.centre, keys)))
    return found


def device(call: Call, word: str) -> Device | None:
    """By name, or by the operating system's name with or without slice 2."""
    plain = re.sub(r"s2$", "", word.rpartition("/")[2])
    return next((each for each in devices(call) if plain in (each.name, re.sub(r"s2$", "", each.native))), None)


def name_of(call: Call, guid: str) -> str | None:
    """The device name of a LUN that is there."""
    return next((each.name for each in devices(call) if each.lun and each.lun.guid == guid), None)


def row(cells: Sequence[str], starts: Sequence[int]) -> str:
    """Cells at their columns; one that is too long pushes the next ones, which come back to theirs as soon as they can."""
    text = ""
    for cell, start in zip(cells, starts, strict=True):
        text = text.ljust(start) if len(text) < start else text + " " * bool(text)
        text += cell
    return text + "\n"


SUFFIXES = {"": 1, "b": 1, "s": 1, "k": 2, "m": 2048, "g": 2048 * 1024, "t": 2048 * 1024 * 1024}


def length(word: str) -> int:
    """A length in sectors: ``10g``, ``500m``, ``20480``. Raises Unknown."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([bskmgt]?)", word.lower())
    if found is None:
        raise Unknown(f"the length {word!r}")
    return int(float(found[1]) * SUFFIXES[found[2]])


def guid(text: str) -> str:
    """VxVM's own identifier, the same every time: ``{84b30abe-e378-11e2-baea-cd83a03acadf}``."""
    digits = hashlib.sha256(text.encode()).hexdigest()
    return f"{{{digits[:8]}-{digits[8:12]}-11e2-{digits[16:20]}-{digits[20:32]}}}"
