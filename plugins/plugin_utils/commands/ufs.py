# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFS: newfs(1M), growfs(1M), fstyp(1M), fsck(1M)."""

from __future__ import annotations

import re

from ..model.command import Command, Output
from ..model.volumes import BLOCK

#: Texts of newfs and growfs that mean failure whatever the exit code was.
REFUSED_BY = ("cannot open", "is mounted, can't newfs", "can't grow", "No such device")


def make(raw: str) -> Command:
    """A new file system. newfs asks only a terminal whether it may; a ``y`` waits for it all the same."""
    return Command.of("newfs", raw, stdin="y\n")


def grow(raw: str, mountpoint: str = "") -> Command:
    """To the size of its volume; ``mountpoint`` where it is mounted: growfs locks it meanwhile."""
    return Command.of("growfs", *(("-M", mountpoint) if mountpoint else ()), raw)


def constructed(raw: str) -> Command:
    """The mkfs command that would make the file system as it is now, mkfs_ufs(1M) -m. Output: ``parse_size``."""
    return Command.of("mkfs", "-F", "ufs", "-m", raw)


def parse_size(output: Output) -> int | None:
    """Bytes of the file system, from the last word of ``constructed``: sectors. None where mkfs could not tell."""
    found = re.search(r"^mkfs -F ufs .*\s(?P<sectors>[0-9]+)\s*\Z", output.stdout, re.MULTILINE)
    return int(found["sectors"]) * BLOCK if output.rc == 0 and found else None


def check(kind: str, raw: str) -> Command:
    """Before it is mounted: ufs preens (-o p), vxfs replays its log. What needs more than that stops here."""
    return Command.of("fsck", "-F", kind, *(("-o", "p") if kind == "ufs" else ()), raw)


def kind(raw: str) -> Command:
    """What file system a device holds. Output: ``parse_kind``."""
    return Command.of("fstyp", raw)


def parse_kind(output: Output) -> str | None:
    """The type's name; '' where fstyp found none (``no matches``); None where it could not tell: cannot open, several, no such command."""
    words = output.stdout.split()
    if output.rc == 0 and len(words) == 1:
        return words[0]
    return "" if "unknown_fstyp (no matches)" in (output.stdout + output.stderr).lower() else None
