# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones on shared storage whose pools zoneadm keeps, and their cold migration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.commands.zoneadm import running
from tests.lab.truth import Zone

from .zone_world import LUNS, World, world_with_files

URI = f"lu:luname.naa.{LUNS[2].lower()}"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    built = world_with_files("s11.4", tmp_path, monkeypatch)
    for machine in built.centre.machines.values():
        machine.kernel = "11.4.57.144.3"
    built.centre.machines["nodeb"].trusts = ["nodea"]
    return built


def on_lun(world: World) -> Zone:
    zone = world.zone(path="/system/zones/z1")
    zone.config["resources"] = [{"kind": "rootzpool", "storage": [URI]}]
    assert "Created zone zpool: z1_rpool\n" in world.ok("zoneadm -z z1 install")
    return zone


def pools(world: World, on: str) -> list[str]:
    return world.ok("zpool list -H -o name", on=on).split()


def test_its_pool_comes_and_goes_with_the_zone(world: World) -> None:
    zone = on_lun(world)
    assert "z1_rpool" in pools(world, "nodea")
    assert world.ok("zfs get -H -o value mountpoint z1_rpool") == "/system/zones/z1\n"
    world.ok("zoneadm -z z1 boot")
    world.ok("zoneadm -z z1 halt")
    assert world.ok("zoneadm -z z1 detach").endswith("Exported zone zpool: z1_rpool\n")
    assert "z1_rpool" not in pools(world, "nodea")
    there = world.zone(path="/system/zones/z1", on="nodeb")
    there.config["resources"] = zone.config["resources"]
    assert world.ok("zoneadm -z z1 attach", on="nodeb").startswith("Imported zone zpool: z1_rpool\n")
    assert there.state == "installed"
    assert "Exported zone zpool: z1_rpool\n" in world.ok("zoneadm -z z1 uninstall -F", on="nodeb")
    assert "Imported zone zpool: z1_rpool\n" in world.ok("zoneadm -z z1 attach", on="nodea")
    assert "Destroyed zone zpool: z1_rpool\n" in world.ok("zoneadm -z z1 uninstall -F -x force-zpool-destroy-all")
    assert world.centre.luns[LUNS[2]].pool is None
    assert world.run("zoneadm -z z1 install")[0] == 0
    for word in ("force-zpool-destroy=", "force-zpool-destroy=data", "force-zpool-destroy", "force-storage-destroy-all"):
        assert "not simulated" in world.fails(f"zoneadm -z z1 uninstall -F -x {word}", rc=125)
    assert zone.state == "installed"
    assert "Destroyed zone zpool: z1_rpool\n" in world.ok("zoneadm -z z1 uninstall -F -x force-zpool-destroy=rpool")


def test_without_its_pool_it_is_unavailable_until_it_is_attached(world: World) -> None:
    zone = on_lun(world)
    running.storage_missing(world.call("true")[0])
    assert zone.state == "installed"
    world.ok("zpool export z1_rpool")
    running.storage_missing(world.call("true")[0])
    assert zone.state == "unavailable"
    assert world.ok("zoneadm -z z1 attach").startswith("Imported zone zpool: z1_rpool\n")
    assert zone.state == "installed"


def test_a_pool_that_another_machine_has(world: World) -> None:
    zone = on_lun(world)
    there = world.zone(path="/system/zones/z1", on="nodeb")
    there.config["resources"] = zone.config["resources"]
    assert "not simulated" in world.fails("zoneadm -z z1 attach", on="nodeb", rc=125)
    assert there.state == "configured"
    world.centre.machines["nodea"].imported.clear()
    assert "not simulated" in world.fails("zoneadm -z z1 attach", on="nodeb", rc=125)
    world.ok("zoneadm -z z1 attach -x force-zpool-import", on="nodeb")
    assert there.state == "installed"


def test_migrate(world: World) -> None:
    zone = on_lun(world)
    uuid = zone.uuid
    assert world.run("zoneadm -z z1 migrate -n ssh://nodeb") == (0, "", "")
    assert zone.state == "installed"
    assert world.run("zoneadm -z z1 migrate ssh://root@nodeb") == (
        0, "", "zoneadm: zone 'z1': Importing zone configuration on destination.\n",
    )  # fmt: skip
    there = world.centre.machines["nodeb"].zones["z1"]
    assert (zone.state, there.state, there.uuid) == ("configured", "installed", uuid)
    assert there.config == zone.config
    assert "z1_rpool" in pools(world, "nodeb")
    world.ok("zoneadm -z z1 boot", on="nodeb")
    world.ok("zoneadm -z z1 halt", on="nodeb")
    world.centre.machines["nodea"].trusts = ["nodeb"]
    assert world.run("zoneadm -z z1 migrate -q ssh://nodea", on="nodeb") == (0, "", "")
    assert (zone.state, there.state) == ("installed", "configured")


def test_migrate_to_a_later_level(world: World) -> None:
    zone = on_lun(world)
    world.centre.machines["nodeb"].kernel = "11.4.60.150.2"
    assert "neither -u nor -U" in world.fails("zoneadm -z z1 migrate ssh://nodeb", rc=125)
    assert zone.state == "installed"
    world.run("zoneadm -z z1 migrate -u ssh://nodeb")
    assert world.centre.machines["nodeb"].zones["z1"].state == "installed"


REFUSALS = [
    ("machine", "trusts", [], "takes no key"),
    ("machine", "running", False, "cannot be reached"),
    ("machine", "release", "s11.3", "another kind of system"),
    ("machine", "architecture", "i386", "another kind of system"),
    ("zone", "state", "running", "is running, not installed"),
    ("resource", "fs", {"dir": "/d", "special": "/d", "type": "lofs"}, "fs resources"),
    ("resource", "dataset", {"name": "dp/x"}, "dataset resources"),
    ("resource", "device", {"match": "/dev/rdsk/x"}, "without a storage URI"),
    ("resource", "anet", {"linkname": "net0", "lower-link": "net7"}, "lower-link net7 does not exist"),
]


@pytest.mark.parametrize(("where", "word", "value", "told"), REFUSALS)
def test_what_does_not_migrate(world: World, where: str, word: str, value: object, told: str) -> None:
    zone = on_lun(world)
    if where == "machine":
        setattr(world.centre.machines["nodeb"], word, value)
    elif where == "zone":
        setattr(zone, word, value)
    else:
        assert isinstance(value, dict)
        zone.config["resources"].append({"kind": word, **value})
    before = zone.state
    assert told in world.fails("zoneadm -z z1 migrate ssh://nodeb", rc=125)
    assert zone.state == before
    assert "z1" not in world.centre.machines["nodeb"].zones
    assert "z1_rpool" in pools(world, "nodea")


def test_local_zones_and_other_schemes(world: World) -> None:
    world.zone()
    world.ok("zoneadm -z z1 install")
    assert "not on shared storage" in world.fails("zoneadm -z z1 migrate ssh://nodeb", rc=125)
    assert "not simulated" in world.fails("zoneadm -z z1 migrate rads://nodeb", rc=125)
    assert "not simulated" in world.fails("zoneadm -z z1 migrate -t live ssh://nodeb", rc=125)
    assert "cannot be reached" in world.fails("zoneadm -z z1 migrate ssh://nix", rc=125)
