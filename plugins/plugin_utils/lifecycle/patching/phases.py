# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the patches of one node are divided into calls of patchadd, and what is around each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...model.patching.archive import Properties
from ...model.patching.patch import PatchId

#: The patch utilities, SPARC and x86: what they are at decides how all others go in.
UTILITIES = ("119254", "119255")
#: From this revision of theirs on, patches of deferred activation can be installed (Oracle document 817-0547).
DEFERRED_FROM = 42

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


def phases(
    patches: Sequence[PatchId], properties: Mapping[PatchId, Properties], alone: Alone = "non_standard", *, as_given: bool = False
) -> tuple[Phase, ...]:
    """``patches`` in the order in which they go in, after the patch utilities unless ``as_given``.

    After one that wants a reboot immediately nothing goes in before that.
    """
    found: list[Phase] = []
    first = [patch for patch in patches if patch.number in UTILITIES and not as_given]
    batch: list[PatchId] = []
    for group in (first, [patch for patch in patches if patch not in first]):
        for patch in group:
            batch.append(patch)
            if properties.get(patch, _UNKNOWN).reboot == "immediate":
                found.append(_phase(batch, properties, alone))
                batch = []
        if batch:
            found.append(_phase(batch, properties, alone))
            batch = []
    return tuple(found)


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
