# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of every placement, worked out from the problem alone: nothing of the engine but its values is used here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import CATEGORIES, Item, Moves, Problem, Target

ROUNDING = 1e-6


def violations(problem: Problem, homes: Mapping[str, str], moves: Moves = "balance") -> Iterator[str]:
    """One sentence for each rule that a placement breaks. What broke a rule before and was left as it is, counts as nobody's."""
    items = {item.name: item for item in problem.items}
    targets = {target.name: target for target in problem.targets}
    numbers = {target.name: number for number, target in enumerate(problem.targets)}
    came = {name for name, node in homes.items() if node != items[name].home}
    for name, node in sorted(homes.items()):
        if node not in targets:
            yield f"{name} is on {node}, which is not there"
        elif name in came and not problem.rules.allowed(name) >> numbers[node] & 1:
            yield f"{name} came to {node}, which the rules forbid"
    for item in problem.items:
        settled = item.home in targets
        if item.name not in homes and settled:
            yield f"{item.name} lost its home {item.home}"
        if item.name in came and item.bound and settled:
            yield f"{item.name} is bound and went to {homes[item.name]}"
        if item.name in came and settled and moves == "none":
            yield f"{item.name} left {item.home} though nothing may move"
    yield from _overfull(problem, homes)
    for rule in problem.apart:
        for one, other in combinations(sorted({*rule.members} & homes.keys()), 2):
            if {one, other} & came and _share(targets[homes[one]], targets[homes[other]], rule.level):
                yield f"{one} on {homes[one]} and {other} on {homes[other]} share a {rule.level}"
    for group in problem.together:
        members = sorted({*group.members} & homes.keys())
        if {*members} & came and len({homes[name] for name in members}) > 1:
            yield f"{', '.join(members)} are torn apart"


def _overfull(problem: Problem, homes: Mapping[str, str]) -> Iterator[str]:
    items = {item.name: item for item in problem.items}
    for target in problem.targets:
        there = {name for name, node in homes.items() if node == target.name}
        before = {item.name for item in problem.items if item.home == target.name}
        for index, dimension in enumerate(problem.dimensions):
            used = sum(items[name].size[index] for name in there)
            if used > target.capacity[index] * (1 + ROUNDING) + ROUNDING and there - before:
                yield f"{target.name}: {used} of {target.capacity[index]} {dimension} are used"


def _share(one: Target, other: Target, level: str) -> bool:
    if level == "node":
        return one.name == other.name
    first, second = one.domains.get(level), other.domains.get(level)
    return first is None or second is None or first == second


def value(problem: Problem, homes: Mapping[str, str]) -> tuple[int, ...]:
    """How many are placed, of what matters most first; of two placements the greater is the better one."""
    counted = Counter(rank(item) for item in problem.items if item.name in homes)
    return tuple(counted[one] for one in ranks(problem))


def rank(item: Item) -> tuple[int, int]:
    return CATEGORIES.index(item.category), -item.priority


def ranks(problem: Problem) -> list[tuple[int, int]]:
    return sorted({rank(item) for item in problem.items})


def load(item: Item) -> tuple[float, ...]:
    return item.size if item.load is None else item.load


def bearing(target: Target) -> tuple[float, ...]:
    return target.capacity if target.bearing is None else target.bearing


def peak(problem: Problem, homes: Mapping[str, str]) -> float:
    """The part of the fullest node that is used."""
    used = {target.name: [0.0] * len(problem.dimensions) for target in problem.targets}
    for item in problem.items:
        for index, amount in enumerate(load(item)):
            if item.name in homes:
                used[homes[item.name]][index] += amount
    parts = [
        amount / there for target in problem.targets for amount, there in zip(used[target.name], bearing(target), strict=True) if there > 0
    ]
    return max(parts, default=0.0)
