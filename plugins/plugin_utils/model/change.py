# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of every property of a vServer that is to change, in the words of the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .errors import Refused

#: When a change of a running vServer is to take effect.
Apply = Literal["now", "next_boot"]

#: The running zone has it.
LIVE = "applied live"
#: The configuration has it, and that is all there is to it: the vServer does not run, or the property only tells of its next boot.
STORED = "applied"
#: The configuration has it, the running zone does not.
WAITS = "waits for reboot"
_IMPOSSIBLE = "impossible: "

#: Path of a property (as ``zonecfg_compare.Difference`` has it) → what became of it.
Outcomes = Mapping[str, str]


def impossible(why: str) -> str:
    return f"{_IMPOSSIBLE}{why}"


class Impossible(Refused):
    """Refused because of single properties; nothing of the vServer was changed."""

    def __init__(self, message: str, outcomes: Outcomes) -> None:
        super().__init__(message)
        self.outcomes = dict(outcomes)


def final(planned: Outcomes, left: Outcomes, *, check: bool) -> dict[str, str]:
    """After the run: what was planned, corrected by what a look afterwards still finds to do.

    ``left`` are the outcomes that a plan made now has. What it would still apply live was not applied: it waits.
    """
    if check:
        return {**planned, **left}
    return {**planned, **{path: WAITS if word == LIVE else word for path, word in left.items()}}
