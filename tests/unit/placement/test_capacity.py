# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes have left, who survives which loss, and how long coming back takes."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.capacity import failures, homeless_of, report
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.recovery_time import predicted

from .worlds import GIB, estate, host, vserver


def test_room_of_nodes_and_pools() -> None:
    homes = {
        "db1": (vserver("db1", 30, resources={"dedicated_cpus": (4, 8), "base_units": 100}), "n1"),
        "web1": (vserver("web1", None), "n1"),
        "big1": (vserver("big1", 20), "n2"),
        "lost1": (vserver("lost1"), None),
        "gone1": (vserver("gone1"), "unknown"),
    }
    found = report(estate([host("n1", 64, units=400), host("n2", 16), host("n3", 64, "maintenance: new memory")], homes))
    n1, n2, _n3 = found.nodes
    memory = n1.amounts["memory"]
    assert (memory.capacity, memory.committed) == (64 * GIB, 31 * GIB)
    assert memory.free == int(64 * GIB * 0.9) - 31 * GIB
    assert n1.amounts["CPUs"].free == 32 - 1 - 4
    assert (n1.amounts["base units"].committed, n1.amounts["base units"].free) == (100, 300)
    assert n2.amounts["base units"].capacity is None and n2.amounts["base units"].free is None
    assert n2.amounts["memory"].free < 0, "more is promised than there is, and that is said"
    (pool,) = found.pools
    assert pool.amounts["memory"].capacity == 80 * GIB, "a blocked node is no capacity"
    assert pool.amounts["base units"].capacity == 400
    assert (found.assumed, found.without_node) == (("web1",), ("gone1", "lost1"))


def test_the_reason_for_every_node_and_what_would_help() -> None:
    homes = {"db1": (vserver("db1", 40, category="critical"), "n1"), "web1": (vserver("web1", 20, category="normal"), "n2")}
    found = report(estate([host("n1"), host("n2"), host("n3", blocked="quarantine: burnt")], homes), ["node"])
    one, two, three = found.proofs
    assert one.failure.nodes == ("n1",) and one.homes == {}
    answer = one.homeless["db1"]
    assert set(answer.rejected) == {"n2", "n3"}, "the node that is lost is none that could take it"
    assert "has 37.6 GiB of memory left, 40 GiB of memory are needed" in answer.rejected["n2"]
    assert answer.rejected["n3"] == "is blocked: quarantine: burnt"
    assert answer.remedy == "node n2 could carry it with 2.5 GiB of memory more"
    assert set(two.homeless) == {"web1"} and three.homeless == {}
    categories = {"db1": "critical", "web1": "normal"}
    assert homeless_of(found, "critical", categories) == {"node n1": ["db1"]}
    assert homeless_of(found, "normal", categories) == {"node n1": ["db1"], "node n2": ["web1"]}


def test_a_rack_is_lost_at_once() -> None:
    hosts = [host(name) for name in ("n1", "n2", "n3")]
    homes = {f"v{number}": (vserver(f"v{number}", 20), f"n{number}") for number in (1, 2, 3)}
    domains = {"n1": {"rack": "r1"}, "n2": {"rack": "r1"}, "n3": {"rack": "r2"}}
    found = {f"{one.failure.level} {one.failure.name}": one for one in report(estate(hosts, homes, domains)).proofs}
    assert list(found) == ["node n1", "node n2", "node n3", "rack r1"], "rack r2 is node n3"
    assert all(not found[f"node {name}"].homeless for name in ("n1", "n2", "n3"))
    assert (found["rack r1"].failure.nodes, list(found["rack r1"].homeless)) == (("n1", "n2"), ["v2"])
    assert found["rack r1"].homes == {"v1": "n3"}
    apart = Affinities((Apart("both", ("v1", "v3"), "rack"),))
    other = report(estate(hosts, homes, domains, apart), ["rack"]).proofs[0]
    assert "affinity both keeps them apart" in other.homeless["v1"].rejected["n3"]


def test_a_control_domain_takes_its_guests_with_it() -> None:
    cdom = host("cd1", domain=Domain("primary", True, "cd1", "", "AK1"))
    guests = [host(name, domain=Domain(name, False, "cd1", "", "AK1")) for name in ("gd1", "gd2")]
    hosts = [cdom, *guests, host("n9", 32)]
    homes = {name: (vserver(name, 20), node) for name, node in (("a", "cd1"), ("b", "gd1"))}
    found = {one.failure.name: one for one in report(estate(hosts, homes)).proofs}
    assert found["cd1"].failure.nodes == ("cd1", "gd1", "gd2")
    assert (found["cd1"].homes, list(found["cd1"].homeless)) == ({"a": "n9"}, ["b"])
    assert (found["gd1"].failure.nodes, found["gd1"].failure.barred) == (("gd1",), ("cd1", "gd2"))
    assert found["gd1"].homes == {"b": "n9"}, "another domain of the machine is taken only by a person's choice"
    full = {**homes, "c": (vserver("c", 20), "n9")}
    proof = {one.failure.name: one for one in report(estate(hosts, full)).proofs}["gd1"]
    assert proof.homeless["b"].rejected["gd2"] == "is a domain of the machine that is lost in part"


def test_levels_are_asked_for() -> None:
    here = estate([host("n1"), host("n2"), host("n3")], {}, {"n1": {"rack": "r1"}, "n2": {"rack": "r1"}, "n3": {"rack": "r2"}})
    assert [(one.level, one.name) for one in failures(here)] == [("node", "n1"), ("node", "n2"), ("node", "n3"), ("rack", "r1")]
    assert [one.name for one in failures(here, ["rack"])] == ["r1", "r2"]


STEPS = {"import dataset db1": [4.0, 2.0, 6.0], "attach zone db1": [10.0], "boot zone db1": [50.0, 70.0, 20.0, 60.0]}


@pytest.mark.parametrize(
    ("history", "seconds", "why"),
    [
        (STEPS, 4 + 10 + 55, "median of the last 1 time"),
        ({**STEPS, "boot zone db1": [30.0] * 9 + [1000.0] * 40}, 44, "median of the last 1 time"),
        ({}, None, "not known: the journal has no 'import dataset db1' of it that succeeded"),
        ({**STEPS, "attach zone db1": []}, None, "not known: the journal has no 'attach zone db1' of it that succeeded"),
    ],
)
def test_time_of_recovery(history: dict[str, list[float]], seconds: float | None, why: str) -> None:
    found = predicted(vserver("db1"), history)
    assert (found.seconds, found.why) == (seconds, why)
