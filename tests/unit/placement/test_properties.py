# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of every placement, whatever the estate."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import explain
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import (
    CATEGORIES,
    Apart,
    Everywhere,
    Item,
    Moves,
    Problem,
    Target,
    Together,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

from .checker import value, violations
from .estates import DIMENSIONS, Forbidden

MODES: list[Moves] = ["none", "needed", "balance"]
modes = st.sampled_from(MODES)


@st.composite
def problems(draw: st.DrawFn, torn: bool = True, legal: bool = False, nodes: int = 4, items: int = 9) -> Problem:
    """Anything: full nodes, groups torn by hand, domains declared or not, what is bound. ``legal``: no home breaks a rule."""
    targets = [
        Target(f"n{number}", (float(draw(st.integers(0, 12))), float(draw(st.integers(1, 12)))), draw(_domains))
        for number in range(draw(st.integers(0, nodes)))
    ]
    names = [target.name for target in targets]
    found = [
        Item(
            f"v{number}",
            (float(draw(st.integers(0, 6))), float(draw(st.integers(0, 6)))),
            draw(st.sampled_from([None, None, (1.0, 2.0)])),
            draw(st.sampled_from(CATEGORIES)),
            draw(st.sampled_from([50, 10])),
            draw(st.sampled_from([None, "gone", *names, *names])),
            draw(st.sampled_from(["", "", "", "it is frozen"])),
        )
        for number in range(draw(st.integers(0, items)))
    ]
    kept = {one.name: frozenset(draw(st.sets(st.sampled_from(names or ["gone"]), max_size=2))) for one in found if draw(st.booleans())}
    order = draw(st.permutations([one.name for one in found]))
    apart, together = [], []
    if len(order) > 3:
        apart.append(Apart("a", tuple(order[:3]), draw(st.sampled_from(["node", "chassis"]))))
        together.append(Together("t", tuple(order[3 : 5 if torn else 3])))
    problem = Problem(DIMENSIONS, targets, found, Forbidden(names, kept), apart, together)
    if legal:
        homes: dict[str, str] = {}
        for one in found:
            if one.home in names and not any(violations(problem, {**homes, one.name: one.home or ""})) and _fits(problem, homes, one):
                homes[one.name] = one.home or ""
        problem = replace(problem, items=[replace(one, home=homes.get(one.name)) for one in found])
    return problem


_domains = st.sampled_from([{}, {"chassis": "c1"}, {"chassis": "c1"}, {"chassis": "c2"}])


def _fits(problem: Problem, homes: dict[str, str], item: Item) -> bool:
    """As if it came there from outside."""
    strangers = replace(problem, items=[replace(one, home=None, bound="") for one in problem.items])
    return not any(violations(strangers, {**homes, item.name: item.home or ""}))


@settings(max_examples=150, deadline=None)
@given(problems(), modes)
def test_no_plan_breaks_a_rule(problem: Problem, moves: Moves) -> None:
    placement = solve(problem, moves)
    assert list(violations(problem, placement.homes, moves)) == []
    assert sorted([*placement.homes, *placement.unplaced]) == sorted(item.name for item in problem.items)


@settings(max_examples=150, deadline=None)
@given(problems(), modes, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(problem: Problem, moves: Moves, chance: random.Random) -> None:
    targets, items = list(problem.targets), list(problem.items)
    chance.shuffle(targets)
    chance.shuffle(items)
    rules = problem.rules
    assert isinstance(rules, Forbidden)
    other = replace(problem, targets=targets, items=items, rules=Forbidden([target.name for target in targets], rules.nodes))
    assert solve(other, moves) == solve(problem, moves) == solve(problem, moves)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_more_may_move_the_more_is_placed(problem: Problem) -> None:
    none, needed, balance = (value(problem, solve(problem, moves).homes) for moves in MODES)
    assert none <= needed <= balance


@settings(max_examples=80, deadline=None)
@given(problems(torn=False, legal=True, nodes=3, items=7), modes, st.data())
def test_more_capacity_never_places_less(problem: Problem, moves: Moves, data: st.DataObject) -> None:
    targets = list(problem.targets)
    if targets and data.draw(st.booleans(), "more memory, not one node more"):
        number = data.draw(st.integers(0, len(targets) - 1))
        targets[number] = replace(targets[number], capacity=(targets[number].capacity[0] + 4, targets[number].capacity[1]))
    else:
        targets.append(Target("n9", (8.0, 8.0), {"chassis": "c3"}))
    rules = problem.rules
    assert isinstance(rules, Forbidden)
    larger = replace(problem, targets=targets, rules=Forbidden([target.name for target in targets], rules.nodes))
    assert value(larger, solve(larger, moves).homes) >= value(problem, solve(problem, moves).homes)


@settings(max_examples=80, deadline=None)
@given(problems(), modes)
def test_every_other_node_has_one_reason_and_every_homeless_one_a_remedy(problem: Problem, moves: Moves) -> None:
    placement = solve(problem, moves)
    answers = explain(problem, placement, [item.name for item in problem.items])
    for item in problem.items:
        answer = answers[item.name]
        assert answer.node == placement.homes.get(item.name) and answer.why
        assert {*answer.rejected} == {target.name for target in problem.targets} - {answer.node}
        assert all(answer.rejected.values())
        assert bool(answer.remedy) == (answer.node is None)


_MORE = re.compile(r"node (\S+) could carry it with (?:([\d.]+) (GiB|MiB) of memory)?(?: and )?(?:([\d.]+) CPUs)? more$")


@settings(max_examples=150, deadline=None)
@given(problems(torn=False), st.sampled_from([1 << 30, 1234567891, 98765432]), modes)
def test_who_adds_what_the_remedy_says_has_a_home_for_it(problem: Problem, unit: int, moves: Moves) -> None:
    targets = [replace(target, capacity=(target.capacity[0] * unit, target.capacity[1])) for target in problem.targets]
    items = [replace(item, size=(item.size[0] * unit, item.size[1]), load=None) for item in problem.items]
    problem = replace(problem, targets=targets, items=items)
    placement = solve(problem, moves)
    for name, answer in explain(problem, placement, placement.unplaced).items():
        if (found := _MORE.match(answer.remedy)) is None:
            continue
        node, memory, scale, cpus = found.groups()
        more = (float(memory or 0) * (1 << 30 if scale == "GiB" else 1 << 20), float(cpus or 0))
        larger = [
            replace(one, capacity=(one.capacity[0] + more[0], one.capacity[1] + more[1])) if one.name == node else one for one in targets
        ]
        left = [replace(item, home=placement.homes.get(item.name)) for item in items if item.name == name or item.name in placement.homes]
        assert solve(replace(problem, targets=larger, items=left), "none").homes.get(name) is not None


def _three(*rules: Apart | Together) -> Problem:
    items = [Item(name, (1.0,)) for name in ("app1", "db1", "web1")]
    apart = [rule for rule in rules if isinstance(rule, Apart)]
    together = [rule for rule in rules if isinstance(rule, Together)]
    return Problem(("memory",), [Target("n1", (9.0,)), Target("n2", (9.0,))], items, Everywhere(2), apart, together)


def test_affinities_that_contradict_each_other_are_refused_with_the_pair_and_the_way() -> None:
    rules = (Together("stack", ("web1", "app1")), Together("data", ("app1", "db1")), Apart("split", ("web1", "db1"), "chassis"))
    with pytest.raises(
        InvalidDefinition, match=r"db1 and web1 are to be apart \(affinity split, by chassis\) and together \(affinity data and stack\)"
    ):
        solve(_three(*rules))


def test_a_member_that_is_named_twice_contradicts_nothing() -> None:
    assert not solve(_three(Apart("split", ("web1", "web1", "db1")), Together("stack", ("app1", "app1")))).unplaced


def test_nodes_without_a_declared_domain_might_share_it() -> None:
    items = [Item("db1", (1.0,)), Item("db2", (1.0,))]
    nodes = [Target("n1", (9.0,), {"chassis": "c1"}), Target("n2", (9.0,))]
    problem = Problem(("memory",), nodes, items, Everywhere(2), [Apart("pair", ("db1", "db2"), "chassis")])
    assert solve(problem).unplaced == ("db2",)
    declared = replace(problem, targets=[nodes[0], replace(nodes[1], domains={"chassis": "c2"})])
    assert not solve(declared).unplaced


def test_a_torn_group_comes_to_those_that_have_a_home() -> None:
    items = [Item("app1", (6.0,), home="n1"), Item("db1", (2.0,))]
    problem = Problem(
        ("memory",), [Target("n1", (8.0,)), Target("n2", (20.0,))], items, Everywhere(2), (), [Together("t", ("app1", "db1"))]
    )
    assert solve(problem, "none").homes == {"app1": "n1", "db1": "n1"}
    small = replace(problem, targets=[Target("n1", (7.0,)), Target("n2", (20.0,))])
    assert solve(small, "none").homes == {"app1": "n1"}
    assert solve(small, "needed").homes == {"app1": "n2", "db1": "n2"}
    frozen = replace(small, items=[replace(items[0], bound="it is frozen"), items[1]])
    assert solve(frozen, "balance").homes == {"app1": "n1"}
