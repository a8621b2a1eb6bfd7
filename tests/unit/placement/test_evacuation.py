# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an evacuation: who goes where, who stays and why, and the way home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain, NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset, Resources, VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities, Estate, Occupant
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.evacuation import plan, way_home
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.failure_domains import failure_domains
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.rules import Host

GIB = 1 << 30
SHARED, OWN = "60060E8007C3F2000030C3F200000901", "60060E8007C3F2000030C3F200000902"
ALONE = Dependencies({})


def host(name: str, *luns: str, pool: str = "pool", blocked: str = "", domain: Domain | None = None) -> Host:
    release = Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc")
    disks = tuple(Disk(f"c0t{guid}d0", guid) for guid in (SHARED, *luns))
    facts = NodeFacts(name, release, "SPARC T8-1", 64, 20 * GIB, "1", disks, (Link("net0"),), brands=("solaris",), domain=domain)
    return Host(name, pool, facts, {}, blocked)


def lives(name: str, node: str, lun: str = SHARED, gib: int = 4, bound: str = "", **more: Any) -> Occupant:
    vserver = VServer(name, "pool", "solaris", (Dataset(name, (lun,)),), (), (), resources=Resources(memory=gib * GIB), **more)
    return Occupant(vserver, node, None, bound)


def estate(hosts: Sequence[Host], *occupants: Occupant, apart: Sequence[Apart] = ()) -> Estate:
    domains = failure_domains({one.name: one.facts for one in hosts}, {})
    return Estate(hosts, occupants, {}, Affinities(tuple(apart)), domains)


def test_the_last_node_of_its_pool() -> None:
    made = plan(estate([host("n1"), host("x1", pool="other")], lives("web1", "n1")), "n1", ALONE, "needed", 2)
    assert made.waves == ()
    assert made.stays == {"web1": "no node of compute pool pool can carry it: there is no other node"}
    assert made.answers["web1"].remedy
    with pytest.raises(Refused, match="node n9 is not in the repository"):
        plan(estate([host("n1")]), "n9", ALONE, "needed", 2)


def test_one_node_left_and_room_for_some() -> None:
    """18 GiB: the critical one and one of the others; who sees its LUN here only, and who is bound, stays too."""
    occupants = [
        lives("a", "n1"),
        lives("b", "n1", gib=12, category="critical"),
        lives("c", "n1", priority=10),
        lives("own", "n1", OWN),
        lives("ice", "n1", bound="licence"),
    ]
    made = plan(estate([host("n1", OWN), host("n2"), host("n3", blocked="quarantine: dead")], *occupants), "n1", ALONE, "needed", 2)
    assert [dict(wave.moves) for wave in made.waves] == [{"a": "n2", "b": "n2"}]
    assert made.node == "n1" and set(made.stays) == {"c", "own", "ice"}
    assert made.stays["ice"] == "licence"
    assert made.stays["own"] == (f"no node of compute pool pool can carry it: n2 does not see LUN {OWN}; n3 is blocked: quarantine: dead")
    assert "n2 has 2 GiB of memory left, 4 GiB of memory are needed" in made.stays["c"]


def test_a_node_that_did_not_take_it_is_no_target_for_it_again() -> None:
    """For the others it is one."""
    mine = estate([host("n1"), host("n2"), host("n3")], lives("a", "n1"), lives("b", "n1"), lives("big", "n3", gib=10))
    first = plan(mine, "n1", ALONE, "needed", 2)
    assert {name: node for wave in first.waves for name, node in wave.moves.items()} == {"a": "n2", "b": "n2"}
    barred = replace(mine, barred={"a": {"n2": "did not take it: no luck"}})
    made = plan(barred, "n1", ALONE, "needed", 2)
    assert {name: node for wave in made.waves for name, node in wave.moves.items()} == {"a": "n3", "b": "n2"}
    assert made.answers["a"].rejected["n2"] == "did not take it: no luck"
    nowhere = plan(replace(mine, barred={"a": {"n2": "did not take it: no luck", "n3": "is odd"}}), "n1", ALONE, "needed", 2)
    assert nowhere.stays["a"] == "no node of compute pool pool can carry it: n2 did not take it: no luck; n3 is odd"


def test_two_guests_of_one_machine_are_not_apart_by_machine() -> None:
    hosts = [
        host("m1", domain=Domain("primary", True, "m1", chassis="AK1")),
        host("g1", domain=Domain("g1", False, "m1", chassis="AK1")),
        host("g2", domain=Domain("g2", False, "m1", chassis="AK1")),
        host("n1"),
    ]
    pair = [Apart("cluster", ("db1", "db2"), "machine")]
    here = estate(hosts, lives("db1", "n1"), lives("db2", "g1"), apart=pair)
    made = plan(here, "n1", ALONE, "needed", 2)
    assert made.waves == ()
    assert "g2 is in machine m1, where db2 is, and affinity cluster keeps them apart" in made.stays["db1"]
    more = estate([*hosts, host("n2")], lives("db1", "n1"), lives("db2", "g1"), apart=pair)
    assert [dict(wave.moves) for wave in plan(more, "n1", ALONE, "needed", 2).waves] == [{"db1": "n2"}]


def test_not_even_for_a_while_where_the_other_has_not_left_yet() -> None:
    """a goes to a guest of the machine whose control domain b leaves: b first, though a matters more."""
    hosts = [
        host("m1", domain=Domain("primary", True, "m1", chassis="AK1")),
        host("g1", OWN, domain=Domain("g1", False, "m1", chassis="AK1")),
        host("n1"),
        host("n2"),
    ]
    pair = [Apart("cluster", ("a", "b"), "machine")]
    there = estate(hosts, lives("a", "n1", category="critical"), lives("b", "m1"), apart=pair)
    assert [dict(wave.moves) for wave in way_home(there, {"a": "g1", "b": "n2"}, ALONE, 2)] == [{"b": "n2"}, {"a": "g1"}]


def test_the_way_home() -> None:
    away = estate([host("n1"), host("n2")], lives("app", "n2"), lives("db", "n2"), lives("web", "n2"))
    found = way_home(away, {"web": "n1", "db": "n1", "gone": "n1"}, Dependencies({"web": ["db"]}), 1)
    assert [dict(wave.moves) for wave in found] == [{"db": "n1", "web": "n1"}]
    assert way_home(away, {}, ALONE, 2) == []
