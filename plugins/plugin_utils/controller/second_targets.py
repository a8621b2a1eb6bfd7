# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an evacuation promised and what became of it: who did not arrive where it was to go, what it tried, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..model.dependencies import Dependencies
from ..placement.evacuation import Evacuation
from ..placement.waves import Wave

#: How many further targets a vServer may try where no plan was agreed on. One that no node takes is moved and brought back each time.
ROUNDS = 2


class SecondTargets:
    """``rounds``: how many further times those that did not arrive are placed anew; 0: nothing goes where the plan does not say. ``going``:
    vServer → the node to which it was sent last; ``tried``: vServer → node → what went wrong there."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.left = rounds
        self.tried: dict[str, dict[str, str]] = {}
        self._planned: dict[str, str] = {}
        self.going: dict[str, str] = {}
        self._homes: dict[str, str | None] = {}

    def promised(self, plan: Evacuation, here: Mapping[str, str | None]) -> None:
        """What is done is held against this plan. ``here``: vServer → where it lives, here as everywhere below."""
        self._planned = _targets(plan.waves)
        self.again(plan, here)

    def again(self, plan: Evacuation, here: Mapping[str, str | None]) -> None:
        self.going |= _targets(plan.waves)
        self._homes = {name: here.get(name) for name in self.going} | self._homes

    def not_taken(self, name: str, node: str, why: str) -> None:
        self.tried.setdefault(name, {})[node] = why

    @property
    def barred(self) -> dict[str, dict[str, str]]:
        """vServer → node → why it is no target for it any more, as the end of the sentence 'node …'."""
        return {name: {node: f"did not take it ({why})" for node, why in nodes.items()} for name, nodes in self.tried.items()}

    def silenced(self, lost: Collection[str], here: Mapping[str, str | None]) -> None:
        """Who was to go to a node that stopped answering, and has not arrived there."""
        for name, node in self.going.items():
            if node in lost and here.get(name) != node:
                self.not_taken(name, node, "it does not answer any more")

    def missing(self, here: Mapping[str, str | None], moves: Collection[str], failed: Collection[str], known: Dependencies) -> set[str]:
        """Who may try another node: back where it was, in no move that has not ended, and not by its own fault; its target did not take it,
        or a master's did not take that."""
        back = {name for name, node in self.going.items() if here.get(name) not in (None, node) and name not in moves}
        blamed = back & self.tried.keys()
        return {name for name in back if name in blamed or (name in failed and blamed.intersection(known.all_masters([name])))}

    def deviations(self, here: Mapping[str, str | None], moves: Collection[str], following: Evacuation | None) -> dict[str, dict[str, Any]]:
        """Of those that are not where the plan said: the node ``planned`` (None: it was not to move), the node where it is ``now`` (None:
        on its way, so that nobody knows), those ``tried`` with what went wrong, and the ``next`` one that would be."""
        found = {}
        for name in sorted(self.going):
            now = None if name in moves else here.get(name)
            if now != self._planned.get(name, self._homes[name]):
                answer = following.answers.get(name) if following else None
                found[name] = {
                    "planned": self._planned.get(name),
                    "now": now,
                    "tried": dict(self.tried.get(name, {})),
                    "next": answer.node if answer else None,
                }
        return found

    def arrived_elsewhere(self, deviations: Mapping[str, Mapping[str, Any]], going: str) -> Iterator[str]:
        """A sentence for each that arrived on another node than was planned. ``going``: 'went', or 'would go'."""
        for name, one in deviations.items():
            if one["now"] not in (None, self._homes[name]):
                why = f"node {one['planned']} did not take it" if one["planned"] else "it was not to move; it made room"
                said = one["tried"].get(one["planned"])
                yield f"vServer {name} {going} to node {one['now']}: {why}" + (f" ({said})" if said else "")


def without(plan: Evacuation, lost: Collection[str], failed: Collection[str]) -> Evacuation:
    """The same plan without what cannot be done of it any more; nothing is stopped for that."""
    left = [{name: node for name, node in wave.moves.items() if node not in lost and name not in failed} for wave in plan.waves]
    going = {name for moves in left for name in moves}
    waves = (
        Wave(moves, tuple(name for name in wave.parked if name in going)) for moves, wave in zip(left, plan.waves, strict=True) if moves
    )
    return replace(plan, waves=tuple(waves))


def outlook(name: str, said: str, last: str, following: Evacuation | None) -> str:
    """The message for one that did not arrive: what was ``said`` of it, which has the reason of the ``last`` node, and what comes next."""
    answer = following.answers.get(name) if following else None
    if answer is None:
        return said
    said = said.removesuffix("Nothing was done.").rstrip(" .")
    if answer.node is not None:
        return f"{said}. With more other_targets it would go to node {answer.node} next ({answer.why}); or make a new plan"
    reasons = "; ".join(f"{node} {why}" for node, why in answer.rejected.items() if node != last)
    return f"{said}. No other node can take it: {reasons or 'there is none'}"


def _targets(waves: Iterable[Wave]) -> dict[str, str]:
    return {name: node for wave in waves for name, node in wave.moves.items()}
