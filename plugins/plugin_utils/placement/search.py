# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for homes on a ``Board``: greedy, with room made by moving others, then smoothed by local search.

Exact solvers need minutes for what is answered here in a part of a second; ``tests/conformance/placement.py`` holds both side by side.
All is counted and nothing timed, so the same input always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .board import NOWHERE, SLACK, UNLIMITED, Board, bits

#: How many chains of moves are tried to make room for one object before it is given up; and how many nodes are looked at for all objects
#: of one call, or for one step down.
PATIENCE, NODES = 4000, 150_000
#: An improvement below this is none: it ends searches that would go on for the sake of rounding.
WORTH = 1e-7


class Search:
    """``movable`` may leave their node; the others stay where they are. ``strangers`` have no home: moving them costs nothing."""

    def __init__(self, board: Board, movable: Collection[int], strangers: Collection[int]) -> None:
        self.board = board
        self.movable = frozenset(movable)
        self.strangers = frozenset(strangers)
        self._tries = 0
        self._nodes = 0

    def place(self, order: Sequence[int], chain: int, ceiling: float = UNLIMITED) -> list[int]:
        """Puts each of ``order`` where the node is the least full afterwards, moving up to ``chain`` others for one of them where nothing
        else helps. No node gets fuller than ``ceiling`` by it. Returns those that found no home."""
        left = []
        self._nodes = NODES
        for item in order:
            node = self._emptiest(item, ceiling)
            if node != NOWHERE:
                self.board.put(item, node)
            elif self._nodes < 0 or not self._make_room(item, chain, ceiling):
                left.append(item)
        return left

    def lower_peak(self, enough: float = 0.0) -> None:
        """Takes load off the fullest node, by a move, an exchange, or a move that makes room for itself, until none of them helps or
        no node is fuller than ``enough``."""
        board = self.board
        while (peak := board.use(node := board.fullest())) > enough:
            movable = sorted(self.movable & board.on[node])
            if not (self._moved_off(node, peak, movable) or self._exchanged(node, peak, movable) or self._pushed_off(node, peak, movable)):
                return

    def send_home(self, homes: Sequence[int], ceiling: float) -> None:
        """Moves that turned out not to be needed are taken back."""
        board = self.board
        for item, home in enumerate(homes):
            if home >= 0 and board.where[item] not in (NOWHERE, home):
                here = board.take(item)
                fits = board.open_to(item) >> home & 1 and board.fits(item, home) and board.use_with(home, item) <= ceiling + SLACK
                board.put(item, home if fits else here)

    # --- finding room -----------------------------------------------------------------------------------------------
    def _emptiest(self, item: int, ceiling: float, skip: int = NOWHERE) -> int:
        board = self.board
        best, least = NOWHERE, ceiling + SLACK
        self._nodes -= len(board.nodes)
        for node in bits(board.open_to(item)):
            use = board.use_with(node, item)
            if use < least and node != skip and board.fits(item, node):
                best, least = node, use
        return best

    def _make_room(self, item: int, chain: int, ceiling: float) -> bool:
        """By as few moves of others as possible."""
        if chain and self._by_one_move(item, ceiling):
            return True
        for length in range(2, chain + 1):
            self._tries = PATIENCE
            if self._by_moves(item, length, ceiling, frozenset((item,))):
                return True
        return False

    def _makers(self, item: int, node: int, ceiling: float, busy: Collection[int] = ()) -> list[int]:
        """Objects of a node without which ``item`` would fit there; those that have no home first, then the smallest."""
        board = self.board
        found = []
        for other in self.movable & board.on[node]:
            if other in busy:
                continue
            for dimension in board.sizes:
                if (dimension.used[node] + dimension.need[item] - dimension.need[other]) * dimension.inverse[node] > 1 + SLACK:
                    break
            else:
                if board.use_with(node, item, without=other) <= ceiling + SLACK:
                    found.append(other)
        return sorted(found, key=lambda other: (other not in self.strangers, board.bulk(other, node), other))

    def _open_but_full(self, item: int) -> list[int]:
        """Nodes that lack nothing but room, the one that lacks least first."""
        return sorted(bits(self.board.open_to(item)), key=lambda node: (self.board.excess(item, node), node))

    def _by_one_move(self, item: int, ceiling: float) -> bool:
        """Of all single moves that make room the one that leaves the two nodes least full."""
        board = self.board
        best: tuple[bool, float, int, int, int] | None = None
        free = [max(1 / inverse - used for inverse, used in zip(one.inverse, one.used, strict=True)) for one in board.sizes]
        for node in self._open_but_full(item):
            if self._nodes < 0:
                break
            for other in self._makers(item, node, ceiling):
                use = board.use_with(node, item, without=other)
                moved = other not in self.strangers
                if best is not None and (moved, use) >= best[:2]:
                    continue
                if any(one.need[other] > room + SLACK / min(one.inverse) for one, room in zip(board.sizes, free, strict=True)):
                    continue  # no node has room for it
                board.take(other)
                board.put(item, node)
                there = self._emptiest(other, ceiling, skip=node)
                if there != NOWHERE:
                    found = (moved, max(use, board.use_with(there, other)), node, other, there)
                    best = found if best is None else min(best, found)
                board.take(item)
                board.put(other, node)
        if best is None:
            return False
        _moved, _use, node, other, there = best
        board.move(other, there)
        board.put(item, node)
        return True

    def _by_moves(self, item: int, chain: int, ceiling: float, busy: frozenset[int]) -> bool:
        board = self.board
        for node in self._open_but_full(item):
            for other in self._makers(item, node, ceiling, busy):
                self._tries -= 1
                if self._tries < 0 or self._nodes < 0:
                    return False
                board.take(other)
                board.put(item, node)
                there = self._emptiest(other, ceiling, skip=node)
                if there != NOWHERE:
                    board.put(other, there)
                    return True
                if chain > 1 and self._by_moves(other, chain - 1, ceiling, busy | {other}):
                    return True
                board.take(item)
                board.put(other, node)
        return False

    # --- lowering the peak ------------------------------------------------------------------------------------------
    def _moved_off(self, node: int, peak: float, movable: Sequence[int]) -> bool:
        board = self.board
        best, least = (NOWHERE, NOWHERE), peak - WORTH
        for item in movable:
            rest = board.use_without(node, item)
            if rest >= least:
                continue
            for there in bits(board.open_to(item) & ~(1 << node)):
                use = max(rest, board.use_with(there, item))
                if use < least and board.fits(item, there):
                    best, least = (item, there), use
        if best[0] == NOWHERE:
            return False
        board.move(*best)
        return True

    def _exchanged(self, node: int, peak: float, movable: Sequence[int]) -> bool:
        """The largest object first: for it the best partner, and the next object only where it has none."""
        board = self.board
        least = peak - WORTH
        for item in sorted(movable, key=lambda one: (-board.bulk(one, node), one)):
            best = NOWHERE
            for there in bits(board.open_to(item) & ~(1 << node)):
                for other in self.movable & board.on[there]:
                    use = board.use_with(there, item, without=other)
                    if use >= least:
                        continue
                    use = max(use, board.use_with(node, other, without=item))
                    if use < least and self._may_swap(item, other):
                        best, least = other, use
            if best != NOWHERE:
                there = board.take(best)
                board.move(item, there)
                board.put(best, node)
                return True
        return False

    def _may_swap(self, item: int, other: int) -> bool:
        board = self.board
        here, there = board.take(item), board.take(other)
        may = bool(board.open_to(item) >> there & 1 and board.fits(item, there))
        if may:
            board.put(item, there)
            may = bool(board.open_to(other) >> here & 1 and board.fits(other, here))
            board.take(item)
        board.put(item, here)
        board.put(other, there)
        return may

    def _pushed_off(self, node: int, peak: float, movable: Sequence[int]) -> bool:
        """An object leaves for a node where others make room for it, all below the peak."""
        board = self.board
        for item in sorted(movable, key=lambda one: (board.bulk(one, node), one)):
            if board.use_without(node, item) >= peak - WORTH:
                continue
            board.take(item)
            allowed = board.allowed[item]
            board.allowed[item] = allowed & ~(1 << node)
            self._nodes = NODES // len(movable)
            found = self._make_room(item, 2, peak - 2 * WORTH)
            board.allowed[item] = allowed
            if found:
                return True
            board.put(item, node)
        return False
