# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a problem to a placement. In this order: what matters most has a home; no node is overfull; the fullest node is as little full as
it can be; as little as possible moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .board import Board
from .numbering import Numbering
from .problem import Moves, Problem
from .search import UNLIMITED, Search

#: How many others may move one after the other to make room for one object.
CHAIN = 3
#: Balance ends when the fullest node is this near to the least that it could be: each further step would move much for little.
NEAR = 1.01


@dataclass(frozen=True)
class Placement:
    """``homes``: object → node, without those in ``unplaced``. ``peak``: part of the fullest node that is used (0.81)."""

    homes: Mapping[str, str]
    unplaced: tuple[str, ...]
    peak: float

    def moved(self, problem: Problem) -> dict[str, str]:
        """Objects that have a node and leave it for another one."""
        known = {target.name for target in problem.targets}
        return {
            item.name: self.homes[item.name]
            for item in sorted(problem.items, key=lambda one: one.name)
            if item.home in known and self.homes.get(item.name, item.home) != item.home
        }


def solve(problem: Problem, moves: Moves = "needed") -> Placement:
    """Raises InvalidDefinition for affinities that contradict each other, or name what is not there."""
    return _Solver(problem).solve(moves)


class _Solver:
    def __init__(self, problem: Problem) -> None:
        self.estate = Numbering(problem)

    def solve(self, moves: Moves) -> Placement:
        large_first, small_first = self._orders()
        board, left = self._tried(large_first, moves)
        if left:
            other, fewer = self._tried(small_first, moves)
            board = other if self._missing(fewer) < self._missing(left) else board
        return Placement(*self.estate.named(board))

    def _tried(self, order: Sequence[int], moves: Moves) -> tuple[Board, list[int]]:
        if moves == "balance":
            return self._balanced(order)
        board, left = self._alone(order)
        return self._with_room_made(order) if left and moves == "needed" else (board, left)

    def _alone(self, order: Sequence[int]) -> tuple[Board, list[int]]:
        """Nothing moves that has a home."""
        board = self.estate.board()
        search = Search(board, self.estate.strangers, self.estate.strangers)
        left = search.place(order, CHAIN)
        search.lower_peak()
        return board, left

    def _with_room_made(self, order: Sequence[int]) -> tuple[Board, list[int]]:
        """As few as possible of the others move; what moves anyway goes where it serves balance best."""
        board = self.estate.board()
        left = Search(board, [*self.estate.free, *self.estate.strangers], self.estate.strangers).place(order, CHAIN)
        moved = [item for item in self.estate.free if board.where[item] != self.estate.homes[item]]
        Search(board, [*moved, *self.estate.strangers], self.estate.strangers).lower_peak()
        return board, left

    def _balanced(self, order: Sequence[int]) -> tuple[Board, list[int]]:
        board = self.estate.board()
        search = Search(board, [*self.estate.free, *self.estate.strangers], self.estate.strangers)
        enough = self._least_peak(board) * NEAR
        left = search.place(search.place(order, CHAIN - 1, ceiling=enough), CHAIN, UNLIMITED)
        search.lower_peak(enough)
        search.send_home(self.estate.homes, max(enough, board.peak()))
        return board, left

    def _missing(self, left: Sequence[int]) -> tuple[int, ...]:
        """How many of each rank have no home, the rank that matters most first."""
        ranks = sorted({bundle.rank for bundle in self.estate.bundles})
        return tuple(sum(self.estate.bundles[item].rank == rank for item in left) for rank in ranks)

    def _orders(self) -> tuple[list[int], list[int]]:
        """What matters most first; of equals the large first, and the small first for where that leaves some over."""
        board = self.estate.board()
        least = [min(dimension.inverse, default=1.0) for dimension in board.sizes]

        def size(item: int) -> float:
            return max((dimension.need[item] * inverse for dimension, inverse in zip(board.sizes, least, strict=True)), default=0.0)

        sizes = {item: size(item) for item in self.estate.strangers}
        large_first = sorted(self.estate.strangers, key=lambda item: (self.estate.bundles[item].rank, -sizes[item], item))
        small_first = sorted(self.estate.strangers, key=lambda item: (self.estate.bundles[item].rank, sizes[item], item))
        return large_first, small_first

    def _least_peak(self, board: Board) -> float:
        """No placement has a lower one: all load spread evenly over all nodes, or the largest object on the largest node."""
        even = [sum(one.need) / sum(1 / inverse for inverse in one.inverse) for one in board.loads if one.inverse]
        free = frozenset(self.estate.free)
        stays = [board.use(node) for node in board.nodes if not board.on[node] & free]
        return max([*even, *stays], default=0.0)
