# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order moves are made: what matters most first, nothing before there is room for it, not too many at once for one node."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..model.dependencies import Dependencies
from .board import SLACK
from .problem import Apart, Problem, domain
from .solve import Placement


@dataclass(frozen=True, slots=True)
class Wave:
    """``moves``: object → node, all at once, masters and slaves among them in the order of their dependencies. ``parked``: objects that
    are stopped where they are before the moves, because they and others wait for each other's room; each moves in a later wave."""

    moves: Mapping[str, str]
    parked: tuple[str, ...] = ()


def waves(problem: Problem, placement: Placement, dependencies: Dependencies, at_once: int) -> list[Wave]:
    """The moves of a placement. ``at_once``: how many may arrive at or leave one node in one wave; those that depend on each other, or
    are to be together, move in one wave however many they are."""
    return _Order(problem, placement, dependencies, at_once).waves()


class _Order:
    def __init__(self, problem: Problem, placement: Placement, dependencies: Dependencies, at_once: int) -> None:
        self.items = {item.name: item for item in problem.items}
        self.capacity = {target.name: target.capacity for target in problem.targets}
        self.going = {
            name: node for name, node in placement.homes.items() if self.items[name].home not in (None, node) and self.items[name].home
        }
        self.at_once = at_once
        self.at: dict[str, str] = {}
        self.used = {name: [0.0] * len(problem.dimensions) for name in self.capacity}
        for item in problem.items:
            if item.home in self.used:
                self._count(self.used, item.name, item.home, 1)
                self.at[item.name] = item.home
        self.together = [set(rule.members) & self.going.keys() for rule in problem.together]
        self.chains = self._chains(dependencies)
        self.domains = {
            level: {target.name: domain(target, level) for target in problem.targets} for level in {one.level for one in problem.apart}
        }
        self.apart: dict[str, list[Apart]] = {}
        for rule in problem.apart:
            for member in rule.members:
                self.apart.setdefault(member, []).append(rule)

    def waves(self) -> list[Wave]:
        left = list(self.chains)
        parked: set[str] = set()
        found = []
        while left:
            ready = self._ready(left, parked)
            stopped: list[str] = []
            while not ready:  # they wait for each other: the one that matters least gives up its room
                waiting = [chain for chain in self._hoping(left, parked) if not parked.issuperset(chain)]
                if not waiting:  # what can never arrive is not stopped for it: the move itself says why
                    ready = left
                    break
                chain = max(waiting, key=lambda names: (self._rank(names), names))
                more = [name for name in chain if name not in parked]
                for name in more:
                    self._leave(name)
                parked.update(more)
                stopped += more
                ready = self._ready(left, parked)
            moves = {name: self.going[name] for chain in ready for name in chain}
            for name, node in moves.items():
                if name not in parked:
                    self._leave(name)
                self._count(self.used, name, node, 1)
                self.at[name] = node
            left = [chain for chain in left if chain not in ready]
            found.append(Wave(moves, tuple(sorted(stopped))))
        return found

    def _ready(self, left: Sequence[tuple[str, ...]], parked: set[str]) -> list[tuple[str, ...]]:
        """As many as fit at once, with the room that there is before any of them has left."""
        coming: dict[str, list[float]] = {name: list(used) for name, used in self.used.items()}
        busy: dict[str, int] = {}
        ready: list[tuple[str, ...]] = []
        for chain in left:
            ends = [node for name in chain for node in (self.going[name], self.items[name].home or "")]
            if any(busy.get(node, 0) + ends.count(node) > self.at_once for node in set(ends) if busy.get(node, 0)):
                continue
            if self._could_arrive(chain, coming, ()):
                for name in chain:
                    self._count(coming, name, self.going[name], 1)
                ready.append(chain)
                for node in ends:
                    busy[node] = busy.get(node, 0) + 1
        return ready

    def _hoping(self, left: Sequence[tuple[str, ...]], parked: Collection[str]) -> list[tuple[str, ...]]:
        """Those that could arrive if all of them had left."""
        hoping = list(left)
        while True:
            gone = {name for chain in hoping for name in chain} - set(parked)
            used = {node: list(amounts) for node, amounts in self.used.items()}
            for name in gone:
                self._count(used, name, self.items[name].home or "", -1)
            still = [chain for chain in hoping if self._could_arrive(chain, used, gone)]
            if len(still) == len(hoping):
                return hoping
            hoping = still

    def _could_arrive(self, chain: Sequence[str], used: Mapping[str, Sequence[float]], gone: Collection[str]) -> bool:
        trial = {node: list(used[node]) for node in {self.going[name] for name in chain}}
        for name in chain:
            self._count(trial, name, self.going[name], 1)
        return all(self._bears(node, amounts) for node, amounts in trial.items()) and not any(self._meets(name, gone) for name in chain)

    def _count(self, used: dict[str, list[float]], name: str, node: str, sign: int) -> None:
        for index, size in enumerate(self.items[name].size if node in used else ()):
            used[node][index] += sign * size

    def _meets(self, name: str, gone: Collection[str] = ()) -> bool:
        """Whether it would share a failure domain, for a while, with one that has not left it yet (and is not ``gone``)."""
        for rule in self.apart.get(name, ()):
            domains = self.domains[rule.level]
            for other in rule.members:
                if other != name and other in self.at and other not in gone and domains[self.at[other]] == domains[self.going[name]]:
                    return True
        return False

    def _bears(self, node: str, used: Sequence[float]) -> bool:
        return all(part <= room + SLACK * max(room, 1) for part, room in zip(used, self.capacity[node], strict=True))

    def _leave(self, name: str) -> None:
        item = self.items[name]
        if item.home in self.used:
            self._count(self.used, name, item.home, -1)
            self.at.pop(name)

    def _rank(self, names: Sequence[str]) -> tuple[int, int]:
        return min(self.items[name].rank for name in names)

    def _chains(self, dependencies: Dependencies) -> list[tuple[str, ...]]:
        """Those that depend on each other or are to be together, directly or over others that move too; what matters most first."""
        chains: list[tuple[str, ...]] = []
        seen: set[str] = set()
        for name in sorted(self.going):
            if name in seen:
                continue
            chain, todo = {name}, [name]
            while todo:
                one = todo.pop()
                beside = {*dependencies.all_masters([one]), *dependencies.all_slaves([one])} & self.going.keys() - chain
                beside |= {name for members in self.together if one in members for name in members} - chain
                chain |= beside
                todo += sorted(beside)
            seen |= chain
            chains.append(tuple(sorted(chain)))
        return sorted(chains, key=lambda names: (self._rank(names), names))
