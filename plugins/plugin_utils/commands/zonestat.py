# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonestat -r RESOURCE INTERVAL: what every zone uses of one resource, an interval after another.

Format: zonestat(1). A resource's table is headed by its name (PHYSICAL-MEMORY, VIRTUAL-MEMORY, PROCESSOR_SET …) and one
row for the whole, then ZONE and the columns of the zones. ``-`` means that the zone has no such limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import lines, refuse

_COMMAND = "zonestat"
_INTERVAL = re.compile(r"Interval: (?P<number>[0-9]+), Duration: (?P<duration>[0-9]+(?::[0-9]{2}){2})\Z")
_CELL = re.compile(r"(?:-|[0-9.]+(?:[KMGTPEB]|%|d)?|[0-9]+(?::[0-9]{2})+(?:\.[0-9]+)?)\Z")


@dataclass(frozen=True, slots=True)
class Interval:
    """``zones``: resource → zone (also ``[total]``, ``[system]``) → column → cell as printed, '' for ``-``."""

    number: int
    duration: str
    zones: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


def parse(text: str) -> tuple[Interval, ...]:
    """All intervals. A table without the column ZONE (the summary has none of this shape) is refused."""
    found: list[Interval] = []
    columns: list[str] = []
    resource, table = "", {}
    for line in lines(text):
        words = line.split()
        if match := _INTERVAL.match(line.strip()):
            found.append(Interval(int(match["number"]), match["duration"]))
            columns, resource = [], ""
        elif not found:
            if not line.startswith("Collecting data"):
                refuse(_COMMAND, line, "stands before the first interval")
        elif not line.startswith(" ") and len(words) > 1 and words[0].isupper():
            resource, columns = words[0], []
            table = found[-1].zones.setdefault(resource, {})
        elif not line.startswith(" ") and resource and not columns:
            continue  # the whole: its name and size
        elif words[0] == "ZONE" and resource and len(set(words)) == len(words):
            columns = words[1:]
        elif columns and len(words) == len(columns) + 1 and all(_CELL.match(word) for word in words[1:]):
            table[words[0]] = {name: "" if cell == "-" else cell for name, cell in zip(columns, words[1:], strict=True)}
        else:
            refuse(_COMMAND, line)
    if not found:
        refuse(_COMMAND, text[:80], "has no interval")
    return tuple(found)
