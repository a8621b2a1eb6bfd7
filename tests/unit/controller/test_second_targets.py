# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may try another node, what is not as it was planned, and what is said of it."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.second_targets import SecondTargets, outlook, without
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.evacuation import Evacuation
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import Answer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.waves import Wave

HOME = {"base1": "m4", "shop1": "m4", "lone1": "m4", "room1": "m2"}
ALONE = Dependencies({})


def plan(*waves: Wave, **answers: Answer) -> Evacuation:
    return Evacuation("m4", waves, answers, {}, 0.5, ())


def promised(rounds: int = 2) -> SecondTargets:
    second = SecondTargets(rounds)
    second.promised(plan(Wave({"base1": "m1", "shop1": "m1"}), Wave({"lone1": "m2"})), HOME)
    return second


def test_only_what_its_target_did_not_take_and_what_is_home_tries_another() -> None:
    second = promised()
    assert second.missing(HOME, (), {"lone1"}, ALONE) == set(), "nobody's fault is known: its own source may have failed"
    second.not_taken("lone1", "m2", "no luck")
    assert second.missing(HOME, (), {"lone1"}, ALONE) == {"lone1"}
    assert second.missing(HOME, {"lone1"}, {"lone1"}, ALONE) == set(), "half-way: it may be anywhere"
    assert second.missing(HOME | {"lone1": "m2"}, (), (), ALONE) == set(), "it is there"
    assert second.barred == {"lone1": {"m2": "did not take it (no luck)"}}


@pytest.mark.parametrize(("failed", "expected"), [({"base1", "shop1"}, {"base1", "shop1"}), ({"base1"}, {"base1"})])
def test_slaves_go_with_their_master(failed: set[str], expected: set[str]) -> None:
    """What waited for it in vain is not to be kept from the node by that."""
    second = promised()
    second.not_taken("base1", "m1", "no luck")
    assert second.missing(HOME, (), failed, Dependencies({"shop1": ("base1",)})) == expected
    assert second.barred.keys() == {"base1"}


def test_who_was_to_go_to_a_node_that_fell_silent() -> None:
    second = promised()
    second.silenced({"m1"}, HOME | {"base1": "m1"})
    assert second.barred == {"shop1": {"m1": "did not take it (it does not answer any more)"}}


def test_what_is_not_as_it_was_planned() -> None:
    second = promised()
    second.not_taken("lone1", "m2", "no luck")
    second.not_taken("shop1", "m1", "not now")
    second.again(plan(Wave({"lone1": "m3", "room1": "m1"})), HOME)
    here = HOME | {"base1": "m1", "lone1": "m3", "room1": "m1"}
    found = second.deviations(here, {"shop1"}, plan(shop1=Answer("m3", "the only one")))
    assert found == {
        "lone1": {"planned": "m2", "now": "m3", "tried": {"m2": "no luck"}, "next": None},
        "room1": {"planned": None, "now": "m1", "tried": {}, "next": None},
        "shop1": {"planned": "m1", "now": None, "tried": {"m1": "not now"}, "next": "m3"},
    }
    assert list(second.arrived_elsewhere(found, "went")) == [
        "vServer lone1 went to node m3: node m2 did not take it (no luck)",
        "vServer room1 went to node m1: it was not to move; it made room",
    ]
    assert second.deviations(here | {"shop1": "m1", "lone1": "m2", "room1": "m2"}, (), None) == {}


def test_what_is_left_of_a_plan_without_a_node() -> None:
    """Nothing is stopped for the room of one that does not move."""
    made = plan(Wave({"a": "m1", "b": "m2"}, ("c",)), Wave({"d": "m2"}, ("e",)), Wave({"c": "m3", "e": "m2"}))
    left = without(made, {"m2"}, {"x"})
    assert left.waves == (Wave({"a": "m1"}, ("c",)), Wave({"c": "m3"}))
    assert without(made, (), {"a", "b"}).waves[0] == Wave({"d": "m2"}, ("e",))


def test_what_is_said() -> None:
    said = "lone1: 'attach zone lone1' on node m2 exit 1. It went back where it was, by attach zone lone1"
    following = plan(lone1=Answer("m3", "the least full", {}))
    assert outlook("lone1", said, "m2", following) == (
        f"{said}. With more other_targets it would go to node m3 next (the least full); or make a new plan"
    )
    nowhere = plan(lone1=Answer(None, "", {"m1": "is full", "m2": "did not take it"}))
    assert outlook("lone1", said, "m2", nowhere) == f"{said}. No other node can take it: m1 is full"
    assert outlook("lone1", said, "m2", plan(lone1=Answer(None, "", {"m2": "did not take it"}))).endswith("take it: there is none")
    assert outlook("lone1", said, "m2", None) == said
