# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a monitor of the heartbeat thinks of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Judged:
    """One node. ``boot`` is the boot that was judged ('' where it was never heard), ``incident`` the number of its loss (0: none).

    ``verdict`` is by what a fenced one was proven dead: ``off``, ``lease``, ``storage``, ``person``; '' else. ``age`` is how many seconds
    ago that was, None where it was before the monitor's start. ``heard``: within the time after which it would be suspect. ``shown`` is
    all that the monitor said.
    """

    node: str
    state: str
    verdict: str = ""
    age: float | None = None
    boot: str = ""
    incident: int = 0
    heard: bool = False
    disputed: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one monitor says of the nodes that it was asked about, and of itself (``shown``)."""

    nodes: Mapping[str, Judged]
    shown: Mapping[str, Any]
