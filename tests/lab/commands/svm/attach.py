# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metattach(1M) and metadetach(1M): submirrors, components of a concatenation, more blocks for a soft partition."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Volume
from ..honest import simulated
from ..options import Unknown, parse
from . import disks, extents, metainit, sets, volumes


@simulated("metattach", on=sets.RELEASES)
async def metattach(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "s:i:")
    flags = dict(options)
    if not rest:
        raise Unknown("metattach's usage")
    disk_set, volume = volumes.existing(call, flags.get("s", ""), rest[0])
    sets.writable(call, disk_set)
    if "i" in flags and volume.kind != "stripe":
        raise Unknown("-i of what is no concatenation")
    match volume.kind:
        case "mirror":
            _submirror(call, disk_set, volume, rest[1:])
        case "stripe":
            _components(call, disk_set, volume, rest[1:], flags.get("i"))
        case _:
            _blocks(call, disk_set, volume, rest[1:])
    await call.sleep(0.5)
    return 0


def _submirror(call: Call, disk_set: DiskSet, mirror: Volume, words: list[str]) -> None:
    full = volumes.full(disk_set, mirror.name)
    if len(words) > 1:
        raise Unknown("metattach's usage")
    if not words:  # grow to what the submirrors have by now
        mirror.size = max(mirror.size, min(disk_set.volumes[side].size for side in mirror.submirrors if side))
        return
    side = metainit.submirror(call, disk_set, words[0])
    if sum(1 for each in mirror.submirrors if each) == 4:
        raise sets.trouble(call, full, "mirror has maximum number of submirrors")
    if side.size < mirror.size:
        raise sets.trouble(call, volumes.full(disk_set, side.name), "submirror too small to attach")
    if "" in mirror.submirrors:
        mirror.submirrors[mirror.submirrors.index("")] = side.name
    else:
        mirror.submirrors.append(side.name)
    call.centre.filesystems.pop(volumes.key(disk_set, side.name), None)
    if mirror.resync:
        raise Unknown("a second submirror attached while the first is written")
    volumes.begin_resync(call, mirror, side.name)
    call.out(f"{full}: submirror {volumes.full(disk_set, side.name)} is attached\n")


def _components(call: Call, disk_set: DiskSet, volume: Volume, words: list[str], step: str | None) -> None:
    full = volumes.full(disk_set, volume.name)
    if not words:
        raise Unknown("metattach's usage")
    added: list[str] = []
    for word in words:
        component = volumes.slice_word(call, word)
        volumes.free(call, disk_set, component)
        if component in added:
            raise sets.trouble(call, disks.name(component), f"has appeared more than once in the specification of {full}")
        added.append(component)
    blocks = metainit.interlace(call, full, step) if step else volume.interlaces[-1]
    volume.rows.append(added)
    volume.interlaces.append(blocks)
    volume.size = metainit.stripe_size(call, volume.rows, volume.interlaces)
    for component in added:
        call.centre.filesystems.pop(component, None)
    call.out(f"{full}: {'component is' if len(added) == 1 else 'components are'} attached\n")


def _blocks(call: Call, disk_set: DiskSet, volume: Volume, words: list[str]) -> None:
    full = volumes.full(disk_set, volume.name)
    if len(words) != 1:
        raise Unknown("metattach's usage")
    wanted = extents.size(words[0])
    if wanted is None:
        raise sets.trouble(call, full, "bad length specified")
    used = [each for other in disk_set.volumes.values() if other.component == volume.component for each in other.extents]
    base = disk_set.volumes.get(volume.component)
    if base is not None:
        begin, length, step = 0, base.size, extents.alignment(disk_set, base)
    else:
        start, length = disks.extent(call.centre, volume.component)
        begin, step = 0 if start else disks.cylinder(call.centre, disks.drive_of(volume.component)), 0
    found = extents.grow(volume.extents, used, begin, length, wanted, step)
    if found is None:
        raise sets.trouble(call, full, "not enough space available for request")
    volume.extents = found
    volume.size = sum(blocks for _, blocks in found)
    call.out(f"{full}: Soft Partition has been grown\n")


@simulated("metadetach", on=sets.RELEASES)
async def metadetach(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "s:f")
    flags = dict(options)
    if len(rest) != 2:
        raise Unknown("metadetach's usage")
    disk_set, mirror = volumes.existing(call, flags.get("s", ""), rest[0])
    sets.writable(call, disk_set)
    full = volumes.full(disk_set, mirror.name)
    if mirror.kind != "mirror":
        raise Unknown("metadetach of what is no mirror")
    side = volumes.target(call, disk_set.name, rest[1])[1]
    if side not in disk_set.volumes:
        raise sets.trouble(call, rest[1], "unit not found")
    if side not in mirror.submirrors:
        raise sets.trouble(call, full, "can't find submirror in mirror")
    good = [each for each in mirror.submirrors if each and each not in mirror.states]
    if side in good and len(good) == 1:
        raise sets.trouble(call, full, "attempt to detach last running submirror")
    if side in mirror.states and "f" not in flags:
        if mirror.resync == side:
            raise sets.trouble(call, full, "resync in progress")
        raise sets.trouble(call, full, "attempt an operation on a submirror that has erred components")
    mirror.submirrors[mirror.submirrors.index(side)] = ""
    mirror.states.pop(side, None)
    disk_set.volumes[side].states.clear()
    if mirror.resync == side:
        mirror.resync = ""
    call.out(f"{full}: submirror {volumes.full(disk_set, side)} is detached\n")
    return 0
