# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brands: native whole and sparse root, solaris8 and solaris9 on SPARC machines that have them, and what a machine does not offer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.lab import filesystem
from tests.lab.call import COMMANDS
from tests.lab.commands import zonecfg
from tests.lab.commands.system import identity

from .zone_world import World, world_with_files

FAMILIES = (zonecfg, identity)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = world_with_files("s10", tmp_path, monkeypatch)
    world.centre.machines["nodea"].brands = ["native", "solaris8", "solaris9"]
    archive = filesystem.resolve(world.centre.machines["nodea"], "/export/s8.flar")
    archive.parent.mkdir(parents=True)
    archive.write_text("FlAsH-aRcHiVe-2.0\n")
    return world


def cfg(world: World, text: str, rc: int = 0, on: str = "nodea") -> str:
    call, printed = world.call("zonecfg", on)
    call.argv = ["zonecfg", "-z", "z1", text]
    found = asyncio.run(COMMANDS["zonecfg"](call))
    assert found == rc, printed
    return "".join(line for _, line in printed)


def test_sparse_root_is_smaller_than_whole_root(old: World) -> None:
    cfg(old, "create; set zonepath=/zones/z1")
    assert "inherit-pkg-dir:\n\tdir: /usr\n" in cfg(old, "info")
    assert "Copying <2574> files to the zone.\n" in old.ok("zoneadm -z z1 install")
    sparse = int(old.ok("zfs get -Hp -o value used dp/z1"))
    old.ok("zoneadm -z z1 uninstall -F")
    cfg(old, "delete -F")
    cfg(old, "create -b; set zonepath=/zones/z1")
    assert "Copying <9718> files to the zone.\n" in old.ok("zoneadm -z z1 install")
    assert int(old.ok("zfs get -Hp -o value used dp/z1")) > 5 * sparse


@pytest.mark.parametrize("brand", ["solaris8", "solaris9"])
def test_containers_of_older_systems(old: World, brand: str) -> None:
    cfg(old, f"create -t SUNW{brand}; set zonepath=/zones/z1; add attr; set name=machine; set type=string; set value=sun4u; end; "
             "add attr; set name=hostid; set type=string; set value=80f0c086; end")  # fmt: skip
    assert f"brand: {brand}\n" in cfg(old, "info")
    assert "not simulated" in old.fails("zoneadm -z z1 install -a /export/s8.flar", rc=125)
    zone = old.centre.machines["nodea"].zones["z1"]
    assert zone.state == "configured"
    assert old.fails("zoneadm -z z1 install -u -a /export/none.flar").startswith("Argument /export/none.flar is not a regular file\n")
    assert zone.state == "configured"
    out = old.ok("zoneadm -z z1 install -u -a /export/s8.flar")
    assert "        Result: Installation completed successfully.\n" in out
    old.ok("zoneadm -z z1 boot")
    assert old.run("uname -a", zone="z1")[1] == f"SunOS z1 {identity.OLDER[brand]} Generic_Virtual sun4u sparc sun4u\n"
    assert old.run("hostid", zone="z1")[1] == "80f0c086\n"
    old.ok("zoneadm -z z1 halt")
    old.ok("zoneadm -z z1 detach")
    old.ok("zoneadm -z z1 attach")
    zone.state = "configured"
    assert old.fails("zoneadm -z z1 attach") == "zoneadm: zone 'z1': Not a detached zone.\n"
    old.ok("zoneadm -z z1 attach -F")


def test_a_machine_without_the_brand(old: World) -> None:
    assert "SUNWsolaris8: No such zone configured" in cfg(old, "create -t SUNWsolaris8", rc=1, on="nodeb")
    old.zone(on="nodeb").brand = "solaris8"
    assert old.fails("zoneadm -z z1 install -u -a /x", on="nodeb") == "zoneadm: zone 'z1': missing or invalid brand\n"
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == "zoneadm: zone 'z1': missing or invalid brand\n"


def test_no_older_systems_on_x86(old: World) -> None:
    machine = old.centre.machines["nodea"]
    machine.architecture = "i386"
    old.zone().brand = "solaris9"
    assert old.fails("zoneadm -z z1 install -p -a /export/s8.flar") == "zoneadm: zone 'z1': missing or invalid brand\n"
    assert machine.zones["z1"].state == "configured"


def test_a_native_zone_from_a_flash_archive(old: World) -> None:
    zone = old.zone()
    old.ok("zoneadm -z z1 install -p -a /export/s8.flar")
    assert zone.state == "installed"


@pytest.mark.parametrize("brand", ["solaris-kz", "lx", "ipkg"])
def test_other_brands(brand: str) -> None:
    world = World("s11.4")
    zone = world.zone()
    zone.brand = brand
    assert world.fails("zoneadm -z z1 install") == "zoneadm: zone 'z1': missing or invalid brand\n"
    assert zone.state == "configured"
    world.centre.machines["nodea"].brands.append(brand)
    assert "not simulated" in world.fails("zoneadm -z z1 install", rc=125)
