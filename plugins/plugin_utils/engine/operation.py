# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""gather → plan → apply → look again → journal: the one way in which anything on a node is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.errors import HeliostatError
from ..model.plan import Plan, Step
from . import shell
from .apply import Clock, Journal, Progress, apply
from .node_shell import NodeShell

#: Looks at the node; asks as often as it must (once, when all is as it should be).
Gather = Callable[[NodeShell], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation knows: how to look, what to do about it, and how to show what was seen.

    ``plan`` is pure: actual → one Plan an object. It raises for an object that must not be touched; ``failures`` of single
    objects are given in ``refusals`` instead, so that one does not stop the others.
    """

    gather: Gather
    plan: Callable[[Any], Sequence[Plan]]
    describe: Callable[[Any], Mapping[str, Any]]
    predict: Callable[[Any], Mapping[str, Any]]
    refusals: Callable[[Any], Mapping[str, str]] = field(default=lambda actual: {})


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, done and left. ``failures`` maps objects to messages."""

    changed: bool
    plans: tuple[Plan, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    warnings: tuple[str, ...]
    failures: Mapping[str, str]
    actual: Any


def run(operation: Operation, node: NodeShell, clock: Clock, journal: Journal, progress: Progress, *, check: bool, jobs_at_once: int = 4) -> Report:
    """Runs the operation; with ``check`` it stops after the plan, which is the very plan that would have run."""
    actual = operation.gather(node)
    plans = tuple(operation.plan(actual))
    before = operation.describe(actual)
    failures = dict(operation.refusals(actual))
    warnings = tuple(warning for plan in plans for warning in plan.warnings)
    work = [plan for plan in plans if plan]
    if check or not work:
        after = operation.predict(actual) if check else before
        return Report(bool(work), plans, before, after, warnings, failures, actual)
    tracks = apply(work, node, clock, journal, progress, jobs_at_once=jobs_at_once)
    failures.update({track.plan.object: track.failure for track in tracks if track.failure})
    now = operation.gather(node)
    failures.update(_left_over(operation, now, failures))
    changed = any(track.done for track in tracks) or operation.describe(now) != before
    return Report(changed, plans, before, operation.describe(now), warnings, failures, now)


def _left_over(operation: Operation, actual: Any, failed: Mapping[str, str]) -> dict[str, str]:
    """Verification: whatever a plan made now would still do was not achieved."""
    left = {}
    try:
        plans = operation.plan(actual)
    except HeliostatError as error:
        return {} if failed else {"verification": f"all steps ran, and looking again found: {error}"}
    for plan in plans:
        if plan and plan.object not in failed:
            steps = "; ".join(f"{step.what} ({step.why})" for step in plan.steps)
            left[plan.object] = f"{plan.object}: all steps ran, and looking again still asks for: {steps}. Compare the node with the declaration."
    return left


def shown(step: Step) -> dict[str, str]:
    """A step as it appears in results: the same in check mode and in the run."""
    return {"object": step.object, "what": step.what, "why": step.why, "command": shell.show(step.command)}
