# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot environments of Solaris 11: beadm(1M). Those of Solaris 10 are in ``live_upgrade.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from ..model.errors import ParseError
from .zfs import parse_size

_UUID = re.compile(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\Z")
_FLAGS = re.compile(r"(?:-|[NRxbTO!]*)\Z")
_HEADER = ["BE", "Active", "Mountpoint", "Space", "Policy", "Created"]


@dataclass(frozen=True, slots=True)
class BootEnvironment:
    """``flags`` as printed: N active now, R on reboot. ``space`` is bytes. ``created`` is epoch seconds (-H) or a date (table)."""

    name: str
    flags: str
    mountpoint: str
    space: int
    policy: str
    created: str
    uuid: str = ""
    shown_space: str = ""

    @property
    def active(self) -> bool:
        return "N" in self.flags

    @property
    def on_reboot(self) -> bool:
        return "R" in self.flags


def list_environments() -> Command:
    """All boot environments, parsable. Output: ``parse_list``."""
    return Command.of("beadm", "list", "-H")


def parse_list(text: str) -> tuple[BootEnvironment, ...]:
    """``beadm list -H``: name;uuid;active;mountpoint;space;policy;created, space in bytes. Later fields are ignored."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        fields = line.split(";")
        known = len(fields) >= 7 and _UUID.match(fields[1]) and _FLAGS.match(fields[2]) and fields[4].isdecimal() and fields[6].isdecimal()
        if not known or not fields[0]:
            raise ParseError(f"beadm list -H: not name;uuid;active;mountpoint;space;policy;created: {line!r}")
        name, uuid, flags, mountpoint, space, policy, created = fields[:7]
        found.append(BootEnvironment(name, flags, mountpoint, int(space), policy, created, uuid, space))
    return tuple(found)


def parse_table(text: str) -> tuple[BootEnvironment, ...]:
    """``beadm list`` for people: BE Active Mountpoint Space Policy Created; ``-`` for nothing."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or lines[0].split() != _HEADER or set(lines[1]) - {"-", " "}:
        raise ParseError(f"beadm list: unknown heading {lines[:1]!r}")
    found = []
    for line in lines[2:]:
        fields = line.split(None, 5)
        if len(fields) != 6 or not _FLAGS.match(fields[1]) or not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d\s*\Z", fields[5]):
            raise ParseError(f"beadm list: not a boot environment's line: {line!r}")
        name, flags, mountpoint, space, policy, created = fields
        flags, mountpoint = ("" if field == "-" else field for field in (flags, mountpoint))
        found.append(BootEnvironment(name, flags, mountpoint, parse_size(space), policy, created.strip(), shown_space=space))
    return tuple(found)
