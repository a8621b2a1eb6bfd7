# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk groups between two running nodes of the lab: the files of a vxfs go where the group goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.client import Lab

from .volume_nodes import run, volume_nodes

MAKE = """for disk in disk_3 disk_4; do /etc/vx/bin/vxdisksetup -i $disk || exit; done
vxdg init datadg d01=disk_3 d02=disk_4 && vxassist -g datadg make vol01 1g layout=mirror || exit
mkfs -F vxfs -o largefiles /dev/vx/rdsk/datadg/vol01 >/dev/null || exit
mkdir /export/data && mount -F vxfs /dev/vx/dsk/datadg/vol01 /export/data || exit
echo written on t4c >/export/data/file"""
ZONE = """create -b
set zonepath=/zones/web
add fs
set dir=/data
set special=/dev/vx/dsk/datadg/vol01
set raw=/dev/vx/rdsk/datadg/vol01
set type=vxfs
end
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with volume_nodes(tmp_path / "lab") as running:
        yield running


def test_files_travel_with_the_group(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    assert "/dev/vx/dsk/datadg/vol01\t/export/data\tvxfs\t" in run(lab, "t4c", "cat /etc/mnttab")
    assert "/dev/vx/dsk/datadg/vol01" in run(lab, "t4c", "df -k /export/data")
    assert "in use" in run(lab, "t4c", "vxdg deport datadg", rc=31)
    assert "another host" in run(lab, "t4d", "vxdg import datadg", rc=20)
    run(lab, "t4c", "umount /export/data && vxdg deport datadg && test ! -e /dev/vx/dsk/datadg && test ! -e /export/data/file")
    run(lab, "t4d", "vxdg import datadg && mkdir /export/data && mount -F vxfs /dev/vx/dsk/datadg/vol01 /export/data")
    assert run(lab, "t4d", "cat /export/data/file") == "written on t4c\n"
    assert lab.alarms() == []


def test_a_node_lost_with_a_mounted_file_system(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    lab.power("t4c", "off", wait=True)
    assert "another host" in run(lab, "t4d", "vxdg import datadg", rc=20)
    run(lab, "t4d", "vxdg -C import datadg && mkdir /export/data")
    assert "needs checking" in run(lab, "t4d", "mount -F vxfs /dev/vx/dsk/datadg/vol01 /export/data", rc=32)
    run(lab, "t4d", "fsck -F vxfs -y /dev/vx/rdsk/datadg/vol01 && mount -F vxfs /dev/vx/dsk/datadg/vol01 /export/data")
    assert run(lab, "t4d", "cat /export/data/file") == "written on t4c\n"
    lab.power("t4c", "on", wait=True)
    assert run(lab, "t4c", "vxdg list | wc -l").strip() == "1"
    assert lab.alarms() == []


def test_the_lock_of_a_live_node_taken_away(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    run(lab, "t4d", "vxdg -C import datadg")
    assert [alarm["kind"] for alarm in lab.alarms()] == ["double_import"]
    lab.clear_alarms()


def test_a_zone_has_its_vxfs_while_it_lives(lab: Lab) -> None:
    run(lab, "t4c", MAKE + "\numount /export/data")
    run(lab, "t4c", "zonecfg -z web -f -", stdin=ZONE)
    run(lab, "t4c", "mkdir -p /zones/web && chmod 700 /zones/web && zoneadm -z web install && zoneadm -z web boot")
    assert run(lab, "t4c", "cat /zones/web/root/data/file; zlogin web cat /data/file") == "written on t4c\n" * 2
    assert "in use" in run(lab, "t4c", "vxdg deport datadg", rc=31)
    run(lab, "t4c", "zoneadm -z web halt && test ! -e /zones/web/root/data/file && vxdg deport datadg")
    assert "could not access /dev/vx/dsk/datadg/vol01" in run(lab, "t4c", "zoneadm -z web boot", rc=1)
    assert lab.alarms() == []


def test_a_zone_waits_for_the_check_of_its_vxfs(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    run(lab, "t4c", "zonecfg -z web -f -", stdin=ZONE)
    run(lab, "t4c", "mkdir -p /zones/web && chmod 700 /zones/web && zoneadm -z web install")
    lab.power("t4c", "reset", wait=True)
    run(lab, "t4c", "zoneadm -z web boot", rc=125)
    run(lab, "t4c", "fsck -F vxfs -y /dev/vx/rdsk/datadg/vol01 && zoneadm -z web boot && cat /zones/web/root/data/file")


def test_groups_come_back_at_boot(lab: Lab) -> None:
    run(lab, "t4c", MAKE + "\numount /export/data")
    run(lab, "t4c", "echo '/dev/vx/dsk/datadg/vol01 /dev/vx/rdsk/datadg/vol01 /export/data vxfs 2 yes -' >>/etc/vfstab")
    lab.power("t4c", "reset", wait=True)
    assert run(lab, "t4c", "vxinfo -g datadg; cat /export/data/file").split()[:3] == ["vol01", "fsgen", "Started"]
    assert lab.alarms() == []
