# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases the product knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["s10", "s11.0", "s11.1", "s11.2", "s11.3", "s11.4", "illumos"]
Architecture = Literal["sparc", "i386"]

#: Releases a vServer can be deployed on; anything else is refused with this list, or looked at read-only.
SUPPORTED: tuple[Family, ...] = ("s10", "s11.1", "s11.2", "s11.3", "s11.4")


@dataclass(frozen=True, slots=True)
class Release:
    """A node's operating system: ``family`` decides dialects, the rest is for people and for comparing levels."""

    family: Family
    description: str  # first line of /etc/release, stripped
    architecture: Architecture
    update: int = 0  # Solaris 10 update number, 11 for 1/13; 0 where it has none
    version: str = ""  # uname -v, or the full version of package entire

    @property
    def is_solaris10(self) -> bool:
        return self.family == "s10"
