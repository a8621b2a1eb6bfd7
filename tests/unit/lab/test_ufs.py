# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFS on volumes and slices: made, mounted, checked, grown; zones on it."""

from __future__ import annotations

import pytest

from tests.lab.commands.ufs import boot, devices, listing, newfs
from tests.lab.truth import Fault, Zone

from .svm_world import with_files, with_mirror
from .zone_world import LUNS, World, disk

SPECIAL, RAW = "/dev/md/S/dsk/d20", "/dev/md/S/rdsk/d20"


def test_newfs_asks_nothing_without_a_terminal_and_talks_on_standard_error() -> None:
    world = with_mirror()
    rc, out, err = world.run(f"newfs {RAW}")
    assert (rc, out) == (0, "")
    assert err.startswith(
        f"{RAW}:\t4194304 sectors in 683 cylinders of 48 tracks, 128 sectors\n\t2048.0MB in 43 cyl groups (16 c/g, 48.00MB/g, "
    )
    assert (
        "super-block backups (for fsck -F ufs -o b=#) at:\n 32, 98464, 196896, 295328, 393760, 492192, 590624, 689056, 787488, 885920,\n"
        in err
    )


def test_a_big_file_system_shows_the_first_and_the_last_backups() -> None:
    text = newfs.backups(newfs.GROUP * 427)
    assert "Initializing cylinder groups:\n........\nsuper-block backups for last 10 cylinder groups at:\n" in text
    assert text.endswith(f" {32 + 426 * newfs.STEP}\n")


def test_mount_and_everything_that_lists_it() -> None:
    world = with_files()
    line = world.ok("mount").splitlines()[-1]
    assert line.startswith(f"/data on {SPECIAL} read/write/setuid/devices/intr/largefiles/logging/xattr/onerror=panic/dev=")
    assert world.ok("mount -p").splitlines()[-1] == f"{SPECIAL} - /data ufs - no rw,intr,largefiles,logging,xattr,onerror=panic"
    assert world.ok("mount -v").splitlines()[-1].startswith(f"{SPECIAL} on /data type ufs read/write/")
    assert world.ok("df -k -F ufs").splitlines()[1].split() == [SPECIAL, "2064384", "2057", "1996791", "1%", "/data"]
    fields = listing.mnttab(world.call("mount")[0]).splitlines()[-1].split("\t")
    assert fields[:3] == [SPECIAL, "/data", "ufs"]
    assert fields[3].startswith("rw,intr,largefiles,logging,xattr,onerror=panic,dev=")
    assert world.run("fuser -c /data") == (0, "", "/data: \n")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (f"mount -F ufs {SPECIAL} /other", f"mount: {SPECIAL} is already mounted or /other is busy"),
        ("mount -F ufs /dev/md/S/dsk/d99 /other", "mount: /dev/md/S/dsk/d99 or /other, no such file or directory"),
        (f"mount -F ufs {RAW} /other", f"mount: {RAW} not a block device"),
        (f"newfs {RAW}", f"{SPECIAL} is mounted, can't mkfs"),
    ],
)
def test_what_is_refused(line: str, text: str) -> None:
    assert with_files().fails(line, rc=32) == f"{text}\n"


def test_more_refusals() -> None:
    world = with_mirror()
    assert world.fails(f"mount -F ufs {SPECIAL} /data", rc=32) == f"mount: {SPECIAL} is not this fstype\n"
    assert world.fails("newfs /dev/md/S/rdsk/d99", rc=2) == "newfs: /dev/md/S/rdsk/d99: No such file or directory\n"
    assert world.fails("fsck -F ufs -m /dev/md/S/rdsk/d99", rc=34).startswith("ufs fsck: sanity check failed : cannot stat")
    assert world.fails("umount /data") == "umount: warning: /data not in mnttab\numount: /data not mounted\n"
    assert world.run(f"newfs {RAW}", user="operator")[0] == 10
    world.run(f"newfs {RAW}")
    world.ok("metaset -s S -r")
    assert "no such file" in world.fails(f"mount -F ufs {SPECIAL} /data", rc=32)  # the volumes go with the set


def test_fsck_by_the_state_a_crash_left() -> None:
    world = with_files()
    assert world.fails(f"fsck -F ufs -m {RAW}", rc=33) == f"ufs fsck: sanity check: {RAW} already mounted\n"
    machine = world.centre.machines["nodea"]
    sets = list(machine.disksets)
    for options, state in (("logging", "okay"), ("nologging", "needs checking")):
        world.run("umount /data")
        world.ok(f"mount -F ufs -o {options} {SPECIAL} /data")
        boot.down(world.centre, machine, orderly=False)
        machine.disksets = list(sets)
        assert world.run(f"fsck -F ufs -m {RAW}")[2] == f"ufs fsck: sanity check: {RAW} {state}\n"
    assert "is not okay" in world.fails(f"mount -F ufs {SPECIAL} /data", rc=32)
    assert "** Phase 5 - Check Cylinder Groups\n" in world.ok(f"fsck -F ufs -y {RAW}")
    world.ok(f"mount -F ufs {SPECIAL} /data")
    boot.down(world.centre, machine, orderly=True)
    assert {system.state for system in world.centre.filesystems.values()} == {"clean"}


def test_growing_while_mounted() -> None:
    world = with_files()
    world.ok("metattach -s S d20 1g")
    assert world.ok("df -k /data").split()[-5] == "2064384"  # not before growfs
    rc, out, err = world.run(f"growfs -M /data {RAW}")
    assert (rc, out, err.split("\n")[0]) == (0, "", f"{RAW}:\t6291456 sectors in 1024 cylinders of 48 tracks, 128 sectors")
    assert world.ok("df -k /data").split()[-5] == "3096576"
    world.ok("umount /data")
    assert world.fails(f"growfs -M /data {RAW}", rc=32) == f"{SPECIAL} is not mounted\n"


def test_a_mounted_volume_that_is_lost() -> None:
    world = with_files()
    world.ok("umount /data")
    for guid in LUNS[:2]:
        world.centre.luns[guid].gone = True
    text = f"mount: I/O error\nmount: Cannot mount {SPECIAL}\n"
    assert world.fails(f"mount -F ufs {SPECIAL} /data", rc=32) == text


def test_growing_what_has_no_room_changes_nothing() -> None:
    world = with_files()
    assert world.run(f"growfs -M /data {RAW}")[0] == 0
    assert world.ok("df -k /data").split()[-5] == "2064384"


def test_slices_in_use_are_not_newfs_ed() -> None:
    world = with_mirror()
    for number, use in (
        ("0", "is part of SVM volume stripe:S/d11. Please see metaclear(1M)."),
        ("7", "contains an SVM mdb. Please see metadb(1M)."),
    ):
        assert world.fails(f"newfs /dev/rdsk/{disk(0)}s{number}", rc=2) == f"/dev/dsk/{disk(0)}s{number} {use}\n"
    assert world.fails("newfs /dev/rdsk/c1t0d0s0", rc=2) == "/dev/dsk/c1t0d0s0 is part of active ZFS pool rpool. Please see zpool(1M).\n"
    world.run(f"newfs /dev/rdsk/{disk(3)}s6")
    world.ok(f"mount /dev/dsk/{disk(3)}s6 /data")
    used = f"/dev/dsk/{disk(3)}s6 is currently mounted on /data. Please see umount(1M).\n"
    assert world.fails(f"newfs /dev/rdsk/{disk(3)}s6", rc=2) == used


def test_a_slice_without_a_volume() -> None:
    world = with_mirror()
    assert world.run(f"newfs /dev/rdsk/{disk(3)}s6")[0] == 0
    world.ok(f"mount /dev/dsk/{disk(3)}s6 /data")
    assert "/data\n" in world.ok(f"prtvtoc -h /dev/rdsk/{disk(3)}s2")
    assert f"metaset: nodea: S: drive {disk(3)} is in use" in world.fails(f"metaset -s S -a {disk(3)}")


def on_ufs(resources: list[dict[str, str]] | None = None) -> tuple[World, Zone]:
    world = with_mirror()
    world.run(f"newfs {RAW}")
    world.ok(f"mount -F ufs {SPECIAL} /zones/z1")
    zone = world.zone(resources=resources)
    return world, zone


def test_a_zone_on_ufs_is_installed_booted_and_moves() -> None:
    world, _ = on_ufs()
    before = world.ok("df -k /zones/z1").split()[-4]
    assert world.run("zoneadm -z z1 install")[0] == 0
    assert not any("z1" in name for pool in world.centre.pools.values() for name in pool.datasets)
    assert int(world.ok("df -k /zones/z1").split()[-4]) > int(before) + 500_000
    assert world.run("zoneadm -z z1 boot")[0] == 0
    assert world.fails("umount /zones/z1") == "umount: /zones/z1 busy\n"
    world.ok("zoneadm -z z1 halt")
    world.ok("zoneadm -z z1 detach")
    world.ok("umount /zones/z1")
    world.ok("metaset -s S -r")
    world.ok("metaset -s S -t", "nodeb")
    world.ok(f"mount -F ufs {SPECIAL} /zones/z1", "nodeb")
    world.zone(on="nodeb")
    assert world.run("zoneadm -z z1 attach", "nodeb")[0] == 0


def test_a_full_disk_has_no_room_for_a_zone() -> None:
    world, zone = on_ufs()
    world.centre.faults.append(Fault("*", "disk_full", text="S/d20"))
    assert world.run("zoneadm -z z1 install")[0] != 0
    assert zone.state == "incomplete"


FS = {"kind": "fs", "dir": "/data", "type": "ufs", "special": "/dev/md/S/dsk/d21", "raw": "/dev/md/S/rdsk/d21"}


def test_a_zone_s_own_file_system_is_checked_and_mounted() -> None:
    world, zone = on_ufs([dict(FS)])
    missing = "could not verify fs /data: could not access /dev/md/S/dsk/d21: No such file or directory\n"
    assert world.fails("zoneadm -z z1 install").startswith(missing)
    world.ok("metainit -s S d21 -p d10 1g")
    world.run("newfs /dev/md/S/rdsk/d21")
    world.ok("zoneadm -z z1 install")
    world.ok("zoneadm -z z1 boot")
    mounted = devices.at(world.centre.machines["nodea"], "/zones/z1/root/data")
    assert mounted is not None
    assert mounted.zone == "z1"
    world.ok("zoneadm -z z1 halt")
    assert devices.at(world.centre.machines["nodea"], "/zones/z1/root/data") is None
    world.ok("mount /dev/md/S/dsk/d21 /elsewhere")
    refused = world.fails("zoneadm -z z1 boot")
    assert "fsck of '/dev/md/S/rdsk/d21' failed with exit status 33; run fsck manually\n" in refused
    assert refused.endswith("zoneadm: zone 'z1': call to zoneadmd failed\n")
    assert zone.state == "installed"
    zone.config["resources"] = [{key: value for key, value in FS.items() if key != "raw"}]
    assert "must specify 'raw' device for ufs file systems" in world.fails("zoneadm -z z1 boot")


def test_uninstall_leaves_the_file_system() -> None:
    world, _ = on_ufs()
    world.ok("zoneadm -z z1 install")
    rc, _, err = world.run("zoneadm -z z1 uninstall -F")
    assert rc == 0
    assert err.startswith("WARNING: Unable to completely remove /zones/z1\nbecause it contains additional user data.")
    assert int(world.ok("df -k /zones/z1").split()[-4]) < 5000
