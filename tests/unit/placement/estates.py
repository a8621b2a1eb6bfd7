# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems by seed: the same number always makes the same estate."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Item, Problem, Target, Together

from .checker import violations

DIMENSIONS = ("memory", "CPUs")


@dataclass(frozen=True)
class Forbidden:
    """Rules by name: object → the nodes that may not carry it."""

    targets: Sequence[str]
    nodes: Mapping[str, frozenset[str]]

    def allowed(self, item: str) -> int:
        return sum(1 << number for number, name in enumerate(self.targets) if name not in self.nodes.get(item, ()))

    def reason(self, item: str, target: str) -> str | None:
        return "is not for it" if target in self.nodes.get(item, ()) else None


def estate(seed: int, nodes: int, items: int, fill: float, measured: bool = False) -> Problem:
    """``fill``: how much of what the nodes have is wanted. A quarter of the objects look for a home."""
    chance = random.Random(seed)
    targets = [_target(chance, number, nodes) for number in range(nodes)]
    wanted = [fill * sum(target.capacity[index] for target in targets) / items for index in range(len(DIMENSIONS))]
    found = [_item(chance, number, wanted, measured) for number in range(items)]
    names = [item.name for item in found]
    chance.shuffle(names)
    apart, together = [], []
    for number in range(items // 8):
        members = tuple(names.pop() for _ in range(min(len(names), chance.choice((2, 2, 3)))))
        if chance.random() < 0.3:
            together.append(Together(f"t{number:03}", members))
        else:
            apart.append(Apart(f"a{number:03}", members, chance.choice(("node", "node", "chassis"))))
    forbidden = {
        item.name: frozenset(chance.sample([target.name for target in targets], chance.randint(1, nodes // 2)))
        for item in found
        if chance.random() < 0.2
    }
    problem = Problem(DIMENSIONS, targets, found, Forbidden([target.name for target in targets], forbidden), apart, together)
    return settled(problem, chance)


def settled(problem: Problem, chance: random.Random) -> Problem:
    """Three quarters of the objects get a node, by chance, where the rules and what is there already let them."""
    homes: dict[str, str] = {}
    groups = {name: group.members for group in problem.together for name in group.members}
    for item in problem.items:
        members = groups.get(item.name, (item.name,))
        if item.name in homes or item.name != min(members) or chance.random() < 0.25:
            continue
        for target in chance.sample(list(problem.targets), len(problem.targets)):
            tried = {**homes, **dict.fromkeys(members, target.name)}
            if not any(violations(problem, tried)):
                homes = tried
                break
    items = [replace(item, home=homes.get(item.name)) for item in problem.items]
    return replace(problem, items=items)


def _target(chance: random.Random, number: int, nodes: int) -> Target:
    size = chance.choice((1, 1, 2, 4))
    return Target(f"n{number:03}", (256.0 * size, 64.0 * size), {"chassis": f"c{number * max(2, nodes // 2) // nodes}"})


def _item(chance: random.Random, number: int, wanted: Sequence[float], measured: bool) -> Item:
    size = tuple(float(max(1, round(mean * chance.lognormvariate(-0.25, 0.7)))) for mean in wanted)
    load = tuple(round(amount * chance.uniform(0.05, 1.0), 2) for amount in size) if measured and chance.random() < 0.8 else None
    category = chance.choice(("critical", "important", "normal", "normal", "best_effort"))
    return Item(f"v{number:04}", size, load, category, chance.choice((50, 50, 10)))
