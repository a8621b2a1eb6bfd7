# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves in waves: carried out one by one, no node is overfull and nothing meets what it is to be apart from."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Everywhere, Item, Problem, Target, Together
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import Placement
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.waves import Wave, waves

from .checker import violations
from .estates import estate

ALONE = Dependencies({})


def problem(room: Mapping[str, float], items: Iterable[Item], **more: object) -> Problem:
    targets = [Target(name, (size,), {"chassis": name[0]}) for name, size in room.items()]
    return Problem(("memory",), targets, list(items), Everywhere(len(targets)), **more)  # type: ignore[arg-type]


def item(name: str, home: str, size: float = 1, **more: object) -> Item:
    return Item(name, (size,), home=home, **more)  # type: ignore[arg-type]


def order(made: Problem, homes: Mapping[str, str], dependencies: Dependencies = ALONE, at_once: int = 2) -> list[Wave]:
    settled = {one.name: one.home for one in made.items if one.home in {target.name for target in made.targets}}
    return waves(made, Placement({**settled, **homes}, (), 0.0), dependencies, at_once)  # type: ignore[dict-item]


def test_what_matters_most_goes_first_and_not_too_many_at_once() -> None:
    names = {"d": "best_effort", "c": "normal", "b": "critical", "a": "important"}
    items = [item(name, "away", category=category) for name, category in names.items()]
    found = order(problem({"n1": 9}, [*items, item("e", "away", category="critical", priority=80)]), dict.fromkeys("abcde", "n1"))
    assert [sorted(wave.moves) for wave in found] == [["b", "e"], ["a", "c"], ["d"]]
    assert order(problem({"n1": 9}, items), {}) == []


def test_room_before_arrival() -> None:
    """small can go only when big has left n2, and big when n3 has lost tiny."""
    items = [item("small", "n1", 2, category="critical"), item("big", "n2", 3), item("tiny", "n3", 1)]
    found = order(problem({"n1": 2, "n2": 3, "n3": 3}, items), {"small": "n2", "big": "n3", "tiny": "n1"}, at_once=9)
    assert [dict(wave.moves) for wave in found][-1] != {} and not any(set(wave.moves) >= {"small", "big"} for wave in found)
    assert sorted(name for wave in found for name in wave.moves) == ["big", "small", "tiny"]


def test_a_circle_is_broken_by_what_matters_least() -> None:
    items = [item("first", "n1", category="critical"), item("last", "n2", category="best_effort")]
    found = order(problem({"n1": 1, "n2": 1}, items), {"first": "n2", "last": "n1"})
    assert found == [Wave({"first": "n2"}, ("last",)), Wave({"last": "n1"})]


def test_what_can_never_arrive_is_not_stopped_for_it() -> None:
    """Its room was given away meanwhile: the move will be refused, and it runs on. What waits for nothing but it stays likewise."""
    items = [item("late", "n2", 2), item("behind", "n3", 3), item("new", "n1", 3), item("free", "n3")]
    found = order(problem({"n1": 4, "n2": 3, "n3": 4}, items), {"late": "n1", "behind": "n2", "free": "n1"})
    assert found == [Wave({"free": "n1"}), Wave({"behind": "n2", "late": "n1"})]
    pair = [Apart("pair", ("late", "new"))]
    assert order(problem({"n1": 9, "n2": 9}, [items[0], items[2]], apart=pair), {"late": "n1"}) == [Wave({"late": "n1"})]


def test_those_that_belong_together_move_in_one_wave() -> None:
    items = [item(name, "away") for name in ("app", "db", "web", "x", "y")]
    made = problem({"n1": 9}, items, together=[Together("pair", ("x", "y", "elsewhere"))])
    found = order(made, {one.name: "n1" for one in items}, Dependencies({"web": ["app"], "app": ["db"]}), at_once=1)
    assert [sorted(wave.moves) for wave in found] == [["app", "db", "web"], ["x", "y"]]
    over_one_that_stays = order(problem({"n1": 9}, items), {"web": "n1", "db": "n1"}, Dependencies({"web": ["app"], "app": ["db"]}), 1)
    assert [sorted(wave.moves) for wave in over_one_that_stays] == [["db", "web"]]


def test_apart_is_never_shared_even_for_a_while() -> None:
    """One comes to the chassis that the other leaves."""
    items = [item("a", "away", category="critical"), item("b", "n1")]
    made = problem({"n1": 9, "n2": 9, "m1": 9}, items, apart=[Apart("pair", ("a", "b"), "chassis")])
    found = order(made, {"a": "n2", "b": "m1"})
    assert [dict(wave.moves) for wave in found] == [{"b": "m1"}, {"a": "n2"}]


@given(st.integers(0, 10**9), st.integers(1, 4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_carried_out_step_by_step(seed: int, at_once: int, linked: bool) -> None:
    chance = random.Random(seed)
    made = estate(seed, nodes=chance.randint(2, 5), items=chance.randint(2, 18), fill=chance.choice((0.4, 0.7, 0.9)))
    homes = other_homes(made, chance)
    depending = {one.name: [other.name for other in made.items[:number] if chance.random() < 0.1] for number, one in enumerate(made.items)}
    found = waves(made, Placement(homes, (), 0.0), Dependencies(depending if linked else {}), at_once)
    carried_out(made, homes, found)
    lived = {one.name: one.home for one in made.items}
    for wave in () if linked or made.together else found:
        ends = Counter(node for name, target in wave.moves.items() for node in (target, lived[name]))
        assert max(ends.values()) <= at_once


def other_homes(made: Problem, chance: random.Random) -> dict[str, str]:
    """A placement that breaks no rule, and has nothing to do with the one that is: each somewhere by chance."""
    homes: dict[str, str] = {}
    groups = {name: group.members for group in made.together for name in group.members}
    before = {one.name: one.home for one in made.items if one.home}
    for name in chance.sample(sorted(before), len(before)):
        members = [member for member in groups.get(name, (name,)) if member in before]
        for target in () if name in homes else chance.sample([one.name for one in made.targets], len(made.targets)):
            tried = {**homes, **dict.fromkeys(members, target)}
            if not any("home" not in text for text in violations(made, tried)):
                homes = tried
                break
    if homes.keys() != before.keys() or any("home" not in text for text in violations(made, homes)):
        return {name: home for name, home in before.items() if home}
    return homes


def carried_out(made: Problem, homes: Mapping[str, str], found: Sequence[Wave]) -> None:
    """While a wave runs its objects take room at both ends; what was parked takes none until it arrives."""
    sizes = {one.name: one.size for one in made.items}
    at = {one.name: one.home for one in made.items if one.home and one.name in homes}
    rooms = {target.name: target.capacity for target in made.targets}
    places = {target.name: {**target.domains, "node": target.name} for target in made.targets}
    parked: set[str] = set()
    for wave in found:
        assert wave.moves, "a wave in which nothing arrives"
        assert not parked & set(wave.parked) and not set(wave.parked) & {name for name in at if at[name] == homes[name]}
        parked |= {*wave.parked}
        running = {name: [node] for name, node in at.items() if name not in parked}
        for name, node in wave.moves.items():
            assert at[name] != node == homes[name], f"{name} moves once"
            running[name] = [*running.get(name, ()), node]
        for node in {*wave.moves.values()}:
            for index, room in enumerate(rooms[node]):
                used = sum(sizes[name][index] for name, nodes in running.items() if node in nodes)
                assert used <= room * (1 + 1e-6), f"{node} is overfull in mid-wave"
        for rule in made.apart:
            for one in set(rule.members) & wave.moves.keys():
                beside = [other for other in set(rule.members) - {one} if other in running]
                near = {places[node][rule.level] for other in beside for node in running[other]}
                assert places[homes[one]][rule.level] not in near, f"{one} meets one of {rule.name}"
        at |= wave.moves
        parked -= wave.moves.keys()
    assert at == homes and not parked
