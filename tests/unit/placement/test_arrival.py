# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer that looks for a home: every rule that rejects a node, and what must hold whatever the nodes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Resources, VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement import arrival
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.arrival import Arrival
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities, Estate, Occupant
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import Answer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Together
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.rules import Host

from ..lifecycle.estate import LUNS, NETWORKS, S10, S11, vserver

KNOWN = declaration.networks(NETWORKS)
GIB = 1 << 30


def node(name: str = "t8a", gib: int = 64, **changes: Any) -> Host:
    """A node that can carry web1; ``changes`` are of the host or of its facts."""
    disks = tuple(Disk(f"c0t{guid}d0", guid) for guid in LUNS.values())
    facts = NodeFacts(name, S11, "SPARC T8-1", 256, gib * GIB, "86d2a101", disks, (Link("net0"), Link("net1")), brands=("solaris",))
    own = {key: value for key, value in changes.items() if key in Host.__slots__}
    facts = replace(facts, **{key: value for key, value in changes.items() if key not in own})
    return replace(Host(name, "production", facts, {"management": "net0", "public": "net1"}), **own)


def lives(name: str, on: str, memory: int = 0, dedicated: int = 0, units: int | None = None) -> Occupant:
    """``memory`` in bytes; 0 is as little as is counted."""
    resources = Resources(memory=memory or 1, dedicated_cpus=(dedicated, dedicated) if dedicated else None, base_units=units)
    return Occupant(replace(vserver(), name=name, networks=(), resources=resources), on)


def place(
    wanted: VServer, nodes: Sequence[Host], occupants: Sequence[Occupant] = (), affinities: Affinities | None = None, **more: Any
) -> Answer:
    estate = Estate(nodes, occupants, KNOWN, affinities or Affinities())
    return arrival.homes(estate, [Arrival(wanted, **more)])[wanted.name]


@pytest.mark.parametrize(
    ("resources", "options", "occupant", "reason"),
    [
        ({"base_units": 50}, {"base_units": 400}, {"units": 350}, None),
        ({"base_units": 51}, {"base_units": 400}, {"units": 350}, "has 50 base units left, 51 base units are needed"),
        ({"base_units": 1}, {"base_units": 400}, {"units": 500}, "has 0 base units left, 1 base units are needed"),
        ({"base_units": 1}, {}, {}, "has no rating in base units, 1 are owned"),
        ({"dedicated_cpus": "4-9"}, {"cpus": 8}, {"dedicated": 3}, None),
        ({"dedicated_cpus": "5"}, {"cpus": 8}, {"dedicated": 3}, "has 4 CPUs left, 5 CPUs are needed"),
    ],
)
def test_cpus_that_are_promised_are_not_promised_again(
    resources: dict[str, Any], options: dict[str, Any], occupant: dict[str, Any], reason: str | None
) -> None:
    answer = place(vserver(resources={"memory": "1G", **resources}), [node(**options)], [lives("other", "t8a", **occupant)])
    assert answer.rejected.get("t8a") == reason
    assert (answer.node is None) == (reason is not None)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        (node(compute_pool="legacy"), "is in compute pool legacy, not production"),
        (node(compute_pool=None), "is in compute pool None, not production"),
        (node(blocked="maintenance: new fans"), "is blocked: maintenance: new fans"),
        (
            node(release=S10, brands=("native",)),
            "runs Oracle Solaris 10 1/13 SPARC, which does not offer brand solaris (it has native); that takes Solaris 11",
        ),
        (
            node(brands=("solaris10", "solaris-kz")),
            "runs Oracle Solaris 11.4 SPARC, which does not offer brand solaris (it has solaris-kz, solaris10); that takes Solaris 11",
        ),
        (node(disks=(Disk("c0t0d0", LUNS["lun1"]),)), f"does not see LUN {LUNS['lun2']}"),
        (node(links={"management": "net0"}), "has no link for network type public"),
        (node(links={"management": "net0", "public": "net9"}), "has no link net9, which its networks name for public"),
        (node(gib=4), "has 3.6 GiB of memory left, 4 GiB of memory are needed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_rule_rejects_with_its_reason(host: Host, reason: str) -> None:
    answer = place(vserver(), [host])
    assert (answer.node, answer.why, dict(answer.rejected)) == (None, "no node can carry it", {"t8a": reason})
    assert answer.remedy.startswith("node t8a could carry it with" if "left" in reason else "node t8a could carry it, but for one thing")
    beside = place(vserver(), [host, node("t8b", 16)])
    assert (beside.node, dict(beside.rejected)) == ("t8b", {"t8a": reason})


def test_native_zones_go_to_solaris_10_only() -> None:
    native = vserver(brand="native")
    ten = node("t4a", release=S10, brands=("native",))
    assert place(native, [ten, node("t8a")]).node == "t4a"
    assert "does not offer brand native" in place(native, [node()]).rejected["t8a"]


def test_a_link_that_the_vserver_names_is_what_the_node_must_have() -> None:
    declared = vserver(networks=[{"network": "public", "address": "10.41.0.51", "link": "net3"}])
    assert place(declared, [node()]).rejected["t8a"] == "has no link net3, which its networks name for public"
    assert place(declared, [node(links={})]).node is None
    assert place(declared, [replace(node(), facts=replace(node().facts, links=(Link("net3"),)), links={})]).node == "t8a"


def test_what_lives_on_a_network_that_is_declared_no_more_hinders_nobody_else() -> None:
    lost = replace(vserver(), name="old", networks=tuple(replace(one, network="gone") for one in vserver().networks))
    estate = Estate([node()], [Occupant(lost, "t8a")], KNOWN)
    assert arrival.homes(estate, [Arrival(vserver())])["web1"].node == "t8a"
    alone = arrival.homes(estate, [Arrival(lost)])["old"]
    assert alone.rejected["t8a"] == "is not known to have a link for network gone, which is not declared"


def test_the_least_full_node_is_taken_and_the_name_decides_ties() -> None:
    answer = place(vserver(), [node("t8c"), node("t8b"), node("t8a", 32)])
    assert (answer.node, answer.why) == ("t8b", "the least full of 3 that can carry it: 7% of it will be used")
    assert answer.rejected == {
        "t8a": "could carry it too, and would be 14% used; t8b is 7%",
        "t8c": "could carry it too, and would be 7% used; t8b is 7%",
    }
    assert place(vserver(), [node("t8c"), node("t8b")], [lives("other", "t8b")]).node == "t8c"


def test_memory_that_is_not_declared_is_assumed_and_said() -> None:
    silent = vserver(resources=None)
    assert place(silent, [node()]).why.endswith("(it declares no memory, 1 GiB is assumed)")
    assert "assumed" not in place(vserver(), [node()]).why
    assert place(silent, [node(gib=1)]).node is None


def test_the_last_byte_counts() -> None:
    assert place(vserver(), [node(gib=40)], [lives("other", "t8a", 32 * GIB)]).node == "t8a"
    assert place(vserver(), [node(gib=40)], [lives("other", "t8a", 32 * GIB + 1024)]).node is None


def test_without_nodes_there_is_no_home() -> None:
    answer = place(vserver(), [])
    assert (answer.node, answer.rejected) == (None, {})


def test_a_node_that_is_closed_to_it_is_named_with_the_reason_and_open_to_others() -> None:
    other = replace(vserver(), name="web2")
    estate = Estate([node()], [], KNOWN)
    found = arrival.homes(estate, [Arrival(vserver(), closed={"t8a": "is the one that it leaves"}), Arrival(other)])
    assert (found["web1"].node, found["web1"].rejected) == (None, {"t8a": "is the one that it leaves"})
    assert found["web2"].node == "t8a"


def test_what_matters_more_gets_the_last_place_whatever_its_name_and_size() -> None:
    small = replace(vserver(), name="a", category="normal")
    large = replace(vserver(resources={"memory": "6G"}), name="z", category="critical")
    found = arrival.homes(Estate([node(gib=8)], [], KNOWN), [Arrival(small), Arrival(large)])
    assert (found["a"].node, found["z"].node) == (None, "t8a")


def test_its_room_is_its_own_until_it_has_arrived() -> None:
    """Two that change places at once need room for both for a while."""
    big = {"memory": "40G"}
    one, two = (replace(vserver(resources=big), name=name) for name in ("a", "b"))
    nodes = [node("t8a"), node("t8b")]
    estate = Estate(nodes, [Occupant(one, "t8a"), Occupant(two, "t8b")], KNOWN)
    going = [Arrival(one, None, "t8a", {"t8a": "is left"}), Arrival(two, None, "t8b", {"t8b": "is left"})]
    assert {answer.node for answer in arrival.homes(estate, going).values()} == {None}
    assert arrival.obstacles(estate, going, "a", "t8b") == ["has 17.6 GiB of memory left, 40 GiB of memory are needed"]
    gone = [replace(going[1], node="t8a", leaves=None), going[0]]
    assert arrival.obstacles(estate, gone, "a", "t8b") == [], "its own room is no obstacle, and the other has left"


def test_all_that_keeps_it_from_a_named_node_is_told_at_once() -> None:
    full = node("t8b", 8, compute_pool="legacy", disks=())
    beside = replace(vserver(), name="web2", networks=())
    affinities = Affinities((Apart("pair", ("web1", "web2")),))
    estate = Estate([node(), full], [Occupant(vserver(), "t8a"), Occupant(beside, "t8b")], KNOWN, affinities)
    found = arrival.obstacles(estate, [Arrival(vserver(), None, "t8a")], "web1", "t8b")
    assert found[0] == "is in compute pool legacy, not production"
    assert {f"does not see LUN {LUNS[name]}" for name in ("lun1", "lun2")} <= {*found}
    assert found[-2] == "is where web2 is, and affinity pair keeps them apart"
    assert found[-1] == "has 3.2 GiB of memory left, 4 GiB of memory are needed"


def test_affinities_are_kept_with_who_lives_there_and_who_comes_too() -> None:
    two = replace(vserver(), name="web2", networks=())
    nodes = [node("t8a"), node("t8b", 32)]
    apart, together = Affinities((Apart("split", ("web1", "web2")),)), Affinities((), (Together("pair", ("web1", "web2")),))
    assert place(vserver(), nodes, [Occupant(two, "t8a")], apart).node == "t8b"
    assert place(vserver(), nodes, [Occupant(two, "t8b")], together).node == "t8b"
    both = [Arrival(vserver()), Arrival(two)]
    assert len({one.node for one in arrival.homes(Estate(nodes, [], KNOWN, apart), both).values()}) == 2
    assert {one.node for one in arrival.homes(Estate(nodes, [], KNOWN, together), both).values()} == {"t8a"}


@st.composite
def hosts(draw: st.DrawFn, name: str) -> Host:
    """Every other node could carry web1 but for its memory; of the rest each has or lacks each thing that matters."""
    if draw(st.booleans()):
        return node(name, draw(st.sampled_from([4, 8, 16, 64])))
    one = (Disk("c0t0d0", LUNS["lun1"]),)
    return node(
        name,
        draw(st.sampled_from([2, 8, 16])),
        compute_pool=draw(st.sampled_from(["production", "production", "legacy", None])),
        blocked=draw(st.sampled_from(["", "", "", "quarantine: fenced"])),
        release=draw(st.sampled_from([S10, S11])),
        brands=draw(st.sampled_from([("native",), ("solaris", "solaris10"), ("solaris",)])),
        disks=draw(st.sampled_from([node().facts.disks, one, ()])),
        links=draw(st.sampled_from([{"management": "net0", "public": "net1"}, {"management": "net0"}, {"public": "net7"}])),
    )


Estates = tuple[list[Host], list[Occupant]]


@st.composite
def estates(draw: st.DrawFn) -> Estates:
    names = draw(st.lists(st.sampled_from([f"n{number}" for number in range(8)]), max_size=6, unique=True))
    return [draw(hosts(name)) for name in names], [lives(f"on-{name}", name, draw(st.integers(0, 8)) * GIB) for name in names]


declared = st.sampled_from([vserver(), vserver(resources=None), vserver(brand="native"), vserver(resources={"memory": "7G"})])


@settings(max_examples=100, deadline=None)
@given(declared, estates(), st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_the_answer_is_always_the_same(wanted: VServer, estate: Estates, chance: Any) -> None:
    nodes, occupants = list(estate[0]), list(estate[1])
    chance.shuffle(nodes)
    chance.shuffle(occupants)
    assert place(wanted, *estate) == place(wanted, *estate) == place(wanted, nodes, occupants)


@settings(max_examples=100, deadline=None)
@given(declared, estates())
def test_every_node_is_chosen_or_has_its_reason(wanted: VServer, estate: Estates) -> None:
    answer = place(wanted, *estate)
    assert {node.name for node in estate[0]} == {*answer.rejected, *([answer.node] if answer.node else [])}
    assert answer.node not in answer.rejected
    assert all(answer.rejected.values()) and answer.why


@settings(max_examples=100, deadline=None)
@given(declared, estates())
def test_the_chosen_node_can_carry_it_alone_and_none_that_can_is_less_full(wanted: VServer, estate: Estates) -> None:
    answer = place(wanted, *estate)
    nodes, occupants = estate
    room = {node.name: int(node.facts.memory * 0.9) for node in nodes}
    used = {one.node: one.vserver.resources.memory or 0 for one in occupants}
    alone = [node.name for node in nodes if place(wanted, [node], [one for one in occupants if one.node == node.name]).node]
    assert (answer.node in alone) if answer.node else not alone
    if answer.node:
        size = wanted.resources.memory or GIB
        full = {name: (used[name] + size) / room[name] for name in alone}
        assert full[answer.node] == min(full.values()) <= 1


@settings(max_examples=100, deadline=None)
@given(declared, estates(), hosts("extra"))
def test_a_further_node_never_takes_a_home_away(wanted: VServer, estate: Estates, extra: Host) -> None:
    before, after = place(wanted, *estate), place(wanted, [*estate[0], extra], estate[1])
    assert after.node in (before.node, "extra")
    assert before.node is None or after.node is not None


@settings(max_examples=100, deadline=None)
@given(estates(), st.integers(1, 32))
def test_less_memory_wanted_is_never_placed_worse(estate: Estates, gib: int) -> None:
    big, small = vserver(resources={"memory": gib * GIB}), vserver(resources={"memory": gib * GIB // 2})
    assume(place(big, *estate).node)
    assert place(small, *estate).node is not None
