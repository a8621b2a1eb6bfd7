# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of one node taken out: named ones, or what roll-outs brought of patch sets. The way there is that of a roll-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..engine.operation import Report
from ..lifecycle.patching import brought
from ..lifecycle.patching.backing_out import BackOut
from ..lifecycle.patching.rollout import RollOut
from ..model.errors import InvalidDefinition
from ..model.patching.archive import Properties
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.result import PatchResult
from . import patch_due, patch_ways
from .action import HeliostatAction
from .rolling_out import RollingOut

if TYPE_CHECKING:
    from ..repository.store import Repository


def due(action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> Due:
    """``install`` is what is to be taken out. Raises InvalidDefinition, Refused; ParseError for what is no patch id."""
    node = action.node.name
    if args["patches"] is not None:
        wanted = tuple(dict.fromkeys(PatchId.parse(str(word)) for word in args["patches"]))
    else:
        noted = repository.patching.installed([node]).get(node, {})
        brought_here = {one.patch for one in repository.patching.results([node]) if brought.by(one, noted) is not None}
        sets = [one for key in patch_due.sets(node, args, repository) if (one := repository.patching.set(*key))]
        wanted = tuple(dict.fromkeys(patch for one in sets for patch in one.patches if patch in brought_here))
    archives = repository.patching.archives(wanted)
    properties = {patch: archives[patch].properties if patch in archives else Properties() for patch in wanted}
    return Due(node, wanted, properties=properties, unknown=tuple(patch for patch, one in properties.items() if not one.source))


class BackingOut(RollingOut):
    """One task's back-out on its node."""

    OPERATION = "patch back-out"

    def _check(self) -> None:
        """What is said of how patches go in is not looked at: a task may change between states by nothing else."""
        if self._args["method"] != "patchadd":
            raise InvalidDefinition(
                "state: absent of patches works on what runs (method: patchadd). What Live Upgrade made is left altogether (environment)."
            )

    def _operation(self, own: list[str]) -> BackOut:
        made = super()._operation(own)
        if not isinstance(made, RollOut):
            raise InvalidDefinition("state: absent works on what runs (method: patchadd).")
        policy = replace(made.policy, depot="", zones="all", zones_at_once=0, sizes={})
        return BackOut(made.node, made.due, policy, replace(made.steps, depot="", out=True))

    def _alone(self) -> bool:
        """Those of a cluster's own software go out in single user, whatever they are else: which these are, only the node can tell."""
        return bool(patch_ways.lock_of(self._action, self._name)) or super()._alone()

    def _remember(self, operation: Any, known: Any, report: Report[Any]) -> None:
        at = datetime.now(UTC)
        former = {one.patch: one for one in self._repository.patching.results([self._name])}
        gone = [
            PatchResult(
                self._name, patch, "missing", at, one.reason, "", known.boot,
                former[patch].set if patch in former else None, report.journal.get(self._name),
            )
            for patch, one in operation.outcomes(known).items()
            if one.state in ("missing", "pending_reboot") and (patch not in former or former[patch].state != "missing")
        ]  # fmt: skip
        if self._repository.node(self._name) is not None:
            self._repository.patching.note_results(gone)
            self._note(known, anew=bool(report.journal or (gone and known.notes.batches)))
        if known.notes.ran is None and not known.notes.batches and not known.notes.backout:
            return
        if not known.at_work and not self._unfinished(operation, known):
            self._action.node.run(self._left(operation, known))
