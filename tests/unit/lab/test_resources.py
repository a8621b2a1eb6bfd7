# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lab: what a zone's kernel holds of its resources, from its boot to its end, and the commands that show and change it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.lab.commands.resources import pools, prctl, rcap, scheduler
from tests.lab.truth import Zone

from .zone_world import GIB, World

FAMILIES = (pools, prctl, rcap, scheduler)
CAP = {"kind": "rctl", "name": "zone.cpu-cap", "value": [["privileged", "200", "deny"]]}
SHARES = {"kind": "rctl", "name": "zone.cpu-shares", "value": [["privileged", "20", "none"]]}
MEMORY = {"kind": "capped-memory", "physical": str(4 * GIB)}
RCAP = "svc:/system/rcap:default"


def booted(world: World, *resources: dict[str, Any], name: str = "z1") -> Zone:
    zone = world.zone(name, f"/zones/{name}", resources=copy.deepcopy(list(resources)))
    zone.state = "installed"
    rc, out, _err = world.run(f"zoneadm -z {name} boot")
    assert (rc, out) == (0, "")
    return zone


def values(world: World, control: str) -> list[str]:
    return [line for line in world.ok(f"prctl -P -n {control} -i zone z1").splitlines()[1:] if " usage " not in line]


@pytest.mark.parametrize("release", ["s10", "s11.3", "s11.4"])
def test_a_boot_copies_what_is_configured_and_a_halt_drops_it(release: str) -> None:
    world = World(release)
    zone = booted(world, CAP, MEMORY)
    assert values(world, "zone.cpu-cap") == ["zone.cpu-cap privileged 200 - deny -", "zone.cpu-cap system 4294967295 inf deny -"]
    assert values(world, "zone.cpu-shares") == ["zone.cpu-shares privileged 1 - none -", "zone.cpu-shares system 65535 max none -"]
    zone.config["resources"][0]["value"] = [["privileged", "300", "deny"]]
    assert values(world, "zone.cpu-cap")[0].split()[2] == "200", "the configuration is not the kernel's"
    world.ok("zoneadm -z z1 reboot")
    assert values(world, "zone.cpu-cap")[0].split()[2] == "300"
    world.ok("zoneadm -z z1 halt")
    assert (zone.limits, zone.memory_cap) == ({}, 0)
    assert world.fails("prctl -P -i zone z1") == "prctl: z1: unknown zone\n"


def test_the_recorded_list_of_solaris_11() -> None:
    world = World("s11.3")
    booted(world, {**SHARES, "value": [["privileged", "60", "none"]]})
    world.centre.machines["nodea"].zones["z1"].zone_id = 3
    assert world.ok("prctl -n zone.cpu-shares -P -i zone z1") == (
        "zone: 3: z1\nzone.cpu-shares usage 60 - - -\nzone.cpu-shares privileged 60 - none -\nzone.cpu-shares system 65535 max none -\n"
    )


def test_solaris_10_has_no_limit_of_processes() -> None:
    world = World("s10")
    booted(world)
    assert "max-processes" not in world.ok("prctl -P -i zone z1")
    assert "not simulated" in world.fails("prctl -P -n zone.max-processes -i zone z1", rc=125)


def test_prctl_changes_the_kernel_alone() -> None:
    world = World()
    zone = booted(world, CAP)
    world.ok("prctl -n zone.cpu-cap -r -t privileged -v 350 -i zone z1")
    world.ok("prctl -n zone.max-lwps -s -t privileged -v 500 -e deny -i zone z1")
    world.ok("prctl -n zone.max-sem-ids -s -t privileged -v 7 -i zone z1")
    assert zone.limits["zone.cpu-cap"] == [[350, "deny"]]
    assert zone.limits["zone.max-lwps"] == [[500, "deny"]]
    assert zone.limits["zone.max-sem-ids"] == [[7, "none"]], "it denies only when told to"
    assert zone.config["resources"] == [CAP]
    world.ok("prctl -n zone.cpu-cap -x -t privileged -v 350 -i zone z1")
    assert "zone.cpu-cap" not in zone.limits


@pytest.mark.parametrize(
    "line",
    [
        "prctl -n zone.cpu-cap -r -t privileged -v 1K -i zone z1",
        "prctl -n zone.max-lwps -r -t privileged -v 5 -i zone z1",
        "prctl -n zone.max-lwps -x -t privileged -v 5 -i zone z1",
        "prctl -n zone.cpu-cap -s -t privileged -v 200 -i zone z1",
        "prctl -n zone.cpu-shares -s -t privileged -v 70000 -i zone z1",
        "prctl -n zone.cpu-shares -s -t privileged -v 7 -e deny -i zone z1",
        "prctl -n zone.cpu-cap -r -v 300 -i zone z1",
        "prctl -n zone.nonsense -P -i zone z1",
        "prctl -i zone z1",
        "prctl -P -i project default",
    ],
)
def test_what_is_not_known_is_not_made_up(line: str) -> None:
    world = World()
    zone = booted(world, CAP)
    before = dict(zone.limits)
    assert "lab: not simulated" in world.fails(line, rc=125)
    assert zone.limits == before


def test_another_user_controls_no_process_of_a_zone() -> None:
    world = World()
    booted(world)
    refused = "prctl: z1: No controllable process found in task, project, or zone.\n"
    assert world.fails("prctl -P -i zone z1", user="operator") == refused


@pytest.mark.parametrize("release", ["s10", "s11.4"])
def test_the_first_zone_with_a_cap_enables_the_daemon(release: str) -> None:
    world = World(release)
    assert world.ok("rcapadm").splitlines()[0] == "                                      state: disabled"
    assert world.fails("rcapstat -z 1 1") == "rcapstat: rcapd is not active\n"
    booted(world, MEMORY)
    assert world.ok("rcapadm").splitlines()[0].endswith("state: enabled")
    header, row = world.ok("rcapstat -z 1 1").splitlines()
    assert header == "    id zone            nproc    vm   rss   cap    at avgat    pg avgpg"
    assert row.split()[1:6] == ["z1", "-", "0K", "0K", "4096M"]
    world.ok("rcapadm -z z1 -m 17179869184")
    assert world.ok("rcapstat -z 1 1").splitlines()[1].split()[5] == "16G"
    assert world.fails("rcapadm -z z9 -m 1G") == "zone 'z9' must be running\n"


def test_shares_without_the_fair_share_scheduler_are_warned_of() -> None:
    world = World("s11.4")
    zone = world.zone(resources=[SHARES])
    zone.state = "installed"
    assert world.fails("dispadmin -d") == "dispadmin: Default scheduling class is not set\n"
    _rc, _out, err = world.run("zoneadm -z z1 boot")
    assert err.startswith(
        "zone 'z1': WARNING: The zone.cpu-shares rctl is set but\nzone 'z1': FSS is not the default scheduling class for\n"
    )
    world.ok("dispadmin -d FSS")
    assert world.ok("dispadmin -d") == "FSS\t(Fair Share)\n"
    world.ok("zoneadm -z z1 halt")
    assert world.ok("zoneadm -z z1 boot") == ""


def test_dedicated_cpus_make_a_set_and_must_be_there() -> None:
    world = World("s11.4")
    assert world.fails("pooladm") == "pooladm: couldn't open pools state file: Facility is not active\n"
    zone = booted(world, {"kind": "dedicated-cpu", "ncpus": ["2", "4"]})
    assert len(zone.processor_set) == 4
    shown = world.ok("pooladm")
    assert "\tpset SUNWtmp_z1\n" in shown
    assert "\t\tuint\tpset.min 2\n\t\tuint\tpset.max 4\n" in shown
    assert shown.count("cpu.sys_id") == 64
    other = world.zone("z2", "/zones/z2", resources=[{"kind": "dedicated-cpu", "ncpus": ["60", "60"]}])
    other.state = "installed"
    assert "lab: not simulated: zone z2: dedicated CPUs" in world.fails("zoneadm -z z2 boot", rc=125)
    world.ok("zoneadm -z z1 halt")
    world.ok("zoneadm -z z2 boot")
    assert len(other.processor_set) == 60


def test_the_classes() -> None:
    assert (
        World("s11.3").ok("priocntl -l").startswith("CONFIGURED CLASSES\n==================\n\nSYS (System Class)\n\nTS (Time Sharing)\n")
    )
    assert World("s10").run("priocntl -l")[0] == 127
