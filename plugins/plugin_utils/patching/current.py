# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reference made ready once for the analysis of many systems: which revision of a number counts, and whose packages it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..model.patching.patch import PatchId
from ..model.patching.reference import Reference, Revision
from . import succession

#: The package of the patch utilities: their patches go in before all others.
UTILITIES = "SUNWswmt"


@dataclass(frozen=True, slots=True)
class Current:
    """The revision that counts of a number. ``recommended`` is inherited from lower revisions, and handed on by what this one made
    obsolete; security is the revision's own. ``by``: who made it obsolete; never a revision of the same number."""

    revision: Revision
    recommended: bool
    obsolete: bool
    by: PatchId | None


class Need(NamedTuple):
    """What a requirement comes to: ``number`` has to go in before, or ``why`` nothing can. Both empty: nothing is needed."""

    number: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What ``required`` comes to by the reference: the patches ``by`` which it is met, in that or a higher revision, the ``numbers`` that
    were looked at, and the need where none is there."""

    required: PatchId
    by: tuple[PatchId, ...]
    numbers: frozenset[str]
    need: Need


@dataclass(frozen=True, slots=True)
class Index:
    """``candidates``: (package, version, architecture) → the numbers with the current revisions that change it, neither obsolete nor
    withdrawn. ``withdrawn``, ``conflicts``: of every revision. ``needs``, ``of_revisions`` and ``ranks`` are filled as they are asked for:
    they do not depend on the system."""

    reference: Reference
    current: Mapping[str, Current]
    candidates: Mapping[tuple[str, str, str], Mapping[str, int]]
    utilities: frozenset[str]
    unbundled: frozenset[str]
    withdrawn: frozenset[PatchId]
    conflicts: Mapping[PatchId, tuple[PatchId, ...]]
    needs: dict[PatchId, Requirement] = field(default_factory=dict)
    of_revisions: dict[PatchId, tuple[Requirement, ...]] = field(default_factory=dict)
    ranks: dict[str, str] = field(default_factory=dict)

    def requirement(self, required: PatchId) -> Requirement:
        found = self.needs.get(required)
        if found is None:
            found = self.needs[required] = _requirement(self, required)
        return found

    def requirements(self, revision: Revision) -> tuple[Requirement, ...]:
        """What becomes of all that a revision of the reference requires."""
        found = self.of_revisions.get(revision.id)
        if found is None:
            found = self.of_revisions[revision.id] = tuple(map(self.requirement, revision.requires))
        return found

    def rank(self, number: str) -> str:
        """Sorts patch utilities first, then by number (an interim relief by its digits), what is no number of Oracle's last."""
        found = self.ranks.get(number)
        if found is None:
            digits = number.removeprefix("IDR")
            found = self.ranks[number] = f"{number not in self.utilities:d}{not digits.isdigit():d}{digits}"
        return found


def index(reference: Reference, minimal: bool = False) -> Index:
    """``minimal``: of a number that carries R somewhere, the highest revision that itself carries it, be that obsolete; what a set of
    recommended patches has. A withdrawn revision is not taken."""
    current = {number: _current(revisions, minimal) for number, revisions in reference.revisions.items() if revisions}
    _hand_on(current)
    candidates: dict[tuple[str, str, str], dict[str, int]] = {}
    utilities, unbundled = set(), set()
    for number, one in current.items():
        revision = one.revision
        if any(name == UTILITIES for name, _version in revision.packages):
            utilities.add(number)
        if one.obsolete or revision.withdrawn:
            continue
        if revision.release == "Unbundled" and not revision.packages:
            unbundled.add(number)
        for name, version in revision.packages:
            for architecture in revision.architectures:
                candidates.setdefault((name, version, architecture), {})[number] = revision.id.revision
    every = [one for revisions in reference.revisions.values() for one in revisions]
    withdrawn = frozenset(one.id for one in every if one.withdrawn)
    conflicts = {one.id: one.conflicts for one in every if one.conflicts}
    return Index(reference, current, candidates, frozenset(utilities), frozenset(unbundled), withdrawn, conflicts)


def _current(revisions: tuple[Revision, ...], minimal: bool) -> Current:
    flagged = [one for one in revisions if one.recommended and not one.withdrawn] if minimal else []
    if flagged:
        return Current(max(flagged, key=lambda one: one.id.revision), True, False, None)
    good = [one for one in revisions if not one.obsolete and not one.withdrawn]
    chosen = max(good or revisions, key=lambda one: one.id.revision)
    recommended = any(one.recommended for one in revisions if one.id.revision <= chosen.id.revision)
    return Current(chosen, recommended, chosen.obsolete, _successor(revisions, chosen) if chosen.obsolete else None)


def _successor(revisions: tuple[Revision, ...], chosen: Revision) -> PatchId | None:
    """Another number, by the revision itself, or by the highest lower one that names some."""
    named = [one for one in revisions if one.id <= chosen.id and one.obsoleted_by and one.obsoleted_by.number != one.id.number]
    return max(named, key=lambda one: one.id).obsoleted_by if named else None


def _hand_on(current: dict[str, Current]) -> None:
    """Who makes a recommended patch obsolete is recommended, and who makes that one obsolete."""
    for number in [number for number, one in current.items() if one.recommended and one.obsolete]:
        for heir in chain(current, number):
            if heir in current and not current[heir].recommended:
                current[heir] = Current(current[heir].revision, True, current[heir].obsolete, current[heir].by)


def chain(current: Mapping[str, Current], number: str) -> list[str]:
    """The numbers that made ``number`` obsolete, one after the other. It ends where it closes to a ring."""
    found: list[str] = []
    seen = {number}
    while (one := current.get(number)) and one.by and one.by.number not in seen:
        number = one.by.number
        seen.add(number)
        found.append(number)
    return found


def _requirement(index: Index, required: PatchId) -> Requirement:
    lowest: dict[str, PatchId] = {}
    for heir in succession.heirs(index.reference, required):
        lowest[heir.number] = min(heir, lowest.get(heir.number, heir))
    by = tuple(lowest.values())
    wanted, seen = required, {required.number}
    while (one := index.current.get(wanted.number)) and one.obsolete and one.by:
        if one.by.number in seen:
            why = f"requires {required}, which is obsolete by a chain that leads back to {one.by.number}"
            return Requirement(required, by, frozenset(other.number for other in by), Need(why=why))
        seen.add(one.by.number)
        wanted = one.by
    numbers = frozenset(seen | {other.number for other in by})
    if one is None:
        instead = f", whose work {wanted} does" if wanted != required else ""
        return Requirement(required, by, numbers, Need(why=f"requires {required}{instead}, of which the reference tells nothing"))
    why = ""
    if one.revision.id.revision < wanted.revision:
        why = f"requires {wanted}, of which the reference knows {one.revision.id} only"
    return Requirement(required, by, numbers, Need(wanted.number, why))


def does_work_of(reference: Reference, patch: PatchId, there: Mapping[str, int]) -> PatchId | None:
    """Which of the patches ``there`` (number → highest revision) is ``patch`` or higher, or made it obsolete by the reference."""
    if there.get(patch.number, -1) >= patch.revision:
        return PatchId(patch.number, there[patch.number])
    return succession.among(succession.heirs(reference, patch), there)
