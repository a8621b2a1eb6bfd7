# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File system sizes: ``df -k``, ``df -h`` and plain ``df`` of Solaris (df(1M)), which prints no table at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from .tables import lines, refuse

_TABLE = re.compile(r"(?P<device>\S.*?)\s+(?P<size>\S+)\s+(?P<used>\S+)\s+(?P<available>\S+)\s+(?P<capacity>[0-9]+)%\s+(?P<mount>/.*|-)")
_KILOBYTES = re.compile(r"[0-9]+")
_HUMAN = re.compile(r"[0-9]+(?:\.[0-9]+)?[BKMGTPE]?")
_PLAIN = re.compile(r"(?P<mount>/\S*)\s*\((?P<device>[^)]*)\)\s*:\s*(?P<blocks>[0-9]+) blocks\s+(?P<files>-?[0-9]+) files")


@dataclass(frozen=True, slots=True)
class Usage:
    """One file system. ``size`` 0 with a nonzero ``used`` is what a zone sees of a delegated dataset with a quota."""

    device: str
    size: str
    used: str
    available: str
    capacity: int
    mount: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A line of plain df: free blocks of 512 bytes and free files (-1: no limit)."""

    mount: str
    device: str
    blocks: int
    files: int


def kilobytes(*paths: str) -> Command:
    return Command.of("df", "-k", *paths)


def parse(text: str) -> tuple[Usage, ...]:
    """``df -k`` (sizes are decimal kilobytes) and ``df -h`` (numbers with a unit); which it is, the heading says."""
    rows = lines(text)
    heading = rows[0].split() if rows else []
    columns = [word.lower() for word in heading[2:5]]
    if heading[:1] != ["Filesystem"] or columns not in (["used", "avail", "capacity"], ["used", "available", "capacity"]):
        refuse("df", rows[0] if rows else "", "is not the heading of df -k or df -h")
    number = _HUMAN if heading[1].lower() == "size" else _KILOBYTES
    found = []
    pending = ""
    for line in rows[1:]:
        whole = f"{pending} {line.strip()}" if pending else line
        match = _TABLE.fullmatch(whole)
        if not match and not pending and len(line.split()) == 1:
            pending = line.strip()  # a long device name stands on a line of its own
            continue
        pending = ""
        if not match or not all(number.fullmatch(match[name]) for name in ("size", "used", "available")):
            refuse("df", line)
        found.append(Usage(match["device"], match["size"], match["used"], match["available"], int(match["capacity"]), match["mount"]))
    if pending:
        refuse("df", pending, "has no numbers after it")
    return tuple(found)


def parse_plain(text: str) -> tuple[Plain, ...]:
    """Plain ``df``: ``MOUNT (DEVICE): N blocks N files``."""
    found = []
    for line in lines(text):
        match = _PLAIN.fullmatch(line)
        if not match:
            refuse("df", line)
        found.append(Plain(match["mount"], match["device"].strip(), int(match["blocks"]), int(match["files"])))
    return tuple(found)
