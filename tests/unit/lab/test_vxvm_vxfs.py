# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxfs in the lab: made, mounted, grown, checked, moved with its disk group."""

from __future__ import annotations

import pytest

from tests.lab.commands.ufs import boot
from tests.lab.commands.vxvm import importing, kind

from .vxvm_world import group, veritas
from .zone_world import World

DISK, RAW = "/dev/vx/dsk/datadg/vol01", "/dev/vx/rdsk/datadg/vol01"


@pytest.fixture
def world() -> World:
    made = veritas()
    group(made)
    made.ok("vxassist -g datadg make vol01 5g")
    return made


def prepared(world: World) -> None:
    world.ok(f"mkfs -F vxfs -o largefiles {RAW}")
    world.ok(f"mount -F vxfs {DISK} /data")


def test_what_mkfs_says(world: World) -> None:
    """Recorded for 5242880 Kbytes: 16384 blocks of log, ``largefiles supported``."""
    assert world.ok(f"mkfs -F vxfs -o largefiles {RAW}") == (
        "    version 9 layout\n"
        "    10485760 sectors, 5242880 blocks of size 1024, log size 16384 blocks\n"
        "    largefiles supported\n"
    )  # fmt: skip
    assert [kind.log_blocks(size) for size in (204800, 786432, 10485760)] == [1024, 1024, 16384]  # as recorded


@pytest.mark.parametrize("line", [f"mkfs -F vxfs {DISK}", f"mkfs -F vxfs {RAW} 6g", f"mkfs -F vxfs -o version=4 {RAW}"])
def test_mkfs_refuses_what_is_not_known(world: World, line: str) -> None:
    assert "lab: not simulated" in world.fails(line, rc=125)


def test_a_mounted_volume_is_in_use(world: World) -> None:
    prepared(world)
    assert "/data on /dev/vx/dsk/datadg/vol01 read/write/" in world.ok("mount")
    busy = "VxVM vxdg ERROR V-5-1-584 Disk group datadg: Some volumes in the disk group are in use\n"
    assert world.fails("vxdg deport datadg", rc=31) == busy
    assert world.fails("vxdg destroy datadg", rc=31) == busy
    for line in (
        "vxvol -g datadg stopall",
        "vxassist -g datadg remove volume vol01",
        "vxedit -g datadg -rf rm vol01",
        f"mkfs -F vxfs {RAW}",
    ):
        assert "lab: not simulated" in world.fails(line, rc=125)
    again = world.fails(f"mount -F vxfs {DISK} /other", rc=32)
    assert again.startswith(f"UX:vxfs mount: ERROR: V-3-21264: {DISK} is already mounted, /other is busy,\n")
    world.ok("umount /data")
    world.ok("vxdg deport datadg")
    world.ok("vxdg import datadg", "nodeb")
    world.ok(f"mount -F vxfs {DISK} /data", "nodeb")


def test_mounting_what_is_not_there_or_no_vxfs(world: World) -> None:
    assert "V-3-20012: not a valid vxfs file system" in world.fails(f"mount -F vxfs {DISK} /data", rc=32)
    world.ok(f"mkfs -F vxfs {RAW}")
    world.ok("vxvol -g datadg stopall")
    assert f"V-3-20003: Cannot open {DISK}: No such device or address" in world.fails(f"mount -F vxfs {DISK} /data", rc=32)
    world.ok("vxdg deport datadg")
    assert f"V-3-20003: Cannot open {DISK}: No such file or directory" in world.fails(f"mount -F vxfs {DISK} /data", rc=32)


def test_after_a_crash_the_log_is_replayed_first(world: World) -> None:
    prepared(world)
    nodea = world.centre.machines["nodea"]
    boot.down(world.centre, nodea, orderly=False)
    importing.boot(world.centre, nodea)
    assert f"V-3-21268: {DISK} is corrupted. needs checking" in world.fails(f"mount -F vxfs {DISK} /data", rc=32)
    assert world.ok(f"fsck -F vxfs -y {RAW}") == "log replay in progress\nreplay complete - marking super-block as CLEAN\n"
    assert world.ok(f"fsck -F vxfs -y {RAW}") == "file system is clean - log replay is not required\n"
    world.ok(f"mount -F vxfs {DISK} /data")
    boot.down(world.centre, nodea, orderly=True)
    importing.boot(world.centre, nodea)
    world.ok(f"mount -F vxfs {DISK} /data")


def test_it_grows_with_its_volume(world: World) -> None:
    prepared(world)
    system = next(iter(world.centre.filesystems.values()))
    world.ok("vxresize -F vxfs -g datadg vol01 +1g")
    assert system.size == 12582912
    world.ok("vxassist -g datadg growby vol01 1g")
    rc, _, err = world.run("fsadm -F vxfs -b 14680064 /data")
    assert (rc, err) == (0, f"UX:vxfs fsadm: INFO: V-3-25942: {RAW} size increased from 12582912 sectors to 14680064 sectors\n")
    assert world.ok("fsadm -F vxfs /data") == "largefiles\n"
    assert "lab: not simulated" in world.fails("fsadm -F vxfs -b 1g /data", rc=125)
    refused = world.fails("vxresize -F vxfs -g datadg vol01 +100g", rc=20)
    assert refused.endswith("VxVM vxresize ERROR V-5-1-4703 Problem running vxassist command for volume vol01, in diskgroup datadg\n")
    assert system.size == 14680064
    world.ok("umount /data")
    assert "lab: not simulated" in world.fails("vxresize -F vxfs -g datadg vol01 +1g", rc=125)


def test_df_of_a_new_file_system_is_near_the_recorded_one() -> None:
    """Recorded at 500 Mbytes: 2.2M used, 467M available."""
    total, used, free = kind.figures(kind.FileSystem("x", "vxfs", 500 * 2048))
    assert total == 500 << 20
    assert (round(used / (1 << 20), 1), round(free / (1 << 20))) == (2.2, 467)


def test_a_volume_that_goes_takes_its_file_system_along(world: World) -> None:
    world.ok(f"mkfs -F vxfs {RAW}")
    world.ok("vxedit -g datadg rename vol01 vol02")
    assert list(world.centre.filesystems) == [f"vx:{next(iter(world.centre.diskgroups))}/vol02"]
    world.ok("vxassist -g datadg remove volume vol02")
    assert world.centre.filesystems == {}
