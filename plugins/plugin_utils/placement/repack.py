# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few nodes and all that may move on them, packed anew: tree search with look-ahead, complete where its steps suffice.

What has the fewest nodes left is decided first; what often left no way is decided sooner (dom/wdeg, Boussemart and others, 2004), and the
search starts anew with what it has learnt, each time with more steps. Steps are counted, nothing is timed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .board import NOWHERE, SLACK, UNLIMITED, Board, bits

#: Steps of the first attempt, and by what each further one has more.
FIRST, GROWTH = 500, 1.05
#: No limit to what moves.
ANY = 1 << 30


class Repack:
    """``nodes``: a mask. No node gets fuller than ``ceiling``. ``steps`` are left for all attempts together."""

    def __init__(self, board: Board, nodes: int, ceiling: float, steps: int, attempt: int = 0) -> None:
        self.board = board
        self.nodes = list(bits(nodes))
        self.steps = steps
        self._mask = nodes
        self._left = 0
        self._attempt = attempt
        self._weight: dict[int, float] = {}
        self._homes: Sequence[int] = ()
        self._counts: Sequence[int] = ()
        self._costs: Mapping[int, tuple[int, ...]] = {}
        self._bulk: dict[int, float] = {}
        sizes = min(ceiling, 1.0) if board.sizes is board.loads else 1.0
        self._limits = [(one.need, one.used, [(sizes + SLACK) / inverse for inverse in one.inverse]) for one in board.sizes]
        if board.sizes is not board.loads and ceiling < UNLIMITED:
            loads = [(one.need, one.used, [(ceiling + SLACK) / (inverse or 1e-18) for inverse in one.inverse]) for one in board.loads]
            self._limits += loads

    def place(
        self,
        items: Sequence[int],
        homes: Sequence[int],
        costs: Mapping[int, tuple[int, ...]],
        budget: tuple[int, ...] = (),
        moves: tuple[int, Sequence[int]] | None = None,
    ) -> list[int] | None:
        """Homes for ``items``, which have none. Those with ``costs`` may stay out as long as the sum of these is within the ``budget``.
        ``moves``: how many moves may be made away from ``homes``, and as how many each counts; else ``homes`` are only tried first.

        Returns those that stay out, or None, and the board is as it was, where nothing was found.
        """
        self._weight = dict.fromkeys(items, 1.0)
        self._costs = costs
        self._homes = homes
        most, self._counts = moves or (ANY, ())
        shares = [(need, 1 / max(sum(limit[node] for node in self.nodes), SLACK)) for need, _used, limit in self._limits]
        self._bulk = {item: max(need[item] * share for need, share in shares) for item in items}
        steps = float(FIRST)
        while self.steps > 0:
            self._left = given = min(int(steps), self.steps)
            found = self._decide(self._beginning(items), budget, most)
            self.steps -= given - max(self._left, 0)
            if found is not None or self._left > 0:  # steps are left: every possibility was looked at
                return found
            steps *= GROWTH
            self._attempt += 1
        return None

    def _beginning(self, items: Sequence[int]) -> dict[int, int]:
        open_to = self.board.open_to
        return {item: sum(1 << node for node in bits(open_to(item) & self._mask) if self._fits(item, node)) for item in items}

    def _fits(self, item: int, node: int) -> bool:
        for need, used, limit in self._limits:  # noqa: SIM110  the innermost question: all() takes twice as long
            if used[node] + need[item] > limit[node]:
                return False
        return True

    def _decide(self, open_to: dict[int, int], budget: tuple[int, ...], moves: int) -> list[int] | None:
        """``open_to``: what is undecided → nodes that it fits on now. Puts all on the board and returns who stays out, or undoes it all."""
        if not open_to:
            return []
        self._left -= 1
        if self._left <= 0 or not self._room_for(open_to, budget):
            return None
        if self._counts and self._must_move(open_to) > moves:
            return None
        strangers = [one for one in open_to if self._homes[one] == NOWHERE] if self._counts and self._attempt % 2 == 0 else ()
        item = min(strangers or open_to, key=lambda one: (open_to[one].bit_count() / self._weight[one], -self._bulk[one], one))
        board = self.board
        for node in sorted(bits(open_to[item]), key=lambda node: (self._turn(item, node), node)):
            left = moves - self._counts[item] if self._counts and self._homes[item] not in (node, NOWHERE) else moves
            if left < 0:
                continue
            board.put(item, node)
            rest = self._looked_ahead(open_to, item, node, budget)
            found = None if rest is None else self._decide(rest, budget, left)
            if found is not None:
                return found
            board.take(item)
            if self._left <= 0:
                return None
        if not self._may_miss(item, budget):
            return None
        rest = {one: mask for one, mask in open_to.items() if one != item}
        found = self._decide(rest, tuple(left - cost for left, cost in zip(budget, self._costs[item], strict=True)), moves)
        return None if found is None else [item, *found]

    def _must_move(self, open_to: Mapping[int, int]) -> int:
        """At least how many of them cannot be at home: those whose home is closed, and the fewest without which the others fit there."""
        moves = 0
        at: dict[int, list[int]] = {}
        for one, mask in open_to.items():
            home = self._homes[one]
            if home == NOWHERE:
                continue
            if mask >> home & 1:
                at.setdefault(home, []).append(one)
            else:
                moves += self._counts[one]
        for node, there in at.items():
            most = 0
            for need, used, limit in self._limits:
                excess = used[node] + sum([need[one] for one in there]) - limit[node]
                if excess > 0:
                    count = 0
                    for amount in sorted([need[one] for one in there], reverse=True):
                        count += 1
                        excess -= amount
                        if excess <= 0:
                            break
                    most = max(most, count)
            moves += most
        return moves

    def _may_miss(self, item: int, budget: tuple[int, ...]) -> bool:
        costs = self._costs.get(item)
        return costs is not None and all(cost <= left for cost, left in zip(costs, budget, strict=True))

    def _turn(self, item: int, node: int) -> float:
        """What gets least full is tried first; in two of three attempts home before it, or all as by chance, always the same."""
        if self._attempt % 3 == 1:
            return (node * 7919 + item * 104729 + self._attempt * 31337) * 2654435761 % (1 << 32)
        if self._attempt % 3 == 0 and node == self._homes[item]:
            return 0.0
        return max((used[node] + need[item]) / limit[node] for need, used, limit in self._limits)

    def _looked_ahead(self, open_to: dict[int, int], item: int, node: int, budget: tuple[int, ...]) -> dict[int, int] | None:
        """What is left for the others once ``item`` is on ``node``; None where one of them has nothing left."""
        apart: dict[int, int] = {}
        for other, domains in self.board.apart[item]:
            apart[other] = apart.get(other, 0) | domains[node]
        here = 1 << node
        rest = {}
        for one, mask in open_to.items():
            if one == item:
                continue
            if one in apart:
                mask &= ~apart[one]
            if mask & here and not self._fits(one, node):
                mask &= ~here
            if not mask and not self._may_miss(one, budget):
                self._weight[one] += 1
                return None
            rest[one] = mask
        return rest

    def _room_for(self, open_to: dict[int, int], budget: tuple[int, ...]) -> bool:
        """As far as sums tell, of the nodes that are left for any."""
        spare = sum(budget)
        somewhere = 0
        for mask in open_to.values():
            somewhere |= mask
        nodes = list(bits(somewhere))
        for need, used, limit in self._limits:
            wanted = sum([need[one] for one in open_to]) - sum([limit[node] - used[node] for node in nodes])
            if wanted > 0:
                dispensable = [need[one] for one in open_to if one in self._costs] if spare else []
                if wanted > sum(sorted(dispensable, reverse=True)[:spare]):
                    return False
        return True
