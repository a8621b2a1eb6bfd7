# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonestat -p -r summary: CPUs and memory of every running zone over one interval, in the form made for programs.

Format: zonestat(1), "existing output fields are stable, new ones come at the end", and the published source of Solaris 11 (2010), which
names the fields: ``interval:summary:NAME:CPUS:%PART:%CAP:%SHRU:MEMORY:%USED:%CAP:VIRTUAL:…``. NAME is a zone or ``[total]``, ``[system]``.
CPUs have two decimals. Memory is bytes up to 9999 and whole kilobytes above; between 9.8 and 97.6 KB that source forgets the decimal
point, so a zone that small is shown ten times as big.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from .tables import lines, refuse

_COMMAND = "zonestat -p"
_CPUS = re.compile(r"[0-9]+\.[0-9]{2}")
_MEMORY = re.compile(r"(?P<number>[0-9]+)(?P<unit>K?)")
#: zonestat(1): the zones monitoring service does not run or does not answer.
NOT_RESPONDING = 3


@dataclass(frozen=True, slots=True)
class Used:
    """CPUs in use on average over the interval, and resident bytes at its end (None: zonestat did not tell)."""

    cpus: float
    memory: int | None


def of_zones(seconds: int) -> Command:
    """What the running zones use during the next seconds; it takes that long. Exit code 3: the service does not answer."""
    return Command.of("zonestat", "-p", "-P", "zones", "-r", "summary", str(seconds), "1", ok=(0, NOT_RESPONDING, 127))


def parse(text: str) -> dict[str, Used]:
    """Zone → what it used. Rows in brackets are not zones; header and footer are passed over, as the manual page says."""
    found: dict[str, Used] = {}
    for line in lines(text):
        kind, *fields = line.split(":")
        if kind != "interval" or not fields:
            refuse(_COMMAND, line)
        if fields[0] in ("header", "footer") or (len(fields) > 1 and fields[1].startswith("[")):
            continue
        if fields[0] != "summary" or len(fields) < 9 or not fields[1]:
            refuse(_COMMAND, line, "is not a zone's summary")
        name, cpus, memory = fields[1], fields[2], fields[6]
        if name in found:
            refuse(_COMMAND, line, "tells of a zone for the second time: one interval is expected")
        size = _MEMORY.fullmatch(memory)
        if not _CPUS.fullmatch(cpus) or not (size or memory == "-"):
            refuse(_COMMAND, line, "has no CPUs or memory where they are expected")
        found[name] = Used(float(cpus), int(size["number"]) * (1024 if size["unit"] else 1) if size else None)
    return found
