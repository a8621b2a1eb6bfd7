# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxassist: make, maxsize, growby, growto, remove volume; vxresize.

Without a layout a volume is concatenated; ``mirror`` is two concatenated plexes, ``stripe`` as many columns as there are disks, two to
eight (recorded: eight of more). Layered volumes, RAID-5, logs and shrinking are not simulated.
"""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, Volume
from ..options import Refused, Unknown, parse
from . import groups, host, importing, nodes, space, vxfs

LAYOUTS = {"mirror": "mirror", "nomirror": "", "concat": "", "span": "", "nostripe": "", "stripe": "stripe", "striped": "stripe"}


def layout(group: DiskGroup, words: list[str]) -> space.Layout:
    """Attributes and storage names of a command line."""
    made = space.Layout()
    wanted: list[str] = []
    excluded: list[str] = []
    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            given[key] = value
        elif word.removeprefix("!") in group.disks:
            (excluded if word.startswith("!") else wanted).append(word.removeprefix("!"))
        else:
            raise Unknown(f"the attribute {word}")
    made.wanted, made.excluded = tuple(wanted), tuple(excluded)
    if given.keys() - {"layout", "nmirror", "mirror", "ncol", "ncolumn", "stripeunit"}:
        raise Unknown("attributes " + " ".join(sorted(given)))
    shapes = set()
    for word in given.get("layout", "").split(","):
        if word and word not in LAYOUTS:
            raise Unknown(f"layout {word}")
        shapes.add(LAYOUTS.get(word, ""))
    number = given.get("nmirror", given.get("mirror", ""))
    if number and not number.isdigit():
        raise Unknown(f"mirror={number}")
    made.mirrors = int(number) if number else 2 if "mirror" in shapes else 1
    if "stripe" in shapes:
        columns = given.get("ncol", given.get("ncolumn", ""))
        there = len(space.candidates(group, made)) // made.mirrors
        made.columns = int(columns) if columns.isdigit() else max(2, min(space.COLUMNS, there))
        made.unit = host.length(given["stripeunit"]) if "stripeunit" in given else space.STRIPE_UNIT
    return made


def find(group: DiskGroup, name: str) -> Volume:
    if name not in group.volumes:
        raise Unknown(f"no volume {name}: it is refused, in words nobody recorded")
    return group.volumes[name]


def make(call: Call, group: DiskGroup, words: list[str]) -> None:
    if len(words) < 2:
        raise Unknown()
    name, wanted = words[0], layout(group, words[2:])
    if name in group.volumes:
        raise host.error("vxassist", "V-5-1-10127", f"creating volume {name}:\nRecord already exists in disk group", 12)
    length = space.largest(group, wanted) if words[1] == "maxsize" else space.aligned(group, host.length(words[1]))
    if length == 0:
        raise nothing_left(group)
    try:
        plexes = space.allocate(group, name, length, wanted)
    except space.NoSpaceError:
        raise host.error("vxassist", "V-5-1-435", f"Cannot allocate space for {length} block volume", 20) from None
    group.volumes[name] = Volume(name, length, plexes)
    groups.started(call, group).append(name)
    groups.changed(call, group)
    nodes.refresh(call.centre, call.machine)


def nothing_left(group: DiskGroup) -> Refused:
    return host.error("vxassist", "V-5-1-15809", f"No free space remaining in diskgroup {group.name} with given constraints", 20)


def extend(call: Call, group: DiskGroup, name: str, length: int, words: list[str]) -> None:
    """Longer, never shorter."""
    volume, wanted = find(group, name), layout(group, words)
    length = space.aligned(group, length)
    if length < volume.length:
        raise Unknown("a volume made shorter")
    if not groups.enabled(call, group, volume):
        raise Unknown("a volume that is not started")
    try:
        space.grow(group, volume, length, wanted)
    except space.NoSpaceError:
        raise host.error("vxassist", "V-5-1-436", f"Cannot allocate space to grow volume to {length} blocks", 20) from None
    groups.changed(call, group)


def remove(call: Call, group: DiskGroup, volume: Volume) -> None:
    if volume in vxfs.open_volumes(call.centre, call.machine, group):
        raise Unknown(f"{volume.name} is mounted: it is refused, in words nobody recorded")
    vxfs.forget(call.centre, group, volume)
    del group.volumes[volume.name]
    if volume.name in groups.started(call, group):
        groups.started(call, group).remove(volume.name)
    groups.changed(call, group)
    nodes.refresh(call.centre, call.machine)


@host.veritas("vxassist")
async def vxassist(call: Call) -> int:
    flags, rest = parse(call.args, "bg:")
    group = groups.required(call, dict(flags).get("g"))
    await call.sleep(0.5)
    match rest:
        case ["make", *words]:
            make(call, group, words)
        case ["maxsize", *words]:
            length = space.largest(group, layout(group, words))
            if length == 0:
                raise nothing_left(group)
            call.out(f"Maximum volume size: {length} ({length // space.MEGABYTE}Mb)\n")
        case ["growby", name, more, *words]:
            extend(call, group, name, find(group, name).length + host.length(more), words)
        case ["growto", name, size, *words]:
            extend(call, group, name, host.length(size), words)
        case ["remove", "volume", name]:
            remove(call, group, find(group, name))
        case _:
            raise Unknown()
    return 0


@host.veritas("vxresize", folder="")
async def vxresize(call: Call) -> int:
    """``-F vxfs``: the volume, then the mounted file system on it. Silent when it worked (recorded)."""
    flags, rest = parse(call.args, "F:bg:")
    chosen = dict(flags)
    if chosen.get("F") != "vxfs" or len(rest) < 2 or rest[1].startswith("-"):
        raise Unknown()
    group = groups.required(call, chosen.get("g"))
    name, size = rest[0], rest[1]
    volume = find(group, name)
    file_system = call.centre.filesystems.get(vxfs.key(group, volume))
    if file_system is None or file_system.kind != "vxfs" or volume not in vxfs.open_volumes(call.centre, call.machine, group):
        raise Unknown("a file system that is not a mounted vxfs")
    length = volume.length + host.length(size[1:]) if size.startswith("+") else host.length(size)
    await call.sleep(1.0)
    try:
        extend(call, group, name, length, rest[2:])
    except Refused as err:
        text = f"{err.text}VxVM vxresize ERROR V-5-1-4703 Problem running vxassist command for volume {name}, in diskgroup {group.name}"
        raise Refused(text, err.rc) from None
    file_system.size = volume.length
    groups.changed(call, group)
    return 0


@host.veritas("vxvol")
async def vxvol(call: Call) -> int:
    """``start``, ``startall``, ``stop``, ``stopall``; recorded usage: ``vxvol start -g GROUP VOLUME`` too."""
    flags, rest = parse(call.args, "g:")
    if rest:
        more, operands = parse(rest[1:], "g:")
        flags, rest = flags + more, [rest[0], *operands]
    group = groups.required(call, dict(flags).get("g"))
    running = groups.started(call, group)
    match rest:
        case ["startall"]:
            broken = importing.start_volumes(call.centre, call.machine, group)
            if broken:
                raise Unknown(f"volumes without a whole plex: {' '.join(broken)}")
        case ["start", *names] if names:
            for name in names:
                volume = find(group, name)
                if not groups.usable(call, group, volume):
                    raise Unknown(f"a volume without a whole plex: {name}")
                if name not in running:
                    running.append(name)
                volume.state = "ACTIVE"
        case ["stopall"] | ["stop", *_]:
            names = rest[1:] or list(group.volumes)
            chosen = [find(group, name) for name in names]
            if any(volume in vxfs.open_volumes(call.centre, call.machine, group) for volume in chosen):
                raise Unknown("a mounted volume: it is refused, in words nobody recorded")
            for volume in chosen:
                if volume.name in running:
                    running.remove(volume.name)
                    volume.state = "CLEAN"
        case _:
            raise Unknown()
    groups.changed(call, group)
    return 0


@host.veritas("vxedit")
async def vxedit(call: Call) -> int:
    """``-rf rm VOLUME``, ``rename OLD NEW`` of volumes that are not mounted, and of disks."""
    flags, rest = parse(call.args, "g:rf")
    letters = {letter for letter, _ in flags}
    group = groups.required(call, dict(flags).get("g"))
    match rest:
        case ["rm", *names] if names:
            chosen = [find(group, name) for name in names]
            if not {"r", "f"} <= letters:
                raise Unknown("a volume without -r and -f: it is refused, in words nobody recorded")
            for volume in chosen:
                remove(call, group, volume)
        case ["rename", old, new] if new not in group.volumes and new not in group.disks:
            rename(call, group, old, new)
        case _:
            raise Unknown()
    return 0


def rename(call: Call, group: DiskGroup, old: str, new: str) -> None:
    """The record alone: plexes and subdisks keep their names."""
    if old in group.disks:
        disk = group.disks.pop(old)
        disk.name, group.disks[new] = new, disk
        for subdisk in space.subdisks(group):
            subdisk.disk = new if subdisk.disk == old else subdisk.disk
    else:
        volume = find(group, old)
        if volume in vxfs.open_volumes(call.centre, call.machine, group):
            raise Unknown("a mounted volume")
        vxfs.renamed(call.centre, group, volume, new)
        volume.name, group.volumes[new] = new, group.volumes.pop(old)
        running = groups.started(call, group)
        running[:] = [new if name == old else name for name in running]
    groups.changed(call, group)
    nodes.refresh(call.centre, call.machine)
