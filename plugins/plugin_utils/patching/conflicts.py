# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of a listing do not go in, because they do not go with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.patching.patch import PatchId
from ..model.patching.reference import Revision
from .analysis import Analysis
from .entry import Entry
from .requirements import need
from .succession import barred


def refused(analysis: Analysis, entries: Iterable[Entry], reasons: Mapping[PatchId, str]) -> Iterator[Entry]:
    """The same entries; refused are those that have a reason (patch → why), those that do not go with what is there or with one before
    them, and those that require them. PCA reads conflicts and does not use them."""
    room = _Room(analysis)
    out: dict[str, PatchId] = {}
    for one in entries:
        revision = one.current
        if one.standing != "missing" or revision is None:
            yield one
            continue
        if not reasons and not out and room.free(revision):
            yield one  # by far the most
            continue
        why = reasons.get(revision.id) or room.conflict(revision) or _lost(analysis, revision, out)
        if why:
            out[one.number] = revision.id
            yield one._replace(refused=why)
        else:
            room.take(revision)
            yield one


class _Room:
    """What is on the system or will be, and whom that bars (``succession.barred``)."""

    def __init__(self, analysis: Analysis) -> None:
        self._there = dict(analysis.installed)
        self._taken: set[str] = set()
        self._barred: dict[str, list[tuple[int, PatchId, str]]] = {}
        conflicts = analysis.index.conflicts
        barring = (patch for patch in analysis.system.patches if patch.incompatibles or patch.id in conflicts)
        for patch in sorted(barring, key=lambda one: one.id, reverse=True):  # of two that bar the same, the later one is told
            self._bar(patch.id, (*patch.incompatibles, *conflicts.get(patch.id, ())), "is installed")

    def _bar(self, by: PatchId, conflicts: Iterable[PatchId], how: str) -> None:
        for other in conflicts:
            if other.number != by.number:
                self._barred.setdefault(other.number, []).append((other.revision, by, how))

    def free(self, revision: Revision) -> bool:
        """Takes what names nobody and is named by nobody."""
        if revision.conflicts or revision.id.number in self._barred:
            return False
        self.take(revision)
        return True

    def take(self, revision: Revision) -> None:
        self._there[revision.id.number] = revision.id.revision
        self._taken.add(revision.id.number)
        if revision.conflicts:
            self._bar(revision.id, revision.conflicts, "is to be installed")

    def conflict(self, revision: Revision) -> str:
        """Names both; '' where it goes with all."""
        patch = revision.id
        for other in barred(revision, self._there):
            how = "is to be installed" if other.number in self._taken else "is installed"
            return f"{patch} conflicts with {other}, which {how}"
        for lowest, by, how in self._barred.get(patch.number, ()):
            if patch.revision >= lowest:
                return f"{patch} conflicts with {by}, which {how}"
        return ""


def _lost(analysis: Analysis, revision: Revision, out: Mapping[str, PatchId]) -> str:
    for requirement in analysis.index.requirements(revision) if out else ():
        if not analysis.work and requirement.need.number not in out:
            continue
        found = need(analysis, revision.id.number, requirement)
        if found.number in out:
            required, refused = requirement.required, out[found.number]
            return f"requires {required}, which is refused" if refused == required else f"requires {required}, and {refused} is refused"
    return ""
