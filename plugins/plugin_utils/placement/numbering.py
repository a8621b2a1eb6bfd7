# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A problem as the search wants it: nodes and objects by number, in the order of their names, whatever order they came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from .affinities import bundles, domain_masks
from .board import NOWHERE, Board, Dimension
from .problem import Item, Problem


class Numbering:
    """``bundles`` are what is placed as one. ``strangers`` look for a home, ``settled`` have one, ``free`` may leave it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.targets = sorted(enumerate(problem.targets), key=lambda pair: pair[1].name)
        self.names = [target.name for _given, target in self.targets]
        self.number = {name: number for number, name in enumerate(self.names)}
        self.bundles = sorted(bundles(problem), key=lambda bundle: bundle.name)
        self.homes = [self.number.get(bundle.home or "", NOWHERE) for bundle in self.bundles]
        self.strangers = [item for item, home in enumerate(self.homes) if home == NOWHERE]
        self.settled = [item for item, home in enumerate(self.homes) if home != NOWHERE]
        self.free = [item for item in self.settled if not self.bundles[item].bound]

    def board(self) -> Board:
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

    def named(self, board: Board) -> tuple[dict[str, str], tuple[str, ...], float]:
        """Homes by name, what has none, and how full the fullest node is."""
        homes, unplaced = {}, []
        for item, bundle in enumerate(self.bundles):
            for member in bundle.members:
                if board.where[item] == NOWHERE:
                    unplaced.append(member.name)
                else:
                    homes[member.name] = self.names[board.where[item]]
        return dict(sorted(homes.items())), tuple(sorted(unplaced)), board.peak()
