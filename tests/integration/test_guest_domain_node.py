# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest domain is a node: its LUNs are known by their GUIDs though their names tell none, and it is dead when its machine is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .guests_world import DECLARED, GuestsWorld
from .world import quiet

NAME = "shop1"
HERE = {"heliostat_vserver_names": [NAME]}


@pytest.fixture
def guests(tmp_path: Path) -> Iterator[GuestsWorld]:
    with quiet(GuestsWorld(tmp_path)) as made:
        yield made


def zones(world: GuestsWorld) -> dict[str, str]:
    machines = world.lab.truth()["machines"]
    return {name: machine["zones"][NAME]["state"] for name, machine in machines.items() if NAME in machine["zones"]}


def test_a_vserver_lives_in_a_guest_domain_and_comes_up_elsewhere_when_its_machine_dies(guests: GuestsWorld) -> None:
    with guests.repository() as repository:
        found = repository.node("gd1")
        domain = found.facts.domain
        assert (found.kind, found.carried_by, domain.name, domain.control_domain) == ("gdom", "t8c", "gd1", "t8c")
        assert {disk.device: disk.guid for disk in found.facts.disks}["c0d2"] == "60060E8007C3F2000030C3F200000403"
    deployed = guests.task("gd1", "vservers", names=[NAME])
    assert deployed.status == "ok", deployed.message
    assert "create dataset shop1 (mirror of 2 LUNs)" in deployed.steps
    again = guests.task("gd1", "vservers", names=[NAME])
    assert (again.status, again.changed) == ("ok", False), again.result
    assert zones(guests) == {"gd1": "running"}
    machine = guests.play("heliostat.vdc.node_evacuate", variables={"heliostat_node_name": "t8c"})
    assert machine.rc == 2, machine.output
    assert "guest domain gd1 of node t8c carries shop1. Evacuate it too, it goes down with it." in machine.of("evacuation").message
    with guests.repository() as repository:
        assert not repository.node("t8c").maintenance
    for target in ("t8d", "gd1"):
        moved = guests.play("heliostat.vdc.vserver_migrate", variables={**HERE, "heliostat_target": target})
        assert moved.rc == 0, moved.output
        assert zones(guests) == {target: "running"}
    lost = {"heliostat_lost_node": "gd1"}
    guests.lab.fault("gd1", "hang")
    doubtful = guests.play("heliostat.vdc.vserver_recover", variables=lost)
    assert "it is a guest domain of node t8c, whose machine has power" in doubtful.of("recovery").message
    guests.lab.clear_faults()
    guests.lab.power("t8c", "off", wait=True)
    assert not guests.lab.truth("gd1")["powered"]
    recovered = guests.play("heliostat.vdc.vserver_recover", variables=lost)
    assert recovered.rc == 0, recovered.output
    assert zones(guests)["t8d"] == "running"
    by_force = [step["why"] for step in recovered.of("recovery").plan if "by force" in step["why"]]
    assert by_force and all("guest domain of node t8c: its power is off by service processor t8c-sp" in why for why in by_force)
    with guests.repository() as repository:
        assert repository.node("gd1").quarantine


def test_a_machine_and_its_guest_domain_are_one_where_two_are_to_be_apart_by_machine(guests: GuestsWorld) -> None:
    """Neither placement nor evacuation nor a target that somebody names brings them together; by node they may meet there."""
    own = {"networks": DECLARED["networks"][:1], "filesystems": DECLARED["filesystems"][:1], "datasets": DECLARED["datasets"][:1]}
    guests.declare(NAME, {**DECLARED, **own})
    root = {"datasets": [{"name": "mon1", "luns": ["lun03"]}], "filesystems": [{"type": "root", "dataset": "mon1"}]}
    guests.declare("mon1", {**DECLARED, **root, "networks": [{"network": "management", "address": "10.44.0.52"}]})
    path = guests.inventory / "group_vars" / "all.yml"
    everybody = yaml.safe_load(path.read_text())
    pair = {"apart": [NAME, "mon1"], "by": "machine"}
    path.write_text(yaml.safe_dump({**everybody, "heliostat_affinities": {"pair": pair}}))
    deployed = guests.task("gd1", "vservers", names=[NAME])
    assert deployed.status == "ok", deployed.message
    placed = guests.task("localhost", "placement", names=["mon1"])
    assert placed.result["placements"] == {"mon1": "t8d"}, placed.result
    up = guests.task("t8d", "vservers", names=["mon1"])
    assert up.status == "ok", up.message
    why = f"is in machine t8c, where {NAME} is, and affinity pair keeps them apart"
    for target in ("t8c", "gd1"):
        named = {"heliostat_vserver_names": ["mon1"], "heliostat_target": target}
        refused = guests.play("heliostat.vdc.vserver_migrate", variables=named)
        assert refused.rc == 2 and why in refused.of("migration").message, refused.output
    run = guests.play("heliostat.vdc.node_evacuate", variables={"heliostat_node_name": "t8d"})
    assert run.rc == 2, run.output
    assert set(run.of("evacuation").result["failures"]) == {"mon1"}
    assert f"gd1 {why}; t8c {why}" in run.of("evacuation").message
    machines = guests.lab.truth()["machines"]
    assert machines["t8d"]["zones"]["mon1"]["state"] == machines["gd1"]["zones"][NAME]["state"] == "running"
    path.write_text(yaml.safe_dump({**everybody, "heliostat_affinities": {"pair": {"apart": [NAME, "mon1"]}}}))
    run = guests.play("heliostat.vdc.node_evacuate", variables={"heliostat_node_name": "t8d"})
    assert run.rc == 0, run.output
    assert guests.lab.truth("t8c")["zones"]["mon1"]["state"] == "running"
