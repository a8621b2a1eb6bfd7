# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers of Solaris 10 from node to node, on ZFS, Solaris Volume Manager and Veritas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .volumes_world import VolumesWorld, volumes_world
from .world import Run, until

pytestmark = pytest.mark.campaign("file")

MANAGERS = ["zfs", "svm", "vxvm"]
TO_T4D = {"heliostat_vserver_names": ["pay1"], "heliostat_target": "t4d"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[VolumesWorld]:
    with volumes_world(tmp_path) as made:
        yield made


def deployed(world: VolumesWorld, manager: str) -> None:
    """pay1 on t4c, with a file in its root that has to be found wherever it goes."""
    world.vserver(manager)
    row = world.task("t4c", "vserver", name="pay1")
    assert row.status == "ok", row.message
    written = world.lab.ssh("t4c", "echo kept >/zones/pay1/root/etc/marker")
    assert written.returncode == 0, written.stderr


def arrived(world: VolumesWorld, node: str, other: str) -> None:
    zone = world.zone(node, "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    assert world.zone(other, "pay1") is None
    assert world.lab.ssh(node, "cat /zones/pay1/root/etc/marker").stdout == "kept\n"


def migrate(world: VolumesWorld, target: str, *words: str) -> Run:
    return world.play("heliostat.vdc.vserver_migrate", *words, variables={"heliostat_vserver_names": ["pay1"], "heliostat_target": target})


@pytest.mark.parametrize("manager", MANAGERS)
def test_there_and_back(world: VolumesWorld, manager: str) -> None:
    deployed(world, manager)
    shown = migrate(world, "t4d", "--check", "--diff")
    assert shown.rc == 0, shown.output
    done = migrate(world, "t4d")
    assert done.rc == 0, done.output
    foreseen = shown.of("migration").plan
    assert done.of("migration").plan[: len(foreseen)] == foreseen
    arrived(world, "t4d", "t4c")
    assert migrate(world, "t4d").changed == []
    back = migrate(world, "t4c")
    assert back.rc == 0, back.output
    arrived(world, "t4c", "t4d")


@pytest.mark.parametrize("manager", ["svm", "vxvm"])
def test_what_cannot_arrive_goes_back(world: VolumesWorld, manager: str) -> None:
    deployed(world, manager)
    world.lab.fault("t4d", "fail", match=r"^zoneadm -z pay1 attach$", rc=1, text="no luck today", times=1)
    run = migrate(world, "t4d")
    assert run.rc == 2
    assert "It went back" in run.of("migration").message
    zone = world.zone("t4c", "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    with world.repository() as repository:
        assert (repository.vserver("pay1").node, repository.moves()) == ("t4c", {})


@pytest.mark.campaign
@pytest.mark.parametrize("manager", MANAGERS)
def test_killed_between_the_nodes(world: VolumesWorld, manager: str) -> None:
    deployed(world, manager)
    release = {"zfs": "zpool export", "svm": "metaset -s pay1 -r", "vxvm": "vxdg deport"}[manager]
    world.lab.fault("t4c", "slow", match=f"^{release}", seconds=300, times=1)
    run = world.start("heliostat.vdc.vserver_migrate", "-e", '{"heliostat_vserver_names": ["pay1"], "heliostat_target": "t4d"}')
    until(lambda: not world.lab.faults(), f"{release} never ran")
    run.kill()
    until(lambda: [row for row in world.lab.commands("t4c") if " ".join(row["argv"]).startswith(release)], f"{release} never ended")
    again = migrate(world, "t4d")
    assert again.rc == 0, again.output
    arrived(world, "t4d", "t4c")


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_dead_nodes_data_is_taken_over_with_proof(world: VolumesWorld, manager: str) -> None:
    deployed(world, manager)
    world.lab.power("t4c", "off", wait=True)
    lost = {"heliostat_lost_node": "t4c"}
    unproven = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert unproven.rc == 2
    assert "no service_processor is declared" in unproven.of("recovery").message
    said = world.play("heliostat.vdc.vserver_recover", variables=lost | {"heliostat_acknowledge": "t4d: wrong node"})
    assert said.rc == 2
    done = world.play("heliostat.vdc.vserver_recover", variables=lost | {"heliostat_acknowledge": "t4c: switched off, seen in the room"})
    assert done.rc == 0, done.output
    zone = world.zone("t4d", "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    assert world.lab.ssh("t4d", "cat /zones/pay1/root/etc/marker").stdout == "kept\n"
    world.lab.power("t4c", "on", wait=True)
    assert "lives on node t4d" in world.task("t4c", "vserver", name="pay1").message
    with world.repository() as repository:
        assert repository.node("t4c").quarantine
    released = world.play("heliostat.vdc.node_release", variables={"heliostat_node_name": "t4c"})
    assert released.rc == 0, released.output
    with world.repository() as repository:
        assert not repository.node("t4c").quarantine


def test_patches_that_differ_are_named_and_an_upgrade_brings_it_there(world: VolumesWorld) -> None:
    deployed(world, "zfs")
    kernel = world.lab.truth("t4d")["kernel"]
    world.lab.patch("machines/t4d/kernel", "Generic_150400-67")
    refused = migrate(world, "t4d")
    assert refused.rc == 2
    message = refused.of("migration").message
    assert "inconsistent with this system" in message
    assert "150400" in message
    moved = world.play("heliostat.vdc.vserver_migrate", variables=TO_T4D | {"heliostat_upgrade": "minimal"})
    assert moved.rc == 0, moved.output
    arrived(world, "t4d", "t4c")
    assert kernel != "Generic_150400-67"
    back = migrate(world, "t4c")
    assert back.rc == 2
    assert "Nothing was done" in back.of("migration").message
