# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitors say, and what is recovered by it, where no service processor tells anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import isolation

from .scripted_monitors import ALIVE, AWAY, BOOT, FENCED, UNKNOWN, place, says, silenced
from .world import Run, World

pytestmark = pytest.mark.skipif(isolation.choose() != "namespaces", reason="a control client of a machine's own wants namespaces")

NAME, OTHER = "web1", "web2"
MONITORS = {"t5a": 1, "t4a": 2}


@pytest.fixture
def watched(world: World) -> World:
    """Two monitors, on nodes that are not lost here."""
    for host, number in MONITORS.items():
        place(world, host, number)
    return world


@pytest.fixture
def lost(watched: World) -> str:
    """The node of web1, dead, its service processor too. The monitors are of one mind."""
    assert watched.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": [NAME]}).rc == 0
    (node,) = [name for name in ("t8a", "t8b") if NAME in watched.lab.truth(name)["zones"]]
    gone(watched, node)
    for host in MONITORS:
        says(watched, host, node, 17, FENCED)
    return node


def gone(world: World, node: str) -> None:
    world.lab.fault(node, "sp_dead")
    world.lab.power(node, "off", wait=True)


def other_than(node: str) -> str:
    return {"t8a": "t8b", "t8b": "t8a"}[node]


def recover(world: World, *words: str, **variables: Any) -> Run:
    return world.play("heliostat.vdc.heartbeat_recover", *words, variables=variables)


def test_checked_recovered_and_then_nothing_is_left_to_do(watched: World, lost: str) -> None:
    target = other_than(lost)
    loss = f"incident 4 of node {lost}, boot {BOOT}, monitor t4a"
    would = recover(watched, "--check")
    assert would.rc == 0, would.output
    assert would.of("recovery").changed
    assert NAME not in watched.lab.truth(target)["zones"]
    with watched.repository() as repository:
        assert not repository.node(lost).quarantine
    run = recover(watched)
    assert run.rc == 0, run.output
    assert run.of("recovery").result["targets"] == would.of("recovery").result["targets"] == {NAME: target}
    assert watched.zone(target, NAME)["state"] == "running"
    assert f"({loss})" in run.output
    with watched.repository() as repository:
        assert loss in repository.node(lost).flag_reason and repository.node(lost).quarantine
    again = recover(watched)
    assert again.rc == 0 and again.changed == [], again.output


@pytest.mark.parametrize("heard", [ALIVE, AWAY], ids=["alive", "in maintenance"])
def test_a_node_that_one_monitor_hears_is_refused(watched: World, lost: str, heard: dict[str, Any]) -> None:
    says(watched, "t5a", lost, 17, heard)
    run = recover(watched)
    assert run.rc == 2
    assert "t5a hears its heartbeat, so it lives" in run.output
    words = {"heliostat_lost_node": lost, "heliostat_acknowledge": f"{lost}: seen dark"}
    word = watched.play("heliostat.vdc.vserver_recover", variables=words)
    assert word.rc == 2 and "hears its heartbeat" in word.of("recovery").message
    assert NAME not in watched.lab.truth(other_than(lost))["zones"]
    with watched.repository() as repository:
        assert not repository.node(lost).quarantine


def test_one_that_cannot_be_recovered_keeps_no_other_from_it(watched: World) -> None:
    """Both nodes are given up, one still answers: it is refused, told at the end, and the other's vServer runs elsewhere."""
    for name, node in ((NAME, "t8a"), (OTHER, "t8b")):
        variables = {"heliostat_vserver_names": [name], "heliostat_target": node}
        assert watched.play("heliostat.vdc.vserver_deploy", variables=variables).rc == 0
    homes = {name: node for name in (NAME, OTHER) for node in ("t8a", "t8b") if name in watched.lab.truth(node)["zones"]}
    assert set(homes.values()) == {"t8a", "t8b"}, homes
    answering, dead = sorted(homes.values())  # the one that fails comes first
    gone(watched, dead)
    for host in MONITORS:
        for number, node in enumerate((answering, dead), 17):
            says(watched, host, node, number, FENCED)
    run = recover(watched)
    assert run.rc == 2
    assert f"node {answering} answers, so it is not lost" in run.rows[-1].message
    (moved,) = [name for name, node in homes.items() if node == dead]
    assert watched.zone(answering, moved)["state"] == "running"


def test_of_unknown_nothing_is_started(watched: World, lost: str) -> None:
    for host in MONITORS:
        says(watched, host, lost, 17, UNKNOWN)
    run = recover(watched)
    assert run.rc == 0 and run.changed == [] and not [row for row in run.rows if row.action.endswith("recovery")], run.output


def test_a_job_that_no_monitor_answers_fails(watched: World) -> None:
    silenced(watched, "t5a")
    one = recover(watched)
    assert one.rc == 0 and "monitor t5a does not tell" in one.output
    silenced(watched, "t4a")
    none = recover(watched)
    assert none.rc == 2
    assert "no monitor answers, so nobody knows whether a node is lost" in " ".join(none.output.split())


def test_info_shows_who_says_what(watched: World) -> None:
    says(watched, "t5a", "t8a", 17, FENCED)
    says(watched, "t4a", "t8a", 17, ALIVE)
    says(watched, "t4a", "t8b", 18, ALIVE)
    found = watched.task("localhost", "heartbeat_info").result
    assert found["fenced"] == ["t8a"]
    assert {host: one["monitor"] for host, one in found["monitors"].items()} == MONITORS
    assert {host: one["state"] for host, one in found["nodes"]["t8a"].items()} == {"t5a": "fenced", "t4a": "alive"}
    assert list(watched.task("localhost", "heartbeat_info", nodes=["t8b"]).result["nodes"]) == ["t8b"]
    silenced(watched, "t5a")
    found = watched.task("localhost", "heartbeat_info").result
    assert found["monitors"]["t5a"] == {
        "answers": False,
        "said": "heliostat-heartbeat: /var/run/heliostat/control: Connection refused",
    }
    assert found["fenced"] == []


@pytest.mark.parametrize(("hosts", "told"), [("", "Name the hosts"), ("t8x", "has no host t8x")])
def test_removing_from_nobody_is_no_success(world: World, hosts: str, told: str) -> None:
    run = world.play("heliostat.vdc.heartbeat_remove", variables={"heliostat_heartbeat_hosts": hosts})
    assert run.rc != 0 and told in run.output
