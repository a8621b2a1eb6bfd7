# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer whose zone exists goes where its zone is, whatever the repository has forgotten."""

from __future__ import annotations

from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.choose import Candidate, Choice, choose
from tests.unit.lifecycle.estate import LUNS, NETWORKS, S11, vserver


def _node(name: str, memory: int, pool: str = "production", **facts: Any) -> Candidate:
    links = (Link("net0"), Link("net1"))
    disks = tuple(Disk(f"c0t{guid}d0", guid) for guid in LUNS.values())
    found = NodeFacts(name, S11, "SPARC T8-1", 64, memory << 30, name, disks=disks, links=links, brands=("solaris",), **facts)
    return Candidate(name, pool, found, {"management": "net0", "public": "net1"})


def _choose(*nodes: Candidate) -> Choice:
    return choose(vserver(), nodes, declaration.networks(NETWORKS))


def test_the_zones_node_wins_over_the_emptier_one() -> None:
    choice = _choose(_node("a", 512), _node("b", 64, zones=("web1",)))
    assert (choice.node, choice.why) == ("b", "its zone exists there")
    assert choice.rejected == {"a": "does not have its zone, which exists on node b"}
    assert _choose(_node("a", 512), _node("b", 64, zones=("web2",))).node == "a"


def test_a_node_that_has_the_zone_and_cannot_carry_it_is_no_reason_to_go_elsewhere() -> None:
    choice = _choose(_node("a", 512), _node("b", 64, pool="legacy", zones=("web1",)))
    assert choice.node is None
    assert choice.rejected["b"] == "is in compute pool legacy, not production"


def test_two_zones_of_the_name_are_for_a_person_to_sort_out() -> None:
    choice = _choose(_node("a", 512, zones=("web1",)), _node("b", 64, zones=("web1",)))
    assert choice.node is None
    assert "exists on nodes a and b" in choice.why


def test_what_was_begun_goes_on_where_its_storage_is() -> None:
    """A first deployment was killed between its pool and its zone, and the repository is lost."""
    choice = _choose(_node("a", 512, pools=("rpool",)), _node("b", 64, pools=("rpool", "web1")))
    assert (choice.node, choice.why) == ("b", "its storage exists there")
    assert choice.rejected == {"a": "does not have its storage, which exists on node b"}


def test_a_zone_says_more_than_a_pool() -> None:
    assert _choose(_node("a", 512, zones=("web1",)), _node("b", 64, pools=("web1",))).node == "a"


def test_storage_on_two_nodes_is_for_a_person_to_sort_out() -> None:
    choice = _choose(_node("a", 512, pools=("web1",)), _node("b", 64, pools=("web1",)))
    assert choice.node is None
    assert "its storage exists on nodes a and b" in choice.why
