# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris 10: mounts and addresses brought into a running zone from the global zone, and taken from it."""

from __future__ import annotations

import pytest

from tests.lab.commands.network import ifconfig
from tests.lab.commands.ufs import fuser, mount
from tests.lab.truth import NetAddress, Zone

from .zone_world import World, disk

FAMILIES = (fuser, mount, ifconfig)
ROOT = "/zones/z1/root"


@pytest.fixture
def world() -> World:
    """A running native zone with one ZFS file system and one address."""
    built = World("s10")
    built.run(f"zpool create dp {disk(0)}")
    for name in ("one", "two"):
        built.run(f"zfs create -o mountpoint=legacy dp/{name}")
    built.run("zfs create dp/own")
    machine = built.centre.machines["nodea"]
    machine.interfaces = ["ixgbe0"]
    machine.addresses = [NetAddress("ixgbe0", "10.0.0.1/24"), NetAddress("ixgbe0", "10.0.0.5/24", unit=1, zone="z1")]
    zone = built.zone(resources=[{"kind": "fs", "dir": "/one", "special": "dp/one", "type": "zfs"}])
    zone.state, zone.zone_id = "running", 3
    return built


def zone_of(world: World) -> Zone:
    return world.centre.machines["nodea"].zones["z1"]


def below(world: World) -> list[str]:
    lines = world.ok("mount").splitlines()
    return [line.split(" on ")[0].removeprefix(ROOT) for line in lines if line.startswith(f"{ROOT}/") and " on dp/" in line]


def test_the_global_zone_sees_what_zones_have_mounted(world: World) -> None:
    lines = world.ok("mount").splitlines()
    assert any(line.startswith(f"{ROOT}/one on dp/one read/write/setuid/devices/zone=z1/") for line in lines)
    assert any(line.startswith(f"{ROOT}/proc on proc ") for line in lines)


def test_a_file_system_comes_and_goes(world: World) -> None:
    world.ok(f"mount -F zfs -o ro dp/two {ROOT}/two")
    assert below(world) == ["/one", "/two"]
    assert f"{ROOT}/two on dp/two read only/setuid" in world.ok("mount")
    assert zone_of(world).config["resources"] == [{"kind": "fs", "dir": "/one", "special": "dp/one", "type": "zfs"}], "for this run only"
    assert world.fails(f"mount -F zfs dp/two {ROOT}/three") == "mountpoint or dataset is busy\n"
    world.ok(f"umount {ROOT}/two")
    assert below(world) == ["/one"]
    assert "busy" in world.fails("zpool export dp"), "the zone has the other one"


def test_a_file_system_of_its_own_mount_point_is_refused(world: World) -> None:
    said = world.fails(f"mount -F zfs dp/own {ROOT}/own")
    assert said.startswith("filesystem 'dp/own' cannot be mounted using 'mount -F zfs'\n")
    assert world.fails(f"mount -F zfs dp/no {ROOT}/no") == "cannot open 'dp/no': dataset does not exist\n"


def test_what_somebody_uses_is_busy(world: World) -> None:
    world.centre.machines["nodea"].holders[f"{ROOT}/one"] = [1234, 99]
    rc, out, err = world.run(f"fuser -c {ROOT}/one")
    assert (rc, out.split(), err) == (0, ["1234", "99"], f"{ROOT}/one: cc\n")
    assert world.fails(f"umount {ROOT}/one") == f"umount: {ROOT}/one busy\n"
    world.centre.machines["nodea"].holders.clear()
    assert world.run(f"fuser -c {ROOT}/one") == (0, "", f"{ROOT}/one: \n")
    world.ok(f"umount {ROOT}/one")
    assert below(world) == []


def test_one_mounted_below_another_keeps_it(world: World) -> None:
    world.ok(f"mount -F lofs /export {ROOT}/one/inside")
    assert world.fails(f"umount {ROOT}/one") == f"umount: {ROOT}/one busy\n"
    world.ok(f"umount {ROOT}/one/inside")
    world.ok(f"umount {ROOT}/one")


def test_mounts_elsewhere_are_not_played(world: World) -> None:
    assert world.fails("mount -F zfs dp/two /mnt", rc=125).startswith("lab: not simulated")
    zone_of(world).state = "installed"
    assert world.fails(f"mount -F zfs dp/two {ROOT}/two", rc=125).startswith("lab: not simulated")


def test_an_address_comes_and_goes(world: World) -> None:
    out = world.ok("ifconfig ixgbe0 addif 10.0.0.6/24 broadcast + zone z1 up")
    assert out == "Created new logical interface ixgbe0:2\n"
    shown = world.ok("ifconfig -a")
    assert (
        "ixgbe0:2: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2\n\tzone z1\n\tinet 10.0.0.6 netmask ffffff00"
        in shown
    )
    world.ok("ifconfig ixgbe0 removeif 10.0.0.6")
    world.ok("ifconfig ixgbe0 removeif 10.0.0.5")
    assert [one.address for one in world.centre.machines["nodea"].addresses] == ["10.0.0.1/24"]


@pytest.mark.parametrize("words", ["10.0.0.6/24 zone z2 up", "10.0.0.6/24 zone", "10.0.0.5/24 zone z1 up"])
def test_strange_addresses_are_not_played(world: World, words: str) -> None:
    assert world.fails(f"ifconfig ixgbe0 addif {words}", rc=125).startswith("lab: not simulated")
