# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel statistics: ``kstat -p`` (``module:instance:name:statistic`` TAB value) and the blocks of plain ``kstat``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..model.command import Command
from .tables import lines, refuse

_PARSABLE = re.compile(r"(?P<module>[^:\s]+):(?P<instance>[0-9]+):(?P<name>[^:]*):(?P<statistic>\S+)(?:\s+(?P<value>.*))?")


@dataclass(frozen=True, slots=True)
class Kstat:
    """One named kstat with its statistics as text."""

    module: str
    instance: int
    name: str
    values: dict[str, str] = field(default_factory=dict)
    kind: str = ""  # class; only the blocks tell, in -p it is a statistic


def read(module: str, *statistics: str) -> Command:
    """Statistics of a module; one may be named."""
    return Command.of("kstat", "-p", "-m", module, *(word for name in statistics for word in ("-s", name)))


def parse_parsable(text: str) -> tuple[Kstat, ...]:
    """``kstat -p``: lines of one kstat are put together."""
    found: dict[tuple[str, int, str], Kstat] = {}
    for line in lines(text):
        match = _PARSABLE.fullmatch(line)
        if not match:
            refuse("kstat -p", line)
        key = (match["module"], int(match["instance"]), match["name"])
        found.setdefault(key, Kstat(*key)).values[match["statistic"]] = (match["value"] or "").strip()
    return tuple(found.values())


def parse_blocks(text: str) -> tuple[Kstat, ...]:
    """``kstat`` without -p: two lines of heading, then a statistic a line."""
    found: list[Kstat] = []
    module, instance = "", 0
    for line in lines(text):
        if head := re.fullmatch(r"module: (\S+)\s+instance: ([0-9]+)", line):
            module, instance = head[1], int(head[2])
        elif module and (named := re.fullmatch(r"name:\s+(\S.*?)\s+class:\s+(\S+)", line)):
            found.append(Kstat(module, instance, named[1], {}, named[2]))
        elif found and (statistic := re.fullmatch(r"\s+(\S+)(?:\s+(\S.*))?", line)):
            found[-1].values[statistic[1]] = statistic[2] or ""
        else:
            refuse("kstat", line)
    return tuple(found)
