# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search by ejection: what has no home takes one, what it drives out looks for another, until all have one or patience ends.

What found nothing at first gets dearer to drive out each time, so that the search does not run in circles (the guided ejection that
Nagata and Bräysy pack delivery routes with, 2009). It is for what the plain search cannot do: the last objects of a full estate, the
last per cent of balance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations

from .board import NOWHERE, SLACK, Board, bits

#: Nodes that are looked at for one object, those that lack least; and objects of one of them, the cheapest.
NODES, OBJECTS = 16, 24
#: How many may be driven out together; three only where a node has no more than FEW, because sets of three are many.
TOGETHER, FEW = 3, 12

#: How often each object and node are looked at together, at most.
PAIRS = 150

#: How bad it is that these have no home, the smaller the better; None: that may not be.
Missing = Callable[[Collection[int]], tuple[int, ...] | None]


class Ejection:
    """``movable`` may be driven out. No node gets fuller than ``ceiling``. ``patience``: how many sets of objects are looked at.

    ``latest_first``: what was driven out last looks for a home first; else what did so least often. Each finds what the other misses.
    """

    def __init__(self, board: Board, movable: Collection[int], ceiling: float, patience: int, *, latest_first: bool = True) -> None:
        self.board = board
        self.movable = frozenset(movable)
        # What is small is searched through soon.
        self.patience = min(patience, len(board.nodes) * len(board.allowed) * PAIRS)
        self._latest_first = latest_first
        self._dear = [1] * len(board.allowed)
        whole = [(one.need, one.used, [(1 + SLACK) / inverse for inverse in one.inverse]) for one in board.sizes]
        bearing = [(one.need, one.used, [(ceiling + SLACK) / (inverse or 1e-18) for inverse in one.inverse]) for one in board.loads]
        self._rows = [*whole, *bearing]

    def place(self, pool: Sequence[int], missing: Missing) -> list[int]:
        """Homes for those of ``pool``. Returns those without one when it was least bad, which is how the board is then."""
        board = self.board
        waiting, hopeless = list(pool), list[int]()
        least, best, left = missing(waiting), list(board.where), list(waiting)
        while waiting and self.patience > 0:
            item = self._next(waiting)
            node = self._room(item)
            if node == NOWHERE:
                self._dear[item] += 1
                found = self._cheapest(item)
                if found is None:
                    hopeless.append(item)
                    continue
                node, out = found
                for other in out:
                    board.take(other)
                waiting += sorted(out, key=lambda other: (board.bulk(other, node), other))
            board.put(item, node)
            bad = missing([*waiting, *hopeless])
            if bad is not None and (least is None or bad < least):
                least, best, left = bad, list(board.where), [*waiting, *hopeless]
        board.restore(best)
        return left

    def _next(self, waiting: list[int]) -> int:
        self.patience -= len(waiting) // 8
        if self._latest_first:
            return waiting.pop()
        return waiting.pop(min(range(len(waiting)), key=lambda number: (self._dear[waiting[number]], -number)))

    def _room(self, item: int) -> int:
        """The node that is the least full with it."""
        board = self.board
        best, least = NOWHERE, float("inf")
        for node in bits(board.open_to(item)):
            if all(used[node] + need[item] <= limit[node] for need, used, limit in self._rows):
                use = board.use_with(node, item)
                if use < least:
                    best, least = node, use
        return best

    def _cheapest(self, item: int) -> tuple[int, tuple[int, ...]] | None:
        """A node, and what to drive out of it or its failure domain so that ``item`` fits."""
        best: tuple[int, float, int, tuple[int, ...]] | None = None
        for _lack, node, first in sorted(self._candidates(item))[:NODES]:
            for out in self._sets(item, node, first):
                self.patience -= 1
                cost = sum(self._dear[other] for other in out)
                if best is None or cost <= best[0]:
                    bulk = sum(self.board.bulk(other, node) for other in out)
                    best = min(best, (cost, bulk, node, out)) if best else (cost, bulk, node, out)
        if best is None:
            return None
        _cost, _bulk, node, out = best
        return node, out

    def _candidates(self, item: int) -> Iterator[tuple[float, int, tuple[int, ...]]]:
        """Nodes, what they lack (a part of the node), and what must go because it may not be near ``item``."""
        for node in bits(self.board.allowed[item]):
            self.patience -= 1
            first = set()
            for other, domains in self.board.apart[item]:
                there = self.board.where[other]
                if there >= 0 and domains[there] >> node & 1:
                    first.add(other)
            if first <= self.movable:
                lack = max((used[node] + need[item] - limit[node]) / limit[node] for need, used, limit in self._rows)
                yield lack, node, tuple(sorted(first))

    def _sets(self, item: int, node: int, first: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Objects without which it fits, few at a time."""
        lacks = []
        for need, used, limit in self._rows:
            gone = sum(need[other] for other in first if self.board.where[other] == node)
            lack = used[node] + need[item] - gone - limit[node]
            if lack > 0:
                lacks.append((need, lack))
        if not lacks:
            yield first
            return
        there = [other for other in self.movable & self.board.on[node] if other not in first and other != item]
        there.sort(key=lambda other: (self._dear[other], -self.board.bulk(other, node), other))
        few = there[:OBJECTS]
        for number in range(1, (TOGETHER if len(few) <= FEW else 2) + 1):
            self.patience -= len(few)
            found = False
            for out in combinations(few, number):
                if all(sum(need[other] for other in out) >= lack for need, lack in lacks):
                    found = True
                    yield (*first, *out)
            if found:
                return
        out = self._many(there, lacks)
        if out:
            yield (*first, *out)

    def _many(self, there: Sequence[int], lacks: Sequence[tuple[Sequence[float], float]]) -> tuple[int, ...]:
        """The cheapest until it fits, without those that turn out not to be needed; nothing where all are not enough."""
        out: list[int] = []
        for other in there:
            out.append(other)
            if all(sum(need[one] for one in out) >= lack for need, lack in lacks):
                break
        else:
            return ()
        for other in list(out):
            if all(sum(need[one] for one in out if one != other) >= lack for need, lack in lacks):
                out.remove(other)
        return tuple(out)
