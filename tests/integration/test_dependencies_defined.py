# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be declared, and how what is declared comes up, goes and is shown."""

from __future__ import annotations

from typing import Any

import pytest

from .chain_world import verbs
from .world import World

pytestmark = pytest.mark.campaign("file")


def needs(world: World, **masters: list[str]) -> None:
    for name, found in masters.items():
        world.declare(name, world.declared(name), depends_on=found)


def deploy(world: World, *names: str, check: bool = False) -> Any:
    return world.play("heliostat.vdc.vserver_deploy", *(["--check"] if check else []), variables={"heliostat_vserver_names": list(names)})


def test_a_cycle_is_refused_where_it_is_defined(world: World) -> None:
    needs(world, mon1=["web1"], web1=["web2"], web2=["mon1"])
    mark = world.mark()
    run = deploy(world, "mon1", "web1", "web2")
    assert run.rc != 0
    assert "depends on itself" in run.of("placement").message and "None of them could ever start" in run.of("placement").message
    assert verbs(world, mark) == []
    assert not world.since(mark, "zpool", "create")
    info = world.task("localhost", "dependency_info").result
    assert [problem for problem in info["problems"] if "mon1 needs web1 needs web2 needs mon1" in problem or "depends on itself" in problem]
    with world.repository() as repository:
        assert repository.vservers() == []


def test_a_cycle_with_what_the_repository_remembers_is_refused(world: World) -> None:
    needs(world, web1=["mon1"])
    assert world.task("t5a", "vserver", name="mon1", state="defined").status == "ok"
    assert world.task("t8a", "vserver", name="web1", state="defined").status == "ok"
    needs(world, web1=[], mon1=["web1"])  # the repository still has web1 → mon1: a changed mind, half carried out
    row = world.task("t5a", "vserver", name="mon1", state="defined")
    assert "vServer mon1 depends on itself: mon1 needs web1 needs mon1" in row.message or "web1 needs mon1 needs web1" in row.message
    with world.repository() as repository:
        assert repository.dependencies() == {"web1": ("mon1",)}
    info = world.task("localhost", "dependency_info").result
    assert info["problems"] == []
    assert info["differences"] == {
        "mon1": {"declared": ["web1"], "remembered": []},
        "web1": {"declared": [], "remembered": ["mon1"]},
    }
    assert world.task("t8a", "vserver", name="web1", state="defined").status == "ok"
    assert world.task("t5a", "vserver", name="mon1", state="defined").status == "ok"
    assert world.task("localhost", "dependency_info").result["differences"] == {}
    with world.repository() as repository:
        assert repository.dependencies() == {"mon1": ("web1",)}


def test_an_unknown_master_is_named(world: World) -> None:
    needs(world, web1=["nosuch"])
    run = deploy(world, "web1", "web2")
    assert run.rc != 0
    assert "vServer web1 depends on nosuch, which is not in the repository" in run.of("placement").message
    zone = world.zone(run.of("placement").result["placements"]["web2"], "web2")
    assert zone is not None and zone["state"] == "running", "others are not kept from running"
    info = world.task("localhost", "dependency_info").result
    assert (
        "vServer web1 depends on nosuch, which is neither in the inventory nor in the repository. Correct depends_on." in info["problems"]
    )
    row = world.task("localhost", "dependency_info", names=["nosuch"])
    assert "vServer nosuch is neither in the group vservers of the inventory nor in the repository" in row.message
    for wrong in (["web1"], ["web2", "web2"], ["-x"]):
        needs(world, web1=wrong)
        assert any("depends_on" in problem for problem in world.task("localhost", "dependency_info").result["problems"]), wrong


def test_a_deployment_boots_slaves_after_their_masters_on_other_nodes(world: World) -> None:
    needs(world, ledger1=["mon1"])
    mark = world.mark()
    check = deploy(world, "ledger1", "mon1", check=True)
    assert check.rc == 0, check.output
    assert "Booted after their masters: ledger1" in check.output
    world.lab.fault("t5a", "slow", match="zoneadm -z mon1 install", seconds=6000, times=1)  # longer than all of ledger1
    run = deploy(world, "ledger1", "mon1")
    assert run.rc == 0, run.output
    assert [line for line in verbs(world, mark) if line.startswith("boot")] == ["boot mon1", "boot ledger1"]
    assert run.of("vservers", "t4a").result["deferred"] == ["ledger1"]
    assert run.of("vservers", "localhost").steps == ["boot zone ledger1"]
    zone = world.zone("t4a", "ledger1")
    assert zone is not None and zone["state"] == "running"
    with world.repository() as repository:
        assert {name: repository.vserver(name).state for name in ("mon1", "ledger1")} == {"mon1": "activated", "ledger1": "activated"}
    again = deploy(world, "ledger1", "mon1")
    assert again.rc == 0 and again.changed == []
    assert not [
        row
        for row in again.rows
        if row.action.endswith("vservers") and row.host == "localhost" and row.status == "ok" and "plan" in row.result
    ]
    both = {"heliostat_vserver_names": ["mon1", "ledger1"], "heliostat_vserver_force": True}
    destroy = {"heliostat_vserver_destroy": ["mon1", "ledger1"]}
    master = {"heliostat_vserver_names": ["mon1"], "heliostat_vserver_destroy": ["mon1"], "heliostat_vserver_force": True}
    refused = world.play("heliostat.vdc.vserver_remove", variables=master)
    assert "vServer mon1 is needed by ledger1 (on node t4a: running)" in refused.output
    gone = world.play("heliostat.vdc.vserver_remove", variables={**both, **destroy})
    assert gone.rc == 0, gone.output
    assert [line for line in verbs(world, mark) if line.startswith("halt")] == ["halt ledger1", "halt mon1"]
    with world.repository() as repository:
        assert repository.vservers() == []


def test_estates_without_dependencies_pay_nothing_for_them(world: World) -> None:
    assert world.task("t8a", "vserver", name="web1").status == "ok"
    before = {node: world.lab.execs(node) for node in ("t8a", "t8b", "t5a", "t4a")}
    assert not world.task("t8a", "vserver", name="web1").changed
    asked = {node: world.lab.execs(node) - before[node] for node in before}
    assert asked == {"t8a": 1, "t8b": 0, "t5a": 0, "t4a": 0}


def test_a_master_may_go_when_its_slaves_are_stopped_and_its_data_stays(world: World) -> None:
    needs(world, ledger1=["mon1"])
    run = deploy(world, "ledger1", "mon1")
    assert run.rc == 0, run.output
    names = {"heliostat_vserver_names": ["mon1"], "heliostat_vserver_force": True, "heliostat_dependencies": "follow"}
    refused = world.play("heliostat.vdc.vserver_remove", variables={**names, "heliostat_vserver_destroy": ["mon1"]})
    assert "It is not removed while others depend on it: take it out of depends_on of ledger1, or remove it too." in refused.output
    mark = world.mark()
    gone = world.play("heliostat.vdc.vserver_remove", variables=names)
    assert gone.rc == 0, gone.output
    assert verbs(world, mark) == ["halt ledger1", "halt mon1"]
    ledger1 = world.zone("t4a", "ledger1")
    assert world.zone("t5a", "mon1") is None and ledger1 is not None and ledger1["state"] == "installed"
    with world.repository() as repository:
        assert repository.vserver("mon1").state == "detached"
        assert repository.dependencies() == {"ledger1": ("mon1",)}
