# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets between two running nodes of the lab: the files of a UFS go where the set goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.client import Lab

from .volume_nodes import run, volume_nodes

ONE, TWO, THREE = (f"c0t60060E8007C3F2000030C3F20000030{number}d0" for number in (1, 2, 3))
MAKE = f"""metaset -s S -a -h t4c t4d && metaset -s S -a {ONE} {TWO} {THREE} || exit
metainit -s S d11 1 1 {ONE}s0 && metainit -s S d12 1 1 {TWO}s0 && metainit -s S d10 -m d11 && metattach -s S d10 d12 || exit
metainit -s S d20 -p d10 4g && echo y | newfs /dev/md/S/rdsk/d20 2>/dev/null || exit
mkdir /zones/web && mount -F ufs /dev/md/S/dsk/d20 /zones/web || exit
echo written on t4c >/zones/web/file"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with volume_nodes(tmp_path / "lab") as running:
        yield running


def up(lab: Lab, node: str) -> None:
    for _ in range(200):
        if lab.truth()["machines"][node]["running"]:
            return
        time.sleep(0.1)
    raise AssertionError(f"{node} does not come back")


def test_files_travel_with_the_set(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    assert "/dev/md/S/dsk/d20\t/zones/web\tufs\t" in run(lab, "t4c", "cat /etc/mnttab")
    assert "Device busy" in run(lab, "t4c", "metaset -s S -r", rc=1)
    assert "current owner t4c" in run(lab, "t4d", "metaset -s S -t", rc=1)
    run(lab, "t4c", "umount /zones/web && metaset -s S -r && test ! -e /zones/web/file && ! grep /zones/web /etc/mnttab")
    take = "metaset -s S -t && mkdir /zones/web && mount -F ufs /dev/md/S/dsk/d20 /zones/web && cat /zones/web/file"
    assert run(lab, "t4d", take) == "written on t4c\n"
    assert lab.alarms() == []


def test_a_forced_take_panics_the_owner_and_loses_nothing(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    run(lab, "t4d", "metaset -s S -t -f && mkdir /zones/web && fsck -F ufs -m /dev/md/S/rdsk/d20")
    assert run(lab, "t4d", "mount -F ufs /dev/md/S/dsk/d20 /zones/web && cat /zones/web/file") == "written on t4c\n"
    up(lab, "t4c")
    assert "Yes" not in run(lab, "t4c", "metaset -s S").split("Drive")[0]
    run(lab, "t4c", "test ! -e /zones/web/file")
    assert lab.alarms() == []


def test_a_zone_on_ufs_moves_between_nodes(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    run(lab, "t4c", "chmod 700 /zones/web && rm /zones/web/file")
    define = "create -b\nset zonepath=/zones/web\n"
    run(lab, "t4c", "zonecfg -z web -f -", stdin=define)
    run(lab, "t4c", "zoneadm -z web install && zoneadm -z web boot && echo kept >/zones/web/root/etc/mark")
    assert "busy" in run(lab, "t4c", "umount /zones/web", rc=1)
    run(lab, "t4c", "zoneadm -z web halt && zoneadm -z web detach && umount /zones/web && metaset -s S -r")
    run(lab, "t4d", "metaset -s S -t && mkdir /zones/web && mount -F ufs /dev/md/S/dsk/d20 /zones/web")
    run(lab, "t4d", "zonecfg -z web -f -", stdin=define)
    assert run(lab, "t4d", "zoneadm -z web attach && zoneadm -z web boot && cat /zones/web/root/etc/mark") == "kept\n"
    assert lab.alarms() == []


def test_vfstab_and_auto_take_at_boot(lab: Lab) -> None:
    run(lab, "t4c", f"metaset -s L -A enable -a -h t4c && metaset -s L -a {ONE} && metainit -s L d1 1 1 {ONE}s0 && mkdir /data")
    run(lab, "t4c", "newfs /dev/md/L/rdsk/d1 2>/dev/null && echo '/dev/md/L/dsk/d1 /dev/md/L/rdsk/d1 /data ufs 2 yes -' >>/etc/vfstab")
    run(lab, "t4c", "mount /data && echo kept >/data/file && df -k /data")
    lab.power("t4c", "reset", wait=True)
    up(lab, "t4c")
    assert run(lab, "t4c", "cat /data/file") == "kept\n"
    assert lab.alarms() == []


def test_a_zone_has_a_file_system_of_its_own(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    run(lab, "t4c", "chmod 700 /zones/web && metainit -s S d21 -p d10 1g && newfs /dev/md/S/rdsk/d21 2>/dev/null")
    run(lab, "t4c", "mount /dev/md/S/dsk/d21 /mnt && echo inside >/mnt/file && umount /mnt")
    fs = "add fs\nset dir=/data\nset type=ufs\nset special=/dev/md/S/dsk/d21\nset raw=/dev/md/S/rdsk/d21\nend\n"
    run(lab, "t4c", "zonecfg -z web -f -", stdin=f"create -b\nset zonepath=/zones/web\nset autoboot=true\n{fs}")
    run(lab, "t4c", "zoneadm -z web install && zoneadm -z web boot")
    assert run(lab, "t4c", "zlogin web 'cat /data/file; echo more >>/data/file'") == "inside\n"
    lab.patch("machines/t4c/holders", {"/zones/web/root/data": [4711]})
    assert "busy" in run(lab, "t4c", "umount /zones/web/root/data", rc=1)
    run(lab, "t4c", "zoneadm -z web halt && mount /dev/md/S/dsk/d21 /mnt && grep more /mnt/file")
    assert "failed with exit status 33" in run(lab, "t4c", "zoneadm -z web boot", rc=1)
    lab.power("t4c", "reset", wait=True)  # the set is not taken at boot: nothing to boot the zone from
    up(lab, "t4c")
    assert run(lab, "t4c", "zoneadm list -p").count("\n") == 1
    assert lab.alarms() == []
