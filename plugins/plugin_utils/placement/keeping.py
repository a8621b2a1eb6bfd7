# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""N+1 is kept where it exists: of placements that place as much, one after which no node's loss hurts that did not before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .board import bits
from .problem import Problem
from .solve import Placement
from .survival import Survival

#: How many losses are looked at before the search for a safer placement is given up.
PATIENCE = 1000


def newly_unsafe(problem: Problem, placement: Placement, safe: Collection[str]) -> tuple[str, ...]:
    """Of the nodes whose loss had left nobody homeless those whose loss would, once objects are as placed."""
    found = Survival(as_placed(problem, placement))
    return tuple(sorted(name for name in safe if not found.safe([name])))


def as_placed(problem: Problem, placement: Placement) -> Problem:
    """The same problem where everything is already where the placement puts it."""
    return replace(problem, items=[replace(item, home=placement.homes.get(item.name)) for item in problem.items])


def kept_safe(problem: Problem, placement: Placement, safe: Collection[str]) -> Placement:
    """The placement, or one that moves the same objects to other nodes so that fewer nodes become unsafe. ``safe``: those that were.

    Only objects that move anyway get another node, and as many have a home: no more is moved, and nobody is less well off.
    """
    return _Keeping(problem, placement, safe).kept()


class _Keeping:
    def __init__(self, problem: Problem, placement: Placement, safe: Collection[str]) -> None:
        self.placement = placement
        self.safe = sorted(safe)
        self.survival = Survival(as_placed(problem, placement))
        self.board = self.survival.board
        numbers = self.survival.numbers
        came = {item.name for item in problem.items if placement.homes.get(item.name, item.home) != item.home}
        self.movable = [item for item in numbers.settled if all(member.name in came for member in numbers.bundles[item].members)]
        self.left = PATIENCE

    def kept(self) -> Placement:
        unsafe = self._unsafe([name for name in self.safe if not self.survival.safe([name])])
        while unsafe and self.left > 0:
            better = self._step(unsafe)
            if better is None:
                break
            unsafe = better
        homes, _unplaced, peak = self.survival.numbers.named(self.board)
        return replace(self.placement, homes=homes, peak=peak)

    def _step(self, unsafe: Sequence[str]) -> list[str] | None:
        """The first move, or exchange of two, after which fewer nodes are unsafe; nodes that get least full by it are tried first."""
        board = self.board
        before = list(board.where)
        for item, node in self._moves():
            board.move(item, node)
            if (found := self._better(unsafe)) is not None:
                return found
            board.restore(before)
            if self.left <= 0:
                return None
        for one, other in self._exchanges():
            here, there = board.where[one], board.where[other]
            if self._exchanged(one, there, other, here) and (found := self._better(unsafe)) is not None:
                return found
            board.restore(before)
            if self.left <= 0:
                return None
        return None

    def _moves(self) -> list[tuple[int, int]]:
        board = self.board
        found = []
        for item in self.movable:
            here = board.where[item]
            for node in bits(board.open_to(item) & ~(1 << here)):
                if board.fits(item, node):
                    found.append((board.use_with(node, item), item, node))
        return [(item, node) for _use, item, node in sorted(found)]

    def _exchanges(self) -> list[tuple[int, int]]:
        where = self.board.where
        return [(one, other) for place, one in enumerate(self.movable) for other in self.movable[place + 1 :] if where[one] != where[other]]

    def _exchanged(self, one: int, there: int, other: int, here: int) -> bool:
        board = self.board
        board.take(one)
        board.take(other)
        for item, node in ((one, there), (other, here)):
            if not (board.open_to(item) >> node & 1 and board.fits(item, node)):
                return False
            board.put(item, node)
        return True

    def _better(self, unsafe: Sequence[str]) -> list[str] | None:
        """Who is unsafe now, where these are fewer than before. What was unsafe is asked first: most changes help nobody."""
        still = self._unsafe(unsafe)
        if len(still) == len(unsafe):
            return None
        found = sorted({*still, *self._unsafe([name for name in self.safe if name not in unsafe])})
        return found if len(found) < len(unsafe) else None

    def _unsafe(self, nodes: Sequence[str]) -> list[str]:
        self.left -= len(nodes)
        return [name for name in nodes if self.survival.quick([name]) is None]
