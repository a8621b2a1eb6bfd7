# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metainit(1M): concatenations and stripes, mirrors, soft partitions."""

from __future__ import annotations

import re

from ...call import Call
from ...truth import DiskSet, Volume
from ..honest import simulated
from ..options import Unknown, parse
from . import disks, extents, sets, volumes

INTERLACE = 32  # 16 Kbytes, SVM Administration Guide of Solaris 10, "How to Create a RAID-0 (Stripe) Volume"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}$")
WARNING = (
    "{}: WARNING: This form of metainit is not recommended.\nThe submirrors may not have the same data.\n"
    "Please see ERRORS in metainit(1M) for additional information.\n"
)


@simulated("metainit", on=sets.RELEASES)
async def metainit(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "afhnrs:")
    flags = dict(options)
    if flags.keys() & {"a", "h", "n", "r", "f"} or len(rest) < 2:
        raise Unknown("metainit -a, -f, -h, -n, -r, md.tab")
    disk_set, name = volumes.target(call, flags.get("s", ""), rest[0])
    sets.needs_database(call)
    sets.owner_only(call, disk_set)
    sets.writable(call, disk_set)
    if disk_set.name and not disk_set.drives:
        raise Unknown("volumes of a set without drives")
    if not NAME.match(name) or re.match(r"(hsp|c\d+t?)\d", name):
        raise sets.trouble(call, rest[0], "Invalid name for metadevice or hot spare pool.")
    volumes.settle(call, disk_set)
    full = volumes.full(disk_set, name)
    if name in disk_set.volumes:
        raise sets.trouble(call, full, "unit already set up")
    if rest[1] == "-m":
        made = _mirror(call, disk_set, name, rest[2:])
        shown = f"{full}: Mirror is setup\n"
    elif rest[1] == "-p":
        made = _soft(call, disk_set, name, rest[2:])
        shown = f"{rest[0]}: Soft Partition is setup\n"
    elif rest[1].isdigit():
        made = _stripe(call, disk_set, name, rest[1:])
        shown = f"{full}: Concat/Stripe is setup\n"
    else:
        raise Unknown("RAID-5, hot spare pools")
    await call.sleep(0.5)
    disk_set.volumes[name] = made
    for part in volumes.slices(disk_set, made):
        call.centre.filesystems.pop(part, None)
    call.out(shown)
    return 0


def interlace(call: Call, full: str, text: str) -> int:
    """``32k``, ``64b``, ``1m`` in blocks: 16 blocks to 100 Mbytes. Raises Refused."""
    found = re.fullmatch(r"(\d+)([bkm]?)", text, re.IGNORECASE)
    blocks = int(found[1]) * {"b": 1, "k": 2, "m": 2048, "": 1}[found[2].lower()] if found else 0
    if not 16 <= blocks <= 100 * 2048:
        raise sets.trouble(call, full, "invalid interlace")
    return blocks


def component_size(call: Call, component: str, first: bool) -> int:
    """Usable blocks of a slice: one that begins at the disk's first cylinder spares it, but as the first of a volume."""
    start, blocks = disks.extent(call.centre, component)
    if not first and start == 0 and blocks:
        blocks -= disks.cylinder(call.centre, disks.drive_of(component))
    if blocks <= 0:
        raise sets.trouble(call, disks.name(component), "No space left on device")
    return blocks


def row_size(call: Call, row: list[str], step: int, first: bool) -> int:
    """Blocks of a row: as many times the smallest component, in whole interlaces where it is striped."""
    sizes = [component_size(call, part, first and place == 0) for place, part in enumerate(row)]
    if len(row) > 1:
        sizes = [size // step * step for size in sizes]
    return len(row) * min(sizes)


def rounded(call: Call, first: str, blocks: int) -> int:
    """Whole cylinders of the first component's disk."""
    step = disks.cylinder(call.centre, disks.drive_of(first))
    return blocks // step * step


def stripe_size(call: Call, rows: list[list[str]], steps: list[int]) -> int:
    total = sum(row_size(call, row, step, place == 0) for place, (row, step) in enumerate(zip(rows, steps, strict=True)))
    return rounded(call, rows[0][0], total)


def _stripe(call: Call, disk_set: DiskSet, name: str, words: list[str]) -> Volume:
    full = volumes.full(disk_set, name)
    count, rest = int(words[0]), words[1:]
    if count < 1:
        raise sets.trouble(call, full, "not enough stripes specified")
    rows: list[list[str]] = []
    steps: list[int] = []
    for _ in range(count):
        if not rest:
            raise sets.trouble(call, full, "not enough stripes specified")
        if not rest[0].isdigit():
            raise sets.trouble(call, f'{full}: "{rest[0]}"', "syntax error")
        width, rest = int(rest[0]), rest[1:]
        if width < 1 or len(rest) < width:
            raise sets.trouble(call, full, "not enough components specified")
        row: list[str] = []
        for word in rest[:width]:
            if disks.parse(word) is None:
                raise Unknown("volumes as components of a stripe")
            component = volumes.slice_word(call, word)
            volumes.free(call, disk_set, component)
            if any(component in other for other in [*rows, row]):
                raise sets.trouble(call, disks.name(component), f"has appeared more than once in the specification of {full}")
            row.append(component)
        rest = rest[width:]
        step = steps[-1] if steps else INTERLACE
        if rest[:1] == ["-i"] and len(rest) > 1:
            step, rest = interlace(call, full, rest[1]), rest[2:]
        rows.append(row)
        steps.append(step)
    if rest:
        if rest[0] == "-h":
            raise Unknown("hot spare pools")
        raise sets.trouble(call, f'{full}: "{rest[0]}"', "syntax error")
    return Volume(name, "stripe", stripe_size(call, rows, steps), rows, steps)


def submirror(call: Call, disk_set: DiskSet, word: str) -> Volume:
    """A volume that may become a submirror. Raises Refused."""
    side = volumes.target(call, disk_set.name, word)[1]
    if side not in disk_set.volumes:
        raise sets.trouble(call, word, "unit not found")
    volume, full = disk_set.volumes[side], volumes.full(disk_set, side)
    if volumes.open_by(call.centre, disk_set, volume):
        mount = next((each for each in call.machine.mounts if each.device == volumes.key(disk_set, side)), None)
        if mount is not None:
            raise sets.trouble(call, full, f"is mounted on {mount.point}")
    if volume.kind != "stripe" or volumes.parents(disk_set, side):
        raise sets.trouble(call, full, "invalid unit")
    return volume


def _mirror(call: Call, disk_set: DiskSet, name: str, words: list[str]) -> Volume:
    full = volumes.full(disk_set, name)
    sides: list[Volume] = []
    while words and not words[0].startswith("-") and not words[0][0].isdigit():
        if len(sides) == 4:
            raise sets.trouble(call, full, "mirror has maximum number of submirrors")
        side = submirror(call, disk_set, words[0])
        if side in sides:
            raise sets.trouble(call, volumes.full(disk_set, side.name), f"has appeared more than once in the specification of {full}")
        sides.append(side)
        words = words[1:]
    if not sides:
        raise sets.trouble(call, full, "not enough submirrors specified")
    if len(sides) > 1:
        call.err(f"{call.argv[0]}: " + WARNING.format(full))
    chosen: list[str] = []
    while words and words[0] in ("-g", "-r", "-S"):
        chosen.append(words[0])
        words = words[1:]
    if len({"-g", "-r"} & set(chosen)) == 2 or len(set(chosen)) < len(chosen):
        raise sets.trouble(call, full, "invalid write option" if chosen.count("-S") > 1 else "invalid read option")
    number = 1
    if words and words[0].isdigit():
        number, words = int(words[0]), words[1:]
        if number > 9:
            raise sets.trouble(call, f'{full}: "{number}"', "invalid pass number")
    if words:
        raise sets.trouble(call, f'{full}: "{words[0]}"', "illegal option" if words[0].startswith("-") else "syntax error")
    size = min(side.size for side in sides)
    made = Volume(name, "mirror", size, submirrors=[side.name for side in sides], options=chosen, pass_number=number)
    kept = call.centre.filesystems.pop(volumes.key(disk_set, sides[0].name), None)
    if kept is not None:  # the data of the submirror is now that of the mirror
        call.centre.filesystems[volumes.key(disk_set, name)] = kept
    return made


def _soft(call: Call, disk_set: DiskSet, name: str, words: list[str]) -> Volume:
    if words[:1] == ["-e"] or any(word in ("-A", "-o", "-b") for word in words):
        raise Unknown("metainit -p -e, -A, -o, -b")
    if len(words) != 2:
        raise Unknown("metainit's syntax errors")
    if disks.parse(words[0]) is not None:
        below = volumes.slice_word(call, words[0])
        volumes.free(call, disk_set, below, soft=True)
        shown, begin = disks.name(below), 0
        start, length = disks.extent(call.centre, below)
        if start == 0:
            begin = disks.cylinder(call.centre, disks.drive_of(below))
        alignment = 0
    else:
        below = volumes.target(call, disk_set.name, words[0])[1]
        if below not in disk_set.volumes:
            raise sets.trouble(call, words[0], "unit not found")
        base = disk_set.volumes[below]
        shown, begin, length = volumes.full(disk_set, below), 0, base.size
        if any(parent.kind != "soft" for parent in volumes.parents(disk_set, below)) or base.kind == "soft":
            raise sets.trouble(call, shown, "invalid unit")
        alignment = extents.alignment(disk_set, base)
        if any(mount.device == volumes.key(disk_set, below) for mount in call.machine.mounts):
            raise sets.trouble(call, shown, "is mounted on " + next(
                mount.point for mount in call.machine.mounts if mount.device == volumes.key(disk_set, below)))  # fmt: skip
    wanted = extents.size(words[1])
    if wanted is None:
        raise sets.trouble(call, f'{shown}: "{words[1]}"', "syntax error")
    others = [each for volume in disk_set.volumes.values() if volume.component == below for each in volume.extents]
    found = extents.allocate(others, begin, length, wanted, alignment)
    if found is None:
        raise sets.trouble(call, volumes.full(disk_set, name), "not enough space available for request")
    if not others:
        call.centre.filesystems.pop(volumes.key(disk_set, below) if below in disk_set.volumes else below, None)
    return Volume(name, "soft", sum(blocks for _, blocks in found), component=below, extents=found)
