# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk groups and volumes: vxprint -ht, vxdisk, the words for every layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ufs, vxvm_groups
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError

HEADS = """\
DG NAME         NCONFIG      NLOG     MINORS   GROUP-ID
DM NAME         DEVICE       TYPE     PRIVLEN  PUBLEN   STATE
V  NAME         RVG/VSET/CO  KSTATE   STATE    LENGTH   READPOL   PREFPLEX UTYPE
PL NAME         VOLUME       KSTATE   STATE    LENGTH   LAYOUT    NCOL/WID MODE
SD NAME         PLEX         DISK     DISKOFFS LENGTH   [COL/]OFF DEVICE   MODE
SV NAME         PLEX         VOLNAME  NVOLLAYR LENGTH   [COL/]OFF AM/NM    MODE

dg pay1         default      default  27000    1426245297.43.t4c

dm pay101       emc0_01      auto     65536    41877504 -
dm pay102       -            -        -        -        NODEVICE
"""
MIRROR = (
    HEADS
    + """
v  ledger       -            ENABLED  ACTIVE   4194304  SELECT    -        fsgen
pl ledger-01    ledger       ENABLED  ACTIVE   4194304  CONCAT    -        RW
sd pay101-01    ledger-01    pay101   0        4194304  0         emc0_01  ENA
pl ledger-02    ledger       DISABLED NODEVICE 4194304  CONCAT    -        RW
sd pay102-01    ledger-02    pay102   0        4194304  0         -        NDEV
"""
)
LAYERED = (
    HEADS
    + """
v  zone         -            ENABLED  ACTIVE   4194304  SELECT    zone-03  fsgen
pl zone-03      zone         ENABLED  ACTIVE   4194304  STRIPE    2/128    RW
sv zone-S01     zone-03      zone-L01 1        2097152  0/0       2/2      ENA
sv zone-S02     zone-03      zone-L02 1        2097152  1/0       2/2      ENA

v  zone-L01     -            ENABLED  ACTIVE   2097152  SELECT    -        fsgen
pl zone-P01     zone-L01     ENABLED  ACTIVE   2097152  CONCAT    -        RW
sd pay101-02    zone-P01     pay101   0        2097152  0         emc0_01  ENA
pl zone-P02     zone-L01     ENABLED  ACTIVE   2097152  CONCAT    -        RW
sd pay102-02    zone-P02     pay102   0        2097152  0         -        ENA
v  zone-L02     -            ENABLED  ACTIVE   2097152  SELECT    -        fsgen
pl zone-P03     zone-L02     ENABLED  ACTIVE   2097152  CONCAT    -        RW
sd pay103-02    zone-P03     pay101   0        2097152  0         emc0_01  ENA
pl zone-P04     zone-L02     ENABLED  ACTIVE   2097152  CONCAT    -        RW
sd pay104-02    zone-P04     pay102   0        2097152  0         -        ENA
"""
)


def test_a_group_with_a_mirror_that_lost_a_disk() -> None:
    group = vxvm_groups.parse_structure(MIRROR, "pay1")
    assert group.disks == {"pay101": "emc0_01", "pay102": ""}
    volume = group.volumes["ledger"]
    assert (volume.size, volume.kstate, vxvm_groups.layout(volume, group)) == (2 << 30, "ENABLED", "mirror")
    assert [(plex.kstate, plex.disks) for plex in volume.plexes] == [("ENABLED", ("pay101",)), ("DISABLED", ("pay102",))]


def test_a_layered_volume_is_a_stripe_of_mirrors() -> None:
    group = vxvm_groups.parse_structure(LAYERED, "pay1")
    assert vxvm_groups.layout(group.volumes["zone"], group) == "stripe_of_mirrors"
    assert vxvm_groups.layout(group.volumes["zone-L01"], group) == "mirror"


@pytest.mark.parametrize(
    "line", ["xx what ever it is", "v  ledger - ENABLED", "pl a b ENABLED ACTIVE 12", "v l - ENABLED ACTIVE 12.00m - - -"]
)
def test_what_is_not_known_is_refused(line: str) -> None:
    with pytest.raises(ParseError, match="vxprint -ht"):
        vxvm_groups.parse_structure(f"{HEADS}{line}\n", "pay1")


LISTED = """\
DEVICE       TYPE            DISK         GROUP        STATUS
disk_0       auto:ZFS        -            -            ZFS
emc0_01      auto:cdsdisk    pay101       pay1         online
emc0_02      auto:cdsdisk    -            (bills)      online
emc0_03      auto:none       -            -            online invalid
"""
PATHS = """\
SUBPATH                     DANAME               DMNAME       GROUP        STATE
c0t60060E8007C3F2000030C3F200000101d0s2 emc0_01  pay101       pay1         ENABLED
c0t60060E8007C3F2000030C3F200000102d0s2 emc0_02  -            -            ENABLED
"""


def test_which_disks_carry_which_group() -> None:
    devices, trouble = vxvm_groups.parse_devices(Output(0, LISTED), Output(0, PATHS))
    assert trouble == ""
    assert {name: (one.group, one.imported) for name, one in devices.items()} == {
        "disk_0": ("", False),
        "emc0_01": ("pay1", True),
        "emc0_02": ("bills", False),
        "emc0_03": ("", False),
    }
    assert devices["emc0_01"].natives == ("c0t60060E8007C3F2000030C3F200000101d0",)
    assert vxvm_groups.parse_devices(Output(127), Output(127))[1] == "Veritas Volume Manager is not installed"
    down = Output(1, "", "VxVM vxdisk ERROR V-5-1-684 IPC failure: Configuration daemon is not accessible\n")
    assert "Configuration daemon" in vxvm_groups.parse_devices(down, down)[1]
    with pytest.raises(CommandFailed, match="Which disk groups exist is not known"):
        vxvm_groups.parse_devices(Output(1, "", "denied\n"), Output(0, PATHS))


def test_whose_a_group_is() -> None:
    text = "Device:    emc0_02\ndevicetag: emc0_02\ntype:      auto\nhostid:    t4d\ndisk:      name= id=1\n"
    assert vxvm_groups.parse_host(Output(0, text), "emc0_02") == "t4d"
    assert vxvm_groups.parse_host(Output(0, text.replace("t4d", "")), "emc0_02") == ""
    with pytest.raises(CommandFailed, match="Whose it is is not known"):
        vxvm_groups.parse_host(Output(1, "", "no\n"), "emc0_02")


@pytest.mark.parametrize(
    ("layout", "disks", "words"),
    [
        ("single", 1, ["layout=concat"]),
        ("mirror", 3, ["layout=mirror", "nmirror=3"]),
        ("stripe", 4, ["layout=stripe", "ncol=4"]),
        ("stripe_of_mirrors", 6, ["layout=stripe-mirror", "ncol=3", "nmirror=2"]),
    ],
)
def test_layouts(layout, disks: int, words: list[str]) -> None:
    names = [f"pay10{number}" for number in range(disks)]
    made = vxvm_groups.make("pay1", "ledger", 1 << 30, layout, names)
    assert list(made.argv) == ["vxassist", "-g", "pay1", "make", "ledger", "2097152s", *words, *names]
    assert list(vxvm_groups.maxsize("pay1", layout, disks).argv) == ["vxassist", "-g", "pay1", "maxsize", *words]


@given(st.integers(1, 1 << 50))
def test_sizes_are_whole_sectors_and_never_less(size: int) -> None:
    words = str(vxvm_groups.resize("g", "v", "vxfs", size).argv[-1])
    assert words.endswith("s")
    assert 0 <= int(words[:-1]) * 512 - size < 512


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (Output(0, "ufs\n"), "ufs"),
        (Output(1, "", "unknown_fstyp (no matches)\n"), ""),
        (Output(1, "Unknown_fstyp (no matches)\n"), ""),
        (Output(7, "", "unknown_fstyp (cannot open device)\n"), None),
        (Output(2, "", "unknown_fstyp (multiple matches)\n"), None),
        (Output(127, "", "fstyp: not found\n"), None),
    ],
)
def test_only_no_match_means_no_file_system(output: Output, kind: str | None) -> None:
    assert ufs.parse_kind(output) == kind


def test_the_size_of_a_ufs() -> None:
    text = "mkfs -F ufs -o nsect=128,ntrack=48,bsize=8192,fragsize=1024,mtb=n /dev/md/pay1/rdsk/d10 12582912\n"
    assert ufs.parse_size(Output(0, text)) == 6 << 30
    assert ufs.parse_size(Output(32, "", "bad super block\n")) is None
    assert ufs.parse_size(Output(0, "")) is None
