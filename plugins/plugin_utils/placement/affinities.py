# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that belong together are placed as one; those that must be apart never share a failure domain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ..model.errors import InvalidDefinition
from .problem import Item, Problem, Target, domain


def domain_masks(targets: Sequence[Target], level: str) -> list[int]:
    """For each node the mask of the nodes of its domain. One whose domain is not declared might share it with every node."""
    names = [domain(target, level) for target in targets]
    every = (1 << len(targets)) - 1
    unknown = sum(1 << number for number, name in enumerate(names) if not name)
    members: dict[str, int] = {}
    for number, name in enumerate(names):
        members[name] = members.get(name, unknown) | 1 << number
    return [members[name] if name else every for name in names]


def bundles(problem: Problem) -> list[tuple[Item, ...]]:
    """Objects with those that they must be together with, by name. Raises InvalidDefinition where two of them must be apart too."""
    items = {item.name: item for item in problem.items}
    groups = [(rule.name, sorted({*rule.members} & items.keys())) for rule in sorted(problem.together, key=lambda one: one.name)]
    leader = {name: name for name in items}

    def first(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for _name, members in groups:
        for member in members[1:]:
            one, other = sorted((first(members[0]), first(member)))
            leader[other] = one
    for against in sorted(problem.apart, key=lambda one: one.name):
        for one, other in combinations(sorted({*against.members} & items.keys()), 2):
            if first(one) == first(other):
                chain = " and ".join(_chain(groups, one, other))
                raise InvalidDefinition(
                    f"{one} and {other} are to be apart (affinity {against.name}, by {against.level}) and together (affinity {chain}): "
                    "no placement can do both. Change one of these affinities."
                )
    found: dict[str, list[Item]] = {}
    for name in sorted(items):
        found.setdefault(first(name), []).append(items[name])
    return [tuple(members) for members in found.values()]


def _chain(groups: Sequence[tuple[str, Sequence[str]]], one: str, other: str) -> list[str]:
    """The groups over which one is together with the other, as few as can be."""
    ways: dict[str, list[str]] = {one: []}
    todo = [one]
    while other not in ways:
        member = todo.pop(0)
        for name, members in groups:
            for beside in members if member in members else ():
                if beside not in ways:
                    ways[beside] = [*ways[member], name]
                    todo.append(beside)
    return ways[other]
