# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration that is killed, cut off or refused in its middle: one running copy at the end, wherever it was stopped."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .world import World, until

HELD = 300.0  # simulated seconds for which a step is held up
NAME = "web1"

#: Every step of a migration, where it runs, and how often its command runs before (looks).
STEPS = [
    ("source", r"^zoneadm -z web1 shutdown", 0),
    ("source", r"^zoneadm -z web1 detach", 0),
    ("source", r"^zpool export web1", 0),
    ("target", r"^zpool import web1", 0),
    ("target", r"^zonecfg -z web1 -f", 0),
    ("target", r"^zoneadm -z web1 attach", 0),
    ("target", r"^zoneadm -z web1 boot", 0),
    ("source", r"^zonecfg -z web1 delete", 0),
]


@pytest.fixture
def homes(world: World) -> tuple[str, str]:
    """web1's node, and the other one it may go to."""
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": [NAME]}).rc == 0
    source = next(name for name, machine in world.lab.truth()["machines"].items() if NAME in machine["zones"])
    return source, {"t8a": "t8b", "t8b": "t8a"}[source]


def move_to(target: str, **more: Any) -> dict[str, Any]:
    return {"heliostat_vserver_names": [NAME], "heliostat_target": target, **more}


def running_on(world: World) -> list[str]:
    zones = {name: machine["zones"].get(NAME) for name, machine in world.lab.truth()["machines"].items()}
    return [name for name, zone in zones.items() if zone and zone["state"] == "running"]


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("where", "step", "looked"), STEPS, ids=[step.split()[0].strip("^") + f"-{i}" for i, (_, step, _) in enumerate(STEPS)]
)
def test_a_killed_migration_is_continued(world: World, homes: tuple[str, str], where: str, step: str, looked: int) -> None:
    source, target = homes
    node = source if where == "source" else target
    world.lab.fault(node, "slow", match=step, seconds=HELD, skip=looked, times=1)
    mark = world.mark()
    run = world.start("heliostat.vdc.vserver_migrate", "-e", f'{{"heliostat_vserver_names": ["{NAME}"], "heliostat_target": "{target}"}}')
    until(lambda: not world.lab.faults(), f"{step} never ran")
    run.kill()
    ended = re.compile(step).search
    until(lambda: any(ended(" ".join(row["argv"])) for row in world.since(mark, node=node)), f"{step} never ended")
    stranger = world.task(source, "vserver", name=NAME)
    assert "is on its way" in stranger.message
    again = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert again.rc == 0, again.output
    assert running_on(world) == [target]
    assert world.zone(source, NAME) is None
    with world.repository() as repository:
        assert repository.vserver(NAME).node == target
        assert repository.moves() == {}
        assert repository.unfinished(NAME) == []
    third = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert (third.rc, third.changed) == (0, []), third.output


@pytest.mark.campaign
@pytest.mark.parametrize("step", [r"^zpool import web1", r"^zonecfg -z web1 -f", r"^zoneadm -z web1 attach", r"^zoneadm -z web1 boot"])
def test_what_cannot_arrive_goes_back(world: World, homes: tuple[str, str], step: str) -> None:
    source, target = homes
    world.lab.fault(target, "fail", match=step, rc=1, text="no luck today", times=1)
    run = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert run.rc == 2, run.output
    message = run.of("migration").message
    assert "no luck today" in message
    assert "It went back" in message
    assert running_on(world) == [source]
    assert NAME not in world.lab.truth(target)["zones"] or world.zone(target, NAME)["state"] == "configured"
    with world.repository() as repository:
        assert repository.vserver(NAME).node == source
        assert repository.moves() == {}
    assert world.task(source, "vserver", name=NAME).changed is False
    retry = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert retry.rc == 0, retry.output
    assert running_on(world) == [target]


def test_a_cut_connection_in_mid_attach(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    world.lab.fault(target, "cut", match=r"^zoneadm -z web1 attach")
    run = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert run.rc == 2, run.output
    assert len(running_on(world)) <= 1
    again = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert again.rc == 0, again.output
    assert running_on(world) == [target]
    assert world.zone(source, NAME) is None


def test_the_target_dies_after_the_import(world: World, homes: tuple[str, str]) -> None:
    """The data lies on a dead node's pool: back home only with the proof that it is dead."""
    source, target = homes
    world.lab.fault(target, "slow", match=r"^zoneadm -z web1 attach", seconds=HELD, times=1)
    run = world.start("heliostat.vdc.vserver_migrate", "-e", f'{{"heliostat_vserver_names": ["{NAME}"], "heliostat_target": "{target}"}}')
    until(lambda: not world.lab.faults(), "attach never ran")
    world.lab.power(target, "off", wait=True)
    ended = run.wait()
    assert ended.rc == 2, ended.output
    assert running_on(world) == []
    again = world.play("heliostat.vdc.vserver_migrate", variables=move_to(source))
    assert again.rc == 2
    assert "does not answer" in again.of("migration").message
    home = world.play("heliostat.vdc.vserver_recover", variables={"heliostat_lost_node": target})
    assert home.rc == 0, home.output
    assert running_on(world) == [source]
    world.lab.power(target, "on", wait=True)
    assert running_on(world) == [source]


def test_two_operators(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    world.lab.fault(source, "slow", match=r"^zoneadm -z web1 shutdown", seconds=HELD, times=1)
    first = world.start("heliostat.vdc.vserver_migrate", "-e", f'{{"heliostat_vserver_names": ["{NAME}"], "heliostat_target": "{target}"}}')
    until(lambda: not world.lab.faults(), "the shutdown never ran")
    second = world.play("heliostat.vdc.vserver_migrate", variables=move_to(target))
    assert second.rc == 2
    assert NAME in second.of("migration").message
    assert first.wait().rc == 0
    assert running_on(world) == [target]
