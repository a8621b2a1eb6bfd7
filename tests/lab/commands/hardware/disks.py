# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks a machine sees: its own, and the LUNs of the arrays with their paths. Every listing command starts here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ...call import Call
from ...truth import Lun, Machine, SharedPool
from ..zfs.health import lun_reachable
from ..zpool.disks import label, name_here
from . import virtual

WWN = re.compile(r"c\d+t([0-9A-F]{16,32})d\d+$")
BLOCK = 512


@dataclass(frozen=True)
class Disk:
    device: str
    size: int
    vendor: str
    product: str
    revision: str
    serial: str
    instance: int  # of its driver
    guid: str | None = None  # of a LUN
    paths: int = 1
    pool: SharedPool | None = None  # whose label is on it
    sliced: bool = False  # that pool uses a slice: the disk has an SMI label
    virtual: bool = False  # of a guest domain

    @property
    def devid(self) -> str:
        """Of a virtual disk: that of its back end with the driver's name. A guest's own disks lie on volumes: their ids are invented."""
        return f"id1,vdc@n{self.guid.lower()}" if self.guid else f"id1,vdc@f{invented(self.device, self.size)}"

    @property
    def is_lun(self) -> bool:
        return self.guid is not None

    @property
    def multipathed(self) -> bool:
        """Known to scsi_vhci: a LUN, or a SAS disk that is named by its WWN."""
        return not self.virtual and (self.is_lun or WWN.match(self.device) is not None)

    @property
    def wwn(self) -> str:
        """The identifier in the device path, lower case."""
        if self.guid is not None:
            return self.guid.lower()
        found = WWN.match(self.device)
        return found[1].lower() if found else ""


def lun_disk(call: Call, lun: Lun, instance: int) -> Disk:
    """Serial numbers of LUNs are not shown by the arrays the lab has; every LUN has two paths per host port."""
    pool = label(call.centre, lun.guid)
    device = name_here(call.centre, call.machine, lun.guid)
    guest = virtual.is_guest(call.machine)
    return Disk(device, lun.size, lun.vendor, lun.product, "8001", "", instance, lun.guid, 1 if guest else 4, pool, virtual=guest)


def invented(device: str, size: int) -> str:
    """A fabricated device id: host id, time and counter as hexadecimal bytes on a real machine."""
    return hashlib.sha256(f"{device} {size}".encode()).hexdigest()[:28]


def visible(call: Call) -> list[Disk]:
    """All disks in the order format numbers them: by device name. A LUN that is gone is not there; a zone sees none."""
    if call.zone is not None:
        return []
    machine = call.machine
    guest = virtual.is_guest(machine)
    found = []
    for place, local in enumerate(machine.disks):
        pool = label(call.centre, f"{machine.name}:{local.device}")
        keys = [key for _, disks in pool.tree for key in disks] if pool else []
        sliced = bool(pool) and f"{machine.name}:{local.device}" not in keys
        found.append(
            Disk(
                local.device, local.size, local.vendor, local.product, "A6A0", local.serial, place, pool=pool, sliced=sliced, virtual=guest
            )
        )
    luns = sorted((lun for lun in call.centre.luns.values() if lun_reachable(lun, machine)), key=lambda lun: lun.guid)
    found += [lun_disk(call, lun, len(machine.disks) + place) for place, lun in enumerate(luns)]
    return sorted(found, key=lambda disk: (virtual.number_of(disk.device) if guest else 0, disk.device))


def named(call: Call, word: str) -> Disk | None:
    """By short name or path under /dev/dsk, /dev/rdsk, with or without a slice."""
    name = re.sub(r"(d\d+)(s\d+|p\d)$", r"\1", word.rpartition("/")[2])
    return next((disk for disk in visible(call) if disk.device.lower() == name.lower()), None)


def driver(machine: Machine, disk: Disk) -> str:
    """SPARC attaches Fibre Channel disks with ssd, all others with sd."""
    return "ssd" if machine.architecture == "sparc" and disk.is_lun else "sd"


def device_path(machine: Machine, disk: Disk) -> str:
    """Below /devices. Only the multipathed form is known from the disk alone; a plain disk hangs on the machine's first controller."""
    if disk.virtual:
        return virtual.device_path(virtual.number_of(disk.device))
    if disk.multipathed:
        node = "ssd" if driver(machine, disk) == "ssd" else "disk"
        return f"/scsi_vhci/{node}@g{disk.wwn}"
    target = re.search(r"t(\d+)d(\d+)$", disk.device)
    unit = f"{int(target[1]):x},{target[2]}" if target else "0,0"
    return (
        f"/pci@300/pci@1/pci@0/pci@2/scsi@0/sd@{unit}"
        if machine.architecture == "sparc"
        else f"/pci@0,0/pci8086,3c02@1/pci1000,3050@0/sd@{unit}"
    )


def geometry(size: int) -> tuple[int, int, int]:
    """(cylinders, heads, sectors) of an SMI label; two more cylinders are the alternates."""
    blocks = size // BLOCK
    heads, sectors = (255, 63) if blocks > 2**31 else (15, 512)
    return max(1, blocks // (heads * sectors) - 2), heads, sectors


def capacity(size: int) -> str:
    """As format and the EFI label name it: ``68.37GB``, ``1.09TB``, in powers of two."""
    value = size / 2**30
    return f"{value / 1024:.2f}TB" if value >= 1024 else f"{value:.2f}GB"
