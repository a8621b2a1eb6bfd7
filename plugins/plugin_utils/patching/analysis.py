# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a system has and lacks by a reference, number by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..model.patching.patch import PatchId
from ..model.patching.reference import Revision
from ..model.patching.system import Installed, System
from .current import Current, Index, chain, does_work_of

#: ``newer``: the installed revision is higher than all of the reference. ``unlisted``: the reference does not know the number.
#: ``withdrawn``: the only revisions are. A number that is ``missing`` can be there in a lower revision.
Standing = Literal["installed", "missing", "obsoleted", "withdrawn", "not_applicable", "newer", "unlisted"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """``installed``: number → the highest installed revision. ``work``: number → (revision, by whom) that an installed patch says it
    obsoletes. ``missing``: the numbers that the system lacks in their current revision. ``handed``: recommended by what the system's
    patches made obsolete. ``withdrawn``: installed in a revision that is withdrawn, and no installed patch does its work."""

    index: Index
    system: System
    installed: Mapping[str, int]
    work: Mapping[str, tuple[int, PatchId]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    handed: frozenset[str] = frozenset()
    withdrawn: tuple[PatchId, ...] = ()

    def current(self, number: str) -> Revision | None:
        one = self.index.current.get(number)
        return one.revision if one else None

    def recommended(self, number: str) -> bool:
        one = self.index.current.get(number)
        return number in self.handed or bool(one and one.recommended)

    def obsoleted_by(self, number: str) -> PatchId | None:
        """Who made the current revision obsolete: a patch of the system, else by the reference."""
        one = self.index.current.get(number)
        if one is None:
            return None
        return _by_system(self.work, one) or one.by

    def obsolete(self, number: str) -> bool:
        one = self.index.current.get(number)
        return one is not None and (one.obsolete or _by_system(self.work, one) is not None)

    def applies(self, revision: Revision) -> bool:
        """Whether it changes a package in exactly the version and architecture of an instance that the system has.

        PCA merges the instances of a package (SUNWabc, SUNWabc.2) and takes the version of one with the architecture of another.
        """
        return any(
            instance.version == version and instance.architecture in revision.architectures
            for name, version in revision.packages
            for instance in self.system.packages.get(name, ())
        )

    def standing(self, number: str) -> Standing:
        if number in self.missing:
            return "missing"
        one = self.index.current.get(number)
        if one is None:
            return "unlisted"
        there = self.installed.get(number, -1)
        if there >= one.revision.id.revision:
            highest = max(revision.id.revision for revision in self.index.reference.revisions[number])
            return "newer" if there > highest else "installed"
        if one.obsolete or (self.work and _by_system(self.work, one)):
            return "obsoleted"
        if one.revision.withdrawn:
            return "withdrawn"
        return "not_applicable"

    def has(self, required: PatchId) -> PatchId | None:
        """The installed patch that is ``required`` or higher, or does its work: it says so itself, or the reference does.

        PCA looks for the successor of an obsolete requirement even where the system has what is required.
        """
        found = does_work_of(self.index.reference, required, self.installed)
        if found:
            return found
        revision, by = self.work.get(required.number, (-1, required))
        return by if revision >= required.revision else None


def analyse(index: Index, system: System) -> Analysis:
    """Takes time by the packages and patches of the system, not by the length of the reference."""
    installed: dict[str, int] = {}
    work: dict[str, tuple[int, PatchId]] = {}
    for patch in system.patches:
        number, revision = patch.id
        if revision > installed.get(number, -1):
            installed[number] = revision
        for gone in patch.obsoletes:
            if gone.number != number:
                work[gone.number] = max((gone.revision, patch.id), work.get(gone.number, (-1, patch.id)))
    found: dict[str, int] = {}
    for name, instances in system.packages.items():
        for architecture, version in instances:
            found.update(index.candidates.get((name, version, architecture), ()))
    missing = frozenset(
        number
        for number, revision in found.items()
        if installed.get(number, -1) < revision and (number not in work or work[number][0] < revision)
    )
    bad = [patch for patch in system.patches if patch.id in index.withdrawn]
    withdrawn = tuple(sorted(patch.id for patch in bad if _bad(index, patch, installed, work)))
    return Analysis(index, system, installed, work, missing, _handed(index, work), withdrawn)


def _by_system(work: Mapping[str, tuple[int, PatchId]], one: Current) -> PatchId | None:
    """An installed patch that says it does the work of the current revision.

    One that does the work of 118833-30 does not do that of 118833-36. PCA does not look at that revision.
    """
    number, revision = one.revision.id
    done = work.get(number)
    return done[1] if done and done[0] >= revision else None


def _bad(index: Index, patch: Installed, installed: Mapping[str, int], work: Mapping[str, tuple[int, PatchId]]) -> bool:
    if installed[patch.id.number] > patch.id.revision:
        return False
    if work.get(patch.id.number, (-1, patch.id))[0] >= patch.id.revision:
        return False
    others = {number: there for number, there in installed.items() if number != patch.id.number}
    return does_work_of(index.reference, patch.id, others) is None


def _handed(index: Index, work: Mapping[str, tuple[int, PatchId]]) -> frozenset[str]:
    found: set[str] = set()
    for number, (_revision, by) in work.items():
        one = index.current.get(number)
        if one and one.recommended and _by_system(work, one):
            found.add(by.number)
            found.update(chain(index.current, by.number))
    return frozenset(found)
