# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metastat -c: a line a volume, what it lies on indented below."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Volume
from . import disks, volumes

INDENT = 4
WIDTH = 16


def entry(indent: int, name: str, blocks: int, letter: str) -> str:
    """print_concise_entry()."""
    size = volumes.human(blocks).replace(" ", "") if blocks else "-"
    return f"{' ' * indent}{name:<{max(0, WIDTH - indent)}} {letter} {size:>6}"


def _state(text: str | None) -> str:
    return f" ({text})" if text else ""


def of_volume(call: Call, disk_set: DiskSet, volume: Volume, indent: int) -> str:
    name = volumes.full(disk_set, volume.name)
    if volume.kind == "soft":
        whole = volume.component in disk_set.volumes
        below = volumes.full(disk_set, volume.component) if whole else disks.name(volume.component)
        text = f"{entry(indent, name, volume.size, 'p')} {below}\n"
        return text + (of_volume(call, disk_set, disk_set.volumes[volume.component], indent + INDENT) if whole else "")
    if volume.kind == "mirror":
        text = entry(indent, name, volume.size, "m")
        sides = [side for side in volume.submirrors if side]
        for side in sides:
            state = None
            if side in volume.states:
                state = f"resync-{volumes.percent(call, volume)}%" if volume.resync == side else "maint"
            text += f" {volumes.full(disk_set, side)}{_state(state)}"
        return text + "\n" + "".join(of_volume(call, disk_set, disk_set.volumes[side], indent + INDENT) for side in sides)
    text = entry(indent, name, volume.size, "s")
    words = {"Maintenance": "maint", "Last Erred": "last-erred", "Resyncing": "resyncing"}
    for part in [each for row in volume.rows for each in row]:
        text += f" {disks.name(part)}{_state(words.get(volume.states.get(part, '')))}"
    return text + "\n"


def of_set(call: Call, disk_set: DiskSet) -> str:
    """Soft partitions by what they lie on, then mirrors, then stripes; what has a parent is shown below it only."""
    text, done = "", set[str]()
    tops = [each for each in disk_set.volumes.values() if not volumes.parents(disk_set, each.name)]
    for volume in tops:
        if volume.kind != "soft" or volume.component in done:
            continue
        done.add(volume.component)
        group = [each for each in tops if each.kind == "soft" and each.component == volume.component]
        for each in group:
            below = volumes.full(disk_set, each.component) if each.component in disk_set.volumes else disks.name(each.component)
            text += f"{entry(0, volumes.full(disk_set, each.name), each.size, 'p')} {below}\n"
        if volume.component in disk_set.volumes:
            text += of_volume(call, disk_set, disk_set.volumes[volume.component], INDENT)
    for kind in ("mirror", "stripe"):
        text += "".join(of_volume(call, disk_set, each, 0) for each in tops if each.kind == kind)
    return text
