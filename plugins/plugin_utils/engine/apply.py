# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs plans: the next step of every plan in one round trip a node, long steps as jobs side by side.

One plan's failure stops that plan and those that wait for it, no other; one of a step's part stops the part. Every step is
journalled before and after it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..commands import job
from ..model.command import Command, Output
from ..model.errors import NodeUnreachable
from ..model.plan import SETTLED, Plan, Step, Wait, not_begun
from . import shell
from .job import start
from .nodes import Shells

#: Long steps of one node that run side by side: installations share its CPUs and disks.
JOBS_AT_ONCE = 4


class Journal(Protocol):
    """Where every step is written down."""

    def started(self, step: Step) -> None: ...
    def ended(self, step: Step, output: Output, seconds: float) -> None: ...


class Progress(Protocol):
    """Who is told how far long work has come: object, step, the job's log so far, elapsed seconds."""

    def __call__(self, name: str, what: str, log: str, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Monotonic seconds, and how to let them pass."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(slots=True)
class Track:
    """How far one plan has come. ``failure`` is the message for the operator, ``failed_at`` the node of the step that failed. ``lost``:
    what failed of its parts, for the message at its end."""

    plan: Plan
    done: int = 0
    failure: str | None = None
    failed_at: str = ""
    outputs: list[Output] = field(default_factory=list)
    phase: str = "ready"  # ready → (job) → (wait) → ready of the next step
    began: float = 0.0
    settled: int = 0  # looks in a row that showed a settled state
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def step(self) -> Step | None:
        return None if self.failure or self.done >= len(self.plan.steps) else self.plan.steps[self.done]


def apply(
    plans: Sequence[Plan],
    nodes: Shells,
    clock: Clock,
    journal: Journal,
    progress: Progress,
    *,
    jobs_at_once: int = JOBS_AT_ONCE,
    failed: Collection[str] = (),
) -> list[Track]:
    """Runs all plans to their end or first failure; ``jobs_at_once`` limits the long steps of a node.

    ``failed`` are objects that got no plan: what waits for them is not begun.
    """
    tracks = [Track(plan) for plan in plans]
    while True:
        _give_up(tracks, failed)
        asked = _next_commands(tracks, clock, journal, jobs_at_once)
        if not asked:
            return tracks
        if all(track.phase != "ready" for track, _command in asked):
            clock.sleep(min(_delay(track) for track, _command in asked))
        outputs = nodes.run_on([(_where(track), command) for track, command in asked])
        afterwards = []
        for (track, _command), output in zip(asked, outputs, strict=True):
            step, phase = track.plan.steps[track.done], track.phase
            if isinstance(output, NodeUnreachable):
                if _may_be_away(track, step, clock, progress):
                    continue
                track.failure, track.failed_at = f"{step.object}: '{step.what}': {output}{_gone(step)}", step.node
                _all_told(track)
                continue
            _advance(track, output, clock, journal, progress)
            if step.job and phase == "job" and track.phase != "job":
                afterwards.append((step.node, job.forget(step.job)))
            if track.failure and step.undo and track.phase != "job":
                afterwards.append((step.node, step.undo))
            _past_lost(track, step)
        if afterwards:
            nodes.run_on(afterwards)


def _past_lost(track: Track, step: Step) -> None:
    """What belongs to a part that failed is left out, or wants all parts; all else goes on."""
    if track.failure and step.part and track.phase == "ready":
        track.lost[step.part], track.failure = track.failure, None
    while track.lost and track.step and (track.step.whole or track.step.part in track.lost):
        track.done += 1
    if track.failure or track.step is None:
        _all_told(track)


def _all_told(track: Track) -> None:
    told = [*track.lost.values(), *([track.failure] if track.failure else [])]
    track.failure = ". ".join(one.rstrip(" .") for one in told) if len(told) > 1 else "".join(told) or None


def _gone(step: Step) -> str:
    """What to do about a node that does not come back."""
    return f" {step.wait.advice}." if step.away and step.wait and step.wait.advice else ""


def _may_be_away(track: Track, step: Step, clock: Clock, progress: Progress) -> bool:
    """A node that reboots as it was told: whether it was is seen when it answers again. The command that told it may have been cut off by
    that.
    """
    elapsed = clock.now() - track.began
    if not step.wait or elapsed > step.away:
        return False
    track.phase, track.settled = "wait", 0
    progress(step.object, step.what, "does not answer", elapsed)
    return True


def _where(track: Track) -> str:
    return track.step.node if track.step else ""


def _give_up(tracks: Sequence[Track], failed: Collection[str]) -> None:
    """Fails what waits for something that failed, and what waits for that."""
    lost = set(failed) | {track.plan.object for track in tracks if track.failure}
    found = True
    while found:
        found = False
        for track in tracks:
            missing = sorted(lost & set(track.plan.after))
            if missing and not track.failure and track.step:
                track.failure = not_begun(track.plan.object, missing[0])
                lost.add(track.plan.object)
                found = True


def _next_commands(tracks: Sequence[Track], clock: Clock, journal: Journal, jobs_at_once: int) -> list[tuple[Track, Command]]:
    asked = []
    unfinished = {track.plan.object for track in tracks if track.step}
    busy = [step.node for track in tracks if track.phase == "job" and (step := track.step) and not step.light]
    for track in tracks:
        step = track.step
        if step is None or (track.done == 0 and track.phase == "ready" and unfinished & set(track.plan.after)):
            continue
        if track.phase == "ready":
            if step.job and not step.light:
                if busy.count(step.node) >= jobs_at_once:
                    continue
                busy.append(step.node)
            track.began = clock.now()
            journal.started(step)
            asked.append((track, start(step.job, step.command, step.begin) if step.job else step.command))
        elif track.phase == "job" and step.job:
            asked.append((track, job.status(step.job)))
        elif track.phase == "wait" and step.wait:
            asked.append((track, step.wait.probe))
    return asked


def _delay(track: Track) -> float:
    step = track.step
    return step.wait.delay if step and step.wait and track.phase == "wait" else 1.0


def _advance(track: Track, output: Output, clock: Clock, journal: Journal, progress: Progress) -> None:
    step = track.plan.steps[track.done]
    elapsed = clock.now() - track.began
    if track.phase == "ready" and step.job:
        if output.rc == 0 and output.stdout.strip() in ("started", "attached"):
            track.phase = "job"
        elif output.rc == 0 and output.stdout.strip() == "gone":
            vanished = "was to join a job that ran, but it has ended since and somebody cleared it away. Run this again"
            _finish(track, step, output, elapsed, journal, vanished)
        else:
            _finish(track, step, output, elapsed, journal, f"could not be started as a job (exit {output.rc})")
        return
    if track.phase == "job":
        state = job.parse_status(output)
        if state.state == "running" and step.wait and elapsed > step.wait.deadline:
            late = f"has not ended after {step.wait.deadline:.0f} s. {step.wait.advice}"
            _finish(track, step, Output(1, state.log), elapsed, journal, late)
            track.phase = "job"  # it goes on: the next run finds it
            return
        if state.state == "running":
            progress(step.object, step.what, state.log, elapsed)
            return
        if state.state != "ended" or state.rc is None:
            gone = Output(1, state.log)
            _finish(track, step, gone, elapsed, journal, "was interrupted on the node (the process is gone and left no exit code)")
            return
        output = Output(state.rc, state.log)
    if track.phase == "wait" and step.wait:
        word = step.wait.state(output)
        track.settled = track.settled + 1 if word in step.wait.settled else 0
        if word in step.wait.wanted or track.settled >= SETTLED:
            _finish(track, step, output, elapsed, journal, None)
        elif word not in step.wait.transitional | step.wait.settled:
            _finish(track, step, output, elapsed, journal, _missed(f"led to state '{word}'", step.wait))
        elif elapsed > step.wait.deadline:
            _finish(track, step, output, elapsed, journal, _missed(f"is still '{word}' after {step.wait.deadline:.0f} s", step.wait))
        else:
            progress(step.object, step.what, word, elapsed)
        return
    problem = _problem(step, output)
    if problem is None and step.wait:
        track.phase = "wait"
        return
    _finish(track, step, output, elapsed, journal, problem)


def _missed(what: str, wait: Wait) -> str:
    words = " or ".join(f"'{state}'" for state in sorted(wait.wanted))
    return f"{what} instead of {words}" + (f". {wait.advice}" if wait.advice else "")


def _problem(step: Step, output: Output) -> str | None:
    text = output.stdout + output.stderr
    for refusal in step.refused_by:
        if refusal in text:
            return f"exit {output.rc}, but it said '{refusal}'"
    return None if output.rc in step.command.ok else f"exit {output.rc}"


def _finish(track: Track, step: Step, output: Output, elapsed: float, journal: Journal, problem: str | None) -> None:
    journal.ended(step, output, elapsed)
    track.phase, track.settled = "ready", 0
    track.outputs.append(output)
    if problem is None:
        track.done += 1
        return
    said = shell.masked(output.stderr.strip() or output.stdout.strip(), step.command.secrets)[-600:]
    where, track.failed_at = f" on node {step.node}" if step.node else "", step.node
    track.failure = f"{step.object}: '{step.what}'{where} {problem.rstrip('.')}. Command: {shell.show(step.command)}" + (
        f". It said: {said}" if said else ""
    )
