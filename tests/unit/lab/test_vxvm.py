# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VxVM in the lab: disks, disk groups and who may import them."""

from __future__ import annotations

import pytest

from tests.lab import judge
from tests.lab.commands.vxvm import importing
from tests.lab.truth import DiskSet

from .vxvm_world import group, veritas
from .zone_world import LUNS, World


@pytest.fixture
def world() -> World:
    return veritas()


def alarms(world: World) -> list[str]:
    judge.judge(world.centre, world.now)
    return [alarm.kind for alarm in world.centre.alarms]


def states(world: World, on: str = "nodea", options: str = "") -> dict[str, tuple[str, ...]]:
    """``{device: (type, disk, group, status)}``."""
    rows = world.ok(f"vxdisk {options} list".replace("  ", " "), on).splitlines()[1:]
    return {row.split()[0]: (*row.split()[1:4], row.split(None, 4)[4]) for row in rows}


def test_without_the_package_its_commands_are_not_there(world: World) -> None:
    world.centre.machines["nodeb"].vxvm = None
    for name in ("vxdisk list", "vxdg list", "vxassist", "vxprint", "vxdisksetup -i disk_1", "vxlicrep"):
        assert world.fails(name, "nodeb", rc=127) == f"sh: {name.split()[0]}: not found\n"


def test_disks_from_delivered_to_set_up_and_back(world: World) -> None:
    assert states(world)["disk_0"] == ("auto:ZFS", "-", "-", "ZFS")
    assert states(world)["disk_1"] == ("auto:none", "-", "-", "online invalid")
    assert world.fails("vxdiskunsetup disk_1").startswith("VxVM vxdiskunsetup ERROR V-5-2-3522 disk_1: Disk is not")
    world.ok("vxdisksetup -i disk_1")
    assert states(world)["disk_1"] == ("auto:cdsdisk", "-", "-", "online")
    assert "hostid:    \ndisk:      name= id=" in world.ok("vxdisk list disk_1")
    world.ok("vxdiskunsetup disk_1")
    assert states(world)["disk_1"][3] == "online invalid"


def test_a_disk_of_zfs_is_not_set_up_and_a_disk_of_vxvm_is_not_for_zfs(world: World) -> None:
    world.run("zpool create tank c0t" + LUNS[1] + "d0")
    assert "V-5-2-5716 Disk disk_2 is in use by ZFS." in world.fails("vxdisksetup -i disk_2")
    world.ok("vxdisksetup -i disk_1")
    assert "lab: not simulated" in world.fails("zpool create other c0t" + LUNS[0] + "d0", rc=125)


def test_a_disk_of_svm_is_left_alone(world: World) -> None:
    world.centre.disksets["1"] = DiskSet("1", "set1", 1, ["nodea"], [LUNS[0]])
    assert states(world)["disk_1"] == ("auto:SVM", "-", "-", "SVM")
    assert "lab: not simulated" in world.fails("vxdisksetup -i disk_1", rc=125)


def test_names_of_devices_differ_between_hosts_and_persist(world: World) -> None:
    group(world)
    assert states(world, "nodeb", "-o alldgs")["disk_2"] == ("auto:cdsdisk", "-", "(datadg)", "online")
    assert states(world, "nodeb")["disk_2"] == ("auto:cdsdisk", "-", "-", "online")
    udid = [line for line in world.ok("vxdisk list disk_2", "nodeb").splitlines() if line.startswith("udid:")]
    assert udid == ["udid:      HITACHI%5FOPEN-V%5FDISKS%5F" + LUNS[0]]
    world.centre.luns[LUNS[2]].gone = True
    assert "disk_3" not in states(world)
    world.centre.luns[LUNS[2]].gone = False
    assert "disk_3" in states(world)


def test_a_new_lun_is_there_after_a_scan(world: World) -> None:
    states(world)
    new = LUNS[0][:-1] + "9"
    world.centre.luns[new] = type(world.centre.luns[LUNS[0]])(new, 10 << 30, ["nodea"])
    assert "disk_5" not in states(world)
    world.ok("vxdisk scandisks")
    assert states(world)["disk_5"][3] == "online invalid"


def test_a_group_is_for_one_host_until_it_is_deported(world: World) -> None:
    group(world)
    refused = world.fails("vxdg import datadg", "nodeb", rc=20)
    assert refused == "VxVM vxdg ERROR V-5-1-10978 Disk group datadg: import failed:\nDisk is in use by another host\n"
    assert "hostid:    nodea" in world.ok("vxdisk list disk_2", "nodeb")
    world.ok("vxdg deport datadg")
    world.ok("vxdg import datadg", "nodeb")
    assert states(world, "nodeb")["disk_2"] == ("auto:cdsdisk", "d01", "datadg", "online")
    assert "Disk group exists and is imported" in world.fails("vxdg import datadg", "nodeb", rc=20)
    assert alarms(world) == []


def test_clearing_the_lock_of_a_live_host_raises_the_alarm(world: World) -> None:
    group(world)
    world.ok("vxdg -C import datadg", "nodeb")
    assert alarms(world) == ["double_import"]
    assert "disk group datadg" in world.centre.alarms[0].text
    assert "lab: not simulated" in world.fails("vxdg deport datadg", rc=125)


def test_after_a_crash_the_lock_stays_and_the_host_takes_its_group_back(world: World) -> None:
    group(world)
    world.ok("vxassist -g datadg make vol01 1g")
    nodea = world.centre.machines["nodea"]
    nodea.running = False
    assert "another host" in world.fails("vxdg import datadg", "nodeb", rc=20)
    world.ok("vxdg -C import datadg", "nodeb")
    assert alarms(world) == []
    nodea.running = True
    importing.boot(world.centre, nodea)
    assert nodea.vxvm and nodea.vxvm.groups == {}
    world.ok("vxdg deport datadg", "nodeb")
    world.ok("vxdg import datadg")
    importing.boot(world.centre, nodea)
    assert world.ok("vxinfo -g datadg").split() == ["vol01", "fsgen", "Started"]
    world.ok("vxdg deport datadg")
    world.ok("vxdg -t import datadg")
    importing.boot(world.centre, nodea)
    assert nodea.vxvm.groups == {}


def test_a_group_with_a_missing_disk_wants_force(world: World) -> None:
    group(world)
    states(world, "nodeb")
    world.ok("vxassist -g datadg make plain 1g d02")
    world.ok("vxassist -g datadg make safe 1g layout=mirror")
    world.ok("vxdg deport datadg")
    world.centre.luns[LUNS[1]].gone = True
    assert "Disk for disk group not found" in world.fails("vxdg import datadg", "nodeb", rc=20)
    world.ok("vxdg -f import datadg", "nodeb")
    lines = world.ok("vxinfo -g datadg", "nodeb").split()
    assert (lines[lines.index("plain") + 2], lines[lines.index("safe") + 2]) == ("Unstartable", "Started")
    assert "-            -               d02          datadg       failed was:disk_3" in world.ok("vxdisk list", "nodeb")


def test_no_group_no_licence_no_owner(world: World) -> None:
    assert "No valid disk found containing disk group" in world.fails("vxdg import nodg", rc=20)
    assert world.fails("vxdg deport nodg", rc=11) == "VxVM vxdg ERROR V-5-1-2275 vxdg: Disk group nodg: No such disk group\n"
    assert "V-5-1-607 Diskgroup nodg not found" in world.fails("vxvol -g nodg stopall", rc=9)
    assert "V-5-1-582 Disk group nodg: No such disk group" in world.fails("vxprint -g nodg", rc=11)
    group(world)
    owned = "VxVM vxdg ERROR V-5-1-2349 Device disk_2 appears to be owned by disk group datadg.\n"
    assert world.fails("vxdg init otherdg x=disk_2", "nodeb", rc=20) == owned
    world.ok("vxdg deport datadg")
    bare = world.centre.machines["nodeb"].vxvm
    assert bare is not None
    bare.licensed = False
    assert "License has expired or is not available" in world.fails("vxdg import datadg", "nodeb", rc=20)
    assert "V-5-1-5433" in world.fails("vxdisksetup -i disk_4", "nodeb")


def test_disks_join_and_leave_a_group(world: World) -> None:
    group(world)
    world.ok("vxdisksetup -i disk_3")
    world.ok("vxdg -g datadg adddisk d03=disk_3")
    world.ok("vxassist -g datadg make vol01 1g d03")
    assert "V-5-1-552 Disk d03 is used by one or more subdisks" in world.fails("vxdg -g datadg rmdisk d03", rc=31)
    world.ok("vxassist -g datadg remove volume vol01")
    world.ok("vxdg -g datadg rmdisk d03")
    assert states(world)["disk_3"] == ("auto:cdsdisk", "-", "-", "online")
    world.ok("vxdg destroy datadg")
    assert states(world)["disk_1"] == ("auto:cdsdisk", "-", "-", "online")
    assert world.centre.diskgroups == {}


def test_a_disk_taken_from_a_live_host_is_lost_data(world: World) -> None:
    group(world)
    assert "lab: not simulated" in world.fails("vxdiskunsetup disk_2", "nodeb", rc=125)
    world.ok("vxdiskunsetup -f -C disk_2", "nodeb")
    assert alarms(world) == ["lost_data"]


def test_who_may_call(world: World) -> None:
    assert "lab: not simulated" in world.fails("vxdg list", rc=125, user="operator")
    assert "lab: not simulated" in world.fails("vxdg join a b", rc=125)
    assert "lab: not simulated" in world.fails("vxdisk list disk_77", rc=125)
    assert "lab: not simulated" in world.fails("vxevac -g datadg d01", rc=125)
    assert world.ok("vxdctl mode") == "mode: enabled\n"
    assert world.ok("vxdctl -c mode") == "mode: enabled: cluster inactive\n"
    assert world.ok("vxdmpadm listenclosure").splitlines()[2].split() == ["disk", "Disk", "DISKS", "CONNECTED", "Disk", "5"]
