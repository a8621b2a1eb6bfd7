# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers from node to node on the lab."""

from __future__ import annotations

from .world import World


def test_to_another_node_and_back(world: World) -> None:
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1"]}).rc == 0
    (source,) = [name for name, machine in world.lab.truth()["machines"].items() if "web1" in machine["zones"]]
    target = {"t8a": "t8b", "t8b": "t8a"}[source]
    move = {"heliostat_vserver_names": ["web1"], "heliostat_target": target}
    shown = world.play("heliostat.vdc.vserver_migrate", "--check", "--diff", variables=move)
    assert shown.rc == 0, shown.output
    done = world.play("heliostat.vdc.vserver_migrate", variables=move)
    assert done.rc == 0, done.output
    assert done.of("migration").plan == shown.of("migration").plan
    machines = world.lab.truth()["machines"]
    assert machines[target]["zones"]["web1"]["state"] == "running"
    assert "web1" not in machines[source]["zones"]
    again = world.play("heliostat.vdc.vserver_migrate", variables=move)
    assert (again.rc, again.changed) == (0, []), again.output
    assert world.play("heliostat.vdc.vserver_migrate", variables=move | {"heliostat_target": source}).rc == 0
    assert world.lab.truth()["machines"][source]["zones"]["web1"]["state"] == "running"


def test_the_vservers_of_a_dead_node_come_up_elsewhere(world: World) -> None:
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1", "db1"]}).rc == 0
    (source,) = [name for name, machine in world.lab.truth()["machines"].items() if "web1" in machine["zones"]]
    lost = {"heliostat_lost_node": source}
    alive = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert alive.rc == 2 and "answers, so it is not lost" in alive.of("recovery").message
    world.lab.fault(source, "hang")
    hung = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert hung.rc == 2 and "its power is on" in hung.of("recovery").message
    world.lab.clear_faults()
    world.lab.power(source, "off", wait=True)
    shown = world.play("heliostat.vdc.vserver_recover", "--check", variables=lost)
    done = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert done.rc == 0, done.output
    foreseen = shown.of("recovery").plan
    assert foreseen and all(step in done.of("recovery").plan for step in foreseen)
    (home,) = [name for name, machine in world.lab.truth()["machines"].items() if "web1" in machine["zones"] and name != source]
    assert world.zone(home, "web1")["state"] == "running"
    again = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert (again.rc, again.changed) == (0, []), again.output
    world.lab.power(source, "on", wait=True)
    refused = world.task(source, "vservers", names=["web1"])
    assert "lives on node" in refused.message
    back = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["web1"], "heliostat_target": source})
    assert back.rc == 2 and "quarantine" in back.of("migration").message
    released = world.play("heliostat.vdc.node_release", variables={"heliostat_node_name": source})
    assert released.rc == 0, released.output
    assert world.zone(source, "web1")["state"] in ("installed", "unavailable")
    back = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["web1"], "heliostat_target": source})
    assert back.rc == 0, back.output


def test_a_node_that_was_installed_anew_gets_its_vservers_back(world: World) -> None:
    """Its Solaris knows no zone and has imported nothing; the pools were never exported, but by this very host."""
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1"]}).rc == 0
    node = next(name for name, machine in world.lab.truth()["machines"].items() if "web1" in machine["zones"])
    machine = world.lab.truth(node)
    own = [guid for guid in machine["imported"] if world.lab.truth()["pools"][guid]["name"] == "rpool"]
    world.lab.power(node, "off", wait=True)
    world.lab.patch(f"machines/{node}/zones", {})
    world.lab.patch(f"machines/{node}/imported", own)
    world.lab.power(node, "on", wait=True)
    assert world.play("heliostat.vdc.node_register", "-l", node).rc == 0
    run = world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1"]})
    assert run.rc == 0, run.output
    zone = world.zone(node, "web1")
    assert zone is not None
    assert zone["state"] == "running"
    assert any(step == "attach zone web1" for row in run.rows if row.action.endswith("vservers") and row.host == node for step in row.steps)


def test_a_master_goes_with_its_slaves_in_order(world: World) -> None:
    web1 = world.declared("web1")
    world.declare("web1", web1, depends_on=["db1"])
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1", "db1"]}).rc == 0
    source = next(name for name, machine in world.lab.truth()["machines"].items() if "db1" in machine["zones"])
    target = {"t8a": "t8b", "t8b": "t8a"}[source]
    alone = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["db1"], "heliostat_target": target})
    assert alone.rc == 2
    assert "db1 is needed by web1, which run and were not named" in alone.of("migration").message
    assert world.task(source, "vserver", name="db1").changed is False
    if "web1" not in world.lab.truth(source)["zones"]:
        moved = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["web1"], "heliostat_target": source})
        assert moved.rc == 0, moved.output
    both = {"heliostat_vserver_names": ["web1", "db1"], "heliostat_target": target}
    shown = world.play("heliostat.vdc.vserver_migrate", "--check", variables=both)
    mark = world.mark()
    done = world.play("heliostat.vdc.vserver_migrate", variables=both)
    assert done.rc == 0, done.output
    assert shown.of("migration").plan == done.of("migration").plan
    verbs = [(row["argv"][3], row["argv"][2]) for row in world.since(mark, "zoneadm", "-z") if row["argv"][3] in ("shutdown", "boot")]
    assert verbs == [("shutdown", "web1"), ("shutdown", "db1"), ("boot", "db1"), ("boot", "web1")]
    world.lab.fault(source, "fail", match=r"^zoneadm -z db1 attach", rc=1, text="no luck today", times=1)
    back = world.play("heliostat.vdc.vserver_migrate", variables=both | {"heliostat_target": source})
    assert back.rc == 2
    zones = world.lab.truth(target)["zones"]
    assert {name: zones[name]["state"] for name in ("db1", "web1")} == {"db1": "running", "web1": "running"}
