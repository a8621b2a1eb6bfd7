# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change as data: ordered steps, each with its reason and its command. Made by ``lifecycle/``, run by ``engine/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .command import Command, Output

#: What a step does about a job of its name, by what the look showed. ``first``: there was none, so one that is there now was begun since
#: and is joined, even if it has ended. ``anew``: what was there had ended and is replaced; one that runs is joined. ``join``: it ran, so
#: it is never begun again, and how it ended is how the step ends.
Begin = Literal["first", "anew", "join"]

#: Looks in a row that must show a settled state: services pause between one and the next.
SETTLED = 3


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a probe shows a wanted state.

    ``state`` turns the probe's output into one word. A word that is neither wanted nor transitional fails the step at
    once. ``delay`` and ``deadline`` are seconds on a monotonic clock. A ``settled`` word ends the waiting too, when it was seen
    ``SETTLED`` times in a row: nothing better will come. ``advice`` is what to do when the wanted state does not come.
    """

    probe: Command
    state: Callable[[Output], str]
    wanted: frozenset[str]
    transitional: frozenset[str]
    delay: float = 1.0
    deadline: float = 600.0
    settled: frozenset[str] = frozenset()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on a node.

    ``what`` says it in the operator's words, ``why`` names the difference that asks for it. ``job`` is set for long work:
    the command runs detached on the node under this name, and a second run finds it again. ``refused_by`` are texts in
    the output that mean failure in spite of an accepted exit code. ``undo`` runs when the step itself failed, so that
    what it left half done does not stay. ``light`` is a job that costs its node nothing: any number
    runs at once. ``node`` is where it runs: '' is the operation's own node. ``away`` is for how many seconds a step that reboots its
    node may go without an answer of it; with it the step names its node. ``begin`` is for a job: see ``Begin``. ``part`` names what the
    step brings on among others of its plan (a zone): its failure ends that part only, and fails the plan at its end. ``whole`` is left out
    where a part failed.
    """

    object: str
    what: str
    why: str
    command: Command
    job: str | None = None
    wait: Wait | None = None
    refused_by: tuple[str, ...] = ()
    undo: Command | None = None
    node: str = ""
    light: bool = False
    away: float = 0.0
    begin: Begin = "anew"
    part: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps for one object, run in order; the first failure stops this plan and those that wait for it (``after``), no other. That of a
    step's ``part`` stops the part.

    ``again``: what comes next depends on what the last step shows (what an imported pool holds), so after it the node is
    looked at and planned again. A warning says so. ``after`` names objects whose plans end before this one begins.
    ``outcomes`` says of every property that differs what becomes of it (``model/change.py``).
    """

    object: str
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    again: bool = False
    after: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.steps)


def not_begun(name: str, first: str) -> str:
    """The message for what comes after something that failed."""
    return f"{name}: not begun, because it comes after {first}, which failed. See there first."
