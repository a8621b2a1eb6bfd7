# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a proof of death is none, or one of something else; and what stays closed while a node is in quarantine or a vServer under way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from .world import World

pytestmark = pytest.mark.campaign("file")

NAME = "web1"


@pytest.fixture
def homes(world: World) -> tuple[str, str]:
    """web1's node, and the other one it may go to."""
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": [NAME]}).rc == 0
    source = next(name for name, machine in world.lab.truth()["machines"].items() if NAME in machine["zones"])
    return source, {"t8a": "t8b", "t8b": "t8a"}[source]


def recover(world: World, node: str, **more: Any) -> Any:
    return world.play("heliostat.vdc.vserver_recover", variables={"heliostat_lost_node": node, **more})


def processor(world: World, node: str, name: str, **variables: Any) -> None:
    """Declares another service processor for the node."""
    path = world.inventory / "host_vars" / f"{node}.yml"
    declared = yaml.safe_load(path.read_text())
    declared["heliostat_node"]["service_processor"] = name
    path.write_text(yaml.safe_dump(declared))
    if variables:
        (world.inventory / f"zz_{name}.yml").write_text(yaml.safe_dump({"service_processors": {"hosts": {name: variables}}}))


def test_anothers_service_processor_proves_nothing(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    world.lab.fault(source, "hang")  # it lives, and writes
    world.lab.power("t5a", "off", wait=True)
    processor(world, source, "t5a-sp")
    twice = recover(world, source)
    assert twice.rc == 2
    assert "declared for node t5a too" in twice.of("recovery").message
    processor(world, "t5a", "t4a-sp")
    processor(world, "t4a", "nobody-sp")
    other = recover(world, source)
    assert other.rc == 2
    assert "that is node t5a" in other.of("recovery").message
    assert world.zone(source, NAME)["state"] == "running"
    assert NAME not in world.lab.truth(target)["zones"]
    with world.repository() as repository:
        assert not repository.node(source).quarantine


def test_one_that_lives_elsewhere_by_now_is_not_taken_from_there(world: World, homes: tuple[str, str]) -> None:
    """The repository was restored from before a move: its pool is in use on a node that is alive."""
    source, target = homes
    saved = world.folder / "before.db"
    with world.repository() as repository:
        repository.backup(saved)
    moved = {"heliostat_vserver_names": [NAME], "heliostat_target": target}
    assert world.play("heliostat.vdc.vserver_migrate", variables=moved).rc == 0
    world.repository_file.write_bytes(saved.read_bytes())
    world.lab.power(source, "off", wait=True)
    third = "t5a"
    run = recover(world, source, heliostat_target=target)
    assert run.rc == 0, run.output  # it is there already
    assert world.zone(target, NAME)["state"] == "running"
    world.repository_file.write_bytes(saved.read_bytes())
    with world.repository() as repository:
        assert repository.moves() == {}
    world.lab.fault(target, "fail", match=r"^zoneadm list", rc=1)
    run = recover(world, source, heliostat_target=third)
    assert run.rc == 2
    assert f"pool {NAME} is imported on node {target}" in run.of("recovery").message
    assert world.zone(target, NAME)["state"] == "running"


def test_a_pool_that_names_no_host_waits_for_every_node_that_could_have_it(world: World, homes: tuple[str, str]) -> None:
    """A third node was found to see web1's LUNs: silent it may use the pool, off by its own service processor it cannot."""
    source, target = homes
    third = "t5a"
    with world.repository() as repository:
        record = repository.node(third)
        facts = replace(record.facts, disks=(*record.facts.disks, *(disk for disk in repository.node(source).facts.disks if disk.guid)))
        repository.record_node(
            third, facts, compute_pool=record.compute_pool, networks=record.networks, address=record.address, base_units=record.base_units
        )
    world.lab.power(source, "off", wait=True)
    world.lab.fault(third, "hang")
    silent = recover(world, source, heliostat_target=target)
    assert silent.rc == 2
    assert f"node {third} does not answer" in silent.of("recovery").message
    assert "does not say by which" in silent.of("recovery").message
    assert NAME not in world.lab.truth(target)["zones"]
    world.lab.power(third, "off", wait=True)
    run = recover(world, source, heliostat_target=target)
    assert run.rc == 0, run.output
    assert world.zone(target, NAME)["state"] == "running"
    assert f"that it does not name, not on {third} (dead)" in run.output


def test_a_dataset_that_is_a_vservers_goes_away_with_its_name_only(world: World, homes: tuple[str, str]) -> None:
    source, _target = homes
    dataset = world.declared(NAME)["datasets"][0]
    for options in ({"state": "absent", "destroy": dataset["name"]}, {"state": "exported"}):
        refused = world.task(source, "dataset", **dataset, **options)
        assert f"it belongs to vServer {NAME} in the repository" in refused.message
        refused = world.task(source, "dataset", **dataset, **options, vserver="db1")
        assert f"of vServer db1: it belongs to vServer {NAME}" in refused.message
    assert world.zone(source, NAME)["state"] == "running"


def test_an_unreachable_target_takes_no_prisoner(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    world.lab.power(target, "off", wait=True)
    move = {"heliostat_vserver_names": [NAME], "heliostat_target": target}
    assert world.play("heliostat.vdc.vserver_migrate", variables=move).rc == 2
    with world.repository() as repository:
        assert repository.moves() == {}
        assert repository.vserver(NAME).node == source
    assert world.task(source, "vserver", name=NAME).changed is False


def test_a_refused_move_leaves_what_runs_alone(world: World, homes: tuple[str, str]) -> None:
    """Also when another vServer of the same task moves."""
    source, target = homes
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["db1"]}).rc == 0
    home = next(name for name, machine in world.lab.truth()["machines"].items() if "db1" in machine["zones"])
    if home != source:
        both = {"heliostat_vserver_names": ["db1"], "heliostat_target": source}
        assert world.play("heliostat.vdc.vserver_migrate", variables=both).rc == 0
    with world.repository() as repository:
        record = repository.vserver(NAME)
    world.declare(NAME, world.declared(NAME), networks=[{**world.declared(NAME)["networks"][0], "link": "net9"}])
    assert record.node == source
    run = world.play(
        "heliostat.vdc.vserver_migrate",
        variables={"heliostat_vserver_names": [NAME, "db1"], "heliostat_target": target, "heliostat_vserver_state": "halted"},
    )
    assert run.rc == 2
    assert "no link net9" in run.of("migration").message
    assert world.zone(target, "db1")["state"] == "installed"
    assert world.zone(source, NAME)["state"] == "running"


def test_words_are_good_for_one_death(world: World, homes: tuple[str, str]) -> None:
    source, _target = homes
    path = world.inventory / "host_vars" / f"{source}.yml"
    declared = yaml.safe_load(path.read_text())
    del declared["heliostat_node"]["service_processor"]
    path.write_text(yaml.safe_dump(declared))
    world.lab.power(source, "off", wait=True)
    words = {"heliostat_acknowledge": f"{source}: seen dark by the operator on duty"}
    assert recover(world, source, **words).rc == 0
    again = recover(world, source, **words)
    assert (again.rc, again.changed) == (0, []), again.output
    world.lab.power(source, "on", wait=True)
    assert world.play("heliostat.vdc.node_release", variables={"heliostat_node_name": source}).rc == 0
    world.lab.power(source, "off", wait=True)
    old = recover(world, source, **words)
    assert old.rc == 2
    assert "acknowledged an earlier death" in old.of("recovery").message


def test_nothing_is_imported_or_booted_in_quarantine(world: World, homes: tuple[str, str]) -> None:
    source, _target = homes
    assert world.task(source, "vserver", name=NAME, state="halted").changed
    with world.repository() as repository:
        repository.flag_node(source, quarantine=True, reason="memory errors")
    stay = {"heliostat_vserver_names": [NAME], "heliostat_target": source, "heliostat_vserver_state": "running"}
    assert "quarantine: memory errors" in world.play("heliostat.vdc.vserver_migrate", variables=stay).of("migration").message
    dataset = world.declared(NAME)["datasets"][0]
    for state in ("present", "exported"):
        refused = world.task(source, "dataset", **dataset, vserver=NAME, state=state)
        assert "is in quarantine" in refused.message
    assert world.zone(source, NAME)["state"] == "installed"
