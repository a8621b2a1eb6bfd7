# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prstat -Z: what the zones use on Solaris 10, read off their processes.

Format: prstat(1M), its published source, and recorded reports. CPU is the part of the whole machine's CPU time that the kernel counted
lately, three characters wide: a tenth of a per cent below ten, whole ones above. RSS is whole kilobytes, megabytes or gigabytes; a page
that several processes share is counted once a zone since Solaris 10 8/07, once a process before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from .load import parse_prstat
from .tables import refuse

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(?P<number>[0-9]+)(?P<unit>[KMGT])")
_PART = re.compile(r"[0-9.]{1,3}%")
#: More zones than a node can run (8191): without a number prstat shows five of them when it writes to a file.
_ZONES = 8192


@dataclass(frozen=True, slots=True)
class Zone:
    """``part`` of the CPU time of all CPUs, from 0 to 1; resident bytes."""

    part: float
    memory: int


def of_zones() -> Command:
    """One report of all zones, after a second; one process is shown above them, fewer cannot be."""
    return Command.of("prstat", "-c", "-Z", "-n", f"1,{_ZONES}", "1", "1", ok=(0, 127))


def parse(text: str) -> dict[str, Zone]:
    """Zone → what it uses, the global one too. A name that prstat has cut short (``…*``) is kept so: no zone can have it."""
    _processes, zones, _totals = parse_prstat(text)
    found: dict[str, Zone] = {}
    for row in zones:
        size, part = _SIZE.fullmatch(row.get("RSS", "")), row.get("CPU", "")
        if not size or not _PART.fullmatch(part) or "ZONE" not in row:
            refuse("prstat -Z", " ".join(row.values()), "has no RSS, CPU and zone")
        found[row["ZONE"]] = Zone(float(part[:-1]) / 100, int(size["number"]) * _UNITS[size["unit"]])
    if not found:
        refuse("prstat -Z", text[-80:], "tells of no zone")
    return found
