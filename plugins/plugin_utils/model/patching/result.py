# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a patch on a node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .patch import PatchId
from .patch_set import SetVersion

#: ``obsoleted``: a newer patch does its work. ``pending_reboot``: it is there and works only after a reboot. ``unknown``: the node gave
#: no answer.
State = Literal["installed", "obsoleted", "not_applicable", "missing", "failed", "pending_reboot", "unknown"]
STATES: tuple[State, ...] = ("installed", "obsoleted", "not_applicable", "missing", "failed", "pending_reboot", "unknown")


@dataclass(frozen=True, slots=True)
class PatchResult:
    """What the last roll-out or back-out that was about the patch saw of it at its end, by ``showrev``: at ``at``, whether it did
    anything for it or not.

    ``reason`` says why it failed or does not apply, ``log`` is where the node keeps more (``/var/sadm/patch/ID/log``) or the end of what
    was printed. ``booted`` is when the node was booted by its own clock, in seconds since 1970, 0 where that is not known: a patch that
    waited for a reboot waits no more when the node says another one. ``set``: the version of a set that had asked for it; ``journal``: the
    operation that worked on it last, None where none ever did: it was there before, or nothing was tried. ``global_only``: it was asked
    for in the global zone only (zones: global).
    """

    node: str
    patch: PatchId
    state: State
    at: datetime
    reason: str = ""
    log: str = ""
    booted: int = 0
    set: SetVersion | None = None
    journal: int | None = None
    global_only: bool = False
