# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any way of patching a node, made fit for a node of a cluster: emptied before it leaves, a member again before all else goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Generic, Protocol, TypeVar

from ...commands import patch_folder, vcs
from ...model.command import At, Command, Output
from ...model.patching.cluster import Cluster
from ...model.patching.patch import PatchId
from ...model.plan import Plan, Step
from . import cluster
from .cluster import Visit
from .steps import Steps

Inner = TypeVar("Inner")


class Patching(Protocol[Inner]):
    """What the operations of one node have in common (``rollout.py``, ``live_upgrade.py``). Its plans have steps that say for how long the
    node may be ``away``."""

    @property
    def begun(self) -> Collection[str]: ...
    def look(self, actual: Inner | None) -> Mapping[At, Command]: ...
    def read(self, actual: Inner | None, outputs: Mapping[At, Output]) -> Inner: ...
    def plan(self, actual: Inner) -> Sequence[Plan]: ...
    def refusals(self, actual: Inner) -> Mapping[str, str]: ...
    def back(self, actual: Inner, failed: Mapping[str, str]) -> Sequence[Plan]: ...
    def describe(self, actual: Inner) -> Mapping[str, Any]: ...
    def predict(self, actual: Inner) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Known(Generic[Inner]):
    """``answers`` of the cluster's commands so far; ``cluster`` is what they say, once all are there. ``silent``: the node gave none."""

    inner: Inner
    answers: Mapping[str, Output]
    complete: bool = False
    silent: bool = False
    cluster: Cluster | None = None
    framework: tuple[PatchId, ...] = ()


_PREFIX = "cluster "
#: Plans beside one for each patch that wants a reboot at once: what an earlier run left on the way, zones that lack something.
_BESIDES = 5


def at_once(step: Step) -> bool:
    """Of a plan that what runs notices from its first step on."""
    return True


@dataclass(frozen=True, slots=True)
class ClusterNode(Generic[Inner]):
    """``visit`` without ``rebooting``, which the plan tells. ``commit``: scversions -c is run where it is asked for. ``disturbs`` tells the
    first step of a plan that what runs notices: the node is emptied before that. ``patches`` are those in ``depot`` that may change the
    cluster's own software, ``rolling`` those that may do so node by node. ``changes`` tells of patches that are installed what they went
    into; there is no depot to be asked then."""

    patching: Patching[Inner]
    visit: Visit
    steps: Steps
    commit: bool = False
    disturbs: Callable[[Step], bool] = at_once
    depot: str = ""
    patches: tuple[PatchId, ...] = ()
    rolling: frozenset[PatchId] = frozenset()
    changes: Callable[[Inner], Mapping[PatchId, frozenset[str]]] | None = None

    def look(self, actual: Known[Inner] | None) -> Mapping[At, Command]:
        probes = dict(self.patching.look(actual.inner if actual else None))
        if actual is None or not (actual.complete or actual.silent):
            asked = cluster.look(actual.answers if actual else None)
            if actual is None and self.visit.cluster and self.patches and self.changes is None:
                asked["packages"] = patch_folder.packages(self.depot, self.patches)
            probes |= {At(self.visit.node, _PREFIX + name): command for name, command in asked.items()}
        return probes

    def read(self, actual: Known[Inner] | None, outputs: Mapping[At, Output]) -> Known[Inner]:
        ours = {key.probe.removeprefix(_PREFIX): output for key, output in outputs.items() if key.probe.startswith(_PREFIX)}
        theirs = {key: output for key, output in outputs.items() if not key.probe.startswith(_PREFIX)}
        asked_inner = bool(self.patching.look(actual.inner if actual else None))
        inner = self.patching.read(actual.inner if actual else None, theirs) if asked_inner or actual is None else actual.inner
        answers = {**(actual.answers if actual else {}), **ours}
        if not answers:
            return Known(inner, {}, silent=True)
        if cluster.rebooted(answers):
            return Known(self.patching.read(None, {}), {}, silent=True)
        complete = not cluster.look(answers)
        found = cluster.read(answers) if complete else None
        return Known(inner, answers, complete, cluster=found, framework=self._framework(inner, answers))

    def plan(self, actual: Known[Inner]) -> Sequence[Plan]:
        plans = list(self.patching.plan(actual.inner))
        if actual.silent:
            return plans
        if any(plans) and cluster.refused(self._visit(plans, actual), actual.cluster):
            return [Plan(plan.object) for plan in plans]
        around = [self._around(plan, actual.cluster) for plan in plans]
        return around if any(around) else self._committing(around, actual.cluster)

    def refusals(self, actual: Known[Inner]) -> Mapping[str, str]:
        refused = dict(self.patching.refusals(actual.inner))
        if actual.silent or refused:
            return refused
        why = cluster.refused(self._visit(self.patching.plan(actual.inner), actual), actual.cluster)
        return {self.visit.node: why} if why else {}

    @property
    def begun(self) -> Collection[str]:
        return self.patching.begun

    @property
    def looks(self) -> int:
        """Each reboot is planned anew, and each patch may want its own."""
        return len(self.patches) + _BESIDES

    def back(self, actual: Known[Inner], failed: Mapping[str, str]) -> Sequence[Plan]:
        """What was begun is undone as ever; a node that was taken out of its cluster for that goes back into it."""
        plans = list(self.patching.back(actual.inner, failed))
        if actual.silent or not plans or not self.visit.cluster or (actual.cluster is not None and actual.cluster.member):
            return plans
        visit = replace(self.visit, rebooting=True)
        if actual.cluster is not None:
            start = Step(visit.node, "start VCS on this node", "it was stopped for the patches", vcs.start_here(), node=visit.node)
        else:
            start = self.steps.restart("it was booted outside its cluster for the patches", False)
        return [*plans[:-1], replace(plans[-1], steps=(start, *cluster.joined(visit, actual.cluster), *plans[-1].steps))]

    def describe(self, actual: Known[Inner]) -> Mapping[str, Any]:
        return self.patching.describe(actual.inner)

    def predict(self, actual: Known[Inner]) -> Mapping[str, Any]:
        if not actual.silent and self.refusals(actual):
            return self.patching.describe(actual.inner)
        return self.patching.predict(actual.inner)

    def _visit(self, plans: Sequence[Plan], actual: Known[Inner]) -> Visit:
        framework = actual.framework if any(plans) else ()
        return replace(self.visit, rebooting=any(step.away for plan in plans for step in plan.steps), framework=framework)

    def _framework(self, inner: Inner, answers: Mapping[str, Output]) -> tuple[PatchId, ...]:
        if self.changes is not None:
            found = self.changes(inner)
        elif "packages" in answers:
            found = patch_folder.parse(answers["packages"], self.depot)
        else:
            return ()
        return tuple(patch for patch, packages in found.items() if packages & cluster.FRAMEWORK and patch not in self.rolling)

    def _around(self, plan: Plan, known: Cluster | None) -> Plan:
        """The plan up to its first reboot, with what a cluster needs around it. What comes after another reboot is planned anew, since
        the node is a member in between, and may carry something again."""
        first = next((number for number, step in enumerate(plan.steps) if step.away), None)
        if first is None or not self.visit.cluster:
            return plan
        visit, leaving = replace(self.visit, rebooting=True), plan.steps[first]
        emptied, before = cluster.emptied(visit, known), list(plan.steps[:first])
        quiet = list(takewhile(lambda step: not self.disturbs(step), before))
        steps = [*quiet, *emptied, *before[len(quiet) :]]
        steps += cluster.spared(visit, known)
        member = known is not None and known.member and known.framework == "solaris_cluster"
        if member and self.steps.leaves_multi_user(leaving):
            steps.append(self.steps.outside())
        steps += [leaving, *cluster.joined(visit, known)]
        rest = plan.steps[first + 1 :]
        if any(step.away for step in rest):
            return replace(plan, steps=tuple(steps), again=True)
        return replace(plan, steps=(*steps, *rest))

    def _committing(self, plans: list[Plan], known: Cluster | None) -> Sequence[Plan]:
        """When nothing else is left."""
        steps, said = cluster.committing(self.visit, known, self.commit)
        if not self.visit.cluster or not (steps or said):
            return plans
        warnings = tuple(warning for plan in plans for warning in plan.warnings)
        return [Plan(self.visit.node, tuple(steps), (*warnings, said) if said else warnings)]
