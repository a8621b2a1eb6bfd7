# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of one node installed: what it is due, the roll-out, and what became of each patch kept in the repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ..commands import patch_notes
from ..engine.nodes import Nodes
from ..engine.operation import Report, gather
from ..lifecycle.patching import brought, outcome
from ..lifecycle.patching.live_upgrade import LiveUpgrade
from ..lifecycle.patching.live_upgrade_back import LiveUpgradeBack
from ..lifecycle.patching.policy import Policy
from ..lifecycle.patching.rollout import Known, RollOut
from ..lifecycle.patching.seen import Seen
from ..lifecycle.patching.steps import Steps
from ..model.command import Command
from ..model.dependencies import Dependencies
from ..model.errors import HeliostatError, InvalidDefinition, NodeUnreachable
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.result import PatchResult
from . import death, patch_silence, patch_ways
from .action import CLOCK, HeliostatAction
from .other_nodes import connect
from .staying import guests
from .zones_seen import look

if TYPE_CHECKING:
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "depot": {"type": "str"},
    "zones": {"type": "str", "choices": ["all", "global", "detach"], "default": "all"},
    "zones_at_once": {"type": "int", "default": 0},
    "single_user": {"type": "str", "choices": ["non_standard", "asked"], "default": "non_standard"},
    "reboot": {"type": "str", "choices": ["needed", "later"], "default": "needed"},
    "console": {"type": "str", "choices": ["asked", "reachable"], "default": "asked"},
    "backout": {"type": "bool", "default": True},
    "headroom": {"type": "int", "default": 512},
    "batch_deadline": {"type": "int", "default": 14400},
    "reboot_deadline": {"type": "int", "default": 3600},
    "single_user_deadline": {"type": "int", "default": 900},
    **patch_ways.OPTIONS,
}
_MEGABYTE = 1024**2
#: What an archive becomes when it is unpacked: jars and compiled files, about a third.
_UNPACKED = 3
_PACKED = (".zip", ".jar", ".gz", ".tgz", ".Z")
_PAUSE = 5.0
#: The node's global zone has it.
_THERE = ("installed", "pending_reboot")
#: Refused patches that a message names; the result has all.
_NAMED = 5


def awaited(action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
    """An earlier run may have left the node on its way through single user or a reboot: nobody can ask it then."""
    node = action.node.name
    if not patch_silence.Silence(action, repository, node).continued:
        return
    nodes = Nodes(partial(connect, action))
    deadline = CLOCK.now() + args["reboot_deadline"]
    while CLOCK.now() < deadline:
        (answer,) = nodes.run_on([(node, Command.of("true"))])
        if not isinstance(answer, NodeUnreachable):
            return
        CLOCK.sleep(_PAUSE)


class RollingOut:
    """One task's roll-out on its node."""

    OPERATION = "patch roll-out"

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository, due: Due, warnings: Sequence[str]) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._due = due
        self._warnings = tuple(warnings)
        self._name = action.node.name
        self._nodes = Nodes(partial(connect, action))
        self._failed = False
        self._first: Any = None
        self._check()
        self._check_deadlines()

    def _check(self) -> None:
        if not str(self._args["depot"]).startswith("/") or any(letter in str(self._args["depot"]) for letter in " \t\n"):
            raise InvalidDefinition(f"depot: {self._args['depot']!r} is no absolute path of a folder on the node.")
        for name in ("zones_at_once", "headroom"):
            if self._args[name] < 0:
                raise InvalidDefinition(f"{name}: {self._args[name]} is less than 0.")

    def _check_deadlines(self) -> None:
        for name in ("batch_deadline", "reboot_deadline", "single_user_deadline"):
            if self._args[name] < 1:
                raise InvalidDefinition(f"{name}: {self._args[name]} seconds are none in which anything could end. Nothing was done.")

    def run(self) -> dict[str, Any]:
        own = [record.name for record in self._repository.vservers(node=self._name)]
        objects = [self._name, *sorted(own), *patch_ways.lock_of(self._action, self._name)]
        with self._action.locked(objects, self._repository, self.OPERATION) as warnings:
            operation = self._operation(own)
            silence = patch_silence.Silence(self._action, self._repository, self._name)
            continued = silence.continued
            whole = self._whole(operation)
            quiet: Sequence[str] = ()
            if not self._action.check:
                self._first, goes_down = (None, True) if continued else self._goes_down(whole)
                quiet = silence.begun(goes_down)
            report = self._action.operate_on(self._nodes, whole, self._repository, self.OPERATION, self._first)
            deadline = CLOCK.now() + self._args["reboot_deadline"]
            while continued and not any(report.plans) and patch_ways.seen(report.actual) is None and CLOCK.now() < deadline:
                awaited(self._action, self._args, self._repository)  # it went down between two questions
                report = self._action.operate_on(self._nodes, whole, self._repository, self.OPERATION)
            report = replace(report, warnings=(*self._warnings, *warnings, *quiet, *report.warnings))
            known = patch_ways.seen(report.actual)
            self._failed = self._name in report.failed_at
            if known is None:
                report = self._lost(report)
            elif not self._action.check:
                self._remember(operation, known, report)
                if not isinstance(operation, RollOut) or not operation.going_down(known):
                    report = replace(report, warnings=(*report.warnings, *silence.ended()))
        return self._action.result(self._refused(report)) | self._told(operation, known)

    def _whole(self, operation: Any) -> Any:
        return patch_ways.in_cluster(self._action, operation, self._due)

    def _refused(self, report: Report[Any]) -> Report[Any]:
        """What is refused keeps nobody from the others, and is asked for all the same: the run has not done it."""
        refused = [f"{patch}: {why}" for patch, why in self._due.refused.items()]
        if not refused:
            return report
        more = f"; and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        many = "1 patch is" if len(refused) == 1 else f"{len(refused)} patches are"
        said = f"node {self._name}: {many} refused ({'; '.join(refused[:_NAMED])}{more})."
        if self._action.check:
            return replace(report, warnings=(*report.warnings, said))
        before = f"{report.failures[self._name]} " if self._name in report.failures else ""
        return replace(report, failures={**report.failures, self._name: before + said})

    def _goes_down(self, whole: Any) -> tuple[Any, bool]:
        """The first look, from which the roll-out goes on, and what its plan says: patches that wait for a reboot want one, and zones that
        lack what the node has, where it is due nothing. What comes after an earlier run's patchadd is not known before that has ended."""
        first = gather(whole, self._nodes)
        return first, any(plan.again or any(step.away for step in plan.steps) for plan in whole.plan(first))

    def _operation(self, own: list[str]) -> RollOut | LiveUpgrade | LiveUpgradeBack:
        dependencies = Dependencies(self._repository.dependencies())
        node = self._name
        archives = self._repository.patching.archives(self._due.install)
        sizes = {patch: one.size * (_UNPACKED if one.file.endswith(_PACKED) else 1) for patch, one in archives.items()}
        unsized = [str(patch) for patch in self._due.install if patch not in sizes]
        more = [f"node {node}: how much room {len(unsized)} of its patches take is not known ({unsized[0]} …)"] if unsized else []
        carried = guests(self._repository, node)
        if carried and any(not one.standard for one in self._due.properties.values()):
            more.append(f"node {node} carries guest domains, which hang while it is down: {', '.join(carried)}")
        args = self._args
        policy = Policy(
            depot=str(args["depot"] or "").rstrip("/"),
            zones=args["zones"],
            alone=args["single_user"],
            reboots=args["reboot"] == "needed",
            backout=args["backout"],
            zones_at_once=args["zones_at_once"],
            headroom=args["headroom"] * _MEGABYTE,
            sizes=sizes,
            no_way_in=self._no_way_in(),
            order=dependencies.boot_order(own),
            needed=self._needed(own, dependencies),
            elsewhere=frozenset(one.name for one in self._repository.vservers() if one.node not in (None, node)),
        )
        steps = Steps(
            node,
            policy.depot,
            global_only=policy.zones == "global",
            backout=policy.backout,
            reboot=float(args["reboot_deadline"]),
            single_user=args["single_user_deadline"],
            batch=float(args["batch_deadline"]),
        )
        if args["method"] == "live_upgrade":
            return patch_ways.upgrading(args, self._due, policy, steps, tuple(more))
        return RollOut(node, self._due, policy, steps, tuple(more))

    def _no_way_in(self) -> str:
        if self._args["console"] == "reachable" or self._args["method"] != "patchadd" or not self._alone():
            return ""
        power, said = death.powered(self._action, self._name)
        return "" if power else said

    def _alone(self) -> bool:
        """Whether any of the patches may want single user."""
        return any(not one.standard for one in self._due.properties.values())

    def _needed(self, own: list[str], dependencies: Dependencies) -> str:
        """The vServers elsewhere that run and need one of this node's."""
        slaves = [name for name in dependencies.all_slaves(own) if name not in own]
        if not slaves:
            return ""
        homes = {name: record.node for name in slaves if (record := self._repository.vserver(name)) and record.node}
        seen = look(self._nodes, sorted({node for node in homes.values() if node}))
        up = [name for name, node in homes.items() if seen.state(node, name) in ("running", "")]
        return ", ".join(up)

    def _lost(self, report: Report[Any]) -> Report[Any]:
        """It does not answer at the end: its service processor says whether it has power at least."""
        try:
            _power, said = death.powered(self._action, self._name)
        except HeliostatError as error:
            said = str(error)
        return replace(report, failures={name: f"{text.rstrip('.')} ({said})." for name, text in report.failures.items()})

    def _remember(self, operation: Any, known: Any, report: Report[Any]) -> None:
        at, patching = datetime.now(UTC), self._repository.patching
        noted = patching.installed([self._name]).get(self._name, {})
        by = {one.patch: brought.by(one, noted) for one in patching.results([self._name])}
        worked = self._worked_on(operation, known, report, [patch for patch, journal in by.items() if journal])
        by |= dict.fromkeys(worked, self._entry())
        only = _THERE if self._args["zones"] == "global" else ()
        taken_up = {patch: outcome.Outcome("installed") for patch in self._due.installed if patch in worked}
        results = [
            PatchResult(
                self._name, patch, one.state, at, one.reason, one.log, known.boot, self._asked_by(patch), by.get(patch), one.state in only
            )
            for patch, one in (taken_up | self._outcomes(operation, known)).items()
            if one.state != "missing"
        ]
        if self._repository.node(self._name) is not None:
            patching.note_results(results)
            self._note(known, anew=bool(report.journal or worked))
        if isinstance(operation, LiveUpgrade) or (known.notes.ran is None and not known.notes.batches):
            return
        if known.at_work or self._unfinished(operation, known):
            return
        self._action.node.run(self._left(operation, known))

    def _note(self, known: Any, *, anew: bool) -> None:
        """What the node has now, against which drift is told: only by a run that did something, or where nothing is noted yet."""
        patching = self._repository.patching
        if anew or self._name not in patching.installed([self._name]):
            patching.note_installed(self._name, known.own.patches)

    def _worked_on(self, operation: Any, known: Any, report: Report[Any], before: Collection[PatchId]) -> frozenset[PatchId]:
        """What this run brought or tried to, and an earlier one that it took up; ``before``: what others are known to have brought."""
        if not isinstance(operation, LiveUpgrade):
            return brought.of_batches(self._first and patch_ways.seen(self._first), known, before)
        states = report.before.get(self._name, {}).get("patches", {})
        return brought.of_environment(states, known, self._upgraded() if self._first is None else (), before)

    def _entry(self) -> int | None:
        """The journal's last roll-out of the node; one that was killed has an entry too."""
        found = self._repository.journal(self._name)
        return next((one.id for one in found if one.operation == self.OPERATION), None)

    def _upgraded(self) -> set[str]:
        entry = self._entry()
        commands = [one.command.split() for one in self._repository.journal_steps(entry)] if entry is not None else []
        return {word for words in commands if "luupgrade" in words for word in words}

    def _left(self, operation: RollOut, known: Seen) -> list[Command]:
        """What waits for a reboot keeps its notes. What did not go in is kept in the repository: the next run tries it again."""
        if not operation.waits(known):
            return [patch_notes.forget()]
        done = {
            f"batch.{batch.number}/ids": patch_notes.lines([str(patch) for patch in batch.patches if operation.done(patch, known)])
            for batch in known.notes.batches
        }
        return [patch_notes.keep(done), patch_notes.drop("ran", "ailing")]

    def _unfinished(self, operation: RollOut, known: Seen) -> bool:
        """What is to be brought back yet, or goes on without us, needs its notes; those of a back-out are not a roll-out's to forget."""
        return known.notes.backout != operation.steps.out or any(operation.back(Known(known), {})) or operation.on_its_way(known)

    def _asked_by(self, patch: PatchId) -> Any:
        sets = self._due.asked_by.get(patch, ())
        return sets[-1] if sets else None

    def _outcomes(self, operation: RollOut | LiveUpgrade, known: Any) -> dict[PatchId, outcome.Outcome]:
        found = operation.outcomes(known, self._failed) if isinstance(operation, LiveUpgrade) else operation.outcomes(known)
        for patch, why in self._due.not_applicable.items():
            found[patch] = outcome.Outcome("not_applicable", why)
        return found

    def _told(self, operation: Any, known: Any) -> dict[str, Any]:
        due = self._due
        found = self._outcomes(operation, known) if known else {patch: outcome.Outcome("unknown") for patch in due.install}
        states = {str(patch): {"state": one.state, "reason": one.reason, "log": one.log} for patch, one in found.items()}
        for patch in due.installed:
            states.setdefault(str(patch), {"state": "installed", "reason": "", "log": ""})
        for patch, by in due.obsoleted.items():
            states.setdefault(str(patch), {"state": "obsoleted", "reason": f"{by} does its work", "log": ""})
        for patch, why in due.refused.items():
            states[str(patch)] = {"state": "missing", "reason": why, "log": ""}
        words = [one["state"] for one in states.values()]
        counts = {word: words.count(word) for word in sorted(set(words))}
        return {"patches": states, "counts": counts, "reboot_pending": known is not None and operation.waits(known)}
