# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A problem as the search wants it: nodes and objects by number, in the order of their names, whatever order they came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .affinities import bundles, domain_masks
from .board import NOWHERE, Board, Dimension
from .problem import Item, Moves, Problem


@dataclass(frozen=True)
class Bundle:
    """Objects that are placed as one: a group declared together, or one alone.

    A group that is torn, over several nodes or because only some have a home, is one bundle for each node that members are on, which
    does not move, and one that ``unites`` these: it takes their place as soon as the whole group is on one node.
    """

    members: tuple[Item, ...]
    home: int
    bound: bool
    unites: tuple[int, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        return min(member.rank for member in self.members)


class Numbering:
    """``bundles`` are placed as one: ``strangers`` look for a home, ``settled`` have one, ``free`` may leave it, ``torn`` are groups
    to be united."""

    def __init__(self, problem: Problem, moves: Moves = "none") -> None:
        self.problem = problem
        self._fixed = moves == "none"
        self.targets = sorted(enumerate(problem.targets), key=lambda pair: pair[1].name)
        self.names = [target.name for _given, target in self.targets]
        self.number = {name: number for number, name in enumerate(self.names)}
        self.bundles: list[Bundle] = []
        self._group: list[int] = []
        for number, members in enumerate(bundles(problem)):
            self.bundles += self._split(members)
            self._group += [number] * (len(self.bundles) - len(self._group))
        self.homes = [bundle.home for bundle in self.bundles]
        numbered = list(enumerate(self.bundles))
        self.strangers = [item for item, bundle in numbered if bundle.home == NOWHERE and not bundle.unites]
        self.settled = [item for item, bundle in numbered if bundle.home != NOWHERE and not bundle.unites]
        self.torn = [item for item, bundle in numbered if bundle.unites and self._is_to_unite(bundle, moves)]
        self.free = [item for item in (*self.settled, *self.torn) if not self.bundles[item].bound]

    def _is_to_unite(self, bundle: Bundle, moves: Moves) -> bool:
        """Where nobody in it looks for a home, it is mended only where everything may move."""
        return moves == "balance" or any(member.home not in self.number for member in bundle.members)

    def _split(self, members: Sequence[Item]) -> Iterator[Bundle]:
        at: dict[int, list[Item]] = {}
        for member in members:
            at.setdefault(self.number.get(member.home or "", NOWHERE), []).append(member)
        settled = sorted(home for home in at if home != NOWHERE)
        bound = self._stays(members)
        if len(at) == 1:
            yield from (Bundle(tuple(members), home, bound) for home in at)
            return
        first = len(self.bundles)
        yield from (Bundle(tuple(at[home]), home, True) for home in settled)
        common = settled[0] if len(settled) == 1 else NOWHERE
        yield Bundle(tuple(members), common, bound, tuple(range(first, first + len(settled))))

    def _stays(self, members: Sequence[Item]) -> bool:
        return any((member.bound or self._fixed) and member.home in self.number for member in members)

    def board(self) -> Board:
        """What has a home is there; of torn groups the members."""
        targets = [target for _given, target in self.targets]
        sizes = self._dimensions([target.capacity for target in targets], lambda item: item.size)
        same = all(item.load is None for item in self.problem.items)
        bearing = [target.capacity if target.bearing is None else target.bearing for target in targets]
        if same and all(target.bearing is None and min(target.capacity) > 0 for target in targets):
            loads = sizes
        else:
            loads = self._dimensions(bearing, lambda item: item.size if item.load is None else item.load, nothing=0.0)
        board = Board(len(targets), sizes, loads, self._allowed(), self._apart())
        for item in self.settled:
            board.put(item, self.homes[item])
        return board

    def _dimensions(
        self, capacities: Sequence[tuple[float, ...]], of: Callable[[Item], tuple[float, ...]], nothing: float = 1e18
    ) -> list[Dimension]:
        needs = [[sum(parts) for parts in zip(*(of(member) for member in bundle.members), strict=True)] for bundle in self.bundles]
        return [
            Dimension([capacity[index] for capacity in capacities], [need[index] for need in needs], nothing)
            for index in range(len(self.problem.dimensions))
        ]

    def _allowed(self) -> list[int]:
        """Masks in our own order of nodes."""
        known: dict[int, int] = {}
        found = []
        for bundle in self.bundles:
            given = (1 << len(self.targets)) - 1
            for member in bundle.members:
                given &= self.problem.rules.allowed(member.name)
            if given not in known:
                known[given] = sum(1 << number for number, (index, _target) in enumerate(self.targets) if given >> index & 1)
            found.append(known[given])
        for item, bundle in enumerate(self.bundles):
            for part in bundle.unites:
                there = 1 << self.homes[part]
                if self._stays(self.bundles[part].members):
                    found[item] &= there
                for other in bundle.unites:  # a part alone can only go where the others are
                    found[other] &= there if other != part else -1
        return found

    def _apart(self) -> list[list[tuple[int, Sequence[int]]]]:
        of: dict[str, list[int]] = {}
        for item, bundle in enumerate(self.bundles):
            for member in bundle.members:
                of.setdefault(member.name, []).append(item)
        found: list[list[tuple[int, Sequence[int]]]] = [[] for _bundle in self.bundles]
        masks: dict[str, list[int]] = {}
        for rule in sorted(self.problem.apart, key=lambda one: one.name):
            if rule.level not in masks:
                masks[rule.level] = domain_masks([target for _given, target in self.targets], rule.level)
            for one, other in combinations(sorted({item for member in rule.members for item in of.get(member, ())}), 2):
                if self._group[one] != self._group[other]:
                    found[one].append((other, masks[rule.level]))
                    found[other].append((one, masks[rule.level]))
        return found

    def named(self, board: Board) -> tuple[dict[str, str], tuple[str, ...], float]:
        """Homes by name, what has none, and how full the fullest node is."""
        homes: Mapping[str, str] = {
            member.name: self.names[board.where[item]]
            for item, bundle in enumerate(self.bundles)
            if board.where[item] != NOWHERE
            for member in bundle.members
        }
        unplaced = tuple(sorted(item.name for item in self.problem.items if item.name not in homes))
        return dict(sorted(homes.items())), unplaced, board.peak()
