# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a problem to a placement. In this order: what matters most has a home; no node is overfull; the fullest node is as little full as
it can be; as little as possible moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .balancing import balance, send_home, spread
from .board import NOWHERE, Board
from .filling import Filling
from .numbering import Numbering
from .problem import Moves, Problem
from .search import Search

#: How many steps the search may take for who need not have moved, after balance.
RETURNS = 10_000


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
    solver = _Solver(problem, moves)
    return solver.solve(moves) if problem.targets else Placement({}, tuple(sorted(item.name for item in problem.items)), 0.0)


class _Solver:
    def __init__(self, problem: Problem, moves: Moves) -> None:
        self.estate = Numbering(problem, moves)

    def solve(self, moves: Moves) -> Placement:
        estate = self.estate
        board, left = self._filled(settled_move=False)
        if left and moves != "none":
            other, fewer = self._filled(settled_move=True, move_less=moves == "needed")
            if fewer < left:
                board = other
        if moves == "balance":
            peak = balance(board, [*estate.free, *estate.strangers])
            send_home(board, estate.homes, peak)
            Filling(estate, board, settled_move=True).move_less(peak, RETURNS)
        else:
            moved = [item for item in estate.free if board.where[item] not in (NOWHERE, estate.homes[item])]
            balance(board, [*moved, *estate.strangers])
        spread(board, estate.strangers)
        out = [item for item in estate.strangers if board.where[item] == NOWHERE]
        Search(board, (), ()).place(sorted(out, key=lambda item: (estate.bundles[item].rank, item)), 0)  # balance may have made room
        return Placement(*estate.named(board))

    def _filled(self, *, settled_move: bool, move_less: bool = False) -> tuple[Board, tuple[int, ...]]:
        """A board, and how many of each rank found no home on it."""
        board = self.estate.board()
        filling = Filling(self.estate, board, settled_move)
        filling.fill()
        if settled_move:
            send_home(board, self.estate.homes)
        if move_less:
            filling.move_less()
        return board, filling.missing()
