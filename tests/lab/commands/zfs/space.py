# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes: how ZFS writes them, and who uses and may use how much of a pool."""

from __future__ import annotations

import re

from ... import faults
from ...truth import DataCentre, Machine, SharedPool, ZfsDataset
from ..options import Refused
from . import dataset as tree

UNITS = "BKMGTPEZ"


def nice(number: int) -> str:
    """zfs_nicenum(): at most five characters where possible (``9.94G``, ``10G``, ``512``)."""
    index, whole = 0, number
    while whole >= 1024:
        whole //= 1024
        index += 1
    if index == 0:
        return str(number)
    unit = UNITS[index]
    if number % (1 << (10 * index)) == 0:
        return f"{whole}{unit}"
    text = ""
    for digits in (2, 1, 0):
        text = f"{number / (1 << (10 * index)):.{digits}f}{unit}"
        if len(text) <= 5:
            break
    return text


def number(text: str) -> int | None:
    """A size as zfs takes it: ``10G``, ``1.5T``, ``512``, ``none`` (0); None when it is no number."""
    if text == "none":
        return 0
    found = re.fullmatch(r"([0-9]*\.?[0-9]+)([BKMGTPEZ]?)(i?B)?", text, re.IGNORECASE)
    if found is None:
        return None
    return int(float(found[1]) * (1 << (10 * UNITS.index((found[2] or "B").upper()))))


def device_space(size: int) -> int:
    """What a disk of ``size`` bytes gives: without the EFI label's reserve and the ZFS labels, in whole metaslabs."""
    usable = size - (8 << 20) - (9 << 19)
    if usable <= 0:
        return 0
    metaslab = 1 << max((usable // 200).bit_length(), 24)
    return usable // metaslab * metaslab


def disk_size(centre: DataCentre, disk: str) -> int:
    owner, colon, device = disk.partition(":")
    if colon:
        disks = centre.machines[owner].disks if owner in centre.machines else []
        return next((known.size for known in disks if device in (known.device, f"{known.device}s0")), 0)
    return centre.luns[disk].size if disk in centre.luns else 0


def pool_size(centre: DataCentre, pool: SharedPool) -> tuple[int, int]:
    """``(raw, usable)``: SIZE of zpool list (with RAID-Z parity) and the space for data."""
    raw = usable = 0
    for kind, disks in pool.tree:
        sizes = [device_space(disk_size(centre, disk)) for disk in disks]
        smallest = min(sizes, default=0)
        if kind == "mirror":
            raw, usable = raw + smallest, usable + smallest
        elif kind.startswith("raidz"):
            raw += smallest * len(sizes)
            usable += smallest * (len(sizes) - int(kind[5:] or 1))
        else:
            raw, usable = raw + sum(sizes), usable + sum(sizes)
    return raw, usable


def _size(dataset: ZfsDataset, name: str) -> int:
    return number(dataset.properties.get(name, "none")) or 0


def used(pool: SharedPool, dataset: ZfsDataset) -> int:
    """The ``used`` property: own data, snapshots, children with their reservations, own refreservation."""
    if dataset.type == "snapshot":
        return dataset.used
    own = max(dataset.used, _size(dataset, "refreservation"))
    below = sum(charged(pool, child) for child in tree.children(pool, dataset.name))
    return own + below + sum(snapshot.used for snapshot in tree.snapshots(pool, dataset.name))


def charged(pool: SharedPool, dataset: ZfsDataset) -> int:
    """What the parent accounts for: ``used`` or the reservation, the greater."""
    return max(used(pool, dataset), _size(dataset, "reservation"))


def referenced(pool: SharedPool, dataset: ZfsDataset) -> int:
    if dataset.type == "snapshot":
        return int(dataset.properties.get("lab:referenced", "0"))
    return dataset.used


def available(centre: DataCentre, machine: Machine, pool: SharedPool, dataset: ZfsDataset) -> int:
    if faults.disk_full(centre, machine.name, pool.name):
        return 0
    above = tree.parent_name(dataset.name)
    if above is None:
        space = pool_size(centre, pool)[1]
        space -= space >> 6  # the pool keeps 1/64 for itself
        left = space - used(pool, dataset)
    else:
        left = available(centre, machine, pool, pool.datasets[above])
        left += max(0, _size(dataset, "reservation") - used(pool, dataset))
    if _size(dataset, "quota"):
        left = min(left, _size(dataset, "quota") - used(pool, dataset))
    return max(0, left)


def available_to_data(centre: DataCentre, machine: Machine, pool: SharedPool, dataset: ZfsDataset) -> int:
    """The ``available`` property: also refquota and the own refreservation count."""
    left = available(centre, machine, pool, dataset) + max(0, _size(dataset, "refreservation") - dataset.used)
    if _size(dataset, "refquota"):
        left = min(left, _size(dataset, "refquota") - dataset.used)
    return max(0, left)


def allocated(pool: SharedPool) -> int:
    """What zpool list calls ALLOC: data of all data sets, without reservations."""
    return sum(dataset.used for dataset in pool.datasets.values())


def claim(centre: DataCentre, machine: Machine, pool: SharedPool, dataset: ZfsDataset, size: int) -> bool:
    """Write ``size`` bytes more into a file system; False (nothing written) when space, quota or refquota do not allow it."""
    if available_to_data(centre, machine, pool, dataset) < size:
        return False
    dataset.used += size
    return True


def check_limits(centre: DataCentre, machine: Machine, pool: SharedPool, dataset: ZfsDataset, name: str, size: int) -> None:
    """A quota below what is used, or a reservation above what is there, is refused."""
    failed = f"cannot set property for '{dataset.name}': "
    held = used(pool, dataset) if name == "quota" else dataset.used
    if name in ("quota", "refquota") and size and size < held:
        raise Refused(failed + "size is less than current used or reserved space")
    if name in ("reservation", "refreservation"):
        room = available(centre, machine, pool, dataset)
        held = used(pool, dataset) if name == "reservation" else dataset.used
        if size > held + room:
            raise Refused(failed + "size is greater than available space")
