# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool iostat [-v]: capacity, operations and bandwidth a pool and, with -v, a device.

Format: zpool(1M), "zpool iostat"; the two capacity columns are alloc and free, used and avail before pool version 19.
The figures are rounded by zpool and have no unit but their letter, so they stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import lines, refuse

_COMMAND = "zpool iostat"
_HEADERS = (["pool", "alloc", "free"], ["pool", "used", "avail"])
_FIGURE = re.compile(r"(?:-|[0-9]+(?:\.[0-9]+)?[BKMGTPE]?)\Z")


@dataclass(frozen=True, slots=True)
class Traffic:
    """One row. ``pool`` is the pool it belongs to, ``depth`` its indentation in steps; '' where zpool prints ``-``."""

    name: str
    pool: str
    depth: int
    allocated: str
    free: str
    read_operations: str
    write_operations: str
    read_bandwidth: str
    write_bandwidth: str


def parse_samples(text: str) -> tuple[tuple[Traffic, ...], ...]:
    """Samples in the order printed. With an interval the header comes once or again for every sample; rules part samples of -v.

    Without rules (several samples of plain ``zpool iostat``) a sample begins where its first pool comes again.
    """
    samples: list[list[Traffic]] = []
    rows: list[Traffic] = []
    headed = False
    for line in lines(text):
        words = line.split()
        if words[0] == "capacity" or not set(line) - {"-", " "}:
            if rows:
                samples.append(rows)
                rows = []
            continue
        if words[:3] in _HEADERS and words[3:] == ["read", "write", "read", "write"]:
            headed = True
            continue
        if not headed:
            refuse(_COMMAND, line, "stands before the header pool alloc free read write read write")
        one = _row(line, words, rows)
        if one.depth == 0 and any(row.name == one.name and row.depth == 0 for row in rows):
            samples.append(rows)
            rows = []
        rows.append(one)
    if rows:
        samples.append(rows)
    return tuple(tuple(sample) for sample in samples)


def _row(line: str, words: list[str], before: list[Traffic]) -> Traffic:
    if len(words) == 1 and words[0] in ("logs", "log", "cache", "spares", "special", "dedup"):
        words = [*words, *["-"] * 6]  # a class of devices: a title, on some releases without figures
    if len(words) != 7 or not all(_FIGURE.match(word) for word in words[1:]):
        refuse(_COMMAND, line, "is not a name and six figures")
    depth = (len(line) - len(line.lstrip())) // 2
    if words[0] in ("logs", "cache", "spares") and before:
        depth = max(depth, 1)
    if depth and not before:
        refuse(_COMMAND, line, "is a device before any pool")
    figures = ["" if word == "-" else word for word in words[1:]]
    return Traffic(words[0], before[-1].pool if depth else words[0], depth, *figures)
