# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement: every rule that rejects a node, and what must hold whatever the nodes are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.choose import ASSUMED_MEMORY, Candidate, choose, memory, taken

from ..lifecycle.estate import LUNS, NETWORKS, S10, S11, vserver

KNOWN = declaration.networks(NETWORKS)
GIB = 1 << 30


def node(name: str = "t8a", gib: int = 64, **changes: Any) -> Candidate:
    """A node that can carry web1; ``changes`` are of the candidate or of its facts."""
    disks = tuple(Disk(f"c0t{guid}d0", guid) for guid in LUNS.values())
    facts = NodeFacts(name, S11, "SPARC T8-1", 256, gib * GIB, "86d2a101", disks, (Link("net0"), Link("net1")), brands=("solaris",))
    own = {key: value for key, value in changes.items() if key in Candidate.__slots__}
    facts = replace(facts, **{key: value for key, value in changes.items() if key not in own})
    return replace(Candidate(name, "production", facts, {"management": "net0", "public": "net1"}), **own)


@pytest.mark.parametrize(
    ("resources", "options", "reason"),
    [
        ({"base_units": 50}, {"base_units": 400, "entitled": 350}, None),
        ({"base_units": 51}, {"base_units": 400, "entitled": 350}, "has 50 of its 400 base units left, 51 are needed"),
        ({"base_units": 1}, {"base_units": 400, "entitled": 500}, "has 0 of its 400 base units left, 1 are needed"),
        ({"base_units": 1}, {}, "has no rating in base units, 1 are owned"),
        ({}, {"base_units": 400, "entitled": 500}, None),
        ({"dedicated_cpus": "4-9"}, {"cpus": 8, "dedicated": 3}, None),
        ({"dedicated_cpus": "5"}, {"cpus": 8, "dedicated": 3}, "has 4 of its 8 CPUs left to dedicate, 5 are needed"),
        ({}, {"cpus": 8, "dedicated": 30}, None),
    ],
)
def test_cpus_that_are_promised_are_not_promised_again(resources: dict[str, Any], options: dict[str, Any], reason: str | None) -> None:
    wanted = vserver(resources={"memory": "1G", **resources})
    choice = choose(wanted, [node(**options)], KNOWN)
    assert choice.rejected.get("t8a") == reason
    assert (choice.node is None) == (reason is not None)


def test_what_a_vserver_takes_is_gone() -> None:
    first = vserver(resources={"memory": "8G", "base_units": 50})
    left = taken(taken(node(base_units=400), first), vserver(resources={"memory": "1G", "dedicated_cpus": "2-4"}))
    assert (left.committed, left.entitled, left.dedicated) == (9 * GIB, 50, 2)


@pytest.mark.parametrize(
    ("candidate", "reason"),
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
        (node(gib=4), "has 3686 MiB of memory left, 4096 MiB are needed"),
        (node(committed=54 * GIB), "has 3686 MiB of memory left, 4096 MiB are needed"),
        (node(committed=99 * GIB), "has 0 MiB of memory left, 4096 MiB are needed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_rule_rejects_with_its_reason(candidate: Candidate, reason: str) -> None:
    choice = choose(vserver(), [candidate], KNOWN)
    assert (choice.node, dict(choice.rejected)) == (None, {"t8a": reason})
    assert choice.why == "no node of compute pool production can carry vServer web1"
    beside = choose(vserver(), [candidate, node("t8b", 16)], KNOWN)
    assert (beside.node, dict(beside.rejected)) == ("t8b", {"t8a": reason})


def test_native_zones_go_to_solaris_10_only() -> None:
    native = vserver(brand="native")
    ten = node("t4a", release=S10, brands=("native",))
    assert choose(native, [ten, node("t8a")], KNOWN).node == "t4a"
    assert "does not offer brand native" in choose(native, [node()], KNOWN).rejected["t8a"]


def test_a_link_that_the_vserver_names_is_what_the_node_must_have() -> None:
    legs = [{"network": "public", "address": "10.41.0.51", "link": "net3"}]
    declared = vserver(networks=legs)
    assert choose(declared, [node()], KNOWN).rejected["t8a"] == "has no link net3, which its networks name for public"
    assert choose(declared, [node(links={})], KNOWN).node is None
    assert choose(declared, [replace(node(), facts=replace(node().facts, links=(Link("net3"),)), links={})], KNOWN).node == "t8a"


def test_the_most_memory_left_wins_and_the_name_decides_ties() -> None:
    nodes = [node("t8c"), node("t8b"), node("t8a", 32)]
    choice = choose(vserver(), nodes, KNOWN)
    assert (choice.node, choice.why) == ("t8b", "most memory left of the nodes that can carry it: 58982 MiB")
    assert choice.rejected == {
        "t8a": "fits, but has 29491 MiB left and t8b has 58982 MiB",
        "t8c": "fits, but has 58982 MiB left and t8b has 58982 MiB",
    }
    assert choose(vserver(), [node("t8c"), node("t8b", committed=1)], KNOWN).node == "t8c"


def test_memory_that_is_not_declared_is_assumed_and_said() -> None:
    silent = vserver(resources=None)
    assert memory(silent) == ASSUMED_MEMORY
    assert "it declares no memory, 1 GiB is assumed" in choose(silent, [node()], KNOWN).why
    assert choose(silent, [node(gib=1)], KNOWN).node is None


def test_the_last_byte_counts() -> None:
    exact = node(gib=40, committed=32 * GIB)
    assert choose(vserver(), [exact], KNOWN).node == "t8a"
    assert choose(vserver(), [replace(exact, committed=32 * GIB + 1)], KNOWN).node is None


def test_without_nodes_there_is_no_home() -> None:
    assert (choose(vserver(), [], KNOWN).node, choose(vserver(), [], KNOWN).rejected) == (None, {})


@st.composite
def candidates(draw: st.DrawFn, name: str) -> Candidate:
    """Every other node could carry web1 but for its memory; of the rest each has or lacks each thing that matters."""
    committed = draw(st.integers(0, 8)) * GIB
    if draw(st.booleans()):
        return node(name, draw(st.sampled_from([4, 8, 16, 64])), committed=committed)
    one = (Disk("c0t0d0", LUNS["lun1"]),)
    return node(
        name,
        draw(st.sampled_from([2, 8, 16])),
        compute_pool=draw(st.sampled_from(["production", "production", "legacy", None])),
        blocked=draw(st.sampled_from(["", "", "", "quarantine: fenced"])),
        committed=committed,
        release=draw(st.sampled_from([S10, S11])),
        brands=draw(st.sampled_from([("native",), ("solaris", "solaris10"), ("solaris",)])),
        disks=draw(st.sampled_from([node().facts.disks, one, ()])),
        links=draw(st.sampled_from([{"management": "net0", "public": "net1"}, {"management": "net0"}, {"public": "net7"}])),
    )


@st.composite
def estates(draw: st.DrawFn) -> list[Candidate]:
    return [
        draw(candidates(name)) for name in draw(st.lists(st.sampled_from([f"n{number}" for number in range(8)]), max_size=6, unique=True))
    ]


declared = st.sampled_from([vserver(), vserver(resources=None), vserver(brand="native"), vserver(resources={"memory": "7G"})])


@settings(max_examples=200, deadline=None)
@given(declared, estates(), st.randoms(use_true_random=False))
def test_the_order_of_the_nodes_does_not_matter_and_the_answer_is_always_the_same(wanted, nodes: list[Candidate], chance) -> None:
    shuffled = list(nodes)
    chance.shuffle(shuffled)
    assert choose(wanted, nodes, KNOWN) == choose(wanted, nodes, KNOWN) == choose(wanted, shuffled, KNOWN)


@settings(max_examples=200, deadline=None)
@given(declared, estates())
def test_every_node_is_chosen_or_has_its_reason(wanted, nodes: list[Candidate]) -> None:
    choice = choose(wanted, nodes, KNOWN)
    assert {node.name for node in nodes} == {*choice.rejected, *([choice.node] if choice.node else [])}
    assert choice.node not in choice.rejected
    assert all(choice.rejected.values()) and choice.why


@settings(max_examples=200, deadline=None)
@given(declared, estates())
def test_the_chosen_node_can_carry_it_alone_and_none_that_can_has_more_left(wanted, nodes: list[Candidate]) -> None:
    choice = choose(wanted, nodes, KNOWN)
    alone = {node.name: node for node in nodes if choose(wanted, [node], KNOWN).node}
    assert (choice.node in alone) if choice.node else not alone
    if choice.node:
        left = {name: int(node.facts.memory * 0.9) - node.committed for name, node in alone.items()}
        assert left[choice.node] == max(left.values()) >= memory(wanted)


@settings(max_examples=200, deadline=None)
@given(declared, estates(), candidates("extra"))
def test_a_further_node_never_takes_a_home_away(wanted, nodes: list[Candidate], extra: Candidate) -> None:
    before, after = choose(wanted, nodes, KNOWN), choose(wanted, [*nodes, extra], KNOWN)
    assert after.node in (before.node, "extra")
    assert before.node is None or after.node is not None


@settings(max_examples=100, deadline=None)
@given(estates(), st.integers(1, 32))
def test_less_memory_wanted_is_never_placed_worse(nodes: list[Candidate], gib: int) -> None:
    big, small = vserver(resources={"memory": gib * GIB}), vserver(resources={"memory": gib * GIB // 2})
    assume(choose(big, nodes, KNOWN).node)
    assert choose(small, nodes, KNOWN).node == choose(big, nodes, KNOWN).node
