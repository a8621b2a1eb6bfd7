# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Live Upgrade made is left on one node: back to the boot environment that ran before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..commands.live_upgrade import valid_name
from ..engine.operation import Report, gather
from ..lifecycle.patching.live_upgrade import LiveUpgrade
from ..lifecycle.patching.live_upgrade_back import LiveUpgradeBack, Seen
from ..model.errors import InvalidDefinition
from ..model.patching.due import Due
from ..model.patching.result import PatchResult
from . import patch_ways
from .action import HeliostatAction
from .rolling_out import RollingOut

#: What is there no more when showrev does not list it. What failed was not there.
_THERE = ("installed", "pending_reboot", "obsoleted")


def nothing_due(action: HeliostatAction) -> Due:
    """Nothing goes in or out one by one."""
    return Due(action.node.name, ())


class Leaving(RollingOut):
    """One task's way back on its node."""

    OPERATION = "patch way back"
    _gone: tuple[PatchResult, ...] = ()

    def _check(self) -> None:
        name = self._args["environment"]
        if any(self._args[word] is not None for word in ("patches", "sets", "target")):
            raise InvalidDefinition(
                "state: absent with method: live_upgrade leaves a whole boot environment: name it (environment), and no patches, sets, "
                "target."
            )
        if not name or not valid_name(name):
            raise InvalidDefinition(f"environment: {name!r} is no boot environment's name.")

    def _operation(self, own: list[str]) -> LiveUpgradeBack:
        made = super()._operation(own)
        if not isinstance(made, LiveUpgrade):
            raise InvalidDefinition("A boot environment is left with method: live_upgrade.")
        return LiveUpgradeBack(made.node, replace(made.policy, depot=""), made.steps)

    def _whole(self, operation: Any) -> Any:
        """One of a cluster is refused by what is seen of it."""
        if patch_ways.lock_of(self._action, self._name):
            raise InvalidDefinition(
                f"node {self._name} is of a cluster ({patch_ways.CLUSTER}), and going back to a former boot environment is not done on "
                "those: empty it, then luactivate the former one and init 6 by hand. Nothing was done."
            )
        return operation

    def _goes_down(self, whole: Any) -> tuple[Any, bool]:
        first = gather(whole, self._nodes)
        return first, any(step.away for plan in whole.plan(first) for step in plan.steps)

    def _remember(self, operation: Any, known: Seen, report: Report[Any]) -> None:
        if self._repository.node(self._name) is None:
            return
        if known.left:
            self._gone = tuple(self._missing(known, report.journal.get(self._name)))
            self._repository.patching.note_results(self._gone)
        self._note(known, anew=bool(report.journal or self._gone))

    def _missing(self, known: Seen, journal: int | None) -> list[PatchResult]:
        at, why = datetime.now(UTC), f"it was left by booting {known.running}"
        never = f"boot environment {known.name} is not the next one any more"
        return [
            PatchResult(
                self._name, one.patch, "missing", at, never if one.state == "pending_reboot" else why, "", known.boot, one.set, journal
            )
            for one in self._repository.patching.results([self._name])
            if one.state in _THERE and not known.own.has(one.patch)
        ]  # fmt: skip

    def _told(self, operation: Any, known: Seen | None) -> dict[str, Any]:
        states = {str(one.patch): {"state": one.state, "reason": one.reason, "log": ""} for one in self._gone}
        counts = {"missing": len(states)} if states else {}
        return {"patches": states, "counts": counts, "reboot_pending": known is not None and operation.waits(known)}
