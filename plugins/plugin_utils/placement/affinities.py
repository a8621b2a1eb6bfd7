# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that belong together are placed as one; those that must be apart never share a failure domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ..model.errors import InvalidDefinition
from .problem import Item, Problem, Target, domain


@dataclass(frozen=True)
class Bundle:
    """Objects that are placed as one: a group declared together, or one alone."""

    name: str
    members: tuple[Item, ...]
    home: str | None

    @property
    def rank(self) -> tuple[int, int]:
        return min(member.rank for member in self.members)

    @property
    def bound(self) -> bool:
        return any(member.bound for member in self.members)


def domain_masks(targets: Sequence[Target], level: str) -> list[int]:
    """For each node the mask of the nodes of its domain. One whose domain is not declared might share it with every node."""
    names = [domain(target, level) for target in targets]
    every = (1 << len(targets)) - 1
    unknown = sum(1 << number for number, name in enumerate(names) if not name)
    members: dict[str, int] = {}
    for number, name in enumerate(names):
        members[name] = members.get(name, unknown) | 1 << number
    return [members[name] if name else every for name in names]


def bundles(problem: Problem) -> list[Bundle]:
    """Objects with those that they must be together with. Raises InvalidDefinition where two of them must be apart too."""
    items = {item.name: item for item in problem.items}
    leader = {name: name for name in items}

    def first(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    why: dict[str, list[str]] = {}
    for rule in sorted(problem.together, key=lambda one: one.name):
        members = sorted(member for member in rule.members if member in items)
        for member in members[1:]:
            one, other = sorted((first(members[0]), first(member)))
            leader[other] = one
        for member in members:
            why.setdefault(member, []).append(rule.name)
    for against in sorted(problem.apart, key=lambda one: one.name):
        for one, other in combinations(sorted(member for member in against.members if member in items), 2):
            if first(one) == first(other):
                chain = " and ".join(dict.fromkeys([*why.get(one, ()), *why.get(other, ())]))
                raise InvalidDefinition(
                    f"{one} and {other} are to be apart (affinity {against.name}, by {against.level}) and together (affinity {chain}): "
                    "no placement can do both. Change one of these affinities."
                )
    groups: dict[str, list[Item]] = {}
    for name in sorted(items):
        groups.setdefault(first(name), []).append(items[name])
    return [Bundle(name, tuple(members), _common_home(members)) for name, members in groups.items()]


def _common_home(members: Sequence[Item]) -> str | None:
    """A group that is torn apart is at home where one that must stay is, or else where most of it is."""
    bound = [member.home for member in members if member.bound and member.home]
    if bound:
        return bound[0]
    homes = [member.home for member in members if member.home]
    return max(sorted(set(homes)), key=homes.count) if homes else None
