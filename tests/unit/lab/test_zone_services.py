# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a zone that fail when it boots, and what comes of those that need them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import faults
from tests.lab.commands.smf import repository
from tests.lab.truth import Fault

from .zone_world import World, world_with_files

LOCAL, SERVER = "svc:/system/filesystem/local:default", "svc:/milestone/multi-user-server:default"
MAIL = "svc:/network/smtp:sendmail"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = world_with_files("s11.3", tmp_path, monkeypatch)
    made.zone()
    made.ok("zoneadm -z z1 install")
    return made


def states(world: World, seconds: int = 0) -> dict[str, str]:
    world.now += seconds
    machine = world.centre.machines["nodea"]
    found = repository.of_zone(machine, machine.zones["z1"], world.now)
    return {fmri: service.state + ("*" if service.next_state != "-" else "") for fmri, service in found.items()}


def test_what_needs_a_failed_service_stays_offline_until_it_is_cleared(world: World) -> None:
    world.centre.faults.append(Fault("nodea", "service_fails", text=f"z1 {LOCAL}", times=-1))
    world.ok("zoneadm -z z1 boot")
    assert states(world)[LOCAL] == "maintenance"
    later = states(world, 100)
    assert (later[LOCAL], later[SERVER], later["svc:/milestone/single-user:default"]) == ("maintenance", "offline", "online")
    assert not [state for state in later.values() if state.endswith("*")], "nothing is on its way any more"
    world.centre.faults.clear()
    world.ok(f"svcadm -z z1 clear {LOCAL}")
    assert set(states(world, 100).values()) <= {"online", "disabled"}


def test_a_service_that_nothing_needs_holds_up_nothing(world: World) -> None:
    world.centre.faults.append(Fault("nodea", "service_fails", text=f"z1 {MAIL}", times=-1))
    world.ok("zoneadm -z z1 boot")
    later = states(world, 100)
    assert {fmri for fmri, state in later.items() if state not in ("online", "disabled")} == {MAIL}


def test_a_fault_without_zone_and_service_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="text must name zone and service"):
        faults.check(world.centre, Fault("nodea", "service_fails", text="z1"))
