# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks as ``format`` lists them (format(1M)), with stdin empty so that it stops at its question.

Two lines a disk on Solaris 10, three on 11 (the /dev/chassis alias); a volume name may follow the label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.errors import ParseError
from .tables import lines, refuse

_DISK = re.compile(r"\s*(?P<number>[0-9]+)\. (?P<disk>\S+)\s+<(?P<label>.*)>(?:\s+(?P<volname>\S.*))?")
_NOISE = re.compile(r"Searching for disks\.\.\.(?:done)?|AVAILABLE DISK SELECTIONS:|\S+: configured with capacity of .+")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry. ``label`` is the text in ``< >``: product and geometry, or product and size, or e.g. ``drive not available``."""

    number: int
    disk: str
    label: str
    volname: str = ""
    path: str = ""
    chassis: str = ""


def parse(text: str) -> tuple[Listed, ...]:
    """The disks listed. ``No disks found!`` is an empty list; a refusal for want of privilege is a ParseError."""
    found: list[dict[str, str]] = []
    for line in lines(text):
        stripped = line.strip()
        if stripped.startswith("Specify disk"):
            break
        match = _DISK.fullmatch(line)
        if match:
            found.append({name: value or "" for name, value in match.groupdict().items()})
        elif _NOISE.fullmatch(stripped):
            continue
        elif found and stripped.startswith("/dev/chassis/") and "chassis" not in found[-1]:
            found[-1]["chassis"] = stripped
        elif found and stripped.startswith("/") and "path" not in found[-1]:
            found[-1]["path"] = stripped
        elif stripped == "No disks found!":
            return ()
        elif stripped.startswith("No permission"):
            raise ParseError(f"format: no permission to list the disks ('{stripped}'). docs/privileges.md has the rights that are needed.")
        else:
            refuse("format", line)
    if not found:
        raise ParseError("format: neither a disk nor 'No disks found!' in its output. Is the user privileged?")
    return tuple(
        Listed(int(one["number"]), one["disk"], one["label"], one["volname"].strip(), one.get("path", ""), one.get("chassis", ""))
        for one in found
    )
