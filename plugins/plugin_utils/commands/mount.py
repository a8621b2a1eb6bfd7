# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mount(1M) and umount(1M). ``mount`` without operands prints ``MOUNTPOINT on DEVICE OPTIONS on DATE``, options joined with ``/``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from .tables import lines, refuse

_LINE = re.compile(
    r"(?P<path>/\S*) on (?P<device>\S+) (?P<options>(?:read only(?=[/ ]))?\S*) on "
    r"(?P<date>[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4})"
)


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system. ``options`` as printed: a path among them holds the same ``/`` that parts them."""

    path: str
    device: str
    options: str
    date: str


def mounted() -> Command:
    return Command.of("mount")


def attach(kind: str, device: str, path: str, options: tuple[str, ...] = ()) -> Command:
    return Command.of("mount", "-F", kind, *(("-o", ",".join(options)) if options else ()), device, path)


def detach(path: str) -> Command:
    """Never forced: what is busy stays mounted."""
    return Command.of("umount", path)


def directory(path: str) -> Command:
    return Command.of("mkdir", "-p", path)


def parse(text: str) -> tuple[Mount, ...]:
    """Every mounted file system in the order of mnttab."""
    found = []
    for line in lines(text):
        match = _LINE.fullmatch(line)
        if not match:
            refuse("mount", line)
        found.append(Mount(match["path"], match["device"], match["options"], match["date"]))
    return tuple(found)
