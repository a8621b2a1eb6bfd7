# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where soft partitions lie: extents with one block of header before each and one at the end of the component (libmeta's meta_sp.c)."""

from __future__ import annotations

import re

from ...truth import DiskSet, Volume

HEADER = 1
UNITS = {"b": 1, "k": 2, "m": 2048, "g": 2048 << 10, "t": 2048 << 20}


def size(text: str) -> int | None:
    """``10g``, ``512m``, ``2048b`` in blocks; ``all`` is 0; None for anything else, a number without its unit too."""
    if text.lower() == "all":
        return 0
    found = re.fullmatch(r"(\d+)([bkmgt])", text, re.IGNORECASE)
    return int(found[1]) * UNITS[found[2].lower()] or None if found else None


def alignment(disk_set: DiskSet, base: Volume) -> int:
    """The interlace of the (first submirror's) first row."""
    while base.kind == "mirror":
        base = disk_set.volumes[next(side for side in base.submirrors if side)]
    return base.interlaces[0] if base.interlaces else 0


def gaps(used: list[list[int]], begin: int, length: int) -> list[list[int]]:
    """Free ``[first, blocks]``, headers included, between the extents of all soft partitions of a component."""
    found, place = [], begin
    for first, blocks in sorted(used):
        if first - HEADER > place:
            found.append([place, first - HEADER - place])
        place = first + blocks
    if length - HEADER > place:
        found.append([place, length - HEADER - place])
    return found


def _data(gap: list[int], step: int) -> tuple[int, int]:
    """``(first, most blocks)`` of data that begins aligned in a gap."""
    first = gap[0] + HEADER
    if step:
        first = -(-first // step) * step
    return first, gap[0] + gap[1] - first


def allocate(used: list[list[int]], begin: int, length: int, wanted: int, step: int) -> list[list[int]] | None:
    """Extents for ``wanted`` blocks (0: all that is free): one where it fits, else several; None when there is no room."""
    free = gaps(used, begin, length)
    if wanted == 0:
        every = [[gap[0] + HEADER, gap[1] - HEADER] for gap in free if gap[1] > HEADER]
        return every or None
    for gap in free:
        first, most = _data(gap, step)
        if most >= wanted:
            return [[first, wanted]]
    found: list[list[int]] = []
    for gap in free:
        first, most = _data(gap, step)
        if step and most < wanted:
            most -= most % step
        if most > 0 and wanted:
            found.append([first, min(most, wanted)])
            wanted -= min(most, wanted)
    return found if not wanted else None


def grow(mine: list[list[int]], used: list[list[int]], begin: int, length: int, wanted: int, step: int) -> list[list[int]] | None:
    """The extents of a soft partition that gets ``wanted`` blocks more (0: all): its last one grows where there is room behind it."""
    result = [list(each) for each in mine]
    last = result[-1]
    end = last[0] + last[1]
    behind = next((gap for gap in gaps(used, begin, length) if gap[0] == end), None)
    taken = 0
    if behind is not None:
        taken = behind[1] if wanted == 0 else min(wanted, behind[1])
        if wanted and step and taken < wanted:
            taken -= taken % step
        last[1] += taken
    if wanted and taken == wanted:
        return result
    others = [each for each in used if each not in mine] + result
    more = allocate(others, begin, length, wanted - taken if wanted else 0, step)
    if more is None:
        return result if wanted == 0 and taken else None
    return result + more
