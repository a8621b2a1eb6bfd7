# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of a patch set: what is frozen stays, what became of its patches since, what two versions differ in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet
from ..model.patching.reference import Reference
from .succession import current, heirs, highest, successor


def following(latest: PatchSet | None, wanted: PatchSet, gone: int = 0) -> PatchSet:
    """What is to be kept when a set is to hold what ``wanted`` holds, whatever its version; the same object where nothing is new.

    A version that is not frozen is replaced; after a frozen one comes the next. The same patches for the same release are no news:
    the reference and the baseline they were found with stay. ``gone``: the highest version that was taken away; no number is given
    twice.
    """
    if latest is None:
        return replace(wanted, version=gone + 1, frozen=False)
    if (latest.release, latest.patches) == (wanted.release, wanted.patches):
        return latest
    return replace(wanted, version=max(latest.version, gone) + 1 if latest.frozen else latest.version, frozen=False)


def frozen(patch_set: PatchSet) -> PatchSet:
    """The same object where it is frozen already."""
    return patch_set if patch_set.frozen else replace(patch_set, frozen=True)


@dataclass(frozen=True, slots=True)
class Since:
    """What a newer reference says of a set's patches. ``newer``: the current revision of those that are neither withdrawn nor obsolete."""

    withdrawn: Mapping[PatchId, str] = field(default_factory=dict)
    obsoleted: Mapping[PatchId, PatchId] = field(default_factory=dict)
    newer: Mapping[PatchId, PatchId] = field(default_factory=dict)
    unknown: tuple[PatchId, ...] = ()

    def warnings(self, patch_set: PatchSet) -> list[str]:
        """What somebody who is about to install the set has to know."""
        said = [f"{patch_set.key}: {one} was withdrawn{f', {why}' if why else ''}" for one, why in self.withdrawn.items()]
        said += [f"{patch_set.key}: {one} became obsolete, {by} does its work" for one, by in self.obsoleted.items()]
        return said + [f"{patch_set.key}: the reference tells nothing of {one} any more" for one in self.unknown]


def since(patch_set: PatchSet, reference: Reference) -> Since:
    """Holds a set to a reference. One that has only a higher revision of a patch tells nothing of the lower one's withdrawal."""
    withdrawn: dict[PatchId, str] = {}
    obsoleted: dict[PatchId, PatchId] = {}
    newer: dict[PatchId, PatchId] = {}
    unknown: list[PatchId] = []
    for patch in patch_set.patches:
        revision, now = reference.of(patch), current(reference, patch.number)
        if now is None:
            unknown.append(patch)
            continue
        heir = successor(reference, patch)
        instead = heir.id if heir and heir.id != patch else None
        if revision and revision.withdrawn:
            withdrawn[patch] = f"{instead} takes its place" if instead else ""
        elif instead and instead.number != patch.number:
            obsoleted[patch] = instead
        elif revision and revision.obsolete and (by := heirs(reference, patch)[1:]):
            obsoleted[patch] = by[-1]
        elif instead and instead.revision > patch.revision:
            newer[patch] = instead
    return Since(withdrawn, obsoleted, newer, tuple(unknown))


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version to another. ``raised`` and ``lowered``: the old revision → the new one."""

    added: tuple[PatchId, ...] = ()
    removed: tuple[PatchId, ...] = ()
    raised: Mapping[PatchId, PatchId] = field(default_factory=dict)
    lowered: Mapping[PatchId, PatchId] = field(default_factory=dict)


def difference(old: PatchSet | None, new: PatchSet | None) -> Difference:
    """In the order of the version in which a patch stands. None is a version without patches."""
    was, now = old.patches if old else (), new.patches if new else ()
    before, after = highest(was), highest(now)
    both = [(one, PatchId(one.number, after[one.number])) for one in was if one.number in after]
    return Difference(
        tuple(one for one in now if one.number not in before),
        tuple(one for one in was if one.number not in after),
        {one: other for one, other in both if other > one},
        {one: other for one, other in both if other < one},
    )
