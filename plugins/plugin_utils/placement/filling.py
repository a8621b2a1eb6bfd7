# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes for those that look for one: what matters most first, and of equals as many as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from .board import NOWHERE, UNLIMITED, Board, bits
from .ejection import Ejection
from .numbering import Numbering
from .repack import Repack
from .search import Search

#: How many others may move one after the other to make room for one object before sets of them are tried.
CHAIN = 3
#: How many sets of objects are looked at to place the last ones of one rank.
PATIENCE = 20_000
#: How many nodes are packed anew at once, and how many steps that may take for all objects together.
FEW, STEPS = 6, 100_000


class Filling:
    """Fills one board. ``settled_move``: those that have a home may leave it for another one."""

    def __init__(self, estate: Numbering, board: Board, settled_move: bool) -> None:
        self.estate = estate
        self.board = board
        self.alone = Search(board, estate.strangers, estate.strangers)
        self.movable = frozenset((*estate.free, *estate.strangers)) if settled_move else frozenset(estate.strangers)
        self.all = Search(board, self.movable, estate.strangers) if settled_move else None
        self._steps, self._ceiling = STEPS, UNLIMITED
        self._counts = [len(bundle.members) for bundle in estate.bundles]
        self._ranks = sorted({member.rank for bundle in estate.bundles for member in bundle.members})

    def fill(self) -> None:
        """As many as can be of what matters most, then of the next."""
        bundles = self.estate.bundles
        out: list[int] = []
        torn = {item: self._rank(item) for item in self.estate.torn}
        for rank in sorted({*(bundles[item].rank for item in self.estate.strangers), *torn.values()}):
            for item in self.estate.torn:
                if torn[item] == rank and self._missing([item]) > self._missing([]):
                    self._unite(item)
            equals = [item for item in self.estate.strangers if bundles[item].rank == rank]
            left = self._plainly(equals)
            if left and self.all is not None:
                left = self._with_moves(self.all, equals, left)
            if left:
                out = self._anew(self._by_ejection([*out, *left], rank), rank)
        for item in self.estate.torn:
            if self._missing([item]) == self._missing([]):  # nobody in it looks for a home: it takes nobody's
                self._unite(item)

    def _rank(self, item: int) -> tuple[int, int]:
        """What of a torn group has a home already makes the rest no more important."""
        members = self.estate.bundles[item].members
        return min((one.rank for one in members if one.home not in self.estate.number), default=self.estate.bundles[item].rank)

    def missing(self) -> tuple[int, ...]:
        """How many objects of each rank have no home, the rank that matters most first."""
        return self._missing([item for item in (*self.estate.strangers, *self.estate.torn) if self.board.where[item] == NOWHERE])

    def _missing(self, items: Collection[int]) -> tuple[int, ...]:
        homeless = [member for item in items for member in self.estate.bundles[item].members if member.home not in self.estate.number]
        counted = Counter(member.rank for member in homeless)
        return tuple(counted[rank] for rank in self._ranks)

    def _plainly(self, equals: Sequence[int]) -> list[int]:
        """The large ones first, and the small ones first where that leaves some over."""
        before = list(self.board.where)
        left = self.alone.place(self._large_first(equals), CHAIN)
        if left:
            after = list(self.board.where)
            self.board.restore(before)
            fewer = self.alone.place(self._large_first(equals)[::-1], CHAIN)
            if self._missing(fewer) < self._missing(left):
                return fewer
            self.board.restore(after)
        return left

    def _with_moves(self, search: Search, equals: Sequence[int], left: Sequence[int]) -> list[int]:
        """Others move for those that found nothing alone; or for all of them, if fewer have to then."""
        board = self.board
        alone = list(board.where)
        first = search.place(left, CHAIN)
        after, moves = list(board.where), self._moves()
        board.restore([NOWHERE if item in equals else node for item, node in enumerate(alone)])
        second = search.place(self._large_first(equals), CHAIN)
        if (self._missing(second), self._moves()) < (self._missing(first), moves):
            return second
        board.restore(after)
        return first

    def _moves(self) -> int:
        homes, where = self.estate.homes, self.board.where
        return sum(self._counts[item] for item in self.estate.free if where[item] not in (NOWHERE, homes[item]))

    def _large_first(self, items: Sequence[int]) -> list[int]:
        """By the part of the largest node that they take."""
        least = [(one.need, min(one.inverse, default=1.0)) for one in self.board.sizes]
        return sorted(items, key=lambda item: (-max((need[item] * part for need, part in least), default=0.0), item))

    def _by_ejection(self, left: Sequence[int], rank: tuple[int, int]) -> list[int]:
        """Of equals others may stay out instead; those of lower ranks are not there yet."""
        waits = frozenset(item for item in self.estate.strangers if self.estate.bundles[item].rank <= rank)
        for latest_first in (True, False):
            search = Ejection(self.board, self.movable, UNLIMITED, PATIENCE, latest_first=latest_first)
            left = search.place(left, lambda waiting: self._missing(waiting) if waits.issuperset(waiting) else None)
            if not left:
                break
        return list(left)

    def _anew(self, left: Sequence[int], rank: tuple[int, int]) -> list[int]:
        """All that may move on a few nodes is packed anew, for one more of this rank; as often as that helps."""
        place = self._ranks.index(rank) + 1
        todo = [item for item in left if self.estate.bundles[item].rank == rank]
        while todo and self._missing(left)[place - 1]:
            region = self._region(todo[0])
            found = self._repacked(region, left, place)
            if found is None:
                todo = [item for item in todo[1:] if self._region(item) != region]
            else:
                left = found
                todo = [item for item in left if self.estate.bundles[item].rank == rank]
        return list(left)

    def _region(self, item: int) -> int:
        """The nodes that lack least for it; all of a few."""
        board = self.board
        may = bits(board.allowed[item]) if len(board.nodes) > FEW else board.nodes
        return sum(1 << node for node in sorted(may, key=lambda node: (board.excess(item, node), node))[:FEW])

    def _repacked(self, region: int, left: Sequence[int], place: int) -> list[int] | None:
        """Who stays out when one more of the rank at ``place`` has a home; None: the board is as it was, nothing was found."""
        least = self._missing(left)[:place]
        return self._repack(region, self._ranks[place - 1], (*least[:-1], least[-1] - 1))

    def move_less(self, ceiling: float = UNLIMITED, steps: int = STEPS) -> None:
        """As many placed with fewer moves, on a few nodes: with one, two and so on, or where that is too hard with one less at a time.
        No node gets fuller than ``ceiling``, if there is one, and then the same ones are placed."""
        self._ceiling = ceiling
        for fewest in range(1, min(self._moves(), CHAIN + 1)):
            self._steps = steps // 5
            if self._with_at_most(fewest):
                return
        self._steps = steps
        while self._moves() and self._with_at_most(self._moves() - 1):
            pass

    def _with_at_most(self, moves: int) -> bool:
        board, homes = self.board, self.estate.homes
        gone = [item for item in self.estate.free if board.where[item] not in (NOWHERE, homes[item])]
        nodes = set(board.nodes if len(board.nodes) <= FEW else (node for item in gone for node in (homes[item], board.where[item])))
        region = sum(1 << node for node in nodes if node != NOWHERE)
        out = self._missing([item for item in self.estate.strangers if board.where[item] == NOWHERE]) if self._ceiling == UNLIMITED else ()
        return len(nodes) <= FEW and self._repack(region, self._ranks[-1], out, (moves, self._counts)) is not None

    def _repack(
        self, region: int, rank: tuple[int, int], budget: tuple[int, ...], moves: tuple[int, Sequence[int]] | None = None
    ) -> list[int] | None:
        board = self.board
        here = {item for item in self.movable if board.where[item] != NOWHERE and region >> board.where[item] & 1}
        may_leave = self._mendable({item for item in here if board.allowed[item] & region})
        found = self._place_anew(region, may_leave, rank, budget, moves)
        if found is None and (wrong := {item for item in may_leave if board.misplaced(item) or board.overfull(board.where[item])}):
            found = self._place_anew(region, may_leave - wrong, rank, budget, moves)  # all of it cannot be mended: it stays as it is
        return found

    def _mendable(self, items: Collection[int]) -> set[int]:
        """Without those on nodes that are overfull by others alone: none of them could come back."""
        board = self.board
        before = list(board.where)
        for item in items:
            board.take(item)
        found = {item for item in items if not board.overfull(before[item])}
        board.restore(before)
        return found

    def _place_anew(
        self,
        region: int,
        may_leave: Collection[int],
        rank: tuple[int, int],
        budget: tuple[int, ...],
        moves: tuple[int, Sequence[int]] | None,
    ) -> list[int] | None:
        board, place = self.board, len(budget)
        costs = {
            item: self._missing([item])[:place]
            for item in self.estate.strangers
            if budget and self.estate.bundles[item].rank <= rank and (item in may_leave or board.where[item] == NOWHERE)
        }
        before = list(board.where)
        for item in sorted(may_leave):
            board.take(item)
        repack = Repack(board, region, self._ceiling, self._steps)
        found = repack.place(sorted({*may_leave, *costs}), self.estate.homes, costs, budget, moves)
        self._steps = repack.steps
        if found is None:
            board.restore(before)
        return found

    def _unite(self, item: int) -> None:
        """A torn group is put on one node: where most of it is if that has room, else where any has; as it was, if none has."""
        board, bundle = self.board, self.estate.bundles[item]
        parts = bundle.unites
        before = list(board.where)
        for part in parts:
            board.take(part)
        near = sorted((self.estate.homes[part] for part in parts), key=lambda node: (-self._already(item, node), node))
        for node in near:
            if board.open_to(item) >> node & 1 and board.fits(item, node):
                board.put(item, node)
                return
        if (self.all or self.alone).place([item], CHAIN):
            board.restore(before)

    def _already(self, item: int, node: int) -> int:
        bundle = self.estate.bundles[item]
        return sum(len(self.estate.bundles[part].members) for part in bundle.unites if self.estate.homes[part] == node)
