# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes of a set: their names, parents, sizes, states, and the devices they are.

States are those of the driver: a slice that fails an I/O goes to Maintenance while another submirror has the data, to Last Erred when
none has, and stays there until metareplace; nothing happens before there is an I/O, so a volume nobody uses stays Okay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...call import Call
from ...truth import DataCentre, DiskSet, Machine, Volume
from ..options import Unknown
from ..ufs import devices
from . import disks, label, sets

PATH = re.compile(r"/dev/md/(?:([^/]+)/)?(r?dsk)/([^/]+)$")
RESYNC_RATE = 400_000  # blocks a second


def full(disk_set: DiskSet, name: str) -> str:
    """The name as the commands print it: ``S/d10``, ``d10`` in the local set."""
    return f"{disk_set.name}/{name}" if disk_set.name else name


def human(blocks: int) -> str:
    """meta_number_to_string(): ``57 GB``, ``4.0 GB``."""
    total, before, units = blocks * 512, 0, " KMGTPE"
    index = 0
    while total >= 1024 and index < 6:
        before, total = total, total // 1024
        index += 1
    if before and before // 1024 < 10:
        return f"{before / 1024:.1f} {units[index]}B"
    return f"{total} {units[index]}B"


def split(word: str) -> tuple[str, str]:
    """``(set name, volume name)`` of ``d10``, ``S/d10``, ``/dev/md/S/dsk/d10``."""
    found = PATH.match(word)
    if found:
        return found[1] or "", found[3]
    name, slash, rest = word.rpartition("/")
    return (name, rest) if slash else ("", word)


def target(call: Call, set_name: str, word: str) -> tuple[DiskSet, str]:
    """The set and the name that a volume word means. Raises Refused."""
    named, name = split(word)
    if named and set_name and named != set_name:
        raise sets.trouble(call, named, "set name is inconsistent")
    return sets.named(call, named or set_name), name


def existing(call: Call, set_name: str, word: str) -> tuple[DiskSet, Volume]:
    """Raises Refused: not the owner, no such volume."""
    disk_set, name = target(call, set_name, word)
    sets.needs_database(call)
    sets.owner_only(call, disk_set)
    settle(call, disk_set)
    if name not in disk_set.volumes:
        raise sets.trouble(call, word, "unit not found")
    return disk_set, disk_set.volumes[name]


def parents(disk_set: DiskSet, name: str) -> list[Volume]:
    """Volumes that lie on this one (or on this slice)."""
    return [
        each
        for each in disk_set.volumes.values()
        if name == each.component or name in each.submirrors or any(name in row for row in each.rows)
    ]


def slices(disk_set: DiskSet, volume: Volume) -> Iterator[str]:
    """Every slice below a volume."""
    below = [part for row in volume.rows for part in row] + [part for part in (*volume.submirrors, volume.component) if part]
    for part in below:
        if part in disk_set.volumes:
            yield from slices(disk_set, disk_set.volumes[part])
        else:
            yield part


def key(disk_set: DiskSet, name: str) -> str:
    """The key of DataCentre.filesystems."""
    return f"{disk_set.key}/{name}"


def open_by(centre: DataCentre, disk_set: DiskSet, volume: Volume) -> bool:
    """Mounted somewhere, or below something that is."""
    if any(mount.device == key(disk_set, volume.name) for machine in centre.machines.values() for mount in machine.mounts):
        return True
    return any(open_by(centre, disk_set, parent) for parent in parents(disk_set, volume.name))


def trusted(disk_set: DiskSet, mirror: Volume, side: str) -> bool:
    """Whether a submirror has the data: it is okay, or it failed last."""
    erred = disk_set.volumes[side].states.values()
    return side not in mirror.states or bool(erred) and set(erred) == {"Last Erred"}


def _broken(centre: DataCentre, machine: Machine, disk_set: DiskSet, volume: Volume) -> bool:
    """Whether an I/O to all of a volume fails."""
    if volume.kind == "mirror":
        return not any(
            side and trusted(disk_set, volume, side) and not _broken(centre, machine, disk_set, disk_set.volumes[side])
            for side in volume.submirrors
        )
    below = [volume.component] if volume.kind == "soft" else [part for row in volume.rows for part in row]
    for part in below:
        if part in disk_set.volumes:
            if _broken(centre, machine, disk_set, disk_set.volumes[part]):
                return True
        elif not disks.reachable(centre, machine, disks.drive_of(part)):
            return True
    return False


def touch(centre: DataCentre, machine: Machine, disk_set: DiskSet, volume: Volume) -> bool:
    """An I/O to a volume: marks what fails of mirrors below; whether it succeeds."""
    for part in [volume.component, *[each for row in volume.rows for each in row]]:
        if part in disk_set.volumes:
            touch(centre, machine, disk_set, disk_set.volumes[part])
    if volume.kind == "mirror":
        sides = [disk_set.volumes[side] for side in volume.submirrors if side]
        good = [side for side in sides if trusted(disk_set, volume, side.name) and not _broken(centre, machine, disk_set, side)]
        for side in sides:
            failed = [part for part in slices(disk_set, side) if not disks.reachable(centre, machine, disks.drive_of(part))]
            if not failed or side.name in volume.states and volume.states[side.name] != "Resyncing":
                continue
            if volume.resync == side.name:
                volume.resync = ""
            volume.states[side.name] = "Needs maintenance"
            side.states.update(dict.fromkeys(failed, "Maintenance" if good else "Last Erred"))
        return bool(good)
    return not _broken(centre, machine, disk_set, volume)


def settle(call: Call, disk_set: DiskSet) -> None:
    """What happened since somebody looked: resyncs that ended, failures that open volumes met."""
    machine = call.machine
    for volume in disk_set.volumes.values():
        if volume.resync and call.now() >= volume.resync_until:
            side = disk_set.volumes[volume.resync]
            side.states.clear()
            volume.states.pop(volume.resync, None)
            volume.resync = ""
    for volume in disk_set.volumes.values():
        if volume.kind == "mirror" and open_by(call.centre, disk_set, volume):
            touch(call.centre, machine, disk_set, volume)


def begin_resync(call: Call, volume: Volume, side: str) -> None:
    """The submirror is written anew from the others."""
    volume.states[side] = "Resyncing"
    volume.resync, volume.resync_from = side, call.now()
    volume.resync_until = call.now() + max(5, volume.size // RESYNC_RATE)


def percent(call: Call, volume: Volume) -> int:
    return min(99, 100 * (call.now() - volume.resync_from) // max(1, volume.resync_until - volume.resync_from))


def device(call: Call, path: str) -> devices.Device | None:
    """The volume behind ``/dev/md/[SET/]dsk/dN``: there while its set is taken."""
    found = PATH.match(path)
    if found is None or call.machine.release not in sets.RELEASES:
        return None
    name = found[1] or ""
    for disk_set in [sets.local(call.centre, call.machine)] if not name else sets.known(call.centre, call.machine):
        if disk_set.name == name and sets.owns(call.machine, disk_set) and found[3] in disk_set.volumes:
            return _device(call, disk_set, disk_set.volumes[found[3]])
    return None


def _device(call: Call, disk_set: DiskSet, volume: Volume) -> devices.Device:
    settle(call, disk_set)
    below = "/dev/md/" + (f"{disk_set.name}/" if disk_set.name else "")
    number = (85 << 18) + disk_set.number * 8192 + list(disk_set.volumes).index(volume.name)
    return devices.Device(
        key(disk_set, volume.name), f"{below}dsk/{volume.name}", f"{below}rdsk/{volume.name}", volume.size, f"{number:x}",
        lambda: touch(call.centre, call.machine, disk_set, volume), (disk_set.name, full(disk_set, volume.name)),
        bool(parents(disk_set, volume.name)),
    )  # fmt: skip


devices.RESOLVERS.append(device)


def free(call: Call, disk_set: DiskSet, component: str, soft: bool = False) -> None:
    """Whether a slice may become part of a volume: libmeta's meta_check_component(). Raises Refused."""
    name = disks.name(component)
    drive = disks.drive_of(component)
    if (mount := devices.mounted(call, component)) is not None:
        raise sets.trouble(call, name, f"is mounted on {mount.point}")
    owner = sets.of_drive(call.centre, drive)
    if disk_set.name and drive not in disk_set.drives:
        raise sets.trouble(call, name, "device not in set")
    if not disk_set.name and owner is not None:
        raise sets.trouble(call, name, "device in shared set")
    if disk_set.name and disks.slice_of(component) == 7:
        raise sets.trouble(call, name, "replica slice is not usable as a metadevice component")
    if any(replica.component == component for replica in disk_set.replicas):
        raise sets.trouble(call, name, "has a metadevice database replica")
    first, blocks = disks.extent(call.centre, component)
    for volume in disk_set.volumes.values():
        for other in [part for row in volume.rows for part in row] + ([volume.component] if volume.component else []):
            if soft and other == component and volume.kind == "soft":
                continue
            if other == component:
                raise sets.trouble(call, name, f"has appeared more than once in the specification of {full(disk_set, volume.name)}")
            if other not in disk_set.volumes and disks.drive_of(other) == drive:
                start, length = disks.extent(call.centre, other)
                if first < start + length and start < first + blocks:
                    raise sets.trouble(call, name, f"overlaps with device in {full(disk_set, volume.name)}")


def slice_word(call: Call, word: str) -> str:
    """A component word -> the key of the slice. Raises Refused."""
    parsed = disks.parse(word)
    if parsed is None or parsed[1] is None:
        raise sets.trouble(call, word, "No such file or directory")
    drive = disks.key(call, parsed[0])
    if drive is None or parsed[1] > 15:
        raise sets.trouble(call, word, "No such file or directory")
    if label.efi(call.centre, drive):
        raise Unknown(f"{call.argv[0]} on a disk with an EFI label")
    return f"{drive}s{parsed[1]}"
