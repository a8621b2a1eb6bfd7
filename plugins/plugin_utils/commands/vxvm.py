# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas Volume Manager: ``vxdisk list``, ``vxdisk list NAME``, ``vxdisk path``, ``vxprint``, ``vxassist maxsize``.

Long names push the columns, so cells are parted by blanks; only the last one (STATUS) may hold several words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import integer, lines, none, refuse, worded

_TYPES = frozenset({"dg", "dm", "rv", "rl", "co", "v", "pl", "sd", "sc", "sv", "vt", "st", "vset", "ex", "sp", "ca", "dc"})


@dataclass(frozen=True, slots=True)
class VxDisk:
    """A row of ``vxdisk list``; ``disk`` and ``group`` '' where it is in none (a group in brackets is deported)."""

    device: str
    type: str
    disk: str
    group: str
    status: str


@dataclass(frozen=True, slots=True)
class VxDiskDetail:
    """``vxdisk list NAME``: labels and values, and the state of each path."""

    device: str
    facts: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of ``vxprint``; cells by the column's name in lower case, '' for ``-``."""

    type: str
    name: str
    cells: dict[str, str]


def parse_disks(text: str) -> tuple[VxDisk, ...]:
    """``vxdisk list`` (also ``-o alldgs``)."""
    rows = worded("vxdisk list", text, rest="STATUS", needs=("DEVICE", "TYPE", "DISK", "GROUP"))
    return tuple(VxDisk(row["DEVICE"], row["TYPE"], none(row["DISK"]), none(row["GROUP"]), row["STATUS"]) for row in rows)


def parse_disk(text: str) -> VxDiskDetail:
    """``vxdisk list NAME``."""
    facts: dict[str, str] = {}
    paths: dict[str, str] = {}
    for line in lines(text):
        path = re.fullmatch(r"(\S+)\s+state=(\S+)(?:\s+type=\S+)?", line)
        label = re.fullmatch(r"([A-Za-z][\w ]*):\s*(.*)", line)
        if path and "numpaths" in facts:
            paths[path[1]] = path[2]
        elif label:
            facts.setdefault(label[1], label[2])
        elif "Device" not in facts or not line[:1].isspace() and not re.match(r"config|log", line):
            refuse("vxdisk list", line)
    if "Device" not in facts:
        refuse("vxdisk list", text.strip()[:80], "names no Device")
    if "numpaths" in facts and integer("vxdisk list", "numpaths", facts["numpaths"]) != len(paths):
        refuse("vxdisk list", f"numpaths: {facts['numpaths']}", f"but {len(paths)} paths are listed")
    return VxDiskDetail(facts["Device"], facts, paths)


def parse_paths(text: str) -> list[dict[str, str]]:
    """``vxdisk path``: SUBPATH DANAME DMNAME GROUP STATE."""
    rows = worded("vxdisk path", text, needs=("SUBPATH", "DANAME", "DMNAME", "GROUP", "STATE"))
    return [{name: none(cell) for name, cell in row.items()} for row in rows]


def parse_print(text: str) -> tuple[Record, ...]:
    """``vxprint`` with its heading (TY NAME ASSOC KSTATE LENGTH PLOFFS STATE TUTIL0 PUTIL0)."""
    found = []
    for row in worded("vxprint", text, needs=("TY", "NAME", "ASSOC", "KSTATE", "LENGTH", "STATE")):
        if row["TY"] not in _TYPES:
            refuse("vxprint", str(row), "is a record of a type that is not known")
        found.append(Record(row["TY"], row["NAME"], {name.lower(): none(cell) for name, cell in row.items()}))
    return tuple(found)


def parse_print_t(text: str) -> tuple[Record, ...]:
    """``vxprint -t`` without its headings: of each type only the columns read here, by their documented position."""
    columns = {
        "v": ("rvg", "kstate", "state", "length"),
        "pl": ("volume", "kstate", "state", "length"),
        "sd": ("plex", "disk", "disk_offset", "length"),
        "dm": ("device", "layout", "private_length", "public_length"),
        "vt": ("rvg", "kstate", "state", "volumes"),
        "dg": ("configs", "logs", "minors", "id"),
    }
    found = []
    for line in lines(text):
        words = line.split()
        if words[0] in (name.upper() for name in _TYPES) and words[1] == "NAME":
            continue
        if words[0] not in columns or len(words) < 6:
            refuse("vxprint -t", line)
        cells = dict(zip(columns[words[0]], (none(word) for word in words[2:6]), strict=True))
        found.append(Record(words[0], words[1], cells))
    return tuple(found)


def parse_maxsize(text: str) -> int:
    """``vxassist maxsize``: sectors of 512 bytes; "no space" is an error of VxVM and refused."""
    match = re.fullmatch(r"Maximum volume size: ([0-9]+) \(([0-9]+)[MmGg]b\)", text.strip())
    if not match:
        refuse("vxassist maxsize", text.strip())
    return int(match[1])
