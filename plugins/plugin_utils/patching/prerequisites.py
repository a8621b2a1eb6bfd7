# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patches of a set require, and what is lacking of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..model.patching.patch import PatchId
from ..model.patching.reference import Reference, Revision
from ..model.patching.system import System
from .succession import among, heirs, highest, successor


def unfit(patch: Revision, release: str) -> str:
    """Why a patch is not for systems of ``release`` (``10`` or ``10_x86``), as the end of the sentence '119254-91 …'; '' where it is."""
    x86 = release.endswith("_x86")
    words = patch.release.removesuffix("_x86").split("_")
    if patch.release != "Unbundled" and (patch.release.endswith("_x86") != x86 or release.removesuffix("_x86") not in words):
        return f"is for release {patch.release}, not for {release}"
    kinds = {one.split(".")[0] for one in patch.architectures} - {"all"}
    if kinds and ("i386" if x86 else "sparc") not in kinds:
        return f"is for architecture {', '.join(patch.architectures)}, not for {release}"
    return ""


@dataclass(slots=True)
class Whole:
    """``chosen`` (number → revision) with what its patches require. ``lacking``: a patch of the choice → what is lacking for its sake."""

    chosen: dict[str, int]
    added: dict[PatchId, PatchId] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lacking: dict[PatchId, str] = field(default_factory=dict)

    def root(self, patch: PatchId) -> PatchId:
        """The patch of the choice for whose sake this one is there."""
        while patch in self.added:
            patch = self.added[patch]
        return patch


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """What completes a choice. ``then`` is the reference without what is too young."""

    then: Reference
    reference: Reference
    release: str
    youngest: date | None
    add: bool
    systems: Sequence[System]

    def whole(self, chosen: Mapping[str, int]) -> Whole:
        found = Whole(dict(chosen))
        queue = sorted(PatchId(*one) for one in chosen.items())
        there = [present(system) for system in self.systems]
        for patch in queue:
            revision = self.then.of(patch) if found.chosen[patch.number] == patch.revision else None
            for required in revision.requires if revision else ():
                wanted = heirs(self.then, required)
                if required.number == patch.number or among(wanted, found.chosen) or self._there(wanted, required, there):
                    continue
                if required.number not in self.reference.revisions:
                    found.notes.append(f"{patch} requires {required}, of which the reference tells nothing: a node has to have it")
                    continue
                heir = successor(self.then, required)
                why = self._unusable(heir, wanted)
                if not self.add or heir is None or why:
                    found.lacking.setdefault(found.root(patch), f"{patch} requires {required}, which {why or 'is not in the set'}")
                    continue
                old = found.chosen.get(heir.id.number)
                if old is not None:
                    found.notes.append(f"{PatchId(heir.id.number, old)} gives way to {heir.id}, which {patch} requires")
                found.added[heir.id] = patch
                found.chosen[heir.id.number] = heir.id.revision
                queue.append(heir.id)
        return found

    def _there(self, wanted: Iterable[PatchId], required: PatchId, there: Sequence[Mapping[str, int]]) -> bool:
        """Every system that was analysed has it, or none of the packages that it changes."""
        each = zip(there, self.systems, strict=True)
        return bool(self.systems) and all(among(wanted, have) or not touches(self.reference, required, system) for have, system in each)

    def _unusable(self, heir: Revision | None, wanted: Iterable[PatchId]) -> str:
        """Why what is to be installed for a requirement does not meet it; '' where it does."""
        if heir is None or not among(wanted, {heir.id.number: heir.id.revision}):
            young = f"is younger than the baseline of {self.youngest}, or has no date"
            return young if self.youngest else "is in the reference only in lower revisions"
        return f"is withdrawn as {heir.id}" if heir.withdrawn else unfit(heir, self.release)


def present(system: System) -> dict[str, int]:
    """Number → highest revision of which a system has the work: its patches, and what these say that they obsolete."""
    return highest(one for patch in system.patches for one in (patch.id, *patch.obsoletes))


def touches(reference: Reference, patch: PatchId, system: System) -> bool:
    """Whether some revision of the patch, or who does its work, changes a package in a version that the system has."""
    return any(
        package.version == version
        for one in heirs(reference, patch)
        for revision in reference.revisions.get(one.number, ())
        for name, version in revision.packages
        for package in system.packages.get(name, ())
    )
