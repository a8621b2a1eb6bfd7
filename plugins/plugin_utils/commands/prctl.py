# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prctl(1) on the zone.* controls of a running zone: what its kernel holds now, whatever its configuration says.

A change is lost with the zone's next boot. ``-r`` replaces the privileged value and keeps its action, ``-s`` adds one, ``-x`` removes
it. ``-t privileged``, so that the system's own value is never meant. zone.cpu-shares knows no action; of the others not all deny by
themselves, so that ``-e deny`` is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command, Output
from .tables import integer, lines, refuse

_NOT_RUNNING = "unknown zone"
_SHARES = "zone.cpu-shares"


def controls(zone: str) -> Command:
    """All controls of the zone; exit 1 when it does not run."""
    return Command.of("prctl", "-P", "-i", "zone", zone, ok=(0, 1))


def replace(zone: str, control: str, value: int) -> Command:
    return Command.of("prctl", "-n", control, "-r", "-t", "privileged", "-v", str(value), "-i", "zone", zone)


def add(zone: str, control: str, value: int) -> Command:
    deny = () if control == _SHARES else ("-e", "deny")
    return Command.of("prctl", "-n", control, "-s", "-t", "privileged", "-v", str(value), *deny, "-i", "zone", zone)


def remove(zone: str, control: str, value: int) -> Command:
    return Command.of("prctl", "-n", control, "-x", "-t", "privileged", "-v", str(value), "-i", "zone", zone)


def parse_not_running(output: Output) -> bool:
    return output.rc != 0 and _NOT_RUNNING in output.stderr


@dataclass(frozen=True, slots=True)
class Control:
    """A line of ``prctl -P``; ``action`` '' for none of any kind."""

    name: str
    privilege: str
    value: int
    flag: str
    action: str


def parse_controls(text: str) -> tuple[str, int, str, tuple[Control, ...]]:
    """``prctl -P``: kind (zone, process ...), id, name, and the controls."""
    rows = lines(text)
    head = re.fullmatch(r"(zone|process|task|project): ([0-9]+): (.+)", rows[0] if rows else "")
    if not head:
        refuse("prctl -P", rows[0] if rows else "", "is not its first line")
    found = []
    for line in rows[1:]:
        words = line.split()
        if len(words) != 6 or words[1] not in ("usage", "basic", "privileged", "system"):
            refuse("prctl -P", line)
        found.append(Control(words[0], words[1], integer("prctl -P", line, words[2]), words[3].strip("-"), words[4].strip("-")))
    return head[1], int(head[2]), head[3], tuple(found)
