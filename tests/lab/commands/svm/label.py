# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMI labels: the slices of a disk, in blocks.

A disk nobody has labelled has the table that format(1M) gives it; one that a ZFS pool has as a whole has an EFI label. ``metaset -a``
repartitions as libmeta's meta_repartition_drive() does: slice 7 for the replica, whole cylinders, at least 8208 blocks; slice 0 for the
rest; no other.
"""

from __future__ import annotations

from ...truth import DataCentre, LocalDisk, Lun
from ..hardware.disks import BLOCK, geometry
from ..zpool import disks as names

Table = dict[int, list[int]]  # slice -> [tag, flag, first block, blocks]

ROOT, SWAP, USR, BACKUP = 2, 3, 4, 5  # sys/vtoc.h
UNMOUNTABLE = 0x01
REPLICA = 8192  # blocks of a state database replica
VTOC = 16
MIB = (1 << 20) // BLOCK


def disk(centre: DataCentre, key: str) -> Lun | LocalDisk | None:
    """The disk of a key as in SharedPool.tree."""
    owner, colon, device = key.partition(":")
    if not colon:
        return centre.luns.get(key)
    machine = centre.machines.get(owner)
    return next((known for known in machine.disks if known.device == device), None) if machine else None


def cylinder(size: int) -> int:
    """Blocks of a cylinder of a disk of ``size`` bytes."""
    _, heads, sectors = geometry(size)
    return heads * sectors


def accessible(size: int) -> int:
    """Blocks in the accessible cylinders."""
    return geometry(size)[0] * cylinder(size)


def efi(centre: DataCentre, key: str) -> bool:
    """Whether a ZFS pool has the whole disk."""
    pool = names.label(centre, key)
    return pool is not None and any(key in members for _, members in pool.tree)


def table(centre: DataCentre, key: str) -> Table:
    """The slices of a disk with an SMI label."""
    known = disk(centre, key)
    if known is None:
        return {}
    if known.label is not None:
        return {int(number): list(entry) for number, entry in known.label.items()}
    total, step = accessible(known.size), cylinder(known.size)
    if ":" in key and names.label(centre, key) is not None:  # the installer's, for a root pool
        return {0: [ROOT, 0, 0, total], 2: [BACKUP, 0, 0, total]}
    part = -(-128 * MIB // step) * step
    return {
        0: [ROOT, 0, 0, part],
        1: [SWAP, UNMOUNTABLE, part, part],
        2: [BACKUP, UNMOUNTABLE, 0, total],
        6: [USR, 0, 2 * part, total - 2 * part],
    }


def write(centre: DataCentre, key: str, slices: Table) -> None:
    """A new table. What lay on slices that are elsewhere now is gone."""
    known = disk(centre, key)
    assert known is not None
    before = table(centre, key)
    known.label = {str(number): entry for number, entry in sorted(slices.items()) if entry[3]}
    for number in range(16):
        if before.get(number, [])[2:] != slices.get(number, [])[2:]:
            centre.filesystems.pop(f"{key}s{number}", None)


def for_a_set(centre: DataCentre, key: str) -> Table:
    """The table ``metaset -a`` leaves: the present one when slice 7 is already as it must be."""
    known = disk(centre, key)
    assert known is not None
    present, step = table(centre, key), cylinder(known.size)
    tag = present.get(7)
    fits = tag is not None and tag[1] == UNMOUNTABLE and tag[2] == 0 and tag[3] >= REPLICA + VTOC
    if tag and fits and not any(entry[2] < tag[3] for number, entry in present.items() if number != 7 and entry[3]):
        return present
    reserved = -(-(REPLICA + VTOC) // step) * step
    return {0: [USR, 0, reserved, accessible(known.size) - reserved], 7: [USR, UNMOUNTABLE, 0, reserved]}
