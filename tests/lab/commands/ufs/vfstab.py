# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/etc/vfstab (vfstab(4)): seven fields, a hyphen for none."""

from __future__ import annotations

from dataclasses import dataclass

from ...call import Call


@dataclass(frozen=True)
class Entry:
    special: str
    raw: str
    point: str
    kind: str
    check: str
    at_boot: str
    options: str


def read(call: Call) -> list[Entry]:
    """The entries in order; lines with too few or too many fields are left out, as mount warns and goes on."""
    try:
        text = call.read_file("/etc/vfstab")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) == 7 and not words[0].startswith("#"):
            found.append(Entry(*words))
    return found


def find(call: Call, word: str) -> Entry | None:
    """The entry of a mount point, else of a special."""
    entries = read(call)
    return next((each for each in entries if each.point == word), None) or next((each for each in entries if each.special == word), None)
