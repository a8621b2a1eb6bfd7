# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebalancing relieves what stays too full, moves little, and never goes back and forth."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.declared import policies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Everywhere, Item, Problem, Target
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.rebalance import Policy, Rebalancing, rebalance
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.survival import losses

from . import checker

POLICY = Policy(threshold=0.8, hold=2, margin=0.05, cooldown=10, moves=4)


def pool(homes: dict[str, str], nodes: int = 3, size: float = 1.0) -> Problem:
    """Nodes of 100, on which room is no question unless ``size`` says so."""
    targets = [Target(f"n{number}", (100.0,)) for number in range(1, nodes + 1)]
    return Problem(("CPUs",), targets, [Item(name, (size,), home=home) for name, home in homes.items()], Everywhere(nodes))


def shown(found: Rebalancing) -> list[tuple[str, str, str]]:
    return [(one.vserver, one.source, one.target) for one in found.moves]


HOMES = {"a": "n1", "b": "n1", "c": "n1", "d": "n2", "e": "n3"}
LOADS = {"a": (40.0,), "b": (30.0,), "c": (20.0,), "d": (50.0,), "e": (30.0,)}


def test_the_one_move_that_relieves_most() -> None:
    found = rebalance(pool(HOMES), [LOADS, LOADS], {}, POLICY)
    assert shown(found) == [("b", "n1", "n3")]
    assert (found.before, found.after) == (pytest.approx(0.9), pytest.approx(0.6))
    assert found.why == "n1 above 80% in each of the last 2 intervals"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"policy": replace(POLICY, threshold=0.95)}, "nothing to do: no node was above 95%"),
        ({"trace": [LOADS]}, "nothing moves: 1 of 2 intervals were measured"),
        ({"trace": [{**LOADS, "a": (20.0,)}, LOADS]}, "nothing to do: no node was above 80% in each of the last 2 intervals"),
        ({"trace": [LOADS, {name: load for name, load in LOADS.items() if name != "e"}]}, "nothing moves: not measured in each of"),
        ({"policy": replace(POLICY, margin=0.4)}, "nothing moves: n1 above 80%, but the fullest node would only fall from 90.0% to 60.0%"),
        ({"held": dict.fromkeys("abc", "it moved at 12:00")}, "nothing moves: n1 above 80%, but the fullest node would only fall"),
        ({"problem": replace(pool(HOMES), items=[replace(one, bound="frozen") for one in pool(HOMES).items])}, "nothing moves: n1 above"),
        ({"problem": replace(pool(HOMES), apart=[Apart("x", tuple("abcde"))])}, "nothing moves: n1 above 80%"),
    ],
)
def test_when_nothing_moves(change: dict[str, object], why: str) -> None:
    given: dict[str, object] = {"problem": pool(HOMES), "trace": [LOADS, LOADS], "held": {}, "policy": POLICY}
    found = rebalance(**{**given, **change})  # type: ignore[arg-type]
    assert found.moves == () and found.why.startswith(why), found.why


def test_a_move_that_would_make_a_loss_hurt_is_not_made() -> None:
    """b fits n3 by load; but then n1's and n2's reservations find no room when one of them is lost."""
    sizes = {"a": 20.0, "b": 40.0, "c": 20.0, "d": 45.0, "e": 15.0}
    problem = replace(pool(HOMES), items=[Item(name, (sizes[name],), home=home) for name, home in HOMES.items()])
    assert all(not loss.homeless for loss in losses(problem).values())
    found = rebalance(problem, [LOADS, LOADS], {}, POLICY)
    homes = {item.name: item.home for item in problem.items} | {one.vserver: one.target for one in found.moves}
    after = replace(problem, items=[replace(item, home=homes[item.name]) for item in problem.items])
    assert all(not loss.homeless for loss in losses(after).values())


def test_moves_that_help_nobody_are_left_out() -> None:
    """n1 and n2 are both too full, and nothing can leave n2: relieving n1 alone lowers nothing."""
    homes = {"a": "n1", "b": "n1", "big": "n2", "e": "n3"}
    loads = {"a": (45.0,), "b": (45.0,), "big": (95.0,), "e": (10.0,)}
    found = rebalance(pool(homes), [loads, loads], {}, POLICY)
    assert found.moves == () and "would only fall from 95.0% to 95.0%" in found.why


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["constant", "swinging", "random"]))
def test_it_never_goes_back_and_forth(seed: int, kind: str) -> None:
    chance = random.Random(seed)
    nodes, count = chance.randint(2, 4), chance.randint(3, 9)
    problem = pool({f"v{number}": f"n{chance.randint(1, nodes)}" for number in range(count)}, nodes, chance.choice((1.0, 15.0)))
    policy = Policy(
        chance.choice((0.5, 0.8)), chance.randint(1, 3), chance.choice((0.02, 0.1)), chance.randint(2, 12), chance.randint(1, 4)
    )
    base = {f"v{number}": chance.uniform(1, 60) for number in range(count)}
    trace: list[dict[str, tuple[float, ...]]] = []
    left: dict[str, list[tuple[int, str]]] = {name: [] for name in base}
    quiet = 0
    for hour in range(48):
        swing = {"constant": 1.0, "swinging": 1.5 if hour % 4 < 2 else 0.3, "random": chance.uniform(0.2, 1.8)}[kind]
        trace.append({name: (load * swing * (1 if kind != "random" else chance.uniform(0.3, 1.5)),) for name, load in base.items()})
        held = {name: "cooling" for name, moves in left.items() if moves and hour - moves[-1][0] < policy.cooldown}
        found = rebalance(problem, trace, held, policy)
        assert len(found.moves) <= policy.moves
        homes = {item.name: item.home for item in problem.items if item.home}
        for move in found.moves:
            assert homes[move.vserver] == move.source
            for when, node in left[move.vserver]:
                assert hour - when >= policy.cooldown, f"{move.vserver} moves again too soon"
                if node == move.target:
                    assert hour - when >= policy.cooldown, f"{move.vserver} is back on {node}"
            left[move.vserver].append((hour, move.source))
            homes[move.vserver] = move.target
            step = replace(problem, items=[replace(item, home=homes[item.name]) for item in problem.items])
            assert list(checker.violations(problem, {item.name: item.home or "" for item in step.items})) == [], "each step is possible"
        if found.moves:
            assert found.before - found.after >= policy.margin
        quiet = 0 if found.moves else quiet + 1
        problem = replace(problem, items=[replace(item, home=homes[item.name]) for item in problem.items])
    if kind == "constant":
        total = sum(len(moves) for moves in left.values())
        assert total <= policy.moves / policy.margin, "every run lowers the peak by the margin"
        assert quiet >= 48 - policy.hold - 1 - policy.cooldown * count, "and then it is over"
        assert all(len({node for _when, node in moves}) == len(moves) for moves in left.values()), "nobody returns"


def test_input_order_does_not_matter() -> None:
    for seed in range(10):
        chance = random.Random(seed)
        problem = pool({f"v{number}": f"n{chance.randint(1, 3)}" for number in range(8)})
        loads = {f"v{number}": (chance.uniform(5, 50),) for number in range(8)}
        found = rebalance(problem, [loads, loads], {}, POLICY)
        turned = replace(problem, items=list(problem.items)[::-1], targets=list(problem.targets)[::-1])
        assert rebalance(turned, [loads, loads], {}, POLICY) == found


def test_what_an_owner_allows() -> None:
    found = policies({"sparc": {"threshold": 75, "margin": "2.5", "hold": 6, "cooldown": 12, "moves": 1}, "x86": None})
    assert found == {"sparc": Policy(0.75, 6, 0.025, 12, 1), "x86": Policy()}


@pytest.mark.parametrize(
    "wrong", [{"threshold": 0}, {"threshold": 101}, {"hold": 0}, {"margin": -1}, {"moves": 0}, {"cooldown": "x"}, {"speed": 1}, [1]]
)
def test_what_nobody_can_mean(wrong: object) -> None:
    with pytest.raises(InvalidDefinition, match="heliostat_rebalance of compute pool sparc"):
        policies({"sparc": wrong})
