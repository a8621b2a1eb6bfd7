# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches taken out of one node again: the way of a roll-out with patchrm instead of patchadd, judged by what is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from ...commands import files, patch_batch, patchrm, svr4
from ...commands.patch_notes import Batch
from ...model.command import At, Command, Output
from ...model.errors import ParseError
from ...model.patching.archive import Properties
from ...model.patching.patch import PatchId
from ...model.patching.system import Installed
from ...model.plan import Plan
from . import cluster, outcome, refusal
from .backout import Removal, removal, saved_files
from .outcome import Outcome
from .phases import Phase, phases
from .rollout import Known, RollOut
from .seen import Seen
from .steps import names

#: How patches of a cluster's own software go out, whatever they asked for on their way in: while their node is outside the cluster and
#: rebooted after that (Sun Cluster 3.0 System Administration Guide, "How to Remove a Sun Cluster Patch").
_OF_A_CLUSTER = Properties("patchinfo", "after", single_user=True)


@dataclass(frozen=True, slots=True)
class SeenSaved(Seen):
    """With what the installed patches require and replaced, and which files tell that their old ones were kept (None: not asked yet)."""

    installed: tuple[Installed, ...] = ()
    saved: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class BackOut(RollOut):
    """``due.install`` are the patches to take out. See ``engine/operation.py`` for what the methods are for."""

    def look(self, actual: Known | None) -> Mapping[At, Command]:
        probes = RollOut.look(self, actual)
        known = actual.seen if actual else None
        if probes or not isinstance(known, SeenSaved) or known.saved is not None:
            return probes
        return {At(self.node, "saved"): files.existing(*saved_files(self._there(known)))}

    def read(self, actual: Known | None, outputs: Mapping[At, Output]) -> Known:
        known = actual.seen if actual else None
        found = outputs.get(At(self.node, "saved"))
        if isinstance(known, SeenSaved) and known.complete:
            return Known(None) if found is None else Known(replace(known, saved=files.parse_existing(found)))
        told = RollOut.read(self, actual, outputs).seen
        if told is None:
            return Known(None)
        if not isinstance(told, SeenSaved):
            installed, _others = svr4.installed(outputs[At(self.node, "patches")].stdout)
            told = SeenSaved(**{one.name: getattr(told, one.name) for one in fields(Seen)}, installed=installed)
        return Known(told if self._there(told) else replace(told, saved=frozenset()))

    def plan(self, actual: Known) -> Sequence[Plan]:
        known = actual.seen
        if known is not None and not self.on_its_way(known) and self.hindrance(known, self._todo(known)):
            return [Plan(self.node)]
        return RollOut.plan(self, actual)

    def refusals(self, actual: Known) -> Mapping[str, str]:
        known = actual.seen
        if known is not None and not self.on_its_way(known):
            why = self.hindrance(known, self._todo(known))
            if why:
                return {self.node: why}
        return RollOut.refusals(self, actual)

    def predict(self, actual: Known) -> Mapping[str, Any]:
        known = actual.seen
        if known is None or self.refusals(actual):
            return self.describe(actual)
        told = dict(self.describe(actual)[self.node])
        waiting = {patch for phase in self._todo(known) for patch in phase.patches if phase.reboot and not self.policy.reboots}
        coming = {str(patch): "pending_reboot" if patch in waiting else "missing" for patch in self.due.install}
        return {self.node: told | {"patches": coming}}

    def outcomes(self, known: Seen) -> dict[PatchId, Outcome]:
        """``installed``: it is to be taken out yet. ``missing``: it is out of the global zone and of every zone that tells."""
        tried = {patch: batch for batch in self._own(known).notes.batches if batch.rc is not None for patch in batch.patches}
        return {patch: self._outcome(patch, tried.get(patch), known) for patch in self.due.install}

    def _outcome(self, patch: PatchId, batch: Batch | None, known: Seen) -> Outcome:
        if patch not in known.own.patches:
            left = _left(patch, known)
            if left:
                return Outcome("failed", f"is out of the global zone, and still in zone {', '.join(left)}", outcome.tail(batch))
            waiting = batch is not None and batch.waits and batch.boot == known.boot
            return Outcome("pending_reboot", "it is out when the node was booted") if waiting else Outcome("missing", "it was backed out")
        if batch is None:
            return Outcome("installed")
        if batch.rc == patch_batch.LATE:
            return Outcome("failed", outcome.LATE)
        return Outcome("failed", _why(patch, batch), outcome.tail(batch))

    def done(self, patch: PatchId, known: Seen) -> bool:
        return patch not in known.own.patches

    def hindrance(self, known: Seen, todo: Sequence[Phase]) -> str:
        half = [patch for patch in self.due.install if patch in known.own.patches and patch in known.cut_off]
        refused = dict(self._removal(known).refused) | dict.fromkeys(
            half, "went in by halves: its installation was cut off. Install it again first"
        )
        if refused:
            said = "; ".join(f"{patch} {why}" for patch, why in refused.items())
            return f"node {self.node}: {said}." + ("" if known.notes.batches else " Nothing was done.")
        return refusal.of_backout(self.node, known, todo, self.due.properties, self.policy) if todo else ""

    def _removal(self, known: Seen) -> Removal:
        if not isinstance(known, SeenSaved):
            return Removal()
        zones = {name: frozenset(one.patches) for name, one in known.inside.items() if one is not None}
        return removal(self.due.install, known.installed, known.saved or frozenset(), zones)

    def _todo(self, known: Seen) -> tuple[Phase, ...]:
        outcomes = self.outcomes(known)
        left = [patch for patch in self._removal(known).order if outcomes[patch].state == "installed"]
        changes = self.changes(Known(known))
        framework = [patch for patch in left if changes[patch] & cluster.FRAMEWORK]
        properties = {**self.due.properties, **dict.fromkeys(framework, _OF_A_CLUSTER)}
        found = phases(left, properties, self.policy.alone)
        return tuple(replace(one, why=_why_outside(own)) if (own := [p for p in one.patches if p in framework]) else one for one in found)

    def changes(self, actual: Known) -> Mapping[PatchId, frozenset[str]]:
        """Packages that those which are there went into, as showrev says; an instance (``SUNWscr.2``) counts as its package."""
        there = actual.seen.own.patches if actual.seen else {}
        return {patch: frozenset(name.partition(".")[0] for name in there[patch]) for patch in self.due.install if patch in there}

    def _failed(self, known: Seen) -> list[str]:
        failed = {patch: one for patch, one in self.outcomes(known).items() if one.state == "failed"}
        said = "; ".join(f"{patch}: {one.reason}" for patch, one in failed.items())
        return [f"{len(failed)} of {len(self.due.install)} patches were not taken out ({said})"] if failed else []

    def _doubts(self, known: Seen) -> list[str]:
        halted = outcome.unknown_zones(known.inside)
        return [f"node {self.node}: what zone {zone} has is not known" for zone in halted]

    def _there(self, known: SeenSaved) -> list[Installed]:
        wanted = frozenset(self.due.install)
        return [one for one in known.installed if one.id in wanted]


def _left(patch: PatchId, known: Seen) -> list[str]:
    return sorted(zone for zone, one in known.inside.items() if one is not None and patch in one.patches)


def _why_outside(patches: Sequence[PatchId]) -> str:
    return f"{names(patches)}: the cluster's own software goes out while the node is no member of it"


def _why(patch: PatchId, batch: Batch) -> str:
    try:
        code = patchrm.codes(batch.log).get(patch)
        words: Collection[str] = [one.why for one in patchrm.parse(batch.log) if one.patch == patch and one.word != "removed" and one.why]
    except ParseError:
        code, words = None, ()
    if code is None:
        return "patchrm was cut off before it came to its end"
    more = f" ({next(iter(words))})" if words else ""
    return f"patchrm ended with {code}: {patchrm.meaning(code)}{more}"
