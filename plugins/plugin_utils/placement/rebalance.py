# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool's fullest nodes are relieved, when that lasts, is worth it, and brings nobody back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .board import bits
from .problem import Problem
from .survival import Survival

#: An improvement below this is rounding.
_WORTH = 1e-7
#: Measured loads of one interval: vServer → amounts in the problem's dimensions.
Interval = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a pool's owner allows. Parts of a node are 0 to 1, ``cooldown`` is hours.

    A node is too full above ``threshold`` in each of the last ``hold`` intervals. Nothing moves unless the fullest node falls by
    ``margin``, and never more than ``moves`` at once.
    """

    threshold: float = 0.80
    hold: int = 3
    margin: float = 0.05
    cooldown: float = 24.0
    moves: int = 4


@dataclass(frozen=True, slots=True)
class Shift:
    """One move. ``before`` and ``after``: how full its source is by then, in the worst interval."""

    vserver: str
    source: str
    target: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Rebalancing:
    """``moves`` in the order in which they are made. ``why``: why these, or why none. ``use``: node → how full in each interval."""

    moves: tuple[Shift, ...]
    why: str
    use: Mapping[str, tuple[float, ...]]
    before: float = 0.0
    after: float = 0.0


def rebalance(problem: Problem, trace: Sequence[Interval], held: Mapping[str, str], policy: Policy) -> Rebalancing:
    """``trace``: intervals one after the other, the youngest last. ``held``: who must not move now, with the reason.

    A vServer that has a node and is missing in one of the intervals makes the measurement useless: then nothing moves.
    """
    window = list(trace)[-policy.hold :]
    if len(window) < policy.hold:
        return Rebalancing((), f"nothing moves: {len(window)} of {policy.hold} intervals were measured", {})
    nodes = {target.name for target in problem.targets}
    missing = sorted(item.name for item in problem.items if item.home in nodes and any(item.name not in loads for loads in window))
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        return Rebalancing(
            (), f"nothing moves: not measured in each of the last {policy.hold} intervals: {', '.join(missing[:5])}{more}", {}
        )
    return _Relief(problem, window, held, policy).made()


class _Relief:
    def __init__(self, problem: Problem, window: Sequence[Interval], held: Mapping[str, str], policy: Policy) -> None:
        self.problem = problem
        self.window = window
        self.policy = policy
        self.survival = Survival(_widened(problem, window))
        self.board, self.numbers = self.survival.board, self.survival.numbers
        torn = {part for bundle in self.numbers.bundles for part in bundle.unites}
        self.movable = {
            item
            for item in self.numbers.settled
            if item not in torn and not any(member.bound or member.name in held for member in self.numbers.bundles[item].members)
        }

    def made(self) -> Rebalancing:
        policy = self.policy
        use = self._use()
        hot = [node for node, name in enumerate(self.numbers.names) if all(part > policy.threshold for part in use[name])]
        before = self.board.peak()
        if not hot:
            why = f"nothing to do: no node was above {policy.threshold:.0%} in each of the last {policy.hold} intervals"
            return Rebalancing((), why, use, before, before)
        shifts = self._enough(list(self._shifts(hot)), before)
        after = min((peak for _shift, peak in shifts), default=before)
        names = ", ".join(self.numbers.names[node] for node in hot)
        if before - after < policy.margin:
            fall = f"the fullest node would only fall from {before:.1%} to {after:.1%}"
            why = f"nothing moves: {names} above {policy.threshold:.0%}, but {fall}"
            return Rebalancing((), why, use, before, before)
        why = f"{names} above {policy.threshold:.0%} in each of the last {policy.hold} intervals"
        return Rebalancing(tuple(one for found, _peak in shifts for one in found), why, use, before, after)

    def _use(self) -> dict[str, tuple[float, ...]]:
        """How full each node was, interval by interval."""
        found = {}
        size = len(self.problem.dimensions)
        for node, name in enumerate(self.numbers.names):
            parts = [dimension.used[node] * dimension.inverse[node] for dimension in self.board.loads]
            found[name] = tuple(max(parts[start : start + size]) for start in range(0, len(parts), size))
        return found

    def _shifts(self, hot: Sequence[int]) -> Iterator[tuple[list[Shift], float]]:
        """Moves off the fullest of the hot nodes, one after the other, each with how full the fullest node of all is then."""
        board, names = self.board, self.numbers.names
        self.safe = [name for name in names if self.survival.safe([name])]
        left, count = set(hot), 0
        while left:
            node = max(left, key=lambda one: (board.use(one), -one))
            before = board.use(node)
            found = self._best(node) if before > self.policy.threshold else None
            if found is None:
                left.discard(node)
                continue
            item, there = found
            members = self.numbers.bundles[item].members
            count += len(members)
            if count > self.policy.moves:
                return
            board.move(item, there)
            self.movable.discard(item)
            after = board.use(node)
            yield [Shift(member.name, names[node], names[there], before, after) for member in members], board.peak()

    def _best(self, node: int) -> tuple[int, int] | None:
        """What relieves the node most for each vServer that moves, without filling another above the threshold or spoiling N+1."""
        board, use = self.board, self.board.use(node)
        found = []
        for item in self.movable & board.on[node]:
            rest = board.use_without(node, item)
            for there in bits(board.open_to(item) & ~(1 << node)):
                filled = board.use_with(there, item)
                gain = (use - max(rest, filled)) / len(self.numbers.bundles[item].members)
                if gain > _WORTH and filled <= self.policy.threshold and board.fits(item, there):
                    found.append((-gain, item, there))
        for _gain, item, there in sorted(found):
            board.move(item, there)
            spoilt = any(not self.survival.safe([name]) for name in self.safe)
            board.move(item, node)
            if not spoilt:
                return item, there
        return None

    def _enough(self, shifts: list[tuple[list[Shift], float]], before: float) -> list[tuple[list[Shift], float]]:
        """Without the last ones where they no longer make the fullest node less full."""
        lowest = min((peak for _shifts, peak in shifts), default=before)
        for number, (_shifts, peak) in enumerate(shifts):
            if peak <= lowest + _WORTH:
                return shifts[: number + 1]
        return shifts


def _widened(problem: Problem, window: Sequence[Interval]) -> Problem:
    """The same problem with every interval's loads side by side: a node is as full as in its worst interval."""
    times = len(window)
    items = []
    for item in problem.items:
        load = tuple(amount for loads in window for amount in loads.get(item.name, (0.0,) * len(problem.dimensions)))
        items.append(replace(item, size=item.size * times, load=load))
    targets = [
        replace(one, capacity=one.capacity * times, bearing=(one.capacity if one.bearing is None else one.bearing) * times)
        for one in problem.targets
    ]
    return replace(problem, dimensions=problem.dimensions * times, targets=targets, items=items)
