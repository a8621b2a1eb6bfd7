# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of a node roll-outs brought: what was there before stays when a patch set is taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...model.patching.patch import PatchId
from ...model.patching.result import PatchResult
from . import environment
from .seen import Seen

_THERE = ("installed", "pending_reboot", "obsoleted")


def by(result: PatchResult, noted: Collection[PatchId]) -> int | None:
    """The roll-out that brought the patch, None where none did. ``noted``: what the node had after the last one; of those that failed
    some are there all the same, where only a zone lacks them."""
    there = result.state in _THERE or (result.state == "failed" and result.patch in noted)
    return result.journal if there else None


def of_batches(first: Seen | None, last: Seen, known: Collection[PatchId]) -> frozenset[PatchId]:
    """What went through patchadd in this roll-out, or in one that it takes up, by the notes on the node.

    ``first``: how it was before, None where that was not seen. ``known``: what an earlier roll-out is known to have brought.
    """
    if last.notes.backout:
        return frozenset()
    begun = {patch for batch in last.notes.batches for patch in batch.patches}
    if first is None:
        return frozenset(begun.difference(known))
    earlier = {patch for batch in first.notes.batches for patch in batch.patches}
    whole = {patch for patch in first.own.patches if "" not in first.cut_off.get(patch, ())}
    return frozenset(begun - (whole - earlier) - earlier.intersection(known))


def of_environment(
    before: Mapping[str, str], last: environment.Seen, upgraded: Collection[str], known: Collection[PatchId]
) -> frozenset[PatchId]:
    """What came by Live Upgrade. ``before``: the states of the patches at the first look; ``upgraded``: what an earlier run that was
    killed gave to luupgrade, by its journal; ``known`` as above."""
    there = {*last.own.patches, *(last.inside.patches if last.inside else ())}
    taken_up = {patch for patch in there.difference(known) if before.get(str(patch)) == "pending_reboot" or str(patch) in upgraded}
    return frozenset(taken_up | {patch for patch in there if before.get(str(patch)) == "missing"})
