# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moves that a migration is made of: whence, whither, and what speaks against it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.ways import Orders, Ways
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Together

from .estate import action, move, node, repository, sized

ARGS = {"target": None, "state": "as_it_is", "upgrade": "no", "force": False}
BIG, SMALL, LAST = sized("big", "20G"), sized("small", "20G"), sized("last", "4G")
NODES = [node("t8a", 32), node("t8b", 32), node("t8c", 16)]


def ways(homes: dict[str, Any], *, moves: Any = None, proofs: Any = None, affinities: Any = "", nodes: Any = NODES, **orders: Any) -> Ways:
    known = {one.name: (one, home) for one, home in homes.values()}
    return Ways(
        action([one for one, _home in homes.values()], affinities), ARGS, repository(nodes, known, moves), proofs or {}, Orders(**orders)
    )


def moved(made: Ways, *names: str) -> tuple[dict[str, tuple[str, str, tuple[str, ...]]], dict[str, str]]:
    failures: dict[str, str] = {}
    found = made.moves(names, dict.fromkeys(names, True), failures)
    return {one.name: (one.source, one.target, one.unfit) for one in found}, failures


def test_who_is_told_no_node_goes_where_there_is_room_and_the_others_stay_with_the_reason() -> None:
    homes = {"big": (BIG, "t8a"), "last": (LAST, "t8a")}
    found, failures = moved(ways(homes, nodes=[node("t8a", 64), node("t8c", 16)]), "big", "last")
    assert found == {"last": ("t8a", "t8c", ())}
    assert failures == {
        "big": "vServer big: no node of compute pool production can carry it: t8c has 10.4 GiB of memory left, 20 GiB of memory are "
        "needed. What would help: node t8c could carry it with 9.7 GiB of memory more. It stays on node t8a."
    }


def test_what_was_stopped_to_make_room_has_none_any_more() -> None:
    """The first half of an exchange."""
    homes = {"big": (BIG, "t8a"), "small": (SMALL, "t8b")}
    full = ("has 8.8 GiB of memory left, 20 GiB of memory are needed",)
    assert moved(ways(homes, targets={"big": "t8b"}), "big")[0] == {"big": ("t8a", "t8b", full)}
    assert moved(ways(homes, targets={"big": "t8b"}, parked=frozenset({"small"})), "big")[0] == {"big": ("t8a", "t8b", ())}


def test_a_move_that_was_begun_goes_on_or_back_and_nowhere_else() -> None:
    homes = {"last": (LAST, "t8a")}
    begun = {"last": move("t8a", "t8b")}
    assert moved(ways(homes, moves=begun), "last")[0] == {"last": ("t8a", "t8b", ())}
    assert moved(ways(homes, moves=begun, targets={"last": "t8a"}), "last")[0] == {"last": ("t8b", "t8a", ())}
    found, failures = moved(ways(homes, moves=begun, targets={"last": "t8c"}), "last")
    assert not found
    assert failures["last"].startswith("vServer last is on its way from node t8a to t8b (begun 2026-01-01 00:00 UTC). Let it arrive")


@pytest.mark.parametrize(
    "wrong",
    ["affinity x: web0 is no vServer", Affinities((Apart("split", ("big", "last")),), (Together("pair", ("big", "last")),))],
    ids=["unreadable", "contradiction"],
)
def test_wrong_affinities_stop_a_move_and_no_recovery(wrong: Any) -> None:
    homes = {"big": (BIG, "t8a"), "last": (LAST, "t8a")}
    found, failures = moved(ways(homes, affinities=wrong), "big", "last")
    assert not found and failures.keys() == homes.keys()
    assert all("affinity" in text for text in failures.values())
    found, failures = moved(ways(homes, affinities=wrong, proofs={"t8a": "its power is off"}), "big", "last")
    assert not failures
    assert {name: target for name, (_source, target, _unfit) in found.items()} == {"big": "t8b", "last": "t8c"}


def test_from_a_dead_node_to_a_domain_of_its_machine_only_by_name() -> None:
    machine = [Domain(name, name == "t8a", "t8a", chassis="m10-1") for name in ("t8a", "t8b")]
    nodes = [node("t8a", 32, machine[0]), node("t8b", 32, machine[1])]
    dead = {"t8a": "its power is off"}
    homes = {"last": (LAST, "t8a")}
    _found, failures = moved(ways(homes, nodes=nodes, proofs=dead), "last")
    assert "t8b is a domain of the same machine as t8a: it goes there only when it is named as target" in failures["last"]
    assert moved(ways(homes, nodes=nodes, proofs=dead, targets={"last": "t8b"}), "last")[0] == {"last": ("t8a", "t8b", ())}


def test_a_node_that_is_not_known_is_no_target() -> None:
    _found, failures = moved(ways({"last": (LAST, "t8a")}, targets={"last": "t9"}), "last")
    assert failures == {"last": "vServer last: node t9 is not in the repository. Register it with heliostat.vdc.node state=registered."}
