# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's zpool and zfs answer as the real ones: the same lines on both, exit code and text.

Left out are what comes of another version (properties, versions, notes of a resilver, ``bringing device ... offline``), of
/dev in the place of /dev/dsk, of libdiskmgt, which says who uses a disk on Solaris, sizes, and usage texts.
"""

from __future__ import annotations

import re

import pytest

from tests.lab.truth import Lun
from tests.unit.lab.zone_world import World

from .zfs_hosts import LUNS, SIZE, Pair, disk

MIRROR = "a zpool create -O mountpoint=none dp mirror 1 2"
SEQUENCES = {
    "nothing there": """
        b zpool import
        a zpool import nosuch
        a zpool status nosuch
        a zpool export nosuch
        a zpool destroy nosuch
        a zpool get version nosuch
        a zfs get -Hp -o name,property,value,source quota nosuch/fs
        a zpool offline nosuch 1
        a zpool detach nosuch 1
        a zpool scrub nosuch
        a zpool clear nosuch""",
    "create": f"""
        {MIRROR}
        a zpool create -O mountpoint=none dp 3
        a zpool create -O mountpoint=none dq 1
        a zpool create -f -O mountpoint=none dq 1
        b zpool create -O mountpoint=none dq 1
        a zpool create -O mountpoint=nix dq 3
        a zpool create -m nix dq 3
        a zpool create -O nix=none dq 3
        a zpool create -o nix=none dq 3
        a zpool create -o version=99 dq 3
        a zpool create dq mirror 3
        a zpool create dq mirror 3 3
        a zpool create mirror 3
        a zpool create 1dq 3
        a zpool create dq mirror 3 4 mirror 5
        a zpool create dq mirror 3 4 5 mirror 6
        a zpool create dq
        a zpool status dp
        a zpool status -x dp
        a zpool set nix=1 dp""",
    "import": f"""
        {MIRROR}
        b zpool import
        b zpool import dp
        b zpool import 999
        a zpool import dp
        a zpool export dp
        b zpool import
        b zpool import dp
        a zpool import
        a zpool import dp
        b zpool destroy dp""",
    "file systems": f"""
        {MIRROR}
        a zfs create -o mountpoint=/zones/v1 -o quota=20m dp/zone
        a zfs create -o mountpoint=/zones/v1 -o quota=20m dp/zone
        a zfs create -o mountpoint=legacy dp/data
        a zfs create dp/none
        a zfs create dp/no/parent
        a zfs create nosuch/fs
        a zfs create -o quota=abc dp/x
        a zfs create -o quota=1 dp/x
        a zfs create -o nix=1 dp/x
        a zfs create -o mountpoint=relative dp/x
        a zfs create -o reservation=10g dp/x
        a zfs create dp/bad!name
        a zfs create dp
        a zfs create dp/
        a zfs list -H -o name,mountpoint -r dp
        a zfs get -Hp -o name,property,value,source mountpoint,quota,mounted dp/zone dp/nosuch dp/none nosuch/x dp
        a zfs get quota dp/zone dp/data
        a zfs set quota=30m dp/zone
        a zfs set quota=1 dp/zone
        a zfs set quota=none dp/zone
        a zfs get quota,reservation dp/zone dp/data
        a zfs get -Hp quota dp/zone
        a zfs inherit quota dp/zone
        a zfs set nix=none dp/zone
        a zfs set quota=1g dp/nosuch
        a zfs mount dp/zone
        a zfs mount dp/data
        a zfs mount dp/none
        a zfs mount dp/nosuch
        a zfs unmount dp/zone
        a zfs unmount dp/zone
        a zfs unmount dp/data
        a zfs mount dp/zone
        a zfs snapshot dp/none@s1
        a zfs snapshot dp/none@s1
        a zfs snapshot -r dp/none@s1
        a zfs snapshot dp/nosuch@s1
        a zfs destroy dp/none
        a zfs destroy dp
        a zfs destroy dp/nosuch
        a zfs rename dp/none dp/named
        a zfs rename dp/nosuch dp/x
        a zfs rename dp/named dp/data""",
    "repair": f"""
        {MIRROR}
        a zpool offline dp 2
        a zpool status dp
        b zpool import
        a zpool offline dp 1
        a zpool offline dp 6
        a zpool export dp
        b zpool import
        b zpool import dp
        b zpool online dp 2
        b zpool detach dp 2
        b zpool detach dp 1
        b zpool detach dp 6
        b zpool attach dp 1 1
        b zpool attach dp 5 6
        b zpool replace dp 6 5
        b zpool clear dp 6
        b zpool clear dp
        b zpool status dp""",
    "a half that is gone": f"""
        {MIRROR}
        a zpool export dp
        hide 2
        b zpool import
        b zpool import dp
        b zpool status dp
        b zpool export dp
        b zpool import
        b zpool import dp
        b zpool status dp""",
    "a stripe in part": """
        a zpool create -O mountpoint=none dp 1 2
        a zpool export dp
        hide 2
        b zpool import
        b zpool import dp
        hide 1
        b zpool import dp""",
    "a stripe of mirrors in part, used elsewhere": """
        a zpool create -O mountpoint=none dp mirror 1 2 mirror 3 4
        hide 1
        hide 2
        b zpool import
        b zpool import dp""",
    "a stripe of mirrors in part": """
        a zpool create -O mountpoint=none dp mirror 1 2 mirror 3 4
        a zpool export dp
        hide 1
        hide 2
        b zpool import
        b zpool import dp""",
    "too little of a raidz": """
        a zpool create -O mountpoint=none dp raidz 1 2 3
        a zpool export dp
        hide 1
        hide 2
        b zpool import""",
}


def words(line: str, prefix: str) -> str:
    return " ".join(prefix + disk(int(word)) if word in "123456" else word for word in line.split())


def plain(answer: tuple[int, str, str]) -> tuple[int, list[str]]:
    """An answer without what may differ; blanks count only where a line begins."""
    code, out, err = answer
    said = []
    for line in (out + err).splitlines():
        line = re.sub(r"/dev/(?:dsk/)?(c0t[0-9A-F]+d0)(?:s0)?", r"\1", line)
        line = re.sub(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", "DATE", line)
        line = re.sub(r" is part of .*", " is in use", line)
        line = re.sub(r"\b\d{15,20}\b", "NUMBER", line)
        line = re.sub(r"  [\d.]+K resilvered$", "", line)
        line = re.sub(r"(?<=\S)\s+", " ", line)
        if line.startswith("usage:"):
            break
        if line and not re.match(r"Defaulting to 4K|bringing device| scrub: ", line):
            said.append(line)
    return code, said


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_lab_says_the_same(hosts: Pair, name: str) -> None:
    lab = World("s10")
    for guid in LUNS:
        lab.centre.luns[guid] = Lun(guid, SIZE, ["nodea", "nodeb"])
    lab.centre.machines["nodea"].hostid, lab.centre.machines["nodeb"].hostid = "04332201", "04332202"
    for line in SEQUENCES[name].strip().splitlines():
        where, _, command = line.strip().partition(" ")
        if where == "hide":
            guid = LUNS[int(command) - 1]
            hosts.hide(guid)
            lab.centre.luns[guid].gone = True
            continue
        real = hosts.a if where == "a" else hosts.b
        # zfs-fuse finds a member of a pool by its whole path alone
        prefix = "/dev/" if command.split()[1] in ("offline", "online", "detach", "attach", "replace", "clear") else ""
        expected = plain(real.run(words(command, prefix)))
        assert plain(lab.run(words(command, ""), on=real.name)) == expected, line.strip()
        lab.now += 600
