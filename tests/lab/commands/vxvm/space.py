# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where volumes lie on the disks of a group: free space, subdisks for a new plex, growth of a plex. Sectors."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from ...diskgroups import DiskGroup, MediaDisk, Plex, Subdisk, Volume

MEGABYTE = 2048
ALIGNMENT = 16  # of a cds group: 8 kilobytes
STRIPE_UNIT = 128  # 64 kilobytes, vxassist's default
COLUMNS = 8  # most columns of a stripe whose number nobody gave


@dataclass
class Layout:
    """What was asked of vxassist."""

    mirrors: int = 1
    columns: int = 1
    unit: int = 0
    wanted: tuple[str, ...] = ()  # disk media names
    excluded: tuple[str, ...] = ()


class NoSpaceError(Exception):
    """The disks have not enough room."""


def aligned(group: DiskGroup, sectors: int) -> int:
    return -(-sectors // ALIGNMENT) * ALIGNMENT if group.cds else sectors


def subdisks(group: DiskGroup) -> Iterator[Subdisk]:
    for volume in group.volumes.values():
        for plex in volume.plexes:
            yield from plex.subdisks


def free(group: DiskGroup, disk: MediaDisk) -> list[tuple[int, int]]:
    """``[(offset, length)]``, in order."""
    found, at = [], 0
    for subdisk in sorted((each for each in subdisks(group) if each.disk == disk.name), key=lambda each: each.offset):
        if subdisk.offset > at:
            found.append((at, subdisk.offset - at))
        at = subdisk.offset + subdisk.length
    if at < disk.length:
        found.append((at, disk.length - at))
    return found


def candidates(group: DiskGroup, layout: Layout, avoid: Container[str] = ()) -> list[MediaDisk]:
    names = layout.wanted or tuple(sorted(group.disks))
    return [group.disks[name] for name in names if name not in layout.excluded and name not in avoid]


def room(group: DiskGroup, disk: MediaDisk) -> int:
    return sum(size // ALIGNMENT * ALIGNMENT for _, size in free(group, disk))


def pieces(group: DiskGroup, disks: list[MediaDisk], length: int) -> list[tuple[str, int, int]]:
    """``[(disk, offset, length)]``: on one disk in one piece if one has it, else over all of them. Raises NoSpaceError."""
    for disk in disks:
        for offset, size in free(group, disk):
            if size >= length:
                return [(disk.name, offset, length)]
    found: list[tuple[str, int, int]] = []
    for disk in disks:
        for offset, size in free(group, disk):
            take = min(size // ALIGNMENT * ALIGNMENT, length)
            if take > 0:
                found.append((disk.name, offset, take))
                length -= take
    if length > 0:
        raise NoSpaceError
    return found


def subdisk_name(group: DiskGroup, plexes: list[Plex], disk: str) -> str:
    taken = {each.name for each in subdisks(group)} | {each.name for plex in plexes for each in plex.subdisks}
    number = 1
    while f"{disk}-{number:02}" in taken:
        number += 1
    return f"{disk}-{number:02}"


def allocate(group: DiskGroup, name: str, length: int, layout: Layout) -> list[Plex]:
    """Plexes of a new volume, each on disks of its own. Raises NoSpaceError."""
    made: list[Plex] = []
    used: set[str] = set()
    for number in range(layout.mirrors):
        plex = Plex(f"{name}-{number + 1:02}", layout.columns, layout.unit)
        column_length = length if not layout.unit else -(-length // (layout.columns * layout.unit)) * layout.unit
        taken: set[str] = set()
        disks = sorted(candidates(group, layout, used), key=lambda disk: -room(group, disk)) if layout.mirrors > 1 else None
        for column in range(layout.columns):
            left = [disk for disk in (disks or candidates(group, layout, used)) if disk.name not in taken]
            if layout.columns > 1:
                left = [disk for disk in left if room(group, disk) >= column_length][:1]
            elif layout.mirrors > 1:
                left = _few(group, left, column_length)
            for disk, offset, size in pieces(group, left, column_length):
                plex.subdisks.append(Subdisk(subdisk_name(group, [*made, plex], disk), disk, offset, size, column))
                taken.add(disk)
        used |= taken
        made.append(plex)
    return made


def _few(group: DiskGroup, disks: list[MediaDisk], length: int) -> list[MediaDisk]:
    """As many disks as a plex needs, so that the others stay for its mirrors."""
    chosen: list[MediaDisk] = []
    for disk in disks:
        if sum(room(group, each) for each in chosen) >= length:
            break
        chosen.append(disk)
    return chosen


def grow(group: DiskGroup, volume: Volume, length: int, layout: Layout) -> None:
    """Make every column longer, in place where the space behind its last subdisk is free. Raises NoSpaceError; then nothing changed."""
    plan: list[tuple[Plex, int, list[tuple[str, int, int]]]] = []
    promised: list[Subdisk] = []
    ghost = Volume("", 0, [Plex("", subdisks=promised)])
    group.volumes[""] = ghost
    try:
        for plex in volume.plexes:
            others = {each.disk for other in volume.plexes if other is not plex for each in other.subdisks}
            others |= {disk for other, _, found in plan if other is not plex for disk, _, _ in found}
            target = length if not plex.width else -(-length // (plex.columns * plex.width)) * plex.width
            for column in range(plex.columns):
                own = [each for each in plex.subdisks if each.column == column]
                missing = target - sum(each.length for each in own)
                if missing <= 0:
                    continue
                siblings = {each.disk for each in plex.subdisks if each.column != column}
                siblings |= {disk for other, place, found in plan if other is plex and place != column for disk, _, _ in found}
                last = own[-1]
                behind = next(((at, size) for at, size in free(group, group.disks[last.disk]) if at == last.offset + last.length), (0, 0))
                take = min(missing, behind[1] // ALIGNMENT * ALIGNMENT)
                found = [(last.disk, behind[0], take)] if take else []
                promised += [Subdisk("", disk, offset, size) for disk, offset, size in found]
                if missing > take:
                    rest = pieces(group, candidates(group, layout, others | siblings), missing - take)
                    promised += [Subdisk("", disk, offset, size) for disk, offset, size in rest]
                    found += rest
                plan.append((plex, column, found))
    finally:
        del group.volumes[""]
    for plex, column, found in plan:
        for disk, offset, size in found:
            last = [each for each in plex.subdisks if each.column == column][-1]
            if (last.disk, last.offset + last.length) == (disk, offset):
                last.length += size
            else:
                plex.subdisks.append(Subdisk(subdisk_name(group, [], disk), disk, offset, size, column))
    volume.length = length


def largest(group: DiskGroup, layout: Layout) -> int:
    """The longest volume of a layout, in whole megabytes as vxassist answers (recorded: 633534160 free, 633532416 used by the volume
    that took all)."""
    low, high = 0, sum(room(group, disk) for disk in candidates(group, layout)) // MEGABYTE
    while low < high:
        middle = (low + high + 1) // 2
        try:
            allocate(group, "x", middle * MEGABYTE, layout)
            low = middle
        except NoSpaceError:
            high = middle - 1
    return low * MEGABYTE
