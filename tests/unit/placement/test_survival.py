# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is foretold of the loss of nodes is what happens when they are lost; and N+1 is kept where it can be."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.keeping import as_placed, kept_safe, newly_unsafe
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Everywhere, Item, Problem, Target, Together
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.survival import domains, losses, without

from . import checker
from .estates import Forbidden, estate


def small(seed: int) -> Problem:
    """Few enough that every way to place what is lost can be tried; everybody has a home. Sizes near to nodes' make packing hard."""
    chance = random.Random(seed)
    nodes = chance.randint(2, 3)
    targets = [Target(f"n{number}", (float(chance.choice((8, 10))), 10.0), {"rack": f"r{number // 2}"}) for number in range(nodes)]
    items = [
        Item(
            f"v{number}",
            (float(chance.randint(1, 5)), float(chance.randint(0, 3))),
            category=chance.choice(("critical", "normal", "best_effort")),
            priority=chance.choice((50, 10)),
            bound=chance.choice(("", "", "", "frozen")),
        )
        for number in range(7)
    ]
    names = [target.name for target in targets]
    nowhere = {item.name: frozenset(chance.sample(names, 1)) for item in items if chance.random() < 0.2}
    apart = [Apart("a", ("v0", "v1"), chance.choice(("node", "rack")))] if chance.random() < 0.4 else []
    together = [Together("t", ("v2", "v3"))] if chance.random() < 0.4 else []
    problem = Problem(("memory", "CPUs"), targets, items, Forbidden(names, nowhere), apart, together)
    free = replace(problem, items=[replace(item, bound="") for item in items])
    homes = solve(free).homes
    return replace(problem, items=[replace(item, home=homes[item.name]) for item in items if item.name in homes])


def after(problem: Problem, gone: Collection[str], homes: Mapping[str, str]) -> tuple[Problem, dict[str, str]]:
    """The estate once the nodes are off, and who is where then."""
    staying = {item.name: item.home for item in problem.items if item.home and item.home not in gone}
    items = [replace(item, home=staying.get(item.name), bound=item.bound if item.name in staying else "") for item in problem.items]
    return replace(without(problem, gone), items=items), {**staying, **homes}


def every_way(problem: Problem, gone: Collection[str]) -> Iterator[dict[str, str]]:
    lost = [item.name for item in problem.items if item.home in gone]
    left = [target.name for target in problem.targets if target.name not in gone]
    for nodes in product([*left, None], repeat=len(lost)):
        found = {name: node for name, node in zip(lost, nodes, strict=True) if node is not None}
        if not any(0 < len(found.keys() & {*group.members}) < len({*group.members} & {*lost}) for group in problem.together):
            yield found  # a group comes whole or not at all


def best(problem: Problem, gone: Collection[str]) -> tuple[int, ...]:
    found = []
    for homes in every_way(problem, gone):
        rest, placed = after(problem, gone, homes)
        if not any(checker.violations(rest, placed, "none")):
            found.append(checker.value(rest, placed))
    return max(found)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_foretold_is_the_best_that_can_happen(seed: int) -> None:
    problem = small(seed)
    failures = {target.name: (target.name,) for target in problem.targets} | domains(problem, "rack")
    for name, loss in losses(problem, failures).items():
        gone = failures[name]
        rest, placed = after(problem, gone, loss.homes)
        assert list(checker.violations(rest, placed, "none")) == []
        assert {*loss.homes, *loss.homeless} == {item.name for item in problem.items if item.home in gone}
        assert not {*loss.homes} & {*loss.homeless}
        assert checker.value(rest, placed) == best(problem, gone), (name, loss)


@pytest.mark.parametrize(("seed", "fill"), [(1, 0.5), (2, 0.75), (3, 0.9)])
def test_nodes_of_large_pools_are_lost_one_by_one(seed: int, fill: float) -> None:
    problem = estate(seed, 12, 150, fill)
    problem = as_placed(problem, solve(problem))
    for name, loss in losses(problem).items():
        rest, placed = after(problem, [name], loss.homes)
        assert list(checker.violations(rest, placed, "none")) == []
        grouped = {member for group in problem.together for member in group.members}
        for homeless in {*loss.homeless} - grouped:  # where everything else is now, no node takes it
            for target in rest.targets:
                assert any(checker.violations(rest, {**placed, homeless: target.name}, "none")), f"{homeless} fits {target.name}"
        alone = losses(problem, {"x": (name,)})["x"]
        assert alone == loss, "one question does not change the next"


def test_n_plus_1_is_kept_where_it_exists() -> None:
    """By load alone x goes to n1: and then nothing could take over v. On n2 it leaves that hole open."""
    targets = [Target("n1", (20.0,)), Target("n2", (8.0,)), Target("n3", (20.0,))]
    items = [Item("a", (2.0,), home="n1"), Item("b", (2.0,), home="n2"), Item("v", (15.0,), home="n3"), Item("x", (4.0,), home="old")]
    problem = Problem(("memory",), targets, items, Everywhere(3))
    safe = [name for name, loss in losses(problem).items() if not loss.homeless]
    placement = solve(problem)
    assert (safe, placement.homes["x"], newly_unsafe(problem, placement, safe)) == (["n1", "n2", "n3"], "n1", ("n3",))
    kept = kept_safe(problem, placement, safe)
    assert (kept.homes["x"], newly_unsafe(problem, kept, safe)) == ("n2", ())
    assert losses(as_placed(problem, kept), {"both": ("n1", "n2")})["both"].homeless == ("x",)


@pytest.mark.parametrize("seed", range(6))
def test_keeping_n_plus_1_costs_nobody_a_home_and_moves_no_more(seed: int) -> None:
    problem = estate(seed, 4, 16, 0.5)
    safe = [name for name, loss in losses(problem).items() if not loss.homeless]
    placement = solve(problem, "needed")
    kept = kept_safe(problem, placement, safe)
    assert list(checker.violations(problem, kept.homes, "needed")) == []
    assert checker.value(problem, kept.homes) == checker.value(problem, placement.homes)
    assert kept.moved(problem).keys() <= placement.moved(problem).keys()
    assert abs(kept.peak - checker.peak(problem, kept.homes)) < 1e-9
    assert len(newly_unsafe(problem, kept, safe)) <= len(newly_unsafe(problem, placement, safe))
    shuffled = replace(problem, items=random.Random(seed).sample(list(problem.items), len(problem.items)))
    assert kept_safe(shuffled, solve(shuffled, "needed"), safe) == kept
