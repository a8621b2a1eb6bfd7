# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones that are cloned, moved, booted with arguments, without their root, stuck on their way down, or whose storage is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.lab import filesystem
from tests.lab.call import COMMANDS
from tests.lab.commands.zoneadm import running
from tests.lab.truth import Fault

from .zone_world import World, world_with_files


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_with_files("s10", tmp_path, monkeypatch)


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_with_files("s11.3", tmp_path, monkeypatch)


def installed(world: World) -> None:
    world.zone()
    world.ok("zoneadm -z z1 install")


def place(world: World, path: str) -> Path:
    return filesystem.resolve(world.centre.machines["nodea"], path)


def test_clone(old: World) -> None:
    installed(old)
    place(old, "/zones/z1/root/etc/mine").write_text("of z1")
    clone = old.zone("z2", "/zones/z2")
    assert old.ok("zoneadm -z z2 clone z1") == (
        "Cloning snapshot dp/z1@SUNWzone1\nInstead of copying, a ZFS clone has been created for this zone.\n"
    )
    assert clone.state == "installed"
    assert clone.uuid != old.centre.machines["nodea"].zones["z1"].uuid
    assert place(old, "/zones/z2/root/etc/mine").read_text() == "of z1"
    assert place(old, "/zones/z2/root/etc/.UNCONFIGURED").exists()
    old.zone("z3", "/zones/z3")
    out = old.ok("zoneadm -z z3 clone -m copy z1")
    assert out == "A ZFS file system has been created for this zone.\nCopying /zones/z1...\n"
    old.zone("z4", "/zones/z4")
    assert "Cloning snapshot dp/z1@SUNWzone2\n" in old.ok("zoneadm -z z4 clone z1")


def test_what_is_not_cloned(old: World) -> None:
    installed(old)
    source = old.centre.machines["nodea"].zones["z1"]
    clone = old.zone("z2", "/zones/z2", [{"kind": "inherit-pkg-dir", "dir": "/usr"}])
    assert old.fails("zoneadm -z z2 clone nix") == "zoneadm: nix: could not get state: No such zone configured\n"
    assert old.fails("zoneadm -z z2 clone global") == "zoneadm: zone 'z2': clone operation is invalid for the global zone.\n"
    assert old.fails("zoneadm -z z2 clone z1") == ("Zone z2 is configured with inherit-pkg-dirs that are not configured in zone z1.\n")
    source.config["resources"] = [{"kind": "inherit-pkg-dir", "dir": "/lib"}]
    assert old.fails("zoneadm -z z2 clone z1") == "inherit-pkg-dir '/lib' is not configured in zone z2.\n"
    old.fails("zoneadm -z z2 clone", rc=2)
    source.state = "configured"
    assert old.fails("zoneadm -z z2 clone z1") == "zoneadm: zone z1 is configured; installed is required.\n"
    source.state = "running"
    assert old.fails("zoneadm -z z2 clone z1") == "zoneadm: zone 'z2': clone operation is invalid for running zones.\n"
    assert clone.state == "configured"


def test_clone_eleven(new: World) -> None:
    installed(new)
    place(new, "/zones/z1/root/etc/mine").write_text("of z1")
    clone = new.zone("z2", "/zones/z2")
    out = new.ok("zoneadm -z z2 clone z1")
    assert out.startswith("The following ZFS file system(s) have been created:\n    dp/z2\nProgress being logged to /var/log/zones/")
    assert "dp/z2/rpool/ROOT/solaris\n" in new.ok("zfs list -H -o name -r dp/z2")
    assert place(new, "/zones/z2/root/etc/mine").read_text() == "of z1"
    new.ok("zoneadm -z z2 boot")
    assert clone.state == "running"


def test_move(old: World) -> None:
    installed(old)
    zone = old.centre.machines["nodea"].zones["z1"]
    assert old.ok("zoneadm -z z1 move /elsewhere/z1") == ""
    assert zone.zonepath == zone.config["zonepath"] == "/elsewhere/z1"
    assert old.ok("zfs get -H -o value mountpoint,mounted dp/z1") == "/elsewhere/z1\nyes\n"
    assert place(old, "/elsewhere/z1/root/etc/passwd").exists()
    assert not place(old, "/zones/z1").exists()
    old.ok("zoneadm -z z1 boot")
    assert "is invalid for running zones" in old.fails("zoneadm -z z1 move /zones/z1")
    old.ok("zoneadm -z z1 halt")
    place(old, "/full").mkdir()
    place(old, "/full/x").touch()
    assert old.fails("zoneadm -z z1 move /full") == "could not move zone to /full: directory not empty\n"
    assert old.fails("zoneadm -z z1 move relative") == "relative is not an absolute path.\n"


def test_detached_zones_and_old_roots_are_in_the_way(old: World) -> None:
    installed(old)
    old.ok("zoneadm -z z1 detach")
    assert old.fails("zoneadm -z z1 install").startswith("Cannot install detached zone.\nUse attach or remove /zones/z1 directory.\n")
    place(old, "/zones/z1/SUNWdetached.xml").unlink()
    assert old.fails("zoneadm -z z1 install").startswith("Rootpath /zones/z1/root exists; remove or move aside prior to install.\n")


def test_nothing_may_be_mounted_below(old: World) -> None:
    installed(old)
    old.ok("zfs create dp/z1/data")
    assert old.fails("zoneadm -z z1 detach") == (
        "zoneadm: zone 'z1': These file systems are mounted on subdirectories of /zones/z1.\n\nzoneadm: zone 'z1':   /zones/z1/data\n"
    )
    old.ok("zfs unmount dp/z1/data")
    old.ok("zoneadm -z z1 detach")


def test_boot_without_a_root(old: World) -> None:
    installed(old)
    zone = old.centre.machines["nodea"].zones["z1"]
    root = place(old, "/zones/z1/root")
    root.rename(root.with_name("aside"))
    for verb in ("boot", "ready"):
        assert old.fails(f"zoneadm -z z1 {verb}") == (
            "zoneadm: zone 'z1': can't stat /zones/z1/root: No such file or directory\nzoneadm: zone 'z1': call to zoneadmd failed\n"
        )
    root.mkdir()
    assert "could not stat /zones/z1/root/sbin/init: No such file or directory" in old.fails("zoneadm -z z1 boot")
    assert (zone.state, zone.zone_id) == ("installed", None)
    root.rmdir()
    root.with_name("aside").rename(root)
    old.ok("zoneadm -z z1 boot")


def test_boot_arguments(old: World) -> None:
    installed(old)
    zone = old.centre.machines["nodea"].zones["z1"]
    place(old, "/zones/z1/root/etc/.UNCONFIGURED").unlink()
    old.ok("zoneadm -z z1 boot -- -m verbose")
    old.ok("zoneadm -z z1 reboot -- -s")
    old.now += 100
    assert running.repository.of_zone(old.centre.machines["nodea"], zone, old.now)["svc:/milestone/single-user:default"].state == "online"
    assert zone.services["svc:/milestone/multi-user-server:default"].state == "offline"
    assert zone.services["svc:/network/ssh:default"].state == "offline"
    old.ok("zoneadm -z z1 halt")
    warning = "zoneadm: zone 'z1': WARNING: Unused or invalid boot arguments `{}'.\n"
    assert old.run("zoneadm -z z1 boot -- -x") == (0, "", warning.format(" -x"))
    assert old.run("zoneadm -z z1 reboot -- -m verbose foo") == (0, "", warning.format("foo"))
    old.ok("zoneadm -z z1 halt")
    assert "not simulated" in old.fails("zoneadm -z z1 boot -- -i /sbin/other", rc=125)
    assert zone.state == "installed"
    zone.config["bootargs"] = "-s"
    old.ok("zoneadm -z z1 boot")
    old.now += 100
    services = running.repository.of_zone(old.centre.machines["nodea"], zone, old.now)
    assert services["svc:/milestone/multi-user-server:default"].state == "offline"


def test_a_zone_that_hangs_on_its_way_down(old: World) -> None:
    installed(old)
    zone = old.centre.machines["nodea"].zones["z1"]
    old.ok("zoneadm -z z1 boot")
    old.centre.faults.append(Fault("nodea", "zone_stuck", text="z1", times=-1))

    async def both() -> None:
        first, _ = old.call("zoneadm -z z1 halt")
        tried = asyncio.Event()

        async def sleep(seconds: float) -> None:
            if seconds == running.STUCK_SECONDS:
                tried.set()
            await asyncio.sleep(0.001)

        first.sleep = sleep
        work = asyncio.create_task(COMMANDS["zoneadm"](first))
        await tried.wait()
        assert zone.state == "shutting_down"
        second, printed = old.call("zoneadm -z z1 halt")
        assert await COMMANDS["zoneadm"](second) == 1
        assert printed == [(2, "zoneadm: zone 'z1': another zoneadm may have an operation in progress.\n")]
        third, printed = old.call("zoneadm -z z1 boot")
        assert await COMMANDS["zoneadm"](third) == 0
        assert printed == [(2, "zoneadm: zone 'z1': zone is already booted\n")]
        old.centre.faults.clear()
        assert await work == 0

    asyncio.run(both())
    assert zone.state == "installed"


def test_unavailable(new: World) -> None:
    installed(new)
    zone = new.centre.machines["nodea"].zones["z1"]
    new.ok("zpool export dp")
    call, _ = new.call("init")
    running.storage_missing(call)
    assert zone.state == "unavailable"
    assert new.ok("zoneadm list -cp").splitlines()[1].split(":")[2] == "unavailable"
    assert new.fails("zoneadm -z z1 boot") == "zoneadm: zone 'z1': must be installed before boot.\n"
    assert "not simulated" in new.fails("zoneadm -z z1 attach", rc=125)
    assert zone.state == "unavailable"
    new.ok("zpool import dp")
    new.ok("zoneadm -z z1 attach")
    assert zone.state == "installed"
    new.ok("zoneadm -z z1 mark unavailable")
    assert zone.state == "unavailable"
    new.ok("zoneadm -z z1 detach -F")
    assert zone.state == "configured"
    assert "not simulated" in new.fails("zoneadm -z z1 mark unavailable", rc=125)
    new.ok("zoneadm -z z1 attach")
    new.ok("zoneadm -z z1 boot")
    assert "is invalid for running zones" in new.fails("zoneadm -z z1 mark unavailable")
