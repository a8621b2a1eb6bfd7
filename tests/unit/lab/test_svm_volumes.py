# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stripes, mirrors, soft partitions: sizes, reports, failures and repairs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.commands.svm import extents

from .svm_world import SLICE, with_files, with_mirror, with_set
from .zone_world import LUNS, World, disk

ONE = 20935680  # blocks of slice 0 of a 10 Gbyte LUN


def said(command: str, text: str) -> str:
    return f"{command}: nodea: {text}\n\n"


def test_stripes_and_concatenations() -> None:
    world = with_set()
    assert world.ok(f"metainit -s S d1 1 2 {SLICE[0]} {SLICE[1]} -i 64k") == "S/d1: Concat/Stripe is setup\n"
    assert world.ok("metastat -s S -p d1") == f"S/d1 1 2 /dev/rdsk/{SLICE[0]} /dev/rdsk/{SLICE[1]} -i 128b\n"
    assert world.ok("metastat -s S -c") == f"{'S/d1':<16} s {'19GB':>6} {SLICE[0]} {SLICE[1]}\n"
    assert f"    Size: {2 * ONE} blocks (19 GB)\n    Stripe 0: (interlace: 128 blocks)\n" in world.ok("metastat -s S d1")
    assert world.ok(f"metattach -s S d1 {SLICE[2]}") == "S/d1: component is attached\n"
    assert f"    Size: {3 * ONE} blocks (29 GB)\n" in world.ok("metastat -s S d1")
    assert world.ok("metaclear -s S d1") == "S/d1: Concat/Stripe is cleared\n"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (f"metainit -s S d11 1 1 {SLICE[2]}", "S/d11: unit already set up"),
        (f"metainit -s S d1 1 1 {SLICE[0]}", f"{SLICE[0]}: has appeared more than once in the specification of S/d11"),
        (f"metainit -s S d1 1 1 {disk(2)}s7", f"{disk(2)}s7: replica slice is not usable as a metadevice component"),
        (f"metainit -s S d1 1 1 {SLICE[3]}", f"{SLICE[3]}: device not in set"),
        (f"metainit d1 1 1 {SLICE[2]}", f"{SLICE[2]}: device in shared set"),
        (f"metainit -s S d1 1 1 {disk(2)}s3", f"{disk(2)}s3: No space left on device"),
        (f"metainit -s S d1 1 2 {SLICE[2]}", "S/d1: not enough components specified"),
        (f"metainit -s S d1 1 1 {SLICE[2]} -i 4k", "S/d1: invalid interlace"),
        ("metainit -s S d1 -m d99", "d99: unit not found"),
        ("metainit -s S d1 -m d11", "S/d11: invalid unit"),
        ("metainit -s S d1 -m", "S/d1: not enough submirrors specified"),
        ("metainit -s S d21 -p d10 100g", "S/d21: not enough space available for request"),
        ("metainit -s S d21 -p d10 5", 'S/d10: "5": syntax error'),
        ("metainit -s S d21 -p d11 1g", "S/d11: invalid unit"),
        ("metattach -s S d20 100g", "S/d20: not enough space available for request"),
        ("metattach -s S d99 1g", "d99: unit not found"),
        ("metadetach -s S d10 d99", "d99: unit not found"),
        ("metaclear -s S d10", "S/d10: metadevice in use"),
        ("metaclear -s S d11", "S/d11: metadevice in use"),
        ("metastat -s S d99", "d99: unit not found"),
    ],
)
def test_what_is_refused(line: str, text: str) -> None:
    assert with_mirror().fails(line) == said(line.split()[0], text)


def test_a_submirror_must_be_big_enough() -> None:
    world = with_set()
    world.ok(f"metainit -s S d11 2 1 {SLICE[0]} 1 {SLICE[1]}")
    world.ok("metainit -s S d10 -m d11")
    world.ok(f"metainit -s S d12 1 1 {SLICE[2]}")
    assert world.fails("metattach -s S d10 d12") == said("metattach", "S/d12: submirror too small to attach")


def test_two_submirrors_at_once_are_warned_of() -> None:
    world = with_set()
    for number in (1, 2):
        world.ok(f"metainit -s S d1{number} 1 1 {SLICE[number]}")
    rc, out, err = world.run("metainit -s S d10 -m d11 d12 -g 2")
    assert (rc, out) == (0, "S/d10: Mirror is setup\n")
    assert err.startswith("metainit: S/d10: WARNING: This form of metainit is not recommended.\n")
    assert "    Pass: 2\n    Read option: geometric (-g)\n" in world.ok("metastat -s S d10")


def test_a_resync_goes_on_and_ends() -> None:
    world = with_set()
    for number in (1, 2):
        world.ok(f"metainit -s S d1{number} 1 1 {SLICE[number]}")
    world.ok("metainit -s S d10 -m d11")
    assert world.ok("metattach -s S d10 d12") == "S/d10: submirror S/d12 is attached\n"
    world.now += 20
    shown = world.ok("metastat -s S d10")
    assert "    Submirror 1: S/d12\n      State: Resyncing    \n    Resync in progress: " in shown
    assert world.fails("metadetach -s S d10 d12") == said("metadetach", "S/d10: resync in progress")
    assert "(resync-" in world.ok("metastat -s S -c")
    world.now += 100
    assert "resync" not in world.ok("metastat -s S -c")
    assert world.ok("metadetach -s S d10 d12") == "S/d10: submirror S/d12 is detached\n"
    assert world.fails("metadetach -s S d10 d11") == said("metadetach", "S/d10: attempt to detach last running submirror")


def test_a_lost_lun_is_noticed_by_what_is_used_and_repaired_by_hand() -> None:
    world = with_files()
    world.centre.luns[LUNS[1]].gone = True
    shown = world.ok("metastat -s S d10")
    assert "    Submirror 0: S/d11\n      State: Okay         \n    Submirror 1: S/d12\n      State: Needs maintenance \n" in shown
    assert f"    State: Needs maintenance \n    Invoke: metareplace S/d10 {SLICE[1]} <new device>\n" in shown
    assert f"\t{SLICE[1]}          0     No     Maintenance   Yes \n" in shown
    world.centre.luns[LUNS[1]].gone = False
    assert "Needs maintenance" in world.ok("metastat -s S d10")  # it does not heal by itself
    assert world.ok(f"metareplace -s S -e d10 {SLICE[1]}") == f"S/d10: device {SLICE[1]} is enabled\n"
    world.now += 1000
    assert "Needs maintenance" not in world.ok("metastat -s S d10")


def test_the_last_submirror_is_not_given_up() -> None:
    world = with_files()
    for guid in LUNS[:2]:
        world.centre.luns[guid].gone = True
        world.ok("metastat -s S d10")
    shown = world.ok("metastat -s S d10")
    assert "Maintenance" in shown
    assert "Last Erred" in shown
    assert 'after replacing "Maintenance" components:' in shown
    for guid in LUNS[:2]:
        world.centre.luns[guid].gone = False
    refused = "S/d10: attempt to replace a component on the last running submirror"
    assert world.fails(f"metareplace -s S -e d10 {SLICE[1]}") == said("metareplace", refused)
    for number in (0, 1):
        world.ok(f"metareplace -s S -e d10 {SLICE[number]}")
        world.now += 1000
    assert "maint" not in world.ok("metastat -s S -c")


def test_an_unused_mirror_notices_nothing() -> None:
    world = with_mirror()
    world.centre.luns[LUNS[1]].gone = True
    assert "Needs maintenance" not in world.ok("metastat -s S d10")
    assert world.run("newfs /dev/md/S/rdsk/d20")[0] == 0
    assert "Needs maintenance" in world.ok("metastat -s S d10")


def test_replacing_by_another_slice() -> None:
    world = with_files()
    world.centre.luns[LUNS[0]].gone = True
    world.ok("metastat -s S d10")
    text = f"S/d10: device {SLICE[0]} is replaced with {SLICE[2]}\n"
    assert world.ok(f"metareplace -s S d10 {SLICE[0]} {SLICE[2]}") == text
    world.now += 1000
    assert f"s  10.0GB {SLICE[2]}".split() == world.ok("metastat -s S -c").splitlines()[2].split()[1:]


def test_what_is_mounted_is_not_cleared() -> None:
    world = with_files()
    assert world.fails("metaclear -s S d20") == said("metaclear", "S/d20: metadevice is open")
    world.ok("umount /data")
    assert world.ok("metaclear -s S -r d20") == (
        "S/d20: Soft Partition is cleared\nS/d10: Mirror is cleared\nS/d11: Concat/Stripe is cleared\nS/d12: Concat/Stripe is cleared\n"
    )


def test_a_soft_partition_and_the_report_of_one() -> None:
    world = with_mirror()
    assert world.ok("metainit -s S d21 -p d10 1g") == "d21: Soft Partition is setup\n"
    assert world.ok("metattach -s S d20 1g") == "S/d20: Soft Partition has been grown\n"
    shown = world.ok("metastat -s S -q d20")
    assert shown.startswith("S/d20: Soft Partition\n    Device: S/d10\n    State: Okay\n    Size: 6291456 blocks (3.0 GB)\n\tExtent ")
    assert f"\t     0 {32:24} {4194304:24}\n\t     1 " in shown
    listed = world.ok("metastat -s S -c").splitlines()
    assert [line.split()[0] for line in listed] == ["S/d20", "S/d21", "S/d10", "S/d11", "S/d12"]


def test_volumes_of_the_machine_itself() -> None:
    world = World(release="s10")
    world.ok(f"metadb -a -f {disk(3)}s0")
    assert world.ok(f"metainit d0 1 1 {disk(0)}s6") == "d0: Concat/Stripe is setup\n"
    assert world.ok("metastat -p") == f"d0 1 1 /dev/rdsk/{disk(0)}s6\n"
    assert f"metainit: nodea: {disk(0)}s2: overlaps with device in d0" in world.fails(f"metainit d1 1 1 {disk(0)}s2")
    assert world.run("newfs /dev/md/rdsk/d0")[0] == 0


@given(st.lists(st.integers(1, 400), max_size=8), st.integers(0, 64), st.sampled_from([0, 8, 32]))
def test_soft_partitions_never_overlap_and_leave_room_for_headers(sizes: list[int], begin: int, step: int) -> None:
    length, used = 2000, list[list[int]]()
    for wanted in sizes:
        found = extents.allocate(used, begin, length, wanted, step)
        if found is None:
            assert sum(blocks for _, blocks in extents.gaps(used, begin, length)) < wanted + 8 * (step + 2) + step
            continue
        assert sum(blocks for _, blocks in found) == wanted
        assert all(not step or first % step == 0 for first, _ in found)
        used += found
    places = sorted(used)
    assert all(first - 1 >= begin and first + blocks <= length - 1 for first, blocks in places)
    assert all(one[0] + one[1] < two[0] for one, two in pairwise(places))
