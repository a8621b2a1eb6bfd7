# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the patches of one node are divided into calls of patchadd, and what is around each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...model.patching.archive import Properties
from ...model.patching.due import Due
from ...model.patching.patch import PatchId

#: The patch utilities, SPARC and x86: what they are at decides how all others go in.
UTILITIES = ("119254", "119255")
#: From this revision of theirs on, patches of deferred activation can be installed (Oracle document 817-0547).
DEFERRED_FROM = 42
#: And they patch several zones at once (num_proc of pdo.conf, Oracle document 817-1592).
PARALLEL_FROM = 66

#: Which patches go in in single user: all that are not standard, or only those that ask for it themselves.
Alone = Literal["non_standard", "asked"]
_UNKNOWN = Properties()


@dataclass(frozen=True, slots=True)
class Phase:
    """One call of patchadd. ``reboot`` follows it. ``halted``: zones are to be down meanwhile. ``why`` says which patch asks for the
    most of it.
    """

    patches: tuple[PatchId, ...]
    single_user: bool = False
    reboot: bool = False
    reconfigure: bool = False
    halted: bool = False
    why: str = ""


def before_others(due: Due) -> frozenset[PatchId]:
    """The patch utilities. What stands before them in the order of sets is what they require; of named patches no such order is known."""
    utilities = [patch for patch in (*due.install, *due.installed) if patch.number in UTILITIES]
    last = max((due.install.index(patch) for patch in utilities if patch in due.install), default=-1)
    return frozenset(utilities if due.named else (*due.install[: last + 1], *utilities))


def phases(
    patches: Sequence[PatchId],
    properties: Mapping[PatchId, Properties],
    alone: Alone = "non_standard",
    *,
    first: Collection[PatchId] = (),
    by_number: bool = False,
) -> tuple[Phase, ...]:
    """``patches`` in the order in which they go in, those of ``first`` in calls before all others.

    After one that wants a reboot immediately nothing goes in before that. ``by_number``: what one call has goes in by number, each after
    what it requires (patchadd). Such a one is then in no call with a higher number, which might come after it.
    """
    batches: list[list[PatchId]] = []
    for group in ([patch for patch in patches if patch in first], [patch for patch in patches if patch not in first]):
        batches.append([])
        for patch in group:
            at_once = properties.get(patch, _UNKNOWN).reboot == "immediate"
            if at_once and by_number and any(other > patch for other in batches[-1]):
                batches.append([])
            batches[-1].append(patch)
            if at_once:
                batches.append([])
    return tuple(_phase(batch, properties, alone) for batch in batches if batch)


def _phase(batch: Sequence[PatchId], properties: Mapping[PatchId, Properties], alone: Alone) -> Phase:
    known = {patch: properties.get(patch, _UNKNOWN) for patch in batch}
    special = [patch for patch, one in known.items() if not one.standard]
    asking = special if alone == "non_standard" else [patch for patch, one in known.items() if one.single_user or not one.source]
    deferred = any(one.deferred for one in known.values())
    return Phase(
        tuple(batch),
        bool(asking),
        bool(special),
        any(one.reconfigure for one in known.values()),
        deferred or bool(asking),
        _why((asking or special)[0], known) if special else "standard patches: everything runs on",
    )


def _why(patch: PatchId, known: Mapping[PatchId, Properties]) -> str:
    one = known[patch]
    words = []
    if not one.source:
        return f"of {patch} no archive tells how it goes in: it counts as single user with a reboot"
    if one.single_user:
        words.append("single user")
    if one.reboot != "none":
        kind = "a reconfiguration reboot" if one.reconfigure else "a reboot"
        words.append(f"{kind} {'at once' if one.reboot == 'immediate' else 'afterwards'}")
    if one.deferred:
        words.append("a reboot that activates it")
    return f"{patch} wants {' and '.join(words)}"
