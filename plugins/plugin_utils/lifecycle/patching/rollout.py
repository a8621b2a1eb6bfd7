# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out of patches on one node, as ``engine/operation.py`` runs it.

What an earlier run did, or left on the way, is read off the node: its patches, and the notes that a roll-out keeps there
(``commands/patch_notes.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...commands import patch_notes
from ...commands.patch_notes import Batch, Notes
from ...model.command import At, Command, Output
from ...model.patching.due import Due
from ...model.patching.patch import PatchId
from ...model.plan import Plan, Step
from . import outcome, refusal, seen
from .outcome import Outcome
from .phases import Phase, before_others, phases
from .policy import Policy
from .seen import Seen
from .steps import Steps, in_order

#: Sun Connection's release notes (820-0428, CR 6533814); pkginstall of OpenSolaris.
_GLOBAL_ONLY = (
    "patchadd -G notes the packages that it patches as the global zone's own (/var/sadm/install/gz-only-packages). "
    "A zone that is installed later does not get them"
)
#: States of zones that cannot be booted before somebody attaches or installs them (zones(5)).
_NO_ROOT = ("configured", "incomplete", "unavailable")


@dataclass(frozen=True, slots=True)
class Known:
    """``seen`` is None where the node did not answer."""

    seen: Seen | None


@dataclass(frozen=True, slots=True)
class RollOut:
    """See ``engine/operation.py`` for what the methods are for."""

    node: str
    due: Due
    policy: Policy
    steps: Steps
    warned: tuple[str, ...] = field(default=())

    def look(self, actual: Known | None) -> Mapping[At, Command]:
        if actual is not None and actual.seen is None:
            return {}
        probes = seen.look(actual.seen if actual else None, self.policy.depot, (*self.due.install, *self.due.installed))
        return {At(self.node, name): command for name, command in probes.items()}

    def read(self, actual: Known | None, outputs: Mapping[At, Output]) -> Known:
        answers = {key.probe: output for key, output in outputs.items()}
        if not answers:
            return Known(None)
        known = seen.read(actual.seen if actual else None, answers, self.policy.depot)
        other = known.notes.backout != self.steps.out
        if other and not known.at_work and known.notes.ended(known.boot):
            known = replace(known, notes=Notes(over=True))  # of a back-out, or for one of a roll-out: nothing of ours
        return Known(known)

    def plan(self, actual: Known) -> Sequence[Plan]:
        known = actual.seen
        if known is None:
            return []
        if known.at_work:
            return [Plan(self.node, (self.steps.join(),), self.warned, again=True)]
        if _alone_on_its_way(known):
            return [Plan(self.node, (self.steps.returned(),), self.warned, again=True)]
        if ended := _ended_by_hand(known):
            said = (
                f"node {self.node}: the script that was to go through single user, patch and reboot was ended before it asked for that "
                f"reboot, and the node runs in the same boot. What is left is planned anew; its log is {patch_notes.FOLDER}/"
                f"batch.{ended[-1].number}/log"
            )
            return [Plan(self.node, (self.steps.given_up(ended),), (*self.warned, said), again=True)]
        todo = self._todo(known)
        if self._in_the_way(known, todo):
            return [Plan(self.node)]
        steps = self._way(known, todo)
        passing = [f"node {self.node}: {why}"] if todo and (why := refusal.passing(known)) else []
        return [Plan(self.node, tuple(steps), (*self.warned, *self._doubts(known), *self._left_alone(known), *passing))]

    def refusals(self, actual: Known) -> Mapping[str, str]:
        known = actual.seen
        if known is None:
            return {self.node: f"node {self.node} does not answer. What became of its patches is unknown until it does: run this again."}
        if self.on_its_way(known):
            return {}
        todo = self._todo(known)
        if why := self._in_the_way(known, todo):
            return {self.node: why}
        if todo or self._way(known, todo):
            return {}
        problems = [*self._failed(known), *self._unwell(known)]
        return {self.node: f"node {self.node}: {'; '.join(problems)}."} if problems else {}

    @property
    def begun(self) -> Collection[str]:
        """Its notes tell whether there is anything to bring back."""
        return (self.node,)

    def back(self, actual: Known, failed: Mapping[str, str]) -> Sequence[Plan]:
        """What ran before runs again, whatever became of the patches."""
        known = actual.seen
        if known is None or self.on_its_way(known) or known.notes.ran is None:
            return []
        return [Plan(self.node, tuple(self._restored(known, moved=False)), tuple(self._left_alone(known)))]

    def describe(self, actual: Known) -> Mapping[str, Any]:
        if actual.seen is None:
            return {self.node: {"patches": {str(patch): "unknown" for patch in self.due.install}}}
        return {self.node: _shown(self.outcomes(actual.seen), {name: zone.state for name, zone in actual.seen.zones.items()})}

    def predict(self, actual: Known) -> Mapping[str, Any]:
        known = actual.seen
        if known is None or self.refusals(actual):
            return self.describe(actual)
        later = "installed" if self.policy.reboots else ""
        waiting = {patch for phase in self._todo(known) for patch in phase.patches if phase.reboot}
        coming: dict[PatchId, Outcome] = {}
        for patch, one in self.outcomes(known).items():
            if one.state == "missing":
                one = Outcome("pending_reboot" if patch in waiting and not later else "installed")
            elif one.state == "pending_reboot" and later:
                one = Outcome("installed")
            coming[patch] = one
        ran = self._ran(known)
        return {self.node: _shown(coming, {name: "running" if name in ran else zone.state for name, zone in known.zones.items()})}

    def outcomes(self, known: Seen) -> dict[PatchId, Outcome]:
        return outcome.of(self.due, self._own(known), self.policy.zones)

    def _own(self, known: Seen) -> Seen:
        """What a back-out tried is nothing that a roll-out did, nor the other way round."""
        return known if known.notes.backout == self.steps.out else replace(known, notes=replace(known.notes, batches=()))

    def done(self, patch: PatchId, known: Seen) -> bool:
        """Of the node itself, whatever its zones have."""
        return known.own.has(patch)

    def waits(self, known: Seen) -> bool:
        """A patch was worked on that works only after a reboot, or is gone only then."""
        return any(
            batch.waits and batch.boot == known.boot and any(self.done(patch, known) for patch in batch.patches)
            for batch in self._own(known).notes.batches
        )

    def on_its_way(self, known: Seen) -> bool:
        """A batch goes on without us, or what it was is to be cleared first."""
        return known.at_work or _alone_on_its_way(known) or bool(_ended_by_hand(known))

    def going_down(self, known: Seen) -> bool:
        """It answers yet, and was asked to reboot."""
        return _alone_on_its_way(known) or 0 < known.boot == known.notes.asked

    def _todo(self, known: Seen) -> tuple[Phase, ...]:
        left = [patch for patch, one in self.outcomes(known).items() if one.state == "missing"]
        return phases(left, self.due.properties, self.policy.alone, first=before_others(self.due), by_number=True)

    def hindrance(self, known: Seen, todo: Sequence[Phase]) -> str:
        """Why nothing may be begun, as a whole message; '' where nothing is in the way."""
        return refusal.reason(self.node, known, todo, self.due.properties, self.policy)

    def _in_the_way(self, known: Seen, todo: Sequence[Phase]) -> str:
        why = self.hindrance(known, todo) if todo else ""
        return why or (refusal.of_reboot(self.node, known, self.policy) if self.policy.reboots and self.waits(known) else "")

    def _failed(self, known: Seen) -> list[str]:
        outcomes = self.outcomes(known)
        failed = {patch: one for patch, one in outcomes.items() if one.state == "failed"}
        if not failed:
            return []
        said = "; ".join(f"{patch}: {one.reason}" for patch, one in failed.items())
        return [f"{len(failed)} of {len(outcomes)} patches did not go in ({said})"]

    def _unwell(self, known: Seen) -> list[str]:
        if known.notes.ran is None:
            return []
        new = [name for name in known.ailing if name not in known.notes.ailing]
        return [f"{', '.join(new)} {'is' if len(new) == 1 else 'are'} in maintenance, and was not before. See svcs -xv"] if new else []

    def _doubts(self, known: Seen) -> list[str]:
        if self.policy.zones == "global" and refusal.patched_zones(known) and self._todo(known):
            return [f"node {self.node}: {_GLOBAL_ONLY}"]
        if self.policy.zones != "all":
            return []
        said = [f"what zone {zone} has is not known" for zone in outcome.unknown_zones(known.inside)]
        todo = self._todo(known)
        if todo and self._parallel(known) and (why := refusal.one_zone_at_a_time(known, todo)):
            said.append(why)
        return [f"node {self.node}: {one}" for one in said]

    def _way(self, known: Seen, todo: Sequence[Phase]) -> list[Step]:
        waits = self.policy.reboots and self.waits(known)
        steps: list[Step] = []
        if not todo and not waits:
            return self._restored(known, moved=False)
        if known.notes.over:
            steps.append(self.steps.forget())
        if known.notes.ran is None:
            steps.append(self.steps.note(self._ordered(known.running), known.ailing))
        leaves = waits or any(phase.halted or (phase.reboot and self.policy.reboots) for phase in todo)
        taken = self._to_detach(known) if todo else []
        if todo:
            steps += self._parallel(known) + self._detached(known, taken, leaves)
        up = not (taken and leaves)
        if waits:
            steps += self._down(known, taken, "the node is rebooted") if up else []
            steps.append(self.steps.restart("patches wait for it", known.reconfigures))
            up = True
        number = known.notes.next
        calls = self.steps if refusal.patched_zones(known) else replace(self.steps, global_only=False)  # -G without zones is not needed
        for phase in todo:
            if phase.single_user and known.remote:
                steps.append(self.steps.copy(phase))
            if phase.halted and up:
                steps += self._down(known, taken, phase.why)
                up = False
            if phase.single_user:
                steps.append(calls.alone(number, phase, copied=known.remote))
                up = True
            else:
                steps.append(calls.multi_user(number, phase))
                if phase.reboot and self.policy.reboots:
                    steps += self._down(known, taken, "the node is rebooted") if up else []
                    steps.append(self.steps.restart(phase.why, phase.reconfigure))
                    up = True
            number += 1
        return steps + self._restored(known, moved=leaves or bool(taken), begun=True, taken=taken)

    def _ordered(self, zones: Iterable[str]) -> list[str]:
        """Masters before slaves, those of which nothing is known last."""
        return in_order(zones, self.policy.order)

    def _ran(self, known: Seen) -> list[str]:
        if known.notes.ran is None:
            return self._ordered(known.running)
        return self._ordered(zone for zone in known.notes.ran if not self._not_ours(zone, known))

    def _not_ours(self, name: str, known: Seen) -> str:
        """Why a noted zone is not brought up: it was moved or removed since. '' for one that is. A zone that the roll-out detached is
        configured, and is this node's all the same."""
        zone = known.zones.get(name)
        if zone is None:
            return "is not here any more"
        if zone.state in _NO_ROOT and name not in known.notes.detached:
            return f"is {zone.state} now"
        return "is on another node by the repository" if zone.state != "running" and name in self.policy.elsewhere else ""

    def _left_alone(self, known: Seen) -> list[str]:
        noted = {name: self._not_ours(name, known) for name in (*(known.notes.ran or ()), *known.notes.detached)}
        work = "back-out" if known.notes.backout else "roll-out"
        return [
            f"node {self.node}: zone {name} ran or was detached when a {work} began, and {why}. It is not brought up here"
            for name, why in noted.items()
            if why
        ]

    def _down(self, known: Seen, taken: Sequence[str], why: str) -> list[Step]:
        """All that may run then: those with autoboot come up with a reboot in between. ``taken`` are detached and do not."""
        out = {*taken, *(name for name, zone in known.zones.items() if zone.state == "configured")}
        return [self.steps.zone_down(zone, why) for zone in reversed(self._ran(known)) if zone not in out]

    def _to_detach(self, known: Seen) -> list[str]:
        if self.policy.zones != "detach":
            return []
        return self._ordered([name for name, zone in known.native.items() if zone.state in ("running", "installed")])

    def _detached(self, known: Seen, taken: Sequence[str], leaves: bool) -> list[Step]:
        """Zones of other brands stay. Where the node ``leaves`` multi-user they go down with these: one may need another."""
        if not taken:
            return []
        kept = self.steps.keep_detached([*known.notes.detached, *(zone for zone in taken if zone not in known.notes.detached)])
        why = "it is detached while the node is patched"
        down = [
            self.steps.zone_down(zone, why if zone in taken else "the node is rebooted")
            for zone in reversed(self._ordered(known.running))
            if zone in taken or leaves
        ]
        return [kept, *down, *(self.steps.detach(zone) for zone in taken)]

    def _parallel(self, known: Seen) -> list[Step]:
        if not self.policy.zones_at_once or self.policy.zones != "all" or known.notes.pdo or not known.native:
            return []
        return self.steps.parallel(self.policy.zones_at_once, known.pdo)

    def _restored(self, known: Seen, *, moved: bool, begun: bool = False, taken: Sequence[str] = ()) -> list[Step]:
        """What brings back what the roll-out changed beside the patches. ``moved``: zones were taken down on the way, or will be.
        ``taken``: they will be detached. A zone that does not come back keeps no other down."""
        steps: list[Step] = []
        if known.notes.pdo or (begun and self._parallel(known)):
            steps += self.steps.put_back()
        if known.notes.detached or taken:
            noted = [zone for zone in known.notes.detached if zone not in taken and not self._not_ours(zone, known)]
            detached = self._ordered([*noted, *taken])
            steps += [self.steps.attach(zone) for zone in detached] + [self.steps.attached(detached)]
        if known.notes.ran is None and not begun:
            return steps
        return steps + [self.steps.zone_up(zone) for zone in self._ran(known) if moved or zone not in known.running]


def _alone_on_its_way(known: Seen) -> bool:
    """A batch in single user was begun in this very boot, and nothing has rebooted the node since."""
    return any(batch.alone and batch.boot == known.boot and not batch.gone for batch in known.notes.batches)


def _ended_by_hand(known: Seen) -> list[Batch]:
    """Batches in single user whose script ended in this very boot and never asked for the reboot: nobody brings it."""
    return [batch for batch in known.notes.batches if batch.alone and batch.boot == known.boot and batch.gone]


def _shown(outcomes: Mapping[PatchId, Outcome], zones: Mapping[str, str]) -> dict[str, Any]:
    return {"patches": {str(patch): one.state for patch, one in outcomes.items()}, "zones": dict(zones)}
