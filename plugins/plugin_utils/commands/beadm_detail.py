# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""beadm list -a, -d and -s: the datasets and snapshots of boot environments.

Format: beadm(1M). The first column is BE/Dataset/Snapshot (or BE/Dataset, BE/Snapshot), the others those of ``beadm list``
without the ones that do not fit (-s has no Active and Mountpoint). A boot environment's line is its bare name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import lines, refuse

_COMMAND = "beadm list"
_TITLES = ("BE/Dataset/Snapshot", "BE/Dataset", "BE/Snapshot")
_CREATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """A dataset or, with ``@``, a snapshot of the boot environment ``environment``; '' for ``-`` and for absent columns."""

    environment: str
    name: str
    flags: str
    mountpoint: str
    space: str
    policy: str
    created: str

    @property
    def snapshot(self) -> bool:
        return "@" in self.name


def parse(text: str) -> tuple[Part, ...]:
    """All parts in the order printed. Cells are parted by blanks: a long space pushes the others out of their columns."""
    rows = lines(text)
    titles = rows[0].split() if rows else []
    if len(rows) < 2 or titles[0] not in _TITLES or titles[-1] != "Created" or set(rows[1]) - {"-", " "}:
        refuse(_COMMAND, rows[0] if rows else "", "is not the heading of datasets or snapshots")
    found: list[Part] = []
    environment = ""
    for line in rows[2:]:
        words = line.split(None, len(titles) - 1)
        if len(words) == 1:
            environment = words[0]
            continue
        if len(words) != len(titles) or not environment or not _CREATED.match(words[-1]):
            refuse(_COMMAND, line, f"is not {', '.join(titles)} of a boot environment")
        cells = {title: "" if word == "-" else word for title, word in zip(titles[1:], words[1:], strict=True)}
        wanted = ("Active", "Mountpoint", "Space", "Policy", "Created")
        found.append(Part(environment, words[0], *(cells.get(title, "") for title in wanted)))
    return tuple(found)


def parse_question(text: str) -> str:
    """The boot environment ``beadm destroy`` asks about; '' when it does not ask."""
    match = re.search(r"^Are you sure you want to destroy (\S+)\?", text, re.MULTILINE)
    return match[1] if match else ""
