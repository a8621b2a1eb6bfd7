# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is where and how full that makes every node: the search's own bookkeeping, where nodes and objects are numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

NOWHERE = -1
#: What rounding may add to a sum of many sizes.
SLACK = 1e-9
#: A ceiling that is none.
UNLIMITED = 1e9


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Dimension:
    """One thing that nodes have and objects need. ``part[i] * inverse[n]`` is the part of node n that object i takes."""

    __slots__ = ("inverse", "need", "used")

    def __init__(self, capacities: Sequence[float], needs: Sequence[float], nothing: float = 1e18) -> None:
        """``nothing``: the inverse of no capacity. What there is nothing of can carry only what needs nothing; for balance it is 0."""
        self.inverse = [1 / capacity if capacity > 0 else nothing for capacity in capacities]
        self.need = list(needs)
        self.used: list[float] = [0] * len(capacities)


class Board:
    """``sizes`` must never exceed a node; ``loads`` tell how full it counts for balance (the same list where nothing was measured).

    ``allowed`` has a mask of nodes for each object. ``apart`` has for each object those that it must not share a failure domain with, and
    for each of these the domains: the mask of the nodes that are in one with node n.
    """

    def __init__(
        self,
        nodes: int,
        sizes: Sequence[Dimension],
        loads: Sequence[Dimension],
        allowed: list[int],
        apart: Sequence[Sequence[tuple[int, Sequence[int]]]],
    ) -> None:
        self.sizes = sizes
        self.loads = loads
        self._every = sizes if sizes is loads else [*sizes, *loads]
        self.allowed = allowed
        self.apart = apart
        self.nodes = range(nodes)
        self.where = [NOWHERE] * len(allowed)
        self.on: list[set[int]] = [set() for _node in self.nodes]

    def put(self, item: int, node: int) -> None:
        self.where[item] = node
        self.on[node].add(item)
        for dimension in self._every:
            dimension.used[node] += dimension.need[item]

    def take(self, item: int) -> int:
        """Off its node, which is returned."""
        node = self.where[item]
        self.where[item] = NOWHERE
        self.on[node].discard(item)
        for dimension in self._every:
            dimension.used[node] -= dimension.need[item]
        return node

    def move(self, item: int, node: int) -> None:
        self.take(item)
        self.put(item, node)

    def restore(self, where: Sequence[int]) -> None:
        """Back to what ``where`` was."""
        changed = [item for item, node in enumerate(where) if node != self.where[item]]
        for item in changed:
            if self.where[item] != NOWHERE:
                self.take(item)
        for item in changed:
            if where[item] != NOWHERE:
                self.put(item, where[item])

    def open_to(self, item: int) -> int:
        """The nodes where rules and neighbours allow it, whatever room they have."""
        mask = self.allowed[item]
        for other, domains in self.apart[item]:
            there = self.where[other]
            if there >= 0:
                mask &= ~domains[there]
        return mask

    def misplaced(self, item: int) -> bool:
        """Whether it is where rules or neighbours do not allow it any more: it may stay, and could not come."""
        return not self.open_to(item) >> self.where[item] & 1

    def fits(self, item: int, node: int) -> bool:
        for dimension in self.sizes:  # noqa: SIM110  the search's innermost question: all() takes twice as long
            if (dimension.used[node] + dimension.need[item]) * dimension.inverse[node] > 1 + SLACK:
                return False
        return True

    def use(self, node: int) -> float:
        """How full a node is: of what it has least of left."""
        worst = 0.0
        for dimension in self.loads:
            part = dimension.used[node] * dimension.inverse[node]
            if part > worst:
                worst = part
        return worst

    def use_with(self, node: int, item: int, without: int = NOWHERE) -> float:
        """How full it would be with one more, and with another one gone."""
        worst = 0.0
        for dimension in self.loads:
            used = dimension.used[node] + dimension.need[item]
            if without >= 0:
                used -= dimension.need[without]
            part = used * dimension.inverse[node]
            if part > worst:
                worst = part
        return worst

    def use_without(self, node: int, item: int) -> float:
        worst = 0.0
        for dimension in self.loads:
            part = (dimension.used[node] - dimension.need[item]) * dimension.inverse[node]
            if part > worst:
                worst = part
        return worst

    def bulk(self, item: int, node: int) -> float:
        """The part of a node that an object takes."""
        return max(dimension.need[item] * dimension.inverse[node] for dimension in self.sizes)

    def excess(self, item: int, node: int) -> float:
        """By what part of the node it would be overfull with this object as well; negative: it fits."""
        return max((dimension.used[node] + dimension.need[item]) * dimension.inverse[node] - 1 for dimension in self.sizes)

    def overfull(self, node: int) -> bool:
        return any(dimension.used[node] * dimension.inverse[node] > 1 + SLACK for dimension in self.sizes)

    def peak(self) -> float:
        return max((self.use(node) for node in self.nodes), default=0.0)

    def fullest(self) -> int:
        return max(self.nodes, key=lambda node: (self.use(node), -node))
