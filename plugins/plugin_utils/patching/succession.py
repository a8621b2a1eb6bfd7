# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patch does the work of another: higher revisions, and those that made it obsolete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.patching.patch import PatchId
from ..model.patching.reference import Reference, Revision


def current(reference: Reference, number: str) -> Revision | None:
    """The highest revision that is neither obsolete nor withdrawn; where all are, the highest. None: the reference lacks the number."""
    revisions = reference.revisions.get(number, ())
    good = [one for one in revisions if not one.obsolete and not one.withdrawn]
    return max(good or revisions, key=lambda one: one.id.revision, default=None)


def successor(reference: Reference, patch: PatchId) -> Revision | None:
    """What is to be installed where ``patch`` is asked for: the current revision, or who made that obsolete, to the end of the chain.

    A chain that leads to what the reference lacks ends before; one that is a ring ends where it began. None: the number is unknown.
    """
    found = current(reference, patch.number)
    seen: set[str] = set()
    while found and found.obsolete and found.obsoleted_by and found.id.number not in seen:
        seen.add(found.id.number)
        following = current(reference, found.obsoleted_by.number)
        if following is None or following.id.number in seen:
            break
        found = following
    return found


def heirs(reference: Reference, patch: PatchId) -> tuple[PatchId, ...]:
    """Patches each of which, in that or a higher revision, does the work of ``patch``: itself first."""
    found, todo = [patch], [patch]
    while todo:
        one = todo.pop(0)
        for revision in reference.revisions.get(one.number, ()):
            by = revision.obsoleted_by
            if revision.id.revision >= one.revision and by and by not in found:
                found.append(by)
                todo.append(by)
    return tuple(found)


def among(wanted: Iterable[PatchId], there: Mapping[str, int]) -> PatchId | None:
    """Which of the patches ``there`` (number → highest revision) is one of ``wanted`` or higher. None: none."""
    for one in wanted:
        if there.get(one.number, -1) >= one.revision:
            return PatchId(one.number, there[one.number])
    return None


def highest(patches: Iterable[PatchId]) -> dict[str, int]:
    """Number → highest revision."""
    found: dict[str, int] = {}
    for patch in patches:
        found[patch.number] = max(patch.revision, found.get(patch.number, -1))
    return found


def barred(patch: Revision, there: Mapping[str, int]) -> Iterator[PatchId]:
    """Which of the patches ``there`` (number → highest revision) it does not go with. One that names 150009-01 bars that revision and
    higher ones: an interim relief for 147441-26 requires that revision and names 147441-27 (recorded ``showrev -p``)."""
    for other in patch.conflicts:
        if other.number != patch.id.number and there.get(other.number, -1) >= other.revision:
            yield PatchId(other.number, there[other.number])
