# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""look → plan → apply → look again: the one way in which anything on a node is changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from ..model.command import Command, Output
from ..model.errors import HeliostatError
from ..model.plan import Plan, Step
from . import shell
from .apply import Clock, Journal, Progress, Track, apply
from .nodes import Shells

Actual = TypeVar("Actual")

#: How often a plan may say that the next step depends on a new look (an import, then what it brought).
MOST_LOOKS = 5


class Operation(Protocol[Actual]):
    """What an operation knows. All of it is pure: it names commands and reads outputs, the engine does the asking.

    - ``look`` names what to ask next, given what is known (None at first); nothing more to ask ends the looking.
      Where several nodes are asked, the names are ``At``.
    - ``read`` makes the answers part of what is known. Of nodes that did not answer there are none.
    - ``plan`` gives one Plan an object, ``refusals`` the message for every object that must not be touched.
    - ``describe`` shows what is, ``predict`` what will be, in the same shape: the diff.
    """

    def look(self, actual: Actual | None) -> Mapping[Any, Command]: ...
    def read(self, actual: Actual | None, outputs: Mapping[Any, Output]) -> Actual: ...
    def plan(self, actual: Actual) -> Sequence[Plan]: ...
    def refusals(self, actual: Actual) -> Mapping[str, str]: ...
    def describe(self, actual: Actual) -> Mapping[str, Any]: ...
    def predict(self, actual: Actual) -> Mapping[str, Any]: ...


@runtime_checkable
class WayBack(Protocol):
    """An operation that knows how to return an object to where it was when its plan failed on the way.

    ``begun`` are the objects that an earlier run left on the way: they are returned even where this run can do nothing else for them.
    """

    @property
    def begun(self) -> Collection[str]: ...
    def back(self, actual: Any, failed: Mapping[str, str]) -> Sequence[Plan]: ...


@runtime_checkable
class ManyLooks(Protocol):
    """An operation whose plan may be made anew more often than ``MOST_LOOKS``: at most ``looks`` times."""

    @property
    def looks(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Report(Generic[Actual]):
    """What was found, done and left. ``failures`` maps objects to messages, ``journal`` to the number under which their steps are kept.

    ``failed_at``: of those of which a step failed the node of that step, and what was said of it before anything was brought back.
    """

    changed: bool
    plans: tuple[Plan, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    warnings: tuple[str, ...]
    failures: Mapping[str, str]
    actual: Actual
    journal: Mapping[str, int] = field(default_factory=dict)
    failed_at: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def gather(operation: Operation[Actual], nodes: Shells) -> Actual:
    """Asks until the operation has seen enough: once, when all is as it should be."""
    actual: Actual | None = None
    while probes := operation.look(actual):
        actual = operation.read(actual, nodes.ask(probes))
    if actual is None:
        raise HeliostatError(f"node {nodes.name}: the operation asked nothing")
    return actual


def run(
    operation: Operation[Actual],
    nodes: Shells,
    clock: Clock,
    journal: Journal,
    progress: Progress,
    *,
    check: bool,
    seen: Actual | None = None,
) -> Report[Actual]:
    """Runs the operation; with ``check`` it stops after the plan, which is the very plan that would have run.

    ``seen``: the first look, where the caller has had it just now (``gather``).
    """
    actual = gather(operation, nodes) if seen is None else seen
    before = operation.describe(actual)
    plans = tuple(operation.plan(actual))
    shown_plans = list(plans)
    changed = any(plans)
    failures = dict(operation.refusals(actual))
    if check:
        going = _would_go_back(operation, actual, failures) if failures and isinstance(operation, WayBack) else []
        shown_plans += going
        return Report(
            bool(changed or going), tuple(shown_plans), before, operation.predict(actual), _warnings(shown_plans), failures, actual
        )
    on_the_way = set(operation.begun) if isinstance(operation, WayBack) else set[str]()
    if not (changed or failures.keys() & on_the_way):
        return Report(False, plans, before, before, _warnings(plans), failures, actual)
    most = operation.looks if isinstance(operation, ManyLooks) else MOST_LOOKS
    rounds = most if changed else 0
    changed = False
    unfinished: set[str] = set()
    failed_at: dict[str, tuple[str, str]] = {}
    for look in range(rounds):
        if look:
            plans = tuple(plan for plan in operation.plan(actual) if plan.object in unfinished)
            shown_plans += plans
        todo = [plan for plan in plans if plan and plan.object not in failures]
        if look and not todo:  # another look could only show what others do
            break
        on_the_way |= {plan.object for plan in todo}
        tracks = apply(todo, nodes, clock, journal, progress, failed=failures)
        failures.update({track.plan.object: track.failure for track in tracks if track.failure})
        failed_at.update({track.plan.object: (track.failed_at, track.failure) for track in tracks if track.failure and track.failed_at})
        changed = changed or any(track.done for track in tracks)
        unfinished = {track.plan.object for track in tracks if track.plan.again and not track.failure}
        actual = gather(operation, nodes)
        failures = {**operation.refusals(actual), **failures}
        if not unfinished:
            break
    if failures and isinstance(operation, WayBack):
        carry_out = partial(apply, nodes=nodes, clock=clock, journal=journal, progress=progress)
        way_back = partial(_way_back, operation, on_the_way)
        actual, returning = _went_back(way_back, partial(gather, operation, nodes), carry_out, actual, failures)
        shown_plans += returning
        changed = changed or any(returning)
    left = [plan for plan in operation.plan(actual) if plan.object not in failures]
    failures.update(_left_over(left))
    after = operation.describe(actual)
    warnings = _warnings([*shown_plans, *left])  # what came up on the way too
    return Report(changed or after != before, tuple(shown_plans), before, after, warnings, failures, actual, failed_at=failed_at)


def _way_back(operation: WayBack, on_the_way: Collection[str], actual: Any, failures: Mapping[str, str]) -> list[Plan]:
    """Of what failed: only what was begun, now or by an earlier run, has left where it was."""
    failed = {name: message for name, message in failures.items() if name in on_the_way}
    return [plan for plan in operation.back(actual, failed) if plan] if failed else []


def _would_go_back(operation: WayBack, actual: Any, failures: dict[str, str]) -> list[Plan]:
    """Check mode: the first way back of what is refused and was left half-way by an earlier run. The messages say so."""
    plans = _way_back(operation, operation.begun, actual, failures)
    for plan in plans:
        failures[plan.object] = f"{_reason(failures[plan.object])}. It would go back where it was, by {_whats(plan)}"
    return plans


def _reason(message: str) -> str:
    """Without its end, as more is said: a refusal did nothing, the way back does."""
    return message.removesuffix("Nothing was done.").rstrip(" .")


def _whats(plan: Plan) -> str:
    return "; ".join(step.what for step in plan.steps)


def _went_back(
    way_back: Callable[[Actual, Mapping[str, str]], Sequence[Plan]],
    look: Callable[[], Actual],
    carry_out: Callable[[Sequence[Plan]], Sequence[Track]],
    actual: Actual,
    failures: dict[str, str],
) -> tuple[Actual, list[Plan]]:
    """Brings what failed back where it was, as far as that is possible; each failure's message then says how that ended."""
    returned: list[Plan] = []
    lost: set[str] = set()
    for _look in range(MOST_LOOKS):
        plans = [plan for plan in way_back(actual, failures) if plan and plan.object not in lost]
        if not plans:
            break
        for track in carry_out(plans):
            name = track.plan.object
            if track.failure:
                lost.add(name)
                failures[name] = f"{_reason(failures[name])}. Going back failed too: {track.failure}"
            elif not track.plan.again:
                failures[name] = f"{_reason(failures[name])}. It went back where it was, by {_whats(track.plan)}"
        returned += plans
        actual = look()
    return actual, returned


def _warnings(plans: Sequence[Plan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warning for plan in plans for warning in plan.warnings))


def _left_over(plans: Sequence[Plan]) -> dict[str, str]:
    """Verification: whatever a plan made now would still do was not achieved."""
    left = {}
    for plan in plans:
        if plan:
            steps = "; ".join(f"{step.what} ({step.why})" for step in plan.steps)
            left[plan.object] = (
                f"{plan.object}: all steps ran, and looking again still asks for: {steps}. Compare the node with the declaration."
            )
    return left


def shown(step: Step) -> dict[str, str]:
    """A step as it appears in results: the same in check mode and in the run."""
    where = {"node": step.node} if step.node else {}
    return {"object": step.object, **where, "what": step.what, "why": step.why, "command": shell.show(step.command)}
