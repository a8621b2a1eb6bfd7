# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets between two nodes: who may take them, what a drive gets, what the commands say."""

from __future__ import annotations

import asyncio

import pytest

from tests.lab import judge
from tests.lab.call import COMMANDS
from tests.lab.truth import LocalDisk, Lun, Replica, SharedPool

from .svm_world import SLICE, two_nodes, with_files, with_mirror, with_set
from .zone_world import GIB, LUNS, World, disk


def said(command: str, text: str, node: str = "nodea") -> str:
    return f"{command}: {node}: {text}\n\n"


def test_a_set_as_recorded() -> None:
    world = two_nodes()
    assert world.ok("metaset") == ""
    world.ok("metaset -s S -a -h nodea nodeb")
    assert world.ok("metaset -s S") == (
        "\nSet name = S, Set number = 1\n\nHost                Owner\n  nodea              \n  nodeb              \n"
    )
    world.ok(f"metaset -s S -a {disk(0)}")
    assert world.ok("metaset -s S").endswith(
        f"Host                Owner\n  nodea              Yes\n  nodeb              \n\n{'Drive':<39} Dbase\n\n{disk(0):<39} Yes  \n"
    )
    assert "Yes\n" not in world.ok("metaset -s S", "nodeb").split("Drive")[0]  # ownership shows on the owner only


def test_adding_a_drive_repartitions_it_once() -> None:
    world = with_set(1)
    label = world.ok(f"prtvtoc -h /dev/rdsk/{disk(0)}s2")
    assert label.split() == "0 4 00 15360 20935680 20951039 7 4 01 0 15360 15359".split()
    world.ok(f"metaset -s S -d -f {disk(0)}")
    call, _ = world.call(f"fmthard -s - /dev/rdsk/{disk(0)}s2")
    call.stdin = b"0 4 00 15360 7680000\n3 4 00 7695360 7680\n7 4 01 0 15360\n"
    assert asyncio.run(COMMANDS["fmthard"](call)) == 0
    world.ok(f"metaset -s S -a {disk(0)}")
    assert [line.split()[0] for line in world.ok(f"prtvtoc -h /dev/rdsk/{disk(0)}s2").splitlines()] == ["0", "3", "7"]  # it fitted


def test_only_listed_hosts_know_a_set() -> None:
    world = two_nodes()
    world.ok("metaset -s S -a -h nodea")
    world.ok(f"metaset -s S -a {disk(0)}")
    assert world.fails("metaset -s S -t -f", "nodeb") == said("metaset", 'setname "S": no such set', "nodeb")
    world.centre.luns[LUNS[0]].visible_to = ["nodea"]
    text = f"S: drive {disk(0)} is not common with host nodeb"
    assert world.fails("metaset -s S -a -h nodeb") == said("metaset", text)
    world.centre.luns[LUNS[0]].visible_to = ["nodea", "nodeb"]
    world.ok("metaset -s S -a -h nodeb")
    assert world.fails("metaset -s S -a -h nodeb") == said("metaset", "S: host nodeb is already in the set")
    world.ok("metaset -s S -r")
    world.ok("metaset -s S -t", "nodeb")


def test_taking_a_set_that_another_node_has() -> None:
    world = with_set()
    refused = "S: only the current owner nodea may operate on this set"
    assert world.fails("metaset -s S -t", "nodeb") == said("metaset", refused, "nodeb")
    world.ok("metaset -s S -r")
    assert world.fails("metastat -s S") == said("metastat", "S: must be owner of the set for this command")
    world.ok("metaset -s S -t", "nodeb")
    world.ok("metaset -s S -o", "nodeb")
    assert world.fails("metaset -s S -o") == said("metaset", "S: must be owner of the set for this command")
    assert list(judge.findings(world.centre)) == []


def test_a_forced_take_makes_the_owner_panic() -> None:
    world = with_files()
    world.ok("metaset -s S -t -f", "nodeb")
    assert not world.centre.machines["nodea"].running
    assert world.centre.machines["nodeb"].disksets == list(world.centre.disksets)[-1:]
    assert list(judge.findings(world.centre)) == []


def test_a_safe_take_needs_every_other_host() -> None:
    world = with_set()
    world.centre.machines["nodea"].running = False
    world.centre.machines["nodea"].disksets.clear()
    text = "metad client create: RPC: Rpcbind failure"
    assert world.fails("metaset -s S -t", "nodeb") == said("metaset", text, "nodea")
    world.ok("metaset -s S -t -f", "nodeb")


def test_the_judge_sees_a_set_with_two_owners() -> None:
    world = with_files()
    there = world.centre.machines["nodeb"]
    there.disksets = list(world.centre.machines["nodea"].disksets)
    there.mounts = list(world.centre.machines["nodea"].mounts)
    assert sorted(kind for kind, _ in judge.findings(world.centre)) == ["double_mount", "double_take"]
    world.centre.machines["nodea"].powered = False
    assert list(judge.findings(world.centre)) == []


def test_a_set_in_use_is_not_released() -> None:
    world = with_files()
    assert world.fails("metaset -s S -r") == said("metaset", "Device busy")
    world.ok("umount /data")
    world.ok("metaset -s S -r")
    assert world.centre.machines["nodea"].disksets == []


def test_half_of_the_replicas_are_too_few() -> None:
    world = with_set(2)
    world.ok("metaset -s S -r")
    world.centre.luns[LUNS[1]].gone = True
    assert world.fails("metaset -s S -t", rc=66) == said("metaset", "S: stale databases")
    assert world.ok("metastat -s S").startswith("****\nWARNING: Stale state database replicas.")
    assert "stale" in world.fails(f"metainit -s S d1 1 1 {SLICE[0]}", rc=125)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("metaset -s T -a -h nodeb", "T: nodename of host nodea creating the set must be included"),
        ("metaset -s S -a -h nodea", "S: host nodea is already in the set"),
        ("metaset -s T*x -a -h nodea", "T*x: set name contains invalid characters"),
        (f"metaset -s S -a {disk(0)}", f"S: drive {disk(0)} is in set S"),
        ("metaset -s S -a c9t9d9", "c9t9d9: No such file or directory"),
        (f"metaset -s S -a {disk(3)}s0", f"{disk(3)}s0: not a valid drive name"),
        (f"metaset -s S -d {disk(3)}", f"S: drive {disk(3)} is not in set"),
        (f"metaset -s S -d {disk(0)}", f"S: drive {disk(0)} is in use"),
        (f"metaset -s S -d {disk(2)} {disk(2)}", f"S: drive {disk(2)} is specified more than once"),
        ("metaset -s S -d -h nodea nodeb", "S: unable to delete set, it still has drives"),
        ("metaset -s S -d -h nodea", "S: administrator host nodea can't be deleted, other hosts still in set\nUse -f to override"),
        ("metaset -s S -d -h nodec", "S: host nodec is not in the set"),
    ],
)
def test_what_metaset_refuses(line: str, text: str) -> None:
    assert with_mirror().fails(line) == said("metaset", text)


def test_hosts_that_cannot_be_asked() -> None:
    world = two_nodes()
    assert world.fails("metaset -s S -a -h nodea nodex") == said("metaset", "metad client create: RPC: Unknown host", "nodex")
    world.centre.machines["nodeb"].release = "s11.3"
    assert world.fails("metaset -s S -a -h nodea nodeb") == said("metaset", "metad client create: RPC: Program not registered", "nodeb")


def test_a_host_that_is_gone_is_removed_by_force_only() -> None:
    world = with_set()
    world.centre.machines["nodeb"].powered = False
    assert "RPC" in world.fails("metaset -s S -d -h nodeb")
    world.ok("metaset -s S -d -f -h nodeb")
    assert "nodeb" not in world.ok("metaset -s S")
    world.centre.machines["nodeb"].powered = True
    text = 'S: set "S" is out of date - cleaning up - take failed'
    assert world.fails("metaset -s S -t -f", "nodeb") == said("metaset", text, "nodeb")
    assert world.ok("metaset", "nodeb") == ""
    assert world.centre.machines["nodea"].disksets


def test_without_state_databases_there_is_nothing() -> None:
    world = World(release="s10")
    for line in ("metaset -s S -a -h nodea", "metastat", "metadb", f"metadb -a -c 3 {disk(0)}s0"):
        command = line.split()[0]
        assert world.fails(line) == said(command, "there are no existing databases")
    world.ok(f"metadb -a -f -c 2 {disk(0)}s0")
    assert world.ok("metadb").splitlines()[1:] == [f"     a        u     \t{first}\t\t8192\t\t/dev/dsk/{disk(0)}s0" for first in (16, 8208)]
    assert world.fails(f"metadb -d {disk(0)}s0") == said("metadb", "must have at least 1 database (-f overrides)")


def test_three_sets_unless_md_conf_says_more() -> None:
    world = two_nodes()
    for name in "ABC":
        world.ok(f"metaset -s {name} -a -h nodea")
    assert world.fails("metaset -s D -a -h nodea") == said("metaset", "D: no available set numbers")


def test_what_others_have_is_not_taken() -> None:
    world = with_set(1)
    guid = LUNS[1]
    world.centre.luns[guid].pool = "42"
    world.centre.pools["42"] = SharedPool("42", "data", [["disk", [guid]]], 32)
    assert "ZFS" in world.fails(f"metaset -s S -a {disk(1)}", rc=125)
    assert f"/dev/dsk/{disk(0)}s0 is part of SVM volume diskset:S." in world.fails(f"zpool create -f tank {disk(0)}")
    world.centre.luns["60060E80AA"] = Lun("60060E80AA", GIB, ["nodea"])
    world.centre.machines["nodea"].disks.append(LocalDisk("c2t0d0", 10 * GIB))
    assert "is not common with host nodeb" in world.fails("metaset -s S -a c2t0d0")


def test_others_may_not() -> None:
    world = with_set()
    denied = "Permission denied.  You must have root privilege to execute this command."
    assert world.fails("metaset -s S -r", user="operator") == said("metaset", denied)
    assert "within non-global zones" in world.fails("metastat", zone="web")
    assert world.run("metaset", "nodea")[0] == 0
    eleven = World(release="s11.3")
    assert eleven.fails("metaset", rc=127) == "sh: metaset: not found\n"


def test_auto_take_is_for_one_host() -> None:
    world = two_nodes()
    world.ok("metaset -s S -A enable -a -h nodea")
    world.ok(f"metaset -s S -a {disk(0)}")
    assert "Yes (auto)" in world.ok("metaset -s S")
    assert world.fails("metaset -s S -r") == "metaset: cannot release auto-take diskset\n"
    assert "auto-take; cannot accept" in world.fails("metaset -s S -a -h nodeb")


def test_replicas_are_a_slice_s_own() -> None:
    world = two_nodes()
    world.centre.disksets["local:nodea"].replicas.append(Replica(f"{LUNS[0]}s0", 16, 8192))
    assert f"drive {disk(0)} is in use" in (world.ok("metaset -s S -a -h nodea") or world.fails(f"metaset -s S -a {disk(0)}"))
    assert world.fails(f"metainit d1 1 1 {disk(0)}s0") == said("metainit", f"{disk(0)}s0: has a metadevice database replica")
