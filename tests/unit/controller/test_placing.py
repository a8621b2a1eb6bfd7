# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers without a node get one, all at once, and what the repository refuses takes nobody's place."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.placing import place
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart

from .estate import action, node, repository, sized

ONE, TWO = sized("one", "10G", category="critical"), sized("two", "10G")


def test_who_lives_somewhere_stays_and_the_others_find_a_home() -> None:
    known = repository([node("t8a", 32), node("t8b", 16)], {"one": (ONE, "t8b")})
    found = place(action([ONE, TWO], Affinities((Apart("split", ("one", "two")),))), ["one", "two"], known)
    assert found["placements"] == {"one": "t8b", "two": "t8a"}
    assert known.placed == {"two": "t8a"}
    assert found["explained"].keys() == {"two"}
    again = place(action([ONE, TWO]), ["one"], known)
    assert (again["changed"], again["placements"]) == (False, {"one": "t8b"})


def test_what_matters_most_gets_the_room_and_the_other_is_told_what_would_help() -> None:
    found = place(action([ONE, TWO]), ["one", "two"], repository([node("t8a", 16)], {}))
    assert found["placements"] == {"one": "t8a"}
    assert found["failures"] == {
        "two": "vServer two: no node of compute pool production can carry it: t8a has 4.4 GiB of memory left, 10 GiB of memory are needed. "
        "What would help: node t8a could carry it with 5.7 GiB of memory more."
    }


def test_who_is_refused_by_the_repository_leaves_its_room_to_others() -> None:
    known = repository([node("t8a", 16)], {})
    known.refuses.add("one")
    found = place(action([ONE, TWO]), ["one", "two"], known)
    assert found["placements"] == known.placed == {"two": "t8a"}
    assert found["failures"] == {"one": "vServer one: its LUN is another's."}


def test_without_nodes() -> None:
    found = place(action([ONE]), ["one"], repository([], {}))
    assert found["failures"] == {"one": "vServer one: no node of compute pool production can carry it: no node is registered."}


def test_where_its_zone_is_it_belongs_and_where_two_are_a_person_decides() -> None:
    roomy, small, other = node("t8a", 64), node("t8b", 16), node("t8c", 16)
    small.facts = replace(small.facts, zones=("one",))
    found = place(action([ONE]), ["one"], repository([roomy, small, other], {}))
    assert found["placements"] == {"one": "t8b"}
    assert found["explained"]["one"]["why"] == "its zone exists there"
    assert found["explained"]["one"]["rejected"]["t8a"] == "does not have its zone, which exists on node t8b"
    other.facts = replace(other.facts, zones=("one",))
    both = place(action([ONE]), ["one"], repository([roomy, small, other], {}))
    assert not both["placements"]
    assert both["failures"]["one"].startswith("vServer one: its zone exists on nodes t8b and t8c: find out which is it")
    small.compute_pool = "legacy"
    other.facts = replace(other.facts, zones=())
    outside = place(action([ONE]), ["one"], repository([roomy, small, other], {}))
    assert "t8b is in compute pool legacy, not production" in outside["failures"]["one"]
    assert not outside["placements"], "it is no reason to go elsewhere"
