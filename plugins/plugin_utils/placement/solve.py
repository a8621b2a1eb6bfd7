# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a problem to a placement. In this order: what matters most has a home; no node is overfull; the fullest node is as little full as
it can be; as little as possible moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .affinities import bundles, domain_masks
from .board import NOWHERE, Board, Dimension
from .problem import Item, Moves, Problem
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
        self.problem = problem
        self.targets = sorted(enumerate(problem.targets), key=lambda pair: pair[1].name)
        self.number = {target.name: number for number, (_given, target) in enumerate(self.targets)}
        self.bundles = sorted(bundles(problem), key=lambda bundle: bundle.name)
        self.homes = [self.number.get(bundle.home or "", NOWHERE) for bundle in self.bundles]
        self.strangers = [item for item, home in enumerate(self.homes) if home == NOWHERE]
        self.settled = [item for item, home in enumerate(self.homes) if home != NOWHERE]
        self.free = [item for item in self.settled if not self.bundles[item].bound]

    def solve(self, moves: Moves) -> Placement:
        large_first, small_first = self._orders()
        board, left = self._tried(large_first, moves)
        if left:
            other, fewer = self._tried(small_first, moves)
            board = other if self._missing(fewer) < self._missing(left) else board
        return self._placement(board)

    def _tried(self, order: Sequence[int], moves: Moves) -> tuple[Board, list[int]]:
        board = self._board()
        search = Search(board, self.strangers, self.strangers)
        left = search.place(order, CHAIN)
        if moves == "none" or (moves == "needed" and not left):
            search.lower_peak()
            return board, left
        movable = [*self.free, *self.strangers]
        if moves == "needed":
            board = self._board()
            search = Search(board, movable, self.strangers)
            left = search.place(order, CHAIN)
            moved = [item for item in self.free if board.where[item] != self.homes[item]]
            Search(board, [*moved, *self.strangers], self.strangers).lower_peak()
            return board, left
        board = self._board()
        search = Search(board, movable, self.strangers)
        enough = self._least_peak(board) * NEAR
        left = search.place(search.place(order, CHAIN - 1, ceiling=enough), CHAIN, UNLIMITED)
        search.lower_peak(enough)
        search.send_home(self.homes, max(enough, board.peak()))
        return board, left

    def _missing(self, left: Sequence[int]) -> tuple[int, ...]:
        """How many of each rank have no home, the rank that matters most first."""
        ranks = sorted({bundle.rank for bundle in self.bundles})
        return tuple(sum(self.bundles[item].rank == rank for item in left) for rank in ranks)

    def _orders(self) -> tuple[list[int], list[int]]:
        """What matters most first; of equals the large first, and the small first for where that leaves some over."""
        board = self._board()
        least = [min(dimension.inverse, default=1.0) for dimension in board.sizes]

        def size(item: int) -> float:
            return max((dimension.need[item] * inverse for dimension, inverse in zip(board.sizes, least, strict=True)), default=0.0)

        sizes = {item: size(item) for item in self.strangers}
        large_first = sorted(self.strangers, key=lambda item: (self.bundles[item].rank, -sizes[item], item))
        small_first = sorted(self.strangers, key=lambda item: (self.bundles[item].rank, sizes[item], item))
        return large_first, small_first

    def _least_peak(self, board: Board) -> float:
        """No placement has a lower one: all load spread evenly over all nodes, or the largest object on the largest node."""
        even = [sum(one.need) / sum(1 / inverse for inverse in one.inverse) for one in board.loads if one.inverse]
        free = frozenset(self.free)
        stays = [board.use(node) for node in board.nodes if not board.on[node] & free]
        return max([*even, *stays], default=0.0)

    # --- numbers for names ------------------------------------------------------------------------------------------
    def _board(self) -> Board:
        targets = [target for _given, target in self.targets]
        sizes = self._dimensions([target.capacity for target in targets], lambda item: item.size)
        same = all(member.load is None for bundle in self.bundles for member in bundle.members)
        bearing = [target.capacity if target.bearing is None else target.bearing for target in targets]
        if same and all(target.bearing is None for target in targets):
            loads = sizes
        else:
            loads = self._dimensions(bearing, lambda item: item.size if item.load is None else item.load)
        board = Board(len(targets), sizes, loads, self._allowed(), self._apart())
        for item in self.settled:
            board.put(item, self.homes[item])
        return board

    def _dimensions(self, capacities: Sequence[tuple[float, ...]], of: Callable[[Item], tuple[float, ...]]) -> list[Dimension]:
        needs = [[sum(parts) for parts in zip(*(of(member) for member in bundle.members), strict=True)] for bundle in self.bundles]
        return [
            Dimension([capacity[index] for capacity in capacities], [need[index] for need in needs])
            for index in range(len(self.problem.dimensions))
        ]

    def _allowed(self) -> list[int]:
        """Masks in our own order of nodes."""
        every = (1 << len(self.targets)) - 1
        found = []
        known: dict[int, int] = {}
        for bundle in self.bundles:
            given = every
            for member in bundle.members:
                given &= self.problem.rules.allowed(member.name)
            if given not in known:
                known[given] = sum(1 << number for number, (index, _target) in enumerate(self.targets) if given >> index & 1)
            found.append(known[given])
        return found

    def _apart(self) -> list[list[tuple[int, Sequence[int]]]]:
        index = {member.name: item for item, bundle in enumerate(self.bundles) for member in bundle.members}
        found: list[list[tuple[int, Sequence[int]]]] = [[] for _ in self.bundles]
        masks: dict[str, list[int]] = {}
        for rule in sorted(self.problem.apart, key=lambda one: one.name):
            if rule.level not in masks:
                masks[rule.level] = domain_masks([target for _given, target in self.targets], rule.level)
            for one, other in combinations(sorted({index[member] for member in rule.members if member in index}), 2):
                found[one].append((other, masks[rule.level]))
                found[other].append((one, masks[rule.level]))
        return found

    def _placement(self, board: Board) -> Placement:
        homes, unplaced = {}, []
        for item, bundle in enumerate(self.bundles):
            for member in bundle.members:
                if board.where[item] == NOWHERE:
                    unplaced.append(member.name)
                else:
                    homes[member.name] = self.targets[board.where[item]][1].name
        return Placement(dict(sorted(homes.items())), tuple(sorted(unplaced)), board.peak())
