# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to operators: things destroyed by hand, a repository lost while a node is down, typing errors, a limit."""

from __future__ import annotations

import pytest

from .world import World

pytestmark = pytest.mark.campaign("file")

ONE = {"heliostat_vserver_names": ["web1"]}


def deployed(world: World, name: str, node: str) -> None:
    row = world.task(node, "vserver", name=name)
    assert row.status == "ok", row.message


def test_a_destroyed_pool_is_not_made_again(world: World) -> None:
    deployed(world, "web1", "t8a")
    world.lab.ssh("t8a", "zoneadm -z web1 halt; zpool destroy web1")
    for words in (("--check",), ()):
        row = world.task("t8a", "vserver", *words, name="web1")
        assert row.status == "failed"
        assert "dataset web1 of web1: it was made before, and node t8a neither has it nor is offered it" in row.message
    assert "web1" not in {pool["name"] for pool in world.lab.truth()["pools"].values()}
    world.lab.ssh("t8a", "zoneadm -z web1 uninstall -F; zonecfg -z web1 delete -F")
    assert world.task("t8a", "vserver", name="web1").status == "failed"
    doomed = {"name": "web1", "state": "absent", "destroy": ["web1"]}
    given_up, anew = world.many("t8a", [("vserver", doomed), ("vserver", {"name": "web1"})])
    assert given_up.status == "ok", given_up.message
    assert anew.changed, anew.message


def test_a_changed_address_is_seen_and_taken_only_once(world: World) -> None:
    deployed(world, "mon1", "t5a")
    deployed(world, "ledger2", "t4a")
    declared = world.declared("ledger2")
    declared["networks"][0]["address"] = "10.41.0.99"
    world.declare("ledger2", declared)
    row = world.task("t4a", "vserver", name="ledger2")
    assert row.changed
    assert any("addresses: 10.41.0.62/24 → 10.41.0.99/24" in warning for warning in row.result["warnings"])
    with world.repository() as repository:
        assert str(repository.vserver("ledger2").declared.networks[0].address) == "10.41.0.99/24"
    clash = world.declared("mon1") | {"networks": [{"network": "public", "address": "10.41.0.99"}]}
    world.declare("mon1", clash)
    row = world.task("t5a", "vserver", name="mon1")
    assert row.status == "failed"
    assert "address 10.41.0.99 of network public is used by vServer ledger2" in row.message


def test_a_vserver_comes_back_to_the_node_that_was_down(world: World) -> None:
    deployed(world, "web1", "t8b")
    world.lab.power("t8b", "off")
    with world.repository() as repository:  # as a new one would be
        repository.forget_vserver("web1")
        repository.forget_node("t8b")
    run = world.play("heliostat.vdc.vserver_deploy", variables=ONE)
    message = run.of("vservers", "t8a").message
    assert run.rc != 0
    assert "it may be in use there. Find that node: if vServer web1 runs there, it does not belong on t8a" in message
    world.lab.power("t8b", "on", wait=True)
    assert world.play("heliostat.vdc.node_register").rc == 0
    run = world.play("heliostat.vdc.vserver_deploy", variables=ONE)
    assert run.rc == 0, run.output
    assert run.of("placement").result["placements"] == {"web1": "t8b"}
    zone = world.zone("t8b", "web1")
    assert zone is not None
    assert zone["state"] == "running"


def test_one_wrong_declaration_stops_nothing_else(world: World) -> None:
    declared = world.declared("web2")
    declared["networks"][0]["address"] = "10.99.0.52"
    world.declare("web2", declared)
    run = world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web2", "mon1"]})
    assert run.rc != 0
    assert "address 10.99.0.52 is outside network management" in run.of("placement").message
    home = run.of("placement").result["placements"]["mon1"]
    zone = world.zone(home, "mon1")
    assert zone is not None
    assert zone["state"] == "running"


def test_a_failure_hides_no_other_vserver_of_its_node(world: World) -> None:
    deployed(world, "web1", "t8b")
    deployed(world, "web2", "t8b")
    world.lab.ssh("t8b", "zoneadm -z web2 halt; zfs set mountpoint=none web2/srv_www")
    run = world.play("heliostat.vdc.site")
    assert run.rc != 0
    assert "web2/srv_www has mountpoint none" in run.of("vservers", "t8b").message
    rows = {row["vserver"]: row["state"] for row in run.of("status").result["vservers"]}
    assert (rows["web1"], rows["web2"]) == ("running", "installed")


def test_removing_what_is_not_there_is_an_error(world: World) -> None:
    for names in (["wbe1"], ["web1", "wbe1"]):
        run = world.play("heliostat.vdc.vserver_remove", variables={"heliostat_vserver_names": names})
        assert run.rc != 0
        assert "the repository knows no node of vServer" in run.output


def test_a_limit_without_localhost_is_said(world: World) -> None:
    for playbook in ("vserver_deploy", "vserver_remove"):
        run = world.play(f"heliostat.vdc.{playbook}", "-l", "t8b", variables=ONE)
        assert run.rc != 0
        assert "Say -l localhost,t8b" in run.output


def test_check_mode_of_a_node_counts_what_the_run_counts(world: World) -> None:
    deployed(world, "web1", "t8a")  # its zone is a fact of the node, and no change of it
    for words in (("--check", "--diff"), ("--diff",)):
        row = world.task("t8a", "node", *words)
        assert not row.changed
        assert "diff" not in row.result


def test_what_was_detached_comes_back_on_another_node(world: World) -> None:
    deployed(world, "web1", "t8a")
    row = world.task("t8b", "vserver", name="web1")
    assert row.status == "failed"
    assert "lives on node t8a (state activated), not on t8b. Run this on its node, or detach it there first" in row.message
    assert world.task("t8a", "vserver", name="web1", state="detached", force=True).status == "ok"
    deployed(world, "web1", "t8b")
    row = world.task("t8a", "vserver", name="web1")
    assert row.status == "failed"
    assert "lives on node t8b" in row.message
    with world.repository() as repository:
        assert repository.vserver("web1").node == "t8b"


def test_a_repository_older_than_the_data_centre_starts_nothing_twice(world: World) -> None:
    deployed(world, "web1", "t8b")
    with world.repository() as repository:  # as a backup from the time when web1 lived on t8a
        declared = repository.vserver("web1").declared
        repository.forget_vserver("web1")
        repository.record_vserver(declared, "t8a", "activated")
    run = world.play("heliostat.vdc.vserver_deploy", variables=ONE)
    assert run.rc != 0
    assert "it does not belong on t8a" in run.of("vservers", "t8a").message
    status = world.play("heliostat.vdc.status").of("status").result["vservers"]
    assert {row["vserver"]: row["state"] for row in status}["web1"] == "absent, running on t8b"
    assert world.task("t8a", "vserver", name="web1", state="detached").status == "ok"
    row = world.task("t8b", "vserver", name="web1")
    assert (row.status, row.steps) == ("ok", [])


def test_a_pool_with_another_zone_on_it_is_not_destroyed(world: World) -> None:
    deployed(world, "web1", "t8b")
    made = world.lab.ssh(
        "t8b",
        "zfs create -o mountpoint=/zones/payroll web1/payroll && chmod 700 /zones/payroll && "
        "zonecfg -z payroll 'create -b; set brand=solaris; set zonepath=/zones/payroll; set ip-type=exclusive' && "
        "zoneadm -z payroll install",
    )
    assert made.returncode == 0, made.stderr
    for words in (("--check",), ()):
        row = world.task("t8b", "vserver", *words, name="web1", state="absent", force=True, destroy=["web1"])
        assert row.status == "failed"
        assert "zone payroll (installed) of node t8b lies on it, in web1/payroll. Nothing was done" in row.message
    zone = world.zone("t8b", "web1")
    assert zone is not None
    assert zone["state"] == "running"
