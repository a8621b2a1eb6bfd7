# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets: md.tab lines written and read again, who owns a set, what metaimport reports, whole sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svm_sets
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, InvalidDefinition, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.volumes import Metadevice

D1, D2 = "c0t60060E8007C3F2000030C3F200000101d0", "c0t60060E8007C3F2000030C3F200000102d0"
SHAPE = f"""\
pay1/d0 -m /dev/md/pay1/rdsk/d1 /dev/md/pay1/rdsk/d2 1
pay1/d1 1 1 /dev/rdsk/{D1}s0
pay1/d2 1 1 /dev/rdsk/{D2}s0
pay1/d10 -p /dev/md/pay1/rdsk/d0 -o 32 -b 2048  -o 4096 -b 1024
"""
STATUS = f"""\
pay1/d0: Mirror
    Submirror 0: pay1/d1
      State: Okay
    Submirror 1: pay1/d2
      State: Needs maintenance
    Pass: 1
    Read option: roundrobin (default)
    Write option: parallel (default)
    Size: 41889792 blocks (19 GB)

pay1/d1: Submirror of pay1/d0
    State: Okay
    Size: 41889792 blocks (19 GB)
    Stripe 0:
        Device                                             Start Block  Dbase        State Reloc Hot Spare
        {D1}s0          0     No            Okay   Yes

pay1/d2: Submirror of pay1/d0
    State: Needs maintenance
    Invoke: metareplace pay1/d0 {D2}s0 <new device>
    Size: 41889792 blocks (19 GB)
    Stripe 0:
        Device                                             Start Block  Dbase        State Reloc Hot Spare
        {D2}s0          0     No     Maintenance   Yes

pay1/d10: Soft Partition
    Device: pay1/d0
    State: Okay
    Size: 3072 blocks (1.5 MB)
        Extent              Start Block              Block count
             0                       32                     2048
             1                     4096                     1024

Device Relocation Information:
Device                                   Reloc  Device ID
"""


def test_a_whole_set() -> None:
    found = svm_sets.parse_devices(STATUS, SHAPE)
    assert found["d0"] == Metadevice("d0", "mirror", ("d1", "d2"), 41889792 * 512, "Needs maintenance")
    assert found["d1"] == Metadevice("d1", "stripe", (D1,), 41889792 * 512, "Okay")
    assert found["d2"].state == "Needs maintenance"
    assert found["d10"] == Metadevice("d10", "soft", ("d0",), 3072 * 512, "Okay", ((32, 2048), (4096, 1024)))
    with pytest.raises(ParseError, match="'d10' is in metastat -p only"):
        svm_sets.parse_devices(STATUS.partition("pay1/d10")[0], SHAPE)


NAMES = st.integers(0, 127).map(lambda number: f"d{number}")
DRIVES = st.integers(0, 255).map(lambda number: f"c0t60060E8007C3F2000030C3F2000001{number:02X}d0")


@given(NAMES, st.lists(DRIVES, min_size=1, max_size=8, unique=True), st.booleans())
def test_a_stripe_is_read_as_it_was_made(name: str, drives: list[str], paths: bool) -> None:
    words = list(svm_sets.stripe("set1", name, drives).argv[3:])
    shown = [f"set1/{name}", *words[1:3], *(f"/dev/rdsk/{slice_}" if paths else slice_ for slice_ in map(str, words[3:]))]
    if len(drives) > 1:
        shown += ["-i", "32b"]
    assert svm_sets.parse_structure(" ".join(map(str, shown)) + "\n") == {name: ("stripe", tuple(drives), ())}


@given(st.integers(1, 1 << 50))
def test_sizes_are_whole_blocks_and_never_less(size: int) -> None:
    blocks = str(svm_sets.soft_partition("s", "d10", "d0", size).argv[-1])
    assert blocks.endswith("b")
    assert 0 <= int(blocks[:-1]) * 512 - size < 512
    assert svm_sets.grow("s", "d10", size).argv[-1] == blocks


def test_concatenations_other_kinds_and_garbage() -> None:
    text = f"s/d3 2 1 {D1}s0 \\\n\t1 {D2}s0 -h hsp001\ns/d4 -r {D1}s1 {D2}s1 -k\nhsp001 {D1}s3\n"
    found = svm_sets.parse_structure(text)
    assert found["d3"] == ("concat", (D1, D2), ())
    assert found["d4"] == ("-r", (), ())
    for line in ("s/d1 2 1 c0t0d0s0", "s/d1", "s/d10 -p d0 -o 1", "s/d10 -p d0 -b 1 -o 2"):
        with pytest.raises(ParseError, match="metastat -p"):
            svm_sets.parse_structure(line + "\n")


def test_which_sets_there_are() -> None:
    head = "\nSet name = pay1, Set number = 1\n\nHost                Owner\n  t4c                Yes\n  t4d\n"
    text = f"{head}\nDrive   Dbase\n\n{D1}  Yes\n"
    sets, trouble = svm_sets.parse_sets(Output(0, text))
    assert (trouble, sets["pay1"].hosts, sets["pay1"].drives, sets["pay1"].owner) == ("", {"t4c": True, "t4d": False}, (D1,), "t4c")
    assert svm_sets.parse_sets(Output(0, "")) == ({}, "")
    assert svm_sets.parse_sets(Output(127, "", "metaset: not found\n"))[1] == "it has no metaset command"
    nothing = Output(1, "", "metaset: t4c: there are no existing databases\n")
    assert svm_sets.parse_sets(nothing) == ({}, "metaset says: there are no existing databases")
    with pytest.raises(CommandFailed, match="Which disk sets exist is not known"):
        svm_sets.parse_sets(Output(1, "", "metaset: t4c: permission denied\n"))


def test_who_owns_a_set() -> None:
    assert svm_sets.parse_owns(Output(0)) is True
    assert svm_sets.parse_owns(Output(1, "", "metaset: t4c: pay1: host t4d is not the owner\n")) is False
    assert svm_sets.parse_owns(Output(1, "", "metaset: t4c: t4d: RPC: Timed out\n")) is None, "no answer is no no"


def test_sets_of_nobody_here() -> None:
    regular = f"Regular diskset found containing disks :\n  {D1}\n  {D2} *\n* WARNING: This disk has been reused in another set.\n"
    assert svm_sets.parse_loose(Output(0, regular)) == {D1, D2}
    assert svm_sets.parse_loose(Output(0, "", "metaimport: no unconfigured sets detected\n")) == frozenset()
    assert svm_sets.parse_loose(Output(127, "", "metaimport: not found\n")) is None
    with pytest.raises(ParseError, match="names no drive"):
        svm_sets.parse_loose(Output(0, "something new\n"))


def test_nothing_but_drives_is_added() -> None:
    with pytest.raises(InvalidDefinition, match="is no drive"):
        svm_sets.add_drives("pay1", ["-f"])
