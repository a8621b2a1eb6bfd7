# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before a vServer is stopped, everything that its target lacks is said; what cannot be moved stays where it runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from .world import World

pytestmark = pytest.mark.campaign("file")

NAME = "web1"
Patch = Callable[[str, Any, Any], None]


@pytest.fixture
def homes(world: World) -> tuple[str, str]:
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": [NAME]}).rc == 0
    source = next(name for name, machine in world.lab.truth()["machines"].items() if NAME in machine["zones"])
    return source, {"t8a": "t8b", "t8b": "t8a"}[source]


@pytest.fixture
def patch(world: World) -> Iterator[Patch]:
    """Changes the truth, by path, new and old value; afterwards it is as it was."""
    before: dict[str, Any] = {}

    def change(path: str, new: Any, old: Any) -> None:
        before.setdefault(path, old)
        world.lab.patch(path, new)

    yield change
    for path, old in before.items():
        world.lab.patch(path, old)


def refused(world: World, source: str, target: str, **more: Any) -> str:
    """The message of a migration that is refused, in check mode as in the run, with nothing done anywhere."""
    variables = {"heliostat_vserver_names": [NAME], "heliostat_target": target, **more}
    shown = world.play("heliostat.vdc.vserver_migrate", "--check", variables=variables)
    mark = world.mark()
    run = world.play("heliostat.vdc.vserver_migrate", variables=variables)
    assert (shown.rc, run.rc) == (2, 2), run.output
    message = run.of("migration").message
    assert shown.of("migration").message == message
    doing = {("zpool", "export"), ("zpool", "import"), ("zoneadm", "shutdown"), ("zoneadm", "detach"), ("zoneadm", "boot")}
    ran = [row["argv"] for row in world.since(mark) if any({*pair} <= {*row["argv"]} for pair in doing)]
    assert [argv for argv in ran if argv != ["zpool", "import"]] == []  # that one only lists
    assert world.zone(source, NAME)["state"] == "running"
    return message


def test_all_that_is_missing_is_said_at_once(world: World, homes: tuple[str, str], patch: Patch) -> None:
    source, target = homes
    truth = world.lab.truth()
    guid = next(guid for guid, lun in truth["luns"].items() if lun["pool"])
    patch(f"luns/{guid}/visible_to", [source], truth["luns"][guid]["visible_to"])
    path = world.inventory / "host_vars" / f"{target}.yml"
    declared = yaml.safe_load(path.read_text())
    del declared["heliostat_node"]["networks"]["public"]
    path.write_text(yaml.safe_dump(declared))
    assert world.play("heliostat.vdc.node_register", "-l", target).rc == 0
    message = refused(world, source, target)
    assert f"LUN {guid}" in message
    assert "no link for network type public" in message


def test_an_older_release_names_the_packages(world: World, homes: tuple[str, str]) -> None:
    source, _target = homes
    message = refused(world, source, "t5a")
    assert "package entire is " in message
    assert "older than" in message


def test_later_packages_need_an_upgrade(world: World, homes: tuple[str, str], patch: Patch) -> None:
    source, target = homes
    kernel = world.lab.truth(target)["kernel"]
    patch(f"machines/{target}/kernel", kernel.replace("11.4.66", "11.4.69"), kernel)
    message = refused(world, source, target)
    assert "needs upgrade: minimal" in message
    moved = world.play(
        "heliostat.vdc.vserver_migrate",
        variables={"heliostat_vserver_names": [NAME], "heliostat_target": target, "heliostat_upgrade": "minimal"},
    )
    assert moved.rc == 0, moved.output
    assert [step for step in moved.of("migration").plan if step["command"] == f"zoneadm -z {NAME} attach -u"]
    assert world.zone(target, NAME)["state"] == "running"
    back = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": [NAME], "heliostat_target": source})
    assert back.rc == 2
    assert "older than" in back.of("migration").message
    former = {"heliostat_vserver_names": [NAME], "heliostat_target": source, "heliostat_boot_environment": "solaris"}
    home = world.play("heliostat.vdc.vserver_migrate", variables=former)
    assert home.rc == 0, home.output
    assert world.zone(source, NAME)["state"] == "running"


def test_blocked_unknown_and_silent_nodes(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    with world.repository() as repository:
        repository.flag_node(target, quarantine=True, reason="memory errors")
    assert "is blocked: quarantine: memory errors" in refused(world, source, target)
    with world.repository() as repository:
        repository.flag_node(target, quarantine=False)
    assert "node t9x is not in the repository" in refused(world, source, "t9x")
    world.lab.power(target, "off", wait=True)
    assert f"node {target} does not answer" in refused(world, source, target)
    nobody = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["nobody"]})
    assert nobody.rc == 2
    assert "vServer nobody lives on no node" in nobody.of("migration").message


def test_the_best_other_node_is_taken_and_one_refusal_stops_no_other(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    run = world.play("heliostat.vdc.vserver_migrate", "-e", json.dumps({"heliostat_vserver_names": [NAME, "nobody"]}))
    assert run.rc == 2
    assert set(run.of("migration").result["failures"]) == {"nobody"}
    assert world.zone(target, NAME)["state"] == "running"
    assert world.zone(source, NAME) is None


def test_one_that_is_halted_stays_halted(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    assert world.task(source, "vserver", name=NAME, state="halted").changed
    run = world.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": [NAME], "heliostat_target": target})
    assert run.rc == 0, run.output
    assert world.zone(target, NAME)["state"] == "installed"
    assert not [step for step in run.of("migration").steps if "boot" in step]
