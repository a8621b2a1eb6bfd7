# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""N+1: if nodes die now, which of their objects have a home elsewhere, and which do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .board import NOWHERE
from .numbering import Numbering
from .problem import Problem, Rules, domain
from .search import Search
from .solve import solve


@dataclass(frozen=True, slots=True)
class Loss:
    """What it means that nodes are lost. ``homes``: object → the node that would take it over; ``homeless``, what matters most first.

    ``peak``: how full the fullest node would be.
    """

    homes: Mapping[str, str]
    homeless: tuple[str, ...]
    peak: float


def losses(problem: Problem, failures: Mapping[str, Collection[str]] | None = None) -> dict[str, Loss]:
    """For each failure, which is a name and the nodes that are lost at once; without any, for each node alone.

    Everything else stays where it is. Objects without a home now are left out: they have none anyway. Raises InvalidDefinition as solve
    does.
    """
    survival = Survival(problem)
    wanted = {target.name: (target.name,) for target in problem.targets} if failures is None else failures
    return {name: survival.loss(nodes) for name, nodes in sorted(wanted.items())}


def domains(problem: Problem, level: str) -> dict[str, tuple[str, ...]]:
    """Failure domain → its nodes, of one level. Nodes that declare none of this level are in none."""
    found: dict[str, list[str]] = {}
    for target in sorted(problem.targets, key=lambda one: one.name):
        if name := domain(target, level):
            found.setdefault(name, []).append(target.name)
    return {name: tuple(nodes) for name, nodes in sorted(found.items())}


class Survival:
    """A problem's objects as they are now, on a board that can be changed between two questions."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.numbers = Numbering(problem)
        self.board = self.numbers.board()

    def loss(self, nodes: Collection[str], barred: Collection[str] = ()) -> Loss:
        """Quickly where everybody finds a home; by the whole search where not, so that nobody is called homeless too soon.

        ``barred``: nodes that live on, and that nothing goes to.
        """
        return self.quick(nodes, barred) or self._searched(nodes, barred)

    def quick(self, nodes: Collection[str], barred: Collection[str] = ()) -> Loss | None:
        """None where a first search leaves somebody without a home."""
        board, bundles = self.board, self.numbers.bundles
        lost = sorted(item for name in nodes for item in board.on[self.numbers.number[name]])
        mask = sum(1 << self.numbers.number[name] for name in {*nodes, *barred})
        before = {item: (board.take(item), board.allowed[item]) for item in lost}
        for item in lost:
            board.allowed[item] &= ~mask
        order = sorted(lost, key=lambda item: (bundles[item].rank, -max(board.bulk(item, node) for node in board.nodes), item))
        left = Search(board, lost, lost).place(order, chain=1)
        homes = (
            {member.name: self.numbers.names[board.where[item]] for item in lost for member in bundles[item].members} if not left else {}
        )
        peak = board.peak()
        for item, (node, allowed) in before.items():
            if board.where[item] != NOWHERE:
                board.take(item)
            board.allowed[item] = allowed
            board.put(item, node)
        return None if left else Loss(dict(sorted(homes.items())), (), peak)

    def safe(self, nodes: Collection[str]) -> bool:
        """Whether everybody has a home when these are lost."""
        return not self.loss(nodes).homeless

    def _searched(self, gone: Collection[str], barred: Collection[str]) -> Loss:
        now, _unplaced, _peak = self.numbers.named(self.board)
        lost = [item for item in self.problem.items if now.get(item.name) in gone]
        there = [replace(item, home=now[item.name]) for item in self.problem.items if item.name in now]
        found = solve(without(replace(self.problem, items=there), gone, barred), "none")
        homeless = [item for item in sorted(lost, key=lambda one: (one.rank, one.name)) if item.name not in found.homes]
        homes = {item.name: found.homes[item.name] for item in sorted(lost, key=lambda one: one.name) if item.name in found.homes}
        return Loss(homes, tuple(item.name for item in homeless), found.peak)


def without(problem: Problem, gone: Collection[str], barred: Collection[str] = ()) -> Problem:
    """The problem that is left when nodes are lost; their objects look for a home, but not on those that are ``barred``."""
    kept = [number for number, target in enumerate(problem.targets) if target.name not in gone]
    targets = [problem.targets[number] for number in kept]
    closed = {target.name: place for place, target in enumerate(targets) if target.name in barred}
    return replace(problem, targets=targets, rules=_Left(problem.rules, kept, closed))


@dataclass
class _Left:
    """Rules for some of the nodes; ``kept`` has their places among all, ``closed`` the names and new places of those that are barred."""

    rules: Rules
    kept: Sequence[int]
    closed: Mapping[str, int]
    _known: dict[int, int] = field(default_factory=dict)

    def allowed(self, item: str) -> int:
        given = self.rules.allowed(item)
        if given not in self._known:
            open_to = sum(1 << place for place, number in enumerate(self.kept) if given >> number & 1)
            self._known[given] = open_to & ~sum(1 << place for place in self.closed.values())
        return self._known[given]

    def reason(self, item: str, target: str) -> str | None:
        found = self.rules.reason(item, target)
        return found or ("is a domain of the machine that is lost in part" if target in self.closed else None)
