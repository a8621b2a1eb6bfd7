# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import load, node_settings, pools, svm, vxvm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

MIRROR = """d4: Mirror
    Submirror 0: d14
      State: Okay
    Submirror 1: d24
      State: Needs maintenance
    Pass: 1
    Size: 120850176 blocks (57 GB)

d24: Submirror of d4
    State: Needs maintenance
    Size: 120850176 blocks (57 GB)
    Stripe 0:
        Device     Start Block  Dbase        State Reloc Hot Spare
        c1t1d0s4          0     No     Last Erred   Yes
"""


def test_mirror_and_a_state_of_two_words() -> None:
    mirror, half = svm.parse_status(MIRROR)
    assert (mirror.submirrors, mirror.size_blocks) == ({"d14": "Okay", "d24": "Needs maintenance"}, 120850176)
    assert (half.of, half.slices) == ("d4", [{"device": "c1t1d0s4", "start": 0, "dbase": "No", "state": "Last Erred", "reloc": "Yes"}])
    with pytest.raises(ParseError):
        svm.parse_status(MIRROR.replace("Last Erred", "Something Else"))


def test_short_form_keeps_states() -> None:
    (one,) = svm.parse_summary("m20         m   19GB s21 s22 (resync-32%)\n")
    assert one.parts == {"s21": "", "s22": "resync-32%"}
    with pytest.raises(ParseError):
        svm.parse_summary("m20         m   19GB s21 (resync\n")


def test_disk_set_without_owner() -> None:
    (one,) = svm.parse_sets(
        "\nSet name = a, Set number = 1\n\nHost                Owner\n  n1                 Yes\n  n2\n\nDriv Dbase\n\nc0t1d0 Yes\n"
    )
    assert (one.hosts, one.drives) == ({"n1": True, "n2": False}, {"c0t1d0": True})


def test_vxdisk_status_of_two_words() -> None:
    text = "DEVICE       TYPE            DISK         GROUP        STATUS\n"
    text += "c1t0d0s2     auto:none       -            -            online invalid\n"
    (one,) = vxvm.parse_disks(text)
    assert (one.disk, one.group, one.status) == ("", "", "online invalid")
    with pytest.raises(ParseError, match="but 0 paths"):
        vxvm.parse_disk("Device:    a\nnumpaths:   1\n")


def test_vmstat_by_heading() -> None:
    text = " r b w   swap  free  re  mf pi po fr de sr s0 --   in   sy   cs us sy id\n"
    text += " 0 0 0 2855860 2439648 28 159 0 0  0  0 19 12  0  568 2519  741  2  4 94\n"
    (one,) = load.parse_vmstat(text)
    assert (one["swap"], one["disk0"], one["faults_sy"], one["sy"], one["id"]) == (2855860, 12, 2519, 4, 94)
    with pytest.raises(ParseError):
        load.parse_vmstat(text + " 0 0 0 1\n")


def test_pools_put_processors_into_their_set() -> None:
    text = (
        "system default\n\tint\tsystem.version 1\n\n\tpool pool_default\n\t\tint\tpool.sys_id 0\n\t\tpset\tpset_default\n\n"
        "\tpset pset_default\n\t\tint\tpset.sys_id -1\n\n\t\tcpu\n\t\t\tint\tcpu.sys_id 3\n"
    )
    system, pool, pset = pools.parse_configuration(text)
    assert (system.name, pool.pset, pset.cpus, pset.properties["sys_id"]) == ("default", "pset_default", [3], "-1")
    with pytest.raises(ParseError):
        pools.parse_configuration("pooladm: couldn't open pools state file\n")


def test_vtoc_must_add_up() -> None:
    good = "*     512 bytes/sector\n       0      9    00          0   2007369   2007368\n"
    assert node_settings.parse_vtoc(good).partitions[0]["tag"] == 9
    with pytest.raises(ParseError, match="does not add up"):
        node_settings.parse_vtoc(good.replace("2007368", "2007369"))


def test_soft_partition_on_a_disk_set() -> None:
    text = (
        "db/d52: Soft Partition\n    Device: db/d50\n    State: Okay\n    Size: 176160768 blocks (84 GB)\n"
        "        Extent              Start Block              Block count\n"
        "             0                 20971584                134217728\n"
        "             1                465567904                 41943040\n"
    )
    (one,) = svm.parse_status(text)
    assert (one.name, one.type, one.state, one.facts["Device"]) == ("db/d52", "Soft Partition", "Okay", "db/d50")
    assert one.extents == [(20971584, 134217728), (465567904, 41943040)]
    assert sum(count for _start, count in one.extents) == one.size_blocks
    with pytest.raises(ParseError):
        svm.parse_status(text.replace("             1 ", "             7 "))


def test_hot_spare_pools() -> None:
    text = (
        "hsp001: 2 hot spares\n        Device     Status      Length           Reloc\n"
        "        c1t4d0s0   Available    2087 blocks     Yes\n        c1t5d0s0   In use       2087 blocks     Yes\n\nhsp002: is empty\n"
    )
    first, second = svm.parse_status(text)
    assert [(spare["device"], spare["state"], spare["blocks"]) for spare in first.slices] == [
        ("c1t4d0s0", "Available", 2087),
        ("c1t5d0s0", "In use", 2087),
    ]
    assert (second.name, second.type, second.slices) == ("hsp002", "Hot spare pool", [])


def test_raid_with_concatenated_devices_keeps_its_own_size() -> None:
    text = (
        "d10: RAID\n    State: Okay\n    Interlace: 32 blocks\n    Size: 10080 blocks (4.9 MB)\nOriginal device:\n"
        "    Size: 10496 blocks (5.1 MB)\n        Device     Start Block  Dbase        State Reloc  Hot Spare\n"
        "        c0t0d0s1        330     No            Okay   Yes\nConcatenated Devices:\n    Size: 4 blocks\n"
        "        Device     Start Block  Dbase        State Reloc  Hot Spare\n        c2t3d0s1        330     No            Okay   Yes\n"
    )
    (raid,) = svm.parse_status(text)
    assert raid.size_blocks == 10080
    assert [one["device"] for one in raid.slices] == ["c0t0d0s1", "c2t3d0s1"]
