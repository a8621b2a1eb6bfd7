# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a vServer counts as one that runs: what zoneadm says of its zone now, and where that says nothing, what was done last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..lifecycle.chain import DOWN

if TYPE_CHECKING:
    from ..repository.records import DoneRecord
    from ..repository.store import Repository

#: How many of a vServer's last operations are searched for one that changed its run state.
_YOUNGEST = 40
#: What the steps that change it begin with.
_BOOT = "boot zone "
_STEPS = (_BOOT, "halt zone ", "shut down zone ")
#: The zone has no platform and could have one: it was halted. ``mounted`` is an installed zone whose root is open for an upgrade.
_HALTED = ("installed", "mounted")


def ran(state: str, stored: str, halted_last: bool) -> bool:
    """Whether it is to run where it goes, by the ``state`` of its zone (zones(5), "zone states"; 'absent': not listed; '': not known).

    ``shutting_down`` and ``down`` are ways to a halt and of a reboot, and where a zone that cannot end hangs; ``ready`` comes before
    ``running`` in every boot; ``unavailable`` is one that could not boot for want of its storage; ``configured``, ``incomplete`` and
    absent ones lost their root to somebody. None of these says whether it is wanted running: what was activated (``stored``) is,
    unless the last that was done to it through this collection was to halt it (``halted_last``, see ``stopped``).
    """
    if state == "running":
        return True
    if state in _HALTED or stored != "activated":
        return False
    return not state or not halted_last


def up(state: str, stored: str) -> bool:
    """Whether its processes may run now, and so need what it depends on; one whose node does not answer may if it was activated."""
    return state not in (*DOWN, "mounted") if state else stored == "activated"


def stopped(repository: Repository, names: Sequence[str]) -> frozenset[str]:
    """Of which of them the last that was done to its run state, as the journal has it, was to halt it."""
    return frozenset(name for name, done in repository.done(names, _YOUNGEST, _STEPS).items() if _halted_last(done))


def _halted_last(done: Sequence[DoneRecord]) -> bool:
    for entry in done:
        if entry.operation in ("vserver running", "vserver restarted"):
            return False
        if entry.operation == "vserver halted":
            return True
        if entry.did:
            return not entry.did[-1].startswith(_BOOT)
    return False
