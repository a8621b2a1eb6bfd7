# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rcapadm(1M): the daemon that enforces caps of resident memory, and a running zone's cap; ``rcapstat -z``: the caps it sees.

The daemon's states come from the source of rcapadm: ``enabled``, ``disabled``, ``enabled (disabled at next boot)``, ``unknown``.
"""

from __future__ import annotations

import re

from ..model.command import Command, Output
from ..model.errors import CommandFailed
from . import load
from .tables import lines, refuse

#: Enables the daemon, now and at every boot.
ENABLE = "svcadm enable svc:/system/rcap:default"

_INACTIVE = "rcapd is not active"
_UNCONFIGURED = "resource caps not configured"
_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}


def state() -> Command:
    """Exit 1 where no cap was ever configured."""
    return Command.of("rcapadm", ok=(0, 1))


def report() -> Command:
    """One report of the capped zones; exit 1 while the daemon does not run."""
    return Command.of("rcapstat", "-z", "1", "1", ok=(0, 1))


def cap(zone: str, size: int) -> Command:
    """Give a running zone another cap, bytes, until its next boot."""
    return Command.of("rcapadm", "-z", zone, "-m", str(size))


def parse_state(output: Output) -> bool:
    """Whether the daemon is on now. ParseError for what is neither on nor off."""
    if output.missing or (output.rc != 0 and _UNCONFIGURED in output.stderr):
        return False
    if output.rc != 0:
        raise CommandFailed(f"rcapadm failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    for line in lines(output.stdout):
        if match := re.match(r"\s*state: (enabled|disabled)(?: \((?:enabled|disabled) at next boot\))?\Z", line):
            return match[1] == "enabled"
    refuse("rcapadm", output.stdout.strip().partition("\n")[0], "does not say whether rcapd is enabled")


def parse_caps(output: Output) -> dict[str, str]:
    """Zone → its cap as printed (``4096M``). Nothing while the daemon does not run: it alone knows."""
    if output.missing or (output.rc != 0 and _INACTIVE in output.stderr):
        return {}
    if output.rc != 0:
        raise CommandFailed(f"rcapstat failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return {row["zone"]: row["cap"] for row in load.parse_rcapstat(output.stdout)} if output.stdout.strip() else {}


def same_cap(shown: str, size: int) -> bool:
    """Whether a cap as printed can be ``size`` bytes: four digits and a unit, rounded to the nearest."""
    match = re.match(r"([0-9]+)([KMGT])\Z", shown)
    if not match:
        refuse("rcapstat -z", shown, "is no size")
    unit = 1 << _UNITS[match[2]]
    return abs(int(match[1]) * unit - size) <= unit  # K is cut off, M and G are rounded twice
