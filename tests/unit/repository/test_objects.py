# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, vServers, LUNs: what is remembered, what counts as a change, what is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from netaddr import IPAddress, IPNetwork

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Address, Link, Network
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Attachment, Dataset, VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .samples import GIB, facts, guid, vserver

NETWORKS = {"management": "net0", "public": "net1"}


def register(repository: Repository, number: int = 1, pool: str | None = "production", found: NodeFacts | None = None) -> bool:
    return repository.record_node(
        f"node{number}", found or facts(number), compute_pool=pool, networks=NETWORKS, address=f"192.0.2.{number}"
    )


def test_a_node_comes_back_as_it_was_recorded(repository: Repository) -> None:
    assert register(repository) is True
    node = repository.node("node1")
    assert node is not None
    assert (node.facts, node.networks, node.compute_pool, node.address) == (facts(1), NETWORKS, "production", "192.0.2.1")
    assert node.discovered is not None
    assert node.discovered.tzinfo is not None
    assert repository.node("node2") is None


def test_recording_the_same_node_again_is_no_change(repository: Repository) -> None:
    register(repository)
    assert register(repository) is False


@pytest.mark.parametrize(
    ("found", "changed"),
    [
        pytest.param(facts(1, memory=256 * GIB), True, id="less memory"),
        pytest.param(facts(1, disks=facts(1).disks[:-1]), True, id="a LUN gone"),
        pytest.param(facts(1, disks=facts(1).disks[::-1]), False, id="another order"),
        pytest.param(facts(1, disks=tuple(replace(disk, paths=2) for disk in facts(1).disks)), False, id="paths lost"),
        pytest.param(facts(1, links=(*facts(1).links, Link("web1/net0", kind="vnic", zone="web1"))), False, id="a link of a zone"),
        pytest.param(facts(1, links=(*facts(1).links, Link("aggr0", kind="aggr"))), True, id="a new link"),
        pytest.param(facts(1, links=tuple(replace(link, state="down") for link in facts(1).links)), False, id="links down"),
        pytest.param(
            facts(1, addresses=(*facts(1).addresses, Address("net0:1", "198.51.100.9/24", zone="web1"))), False, id="a zone's address"
        ),
    ],
)
def test_what_counts_as_a_change_of_a_node(repository: Repository, found: NodeFacts, changed: bool) -> None:
    register(repository)
    assert register(repository, found=found) is changed
    node = repository.node("node1")
    assert node is not None
    assert node.facts == found, "what was measured is kept, change or not"


def test_check_answers_and_keeps_nothing(repository: Repository) -> None:
    given = {"compute_pool": "production", "networks": NETWORKS, "address": "192.0.2.1"}
    assert repository.record_node("node1", facts(1), **given, check=True) is True
    assert repository.nodes() == []
    assert repository.rows("luns") == []


def test_nodes_of_a_pool(repository: Repository) -> None:
    register(repository, 1)
    register(repository, 2, "test")
    assert [node.name for node in repository.nodes()] == ["node1", "node2"]
    assert [node.name for node in repository.nodes("test")] == ["node2"]


def test_two_nodes_with_one_hostid_are_refused(repository: Repository) -> None:
    register(repository)
    with pytest.raises(Refused, match="hostid 86400001 is that of node node1"):
        register(repository, 2, found=facts(2, hostid="86400001"))


def test_an_unknown_network_type_is_refused(repository: Repository) -> None:
    with pytest.raises(InvalidDefinition, match="storage is not one of backup, management, public"):
        repository.record_node("node1", facts(1), compute_pool=None, networks={"storage": "net0"}, address="192.0.2.1")


def test_a_lun_that_grew_is_an_event(repository: Repository) -> None:
    register(repository)
    grown = tuple(replace(disk, size=60 * GIB) if disk.guid == guid(1) else disk for disk in facts(1).disks)
    assert register(repository, found=facts(1, disks=grown))
    assert [event.object for event in repository.events()] == [f"lun {guid(1)}"]
    assert next(lun.size for lun in repository.luns() if lun.guid == guid(1)) == 60 * GIB


def test_visibility_is_per_node(repository: Repository) -> None:
    register(repository, 1)
    register(repository, 2, found=facts(2, disks=(Disk("c9t1d0", guid(1), 50 * GIB),)))
    seen = {lun.guid: dict(lun.visible) for lun in repository.luns()}
    assert seen[guid(1)] == {"node1": f"c0t{guid(1)}d0", "node2": "c9t1d0"}
    assert set(seen[guid(2)]) == {"node1"}


def test_a_vserver_comes_back_as_it_was_declared(repository: Repository) -> None:
    register(repository)
    assert repository.place_vserver(vserver(), "node1") is True
    assert repository.place_vserver(vserver(), "node1") is False
    record = repository.vserver("web1")
    assert record is not None
    assert (record.declared, record.node, record.state, record.compute_pool) == (vserver(), "node1", "defined", "production")
    assert repository.lun_owner(guid(1)) == "web1/web1_data"
    assert repository.lun_owner(guid(4)) is None
    assert [entry.name for entry in repository.vservers(node="node1")] == ["web1"]
    assert [entry.name for entry in repository.vservers(names=["web1", "nobody"])] == ["web1"]
    assert repository.vservers(names=[]) == []
    assert repository.vservers(compute_pool="test") == []
    assert repository.lun_owners([guid(1), guid(4)]) == {guid(1): "web1/web1_data"}


def test_life_cycle_states(repository: Repository) -> None:
    register(repository)
    repository.place_vserver(vserver(), "node1")
    assert repository.set_vserver_state("web1", "activated") is True
    assert repository.set_vserver_state("web1", "activated") is False
    with pytest.raises(Refused, match="'running' is not a life-cycle state"):
        repository.set_vserver_state("web1", "running")
    with pytest.raises(Refused, match="cannot be installed without a node"):
        repository.record_vserver(vserver("db1", 2), None, "installed")
    with pytest.raises(Refused, match="is not in the repository"):
        repository.set_vserver_state("none", "error")


def test_placing_again_keeps_the_state_and_takes_the_new_declaration(repository: Repository) -> None:
    register(repository)
    repository.record_vserver(vserver(), "node1", "activated")
    more = replace(vserver(), priority=10, networks=(Attachment("lan", IPNetwork("198.51.100.99/24")),))
    assert repository.place_vserver(more, "node1") is True
    record = repository.vserver("web1")
    assert record is not None
    assert (record.state, record.declared.priority) == ("activated", 10)
    assert [row["address"] for row in repository.rows("vserver_networks")] == ["198.51.100.99"]


def with_lun(number: int) -> VServer:
    return replace(vserver("db1", 2), datasets=(Dataset("db1_data", (guid(number),)),))


CLASHES = {
    "name in another pool": (replace(vserver(), compute_pool="test"), "node2", "in compute pool production .*test cannot have another"),
    "name on another node": (vserver(), "node3", "it is installed on node node1; it cannot be on node3 as well. Detach it"),
    "name of a node": (vserver("node1", 2), "node1", "a node has this name"),
    "LUN in use": (with_lun(1), "node1", r"LUN \w+ is used by web1/web1_data"),
    "address": (replace(vserver("db1", 2), networks=vserver().networks), "node1", "198.51.100.11 of network lan is used by vServer web1"),
    "dataset name": (
        replace(vserver("db1", 2), datasets=(Dataset("web1_data", (guid(3), guid(4))),), filesystems=()),
        "node1",
        "dataset web1_data is also that of vServer web1",
    ),
    "node of another pool": (vserver("db1", 2), "node2", "belongs to compute pool production, node node2 to test"),
    "unknown node": (vserver("db1", 2), "node9", "node node9 is not in the repository"),
}


@pytest.mark.parametrize(("other", "node", "message"), CLASHES.values(), ids=CLASHES)
def test_clashes_are_refused(repository: Repository, other: VServer, node: str, message: str) -> None:
    for number, pool in ((1, "production"), (2, "test"), (3, "production")):
        register(repository, number, pool)
    repository.record_vserver(vserver(), "node1", "installed")
    before = repository.export()
    with pytest.raises(Refused, match=message):
        repository.place_vserver(other, node)
    assert repository.export() == before, "a refusal leaves nothing behind"


def test_a_lun_named_twice_is_refused(repository: Repository) -> None:
    twice = replace(vserver(), datasets=(Dataset("web1_data", (guid(1), guid(1)), "mirror"),))
    with pytest.raises(InvalidDefinition, match="declared more than once"):
        repository.record_vserver(twice, None, "defined")


def test_a_file_system_on_an_undeclared_dataset_is_refused(repository: Repository) -> None:
    with pytest.raises(InvalidDefinition, match="is on dataset web1_data, which it does not declare"):
        repository.record_vserver(replace(vserver(), datasets=()), None, "defined")


def test_a_detached_vserver_may_move(repository: Repository) -> None:
    register(repository, 1)
    register(repository, 2)
    repository.record_vserver(vserver(), "node1", "activated")
    with pytest.raises(Refused):
        repository.place_vserver(vserver(), "node2")
    repository.set_vserver_state("web1", "detached")
    assert repository.record_vserver(vserver(), "node2", "activated")
    assert [entry.name for entry in repository.vservers(node="node2")] == ["web1"]


def test_a_node_with_vservers_is_neither_forgotten_nor_moved(repository: Repository) -> None:
    register(repository)
    repository.place_vserver(vserver(), "node1")
    with pytest.raises(Refused, match="vServers web1 live there"):
        repository.forget_node("node1")
    with pytest.raises(Refused, match="carries web1; it cannot go to test"):
        register(repository, pool="test")
    assert repository.forget_vserver("web1") is True
    assert repository.forget_vserver("web1") is False
    assert repository.lun_owner(guid(1)) is None
    assert repository.forget_node("node1") is True
    assert repository.forget_node("node1") is False
    assert [lun.visible for lun in repository.luns()] == [{}] * 4


def test_a_node_of_a_patch_target_is_not_forgotten(repository: Repository) -> None:
    """It would leave patching without a word."""
    register(repository)
    repository.patching.record_set(PatchSet("q1", 1, "10", (PatchId("120001", 2),), True))
    for name in ("web", "all"):
        repository.patching.record_target(PatchTarget(name, ("node1",), (SetVersion("q1", 1),)))
    with pytest.raises(Refused, match=r"node node1: patch targets all, web have it\. Declare them without it"):
        repository.forget_node("node1")
    for name in ("web", "all"):
        repository.patching.forget_target(name)
    assert repository.forget_node("node1")


def test_a_node_in_the_ledger_of_moves_is_not_forgotten(repository: Repository) -> None:
    register(repository)
    register(repository, 2)
    repository.place_vserver(vserver(), "node1")
    repository.begin_move("web1", "node1", "node2", running=True, proof="", by="me")
    with pytest.raises(Refused, match="vServers web1 are on their way from or to it"):
        repository.forget_node("node2")
    repository.end_move("web1", "node1", "defined")
    assert repository.forget_node("node2") is True


def test_flags_keep_their_reason_until_they_are_cleared(repository: Repository) -> None:
    register(repository)
    assert repository.flag_node("node1", quarantine=True, reason="power not proven off") is True
    assert repository.flag_node("node1", quarantine=True) is False
    node = repository.node("node1")
    assert node is not None
    assert (node.quarantine, node.maintenance, node.flag_reason) == (True, False, "power not proven off")
    assert repository.flag_node("node1", quarantine=False) is True
    assert repository.rows("nodes")[0]["flag_reason"] == ""


def test_a_further_reason_is_kept_behind_the_first(repository: Repository) -> None:
    register(repository)
    flag = partial(repository.flag_node, "node1")

    def reason() -> str:
        return str(repository.rows("nodes")[0]["flag_reason"])

    assert flag(quarantine=True, reason="its power is off") is True
    assert flag(quarantine=True, reason="its power is off") is False
    assert flag(quarantine=True, reason="acknowledged by op: seen dark") is True
    assert flag(quarantine=True, reason="its power is off") is False
    assert reason() == "its power is off; later: acknowledged by op: seen dark"
    assert flag(maintenance=True, reason="memory errors") is True
    assert flag(maintenance=False) is True
    assert reason() == "its power is off; later: acknowledged by op: seen dark; later: memory errors"
    assert flag(ended="memory errors") is True
    assert flag(ended="memory") is False
    assert reason() == "its power is off; later: acknowledged by op: seen dark"
    assert flag(quarantine=False, reason="looked at") is True
    assert reason() == ""


def test_networks(repository: Repository) -> None:
    lan = Network("lan", "public", IPNetwork("198.51.100.0/24"), IPAddress("198.51.100.1"), 20)
    repository.record_vserver(vserver(), None, "defined")
    assert repository.rows("networks") == [{"name": "lan", "type": None, "subnet": "", "gateway": "", "vlan": None}]
    assert repository.record_network(lan) is True
    assert repository.record_network(lan) is False
    assert repository.rows("vserver_networks")[0]["type"] == "public"
