# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pkg verify and pkg fix: which packages are damaged, what is wrong with them, what was repaired.

Format: pkg(1) of Solaris 11 ("Verifying: FMRI  STATUS", with errors indented below) and of 11.4 and illumos (a table
PACKAGE, STATUS after the planning lines, items below a package indented by tabs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import lines, refuse

_PACKAGE = re.compile(r"(?:Verifying: +)?(?P<fmri>pkg:/+[^\s]+) +(?P<status>[A-Z]+)\Z")
_PROGRESS = re.compile(
    r"(?:Planning: |Creating Plan|Verifying Packages|Packages to (?:fix|install|update|remove)|Services to change|Create boot environment"
    r"|Create backup boot environment|Estimated space|Space to be|Repairing: |DOWNLOAD |Completed |PHASE |ITEMS|Repair package"
    r"|(?:Updating|Removing|Installing|Creating|Reading|Building|Evaluating)\b.* (?:Done|[0-9]+/[0-9]+)\Z|Unexpected Exception: )"
)


@dataclass(frozen=True, slots=True)
class Verified:
    """``packages``: FMRI → its status and what stands below it, one entry a line. ``snapshot`` is what pkg fix made first."""

    packages: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    repaired: tuple[str, ...] = ()
    snapshot: str = ""
    exception: str = ""

    @property
    def damaged(self) -> tuple[str, ...]:
        return tuple(fmri for fmri, (status, _said) in self.packages.items() if status == "ERROR")


def parse(text: str) -> Verified:
    """Nothing but progress is a sound image: no packages. A line of another kind is refused."""
    packages: dict[str, tuple[str, list[str]]] = {}
    repaired, snapshot, exception, below = [], "", "", ""
    for line in lines(text):
        words = line.split()
        if match := _PACKAGE.match(line):
            below = match["fmri"]
            packages[below] = (match["status"], [])
        elif words in (["PACKAGE", "STATUS"], ["Verifying", "PACKAGE", "STATUS"]):
            below = ""
        elif line.startswith((" ", "\t")) and below:
            packages[below][1].append(line.strip())
        elif line.startswith("Created ZFS snapshot: "):
            snapshot, below = words[-1], ""
        elif _PROGRESS.match(line.strip()):
            below = ""
            if words[0] == "Repairing:":
                repaired.append(words[1])
            elif words[0] == "Unexpected":
                exception = line.partition(": ")[2]
        else:
            refuse("pkg verify", line)
    return Verified(packages, tuple(repaired), snapshot, exception)
