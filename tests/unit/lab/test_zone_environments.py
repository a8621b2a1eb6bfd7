# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot environments of Solaris 11 zones: what attach makes of them on a machine of the same, a later and an earlier level."""

from __future__ import annotations

import pytest

from tests.lab.commands.system import boot_environments, ips
from tests.lab.truth import Zone

from .zone_world import World, disk

FAMILIES = (boot_environments, ips)
LEVELS = {"older": "11.4.50.126.1", "same": "11.4.57.144.3", "newer": "11.4.60.150.2"}


@pytest.fixture
def world() -> World:
    built = World("s11.4")
    for machine in built.centre.machines.values():
        machine.kernel = LEVELS["same"]
    built.run(f"zpool create -m /zones dp {disk(0)}")
    return built


def moved(world: World, level: str) -> Zone:
    """The zone, installed on nodea and detached; its pool and definition are on nodeb, which has this level."""
    world.zone()
    world.ok("zoneadm -z z1 install")
    world.ok("zoneadm -z z1 boot")
    world.ok("zoneadm -z z1 halt")
    world.ok("zoneadm -z z1 detach")
    return arrive(world, level)


def arrive(world: World, level: str, source: str = "nodea", target: str = "nodeb") -> Zone:
    world.ok("zpool export dp", on=source)
    world.centre.machines[target].kernel = LEVELS[level]
    world.ok("zpool import dp", on=target)
    return world.zone(on=target)


def environments(world: World, on: str = "nodeb") -> list[str]:
    names = world.ok("zfs list -H -o name -r dp/z1/rpool/ROOT", on=on).split()
    return [name.rpartition("/")[2] for name in names if name.count("/") == 4]


def test_the_same_level_is_cloned_for_another_global_zone(world: World) -> None:
    zone = moved(world, "same")
    out = world.ok("zoneadm -z z1 attach", on="nodeb")
    assert "      Zone BE root dataset: dp/z1/rpool/ROOT/solaris-1\n" in out
    assert "  Updating non-global zone: Auditing packages.\nNo updates necessary for this image. (zone:z1)\n" in out
    assert environments(world) == ["solaris", "solaris-1"]
    world.ok("zoneadm -z z1 boot", on="nodeb")
    assert world.ok("zfs get -H -o value mounted dp/z1/rpool/ROOT/solaris-1", on="nodeb") == "yes\n"
    assert world.ok("zfs get -H -o value mounted dp/z1/rpool/ROOT/solaris", on="nodeb") == "no\n"
    rows = [line.split(";") for line in world.run("beadm list -H", on="nodeb", zone="z1")[1].splitlines()]
    assert [(row[0], row[2], row[3]) for row in rows] == [("solaris", "!", ""), ("solaris-1", "NR", "/")]
    assert zone.state == "running"


def test_back_home_its_own_is_taken_again(world: World) -> None:
    moved(world, "same")
    world.ok("zoneadm -z z1 attach", on="nodeb")
    world.ok("zoneadm -z z1 detach", on="nodeb")
    arrive(world, "same", "nodeb", "nodea")
    assert "dp/z1/rpool/ROOT/solaris\n" in world.ok("zoneadm -z z1 attach", on="nodea")
    assert environments(world, "nodea") == ["solaris", "solaris-1"]


def test_a_later_level_wants_an_update(world: World) -> None:
    zone = moved(world, "newer")
    rc, out, err = world.run("zoneadm -z z1 attach", on="nodeb")
    assert rc == 1
    assert "Auditing packages.\n" in out
    assert err.startswith(
        "\npkg sync-linked: Syncing this linked image would require the following package updates:\n\n"
        "pkg://solaris/entire@11.4-11.4.57.0.1.144.3 -> pkg://solaris/entire@11.4-11.4.60.0.1.150.2\n\n"
    )
    assert "ERROR: Could not update attaching zone\n                    Result: Attach Failed.\n" in err
    assert zone.state == "configured"
    assert environments(world) == ["solaris"]
    out = world.ok("zoneadm -z z1 attach -u", on="nodeb")
    assert "  Updating non-global zone: Syncing packages.\n           Packages to update:   2\n" in out
    assert "                    Result: Attach Succeeded.\n" in out
    assert environments(world) == ["solaris", "solaris-1"]
    world.ok("zoneadm -z z1 boot", on="nodeb")
    assert "11.4-11.4.60.0.1.150.2" in world.run("pkg list -H entire", on="nodeb", zone="z1")[1]


def test_the_kept_environment_is_the_way_back(world: World) -> None:
    moved(world, "newer")
    world.ok("zoneadm -z z1 attach -u", on="nodeb")
    world.ok("zoneadm -z z1 detach", on="nodeb")
    zone = arrive(world, "same", "nodeb", "nodea")
    world.ok("zoneadm -z z1 attach", on="nodea")
    world.ok("zoneadm -z z1 boot", on="nodea")
    assert zone.state == "running"
    assert "11.4-11.4.57.0.1.144.3" in world.run("pkg list -H entire", zone="z1")[1]


@pytest.mark.parametrize("options", ["", " -u"])
def test_an_earlier_level_is_refused(world: World, options: str) -> None:
    zone = moved(world, "older")
    err = world.fails(f"zoneadm -z z1 attach{options}", on="nodeb")
    assert err.startswith(
        "\npkg sync-linked: Package 'entire' must be uninstalled or upgraded if the requested operation is to be performed.\n"
        "  Reject:  pkg://solaris/entire@11.4-11.4.57.0.1.144.3\n"
        "  Reason:  Global zone has an older version of package: pkg://solaris/entire@11.4-11.4.50.0.1.126.1\n"
    )
    assert zone.state == "configured"
    assert environments(world) == ["solaris"]
    world.ok("zoneadm -z z1 attach -F", on="nodeb")
    assert zone.state == "installed"


def test_extended_options(world: World) -> None:
    zone = moved(world, "newer")
    world.ok("zoneadm -z z1 attach -u -x deny-zbe-clone", on="nodeb")
    assert environments(world) == ["solaris"]
    world.ok("zoneadm -z z1 detach", on="nodeb")
    world.ok("zoneadm -z z1 attach -x force-zbe-clone", on="nodeb")
    assert environments(world) == ["solaris", "solaris-1"]
    world.ok("zoneadm -z z1 detach", on="nodeb")
    assert "ROOT/solaris\n" in world.ok("zoneadm -z z1 attach -z solaris", on="nodeb")
    zone.state = "configured"
    assert "not simulated" in world.fails("zoneadm -z z1 attach -z nix", on="nodeb", rc=125)
    assert "not simulated" in world.fails("zoneadm -z z1 attach -x other", on="nodeb", rc=125)
    assert zone.state == "configured"


def test_uninstall_takes_every_environment(world: World) -> None:
    moved(world, "newer")
    world.ok("zoneadm -z z1 attach -u", on="nodeb")
    world.ok("zoneadm -z z1 uninstall -F", on="nodeb")
    assert world.ok("zfs list -H -o name -r dp", on="nodeb") == "dp\n"
