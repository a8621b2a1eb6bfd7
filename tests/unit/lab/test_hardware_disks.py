# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same disks in every list: local ones, LUNs by GUID with the machines that see them, file systems on them."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.lab.call import COMMANDS

from .node_world import LUNS, nodes, zone
from .zone_world import GIB, World


@pytest.fixture
def world() -> World:
    return nodes()


def listed(world: World, on: str, stdin: bytes = b"") -> str:
    call, printed = world.call("format", on)
    call.stdin = stdin
    assert asyncio.run(COMMANDS["format"](call)) == 1, "format ends with 1 at the end of its input"
    return "".join(text for _, text in printed)


def test_format_of_solaris_10(world: World) -> None:
    lines = listed(world, "t4").splitlines()
    assert lines[:4] == ["Searching for disks...done", "", "", "AVAILABLE DISK SELECTIONS:"]
    assert re.fullmatch(r" {7}0\. c0t5000CCA0251B3000d0 <HITACHI-H109060SESUN600G-A6A0 cyl \d+ alt 2 hd 15 sec 512>", lines[4])
    assert lines[5] == "          /scsi_vhci/disk@g5000cca0251b3000"
    assert lines[6] == f"       1. c0t{LUNS[0]}d0 <HITACHI-OPEN-V-8001 cyl 5459 alt 2 hd 15 sec 512>"
    assert lines[7] == f"          /scsi_vhci/ssd@g{LUNS[0].lower()}"
    assert lines[-1] == "Specify disk (enter its number): "


def test_format_after_echo_asks_twice(world: World) -> None:
    assert listed(world, "t4", b"\n").endswith("Specify disk (enter its number): Specify disk (enter its number): \n")
    call, printed = world.call("format", "t4")
    call.stdin = b"0\n"
    assert asyncio.run(COMMANDS["format"](call)) == 125
    assert printed


def test_a_lun_in_a_pool_has_an_efi_label(world: World) -> None:
    world.centre.luns[LUNS[0]].pool = "rpool-t4"
    text = listed(world, "t4")
    assert f"1. c0t{LUNS[0]}d0 <HITACHI-OPEN-V-8001-20.00GB>" in text
    assert f"2. c0t{LUNS[1]}d0 <HITACHI-OPEN-V-8001 cyl" in text
    assert "/dev/chassis/SYS/HDD0/disk" in listed(world, "t8")


def devices(world: World, line: str, on: str) -> set[str]:
    return set(re.findall(r"c0t60060E\w+d0", world.ok(line, on)))


@pytest.mark.parametrize("line", ["mpathadm list lu", "luxadm probe", "iostat -En"])
def test_every_list_shows_what_the_machine_sees(world: World, line: str) -> None:
    everything = {f"c0t{guid}d0" for guid in LUNS}
    assert devices(world, line, "t8") == everything
    assert devices(world, line, "t5") == set()
    world.centre.luns[LUNS[0]].gone = True
    assert devices(world, line, "t8") == everything - {f"c0t{LUNS[0]}d0"}
    world.centre.luns[LUNS[1]].visible_to = ["t4"]
    assert devices(world, line, "t8") == {f"c0t{LUNS[2]}d0"}


def test_mpathadm(world: World) -> None:
    lines = world.ok("mpathadm list lu", "t8").splitlines()
    assert lines[3:6] == [f"\t/dev/rdsk/c0t{LUNS[0]}d0s2", "\t\tTotal Path Count: 4", "\t\tOperational Path Count: 4"]
    text = world.ok(f"mpathadm show lu /dev/rdsk/c0t{LUNS[0]}d0s2", "t8")
    assert text.startswith(f"Logical Unit:  /dev/rdsk/c0t{LUNS[0]}d0s2\n\tmpath-support:  libmpscsi_vhci.so\n")
    assert text.count("Initiator Port Name:") == 4
    assert text.count("\t\tPath State:  OK\n") == 4
    assert f"\tName:  {LUNS[0].lower()}\n" in text
    other = world.ok(f"mpathadm show lu c0t{LUNS[0]}d0", "t4")
    assert re.findall("Target Port Name:  (.*)", text) == re.findall("Target Port Name:  (.*)", other), "the array is the same"
    assert set(re.findall("Initiator Port Name:  (.*)", text)).isdisjoint(re.findall("Initiator Port Name:  (.*)", other))
    assert world.fails("mpathadm show lu c0tNOd0", "t8") == "Error: Logical-unit c0tNOd0 is not found.\n"


def test_cfgadm_and_diskinfo(world: World) -> None:
    lines = world.ok("cfgadm -al", "t8").splitlines()
    assert lines[0] == "Ap_Id                          Type         Receptacle   Occupant     Condition"
    assert lines[3].split() == ["c2", "fc-fabric", "connected", "configured", "unknown"]
    assert len([line for line in world.ok("cfgadm -al -o show_FCP_dev", "t8").splitlines() if "," in line]) == 6
    assert world.ok("diskinfo", "t8").splitlines() == [
        "D:devchassis-path           c:occupant-compdev", "--------------------------  ---------------------",
        "/dev/chassis/SYS/HDD0/disk  c0t5000CCA0251B1000d0",
    ]  # fmt: skip


def test_iostat(world: World) -> None:
    lines = world.ok("iostat -En", "t8").splitlines()
    assert lines[0] == "c0t5000CCA0251B1000d0 Soft Errors: 0 Hard Errors: 0 Transport Errors: 0 "
    assert lines[1] == "Vendor: HITACHI  Product: H109060SESUN600G Revision: A6A0 Serial No: 001111       "
    assert lines[2] == f"Size: {300 * GIB / 10**9:.2f}GB <{300 * GIB} bytes>"
    assert world.fails("iostat -xn 5", "t8", rc=125).startswith("lab: not simulated")


def test_a_zone_sees_no_disks(world: World) -> None:
    zone(world, "t8", "web1", [])
    assert world.run("mpathadm list lu", "t8", zone="web1")[0] == 125
    assert world.run("iostat -En", "t8", zone="web1")[1] == ""


def test_df_shows_the_quota_as_the_size(world: World) -> None:
    new = world.ok("df -h /export", "t8").splitlines()
    assert new == [
        "Filesystem             Size   Used  Available Capacity  Mounted on",
        "rpool/export            10G   1.0G       9.0G    10%    /export",
    ]
    old = world.ok("df -h /export/some/where", "t4").splitlines()
    assert old == [
        "Filesystem             size   used  avail capacity  Mounted on",
        "rpool/export            10G   1.0G   9.0G    10%    /export",
    ]
    kilo = world.ok("df -k /export", "t4").splitlines()
    assert kilo == [
        "Filesystem            kbytes    used   avail capacity  Mounted on",
        "rpool/export         10485760 1048576 9437184    10%    /export",
    ]
    lines = world.ok("df -k", "t8").splitlines()
    assert lines[0] == "Filesystem           1024-blocks        Used   Available Capacity  Mounted on"
    assert lines[1].split()[0] == "rpool/ROOT/solaris"
    assert lines[1].endswith("%    /")
    assert {line.split()[-1] for line in lines} >= {"/devices", "/system/volatile", "/tmp", "/export"}
    assert world.fails("df -h nosuch", "t8") == "df: (nosuch    ) not a block device, directory or mounted resource\n"
