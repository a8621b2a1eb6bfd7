# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Solaris Volume Manager, its UFS mounts and its labels held against recorded output, in the states of the samples."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.lab.svm_world import two_nodes, with_files
from tests.unit.lab.zone_world import LUNS, World, disk

from .lab_shapes import Lines, masked
from .samples import corpus


def sample(name: str) -> Lines:
    root: Path | None = corpus()
    if root is None or not (root / "solaris").is_dir():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    found = next((root / "solaris").glob(f"{name}-*.txt"))
    return [line for line in found.read_text().splitlines() if line.strip()]


def mirrors() -> World:
    """Mirrors of the machine itself, as the samples have them: d10 in order."""
    world = two_nodes()
    for number in range(2):
        world.ok(f"metainit d1{number + 1} 1 1 {disk(number)}s6")
    world.ok("metainit d10 -m d11")
    world.ok("metattach d10 d12")
    world.now += 1000
    return world


def broken() -> World:
    world = mirrors()
    world.run("newfs /dev/md/rdsk/d10")
    world.ok("mount -F ufs /dev/md/dsk/d10 /data")
    world.centre.luns[LUNS[1]].gone = True
    return world


def resyncing() -> World:
    world = mirrors()
    world.ok("metadetach d10 d12")
    world.ok("metattach d10 d12")
    world.now += 20
    return world


def replicas() -> World:
    world = World(release="s10")
    world.ok(f"metadb -a -f -c 3 {disk(0)}s0")
    return world


def one_host(drives: bool) -> Callable[[], World]:
    def make() -> World:
        world = two_nodes()
        world.ok("metaset -s S -a -h nodea")
        if drives:
            world.ok(f"metaset -s S -a {disk(0)}")
        return world

    return make


def covered(line: str) -> str:
    """A line with names and numbers covered, without its indentation, which two of the samples lost."""
    text = re.sub(r"\d+(\.\d)? GB", "9 GB", line)
    text = re.sub(r"^(Set name = )\S+,", r"\1W1,", text).replace("nodea", "node1")
    return masked(text).strip()


def printed(world: World, line: str) -> Lines:
    """Without the words in angle brackets, which the samples lost on their way through a web page."""
    return [each.replace(" <new device>", "") for each in world.ok(line).splitlines() if each.strip()]


@pytest.mark.parametrize(
    ("make", "line", "name"),
    [
        (replicas, "metadb -i", "163"),
        (one_host(False), "metaset -s S", "165"),
        (one_host(True), "metaset -s S", "166"),
        (broken, "metastat -q d10", "171"),
        (two_nodes, f"prtvtoc /dev/rdsk/{disk(0)}s0", "273"),
    ],
)
def test_every_line_is_like_one_of_the_sample(make: Callable[[], World], line: str, name: str) -> None:
    known = {covered(each) for each in sample(name)}
    mine = printed(make(), line)
    assert mine
    assert [each for each in mine if covered(each) not in known] == []


@pytest.mark.parametrize(("make", "line", "name"), [(replicas, "metadb -i", "163"), (broken, "metastat -q d10", "171")])
def test_no_line_of_the_sample_is_missing(make: Callable[[], World], line: str, name: str) -> None:
    assert {covered(each) for each in sample(name)} <= {covered(each) for each in printed(make(), line)}


def test_a_mirror_that_is_resynced() -> None:
    """The sample ends after the mirror itself."""
    mine, real = printed(resyncing(), "metastat -q d10"), sample("173")
    assert [covered(each) for each in mine[: len(real)]] == [covered(each) for each in real]


def test_the_short_form() -> None:
    entry = re.compile(r"( *)(\S+)( +)([msrp]) +(\d+(?:\.\d)?[KMGT]B)((?: +\S+(?: \((?:resync-\d+%|maint|initializing)\)(?:\.\.\.)?)?)+)$")
    for world in (mirrors(), resyncing(), broken()):
        for line in printed(world, "metastat -c"):
            found = entry.match(line)
            assert found, line
            assert len(found[1]) in (0, 4)
            assert line.index(f" {found[4]} ") == 16
    for line in sample("170"):
        found = entry.match(line)
        assert found, line
        assert line.index(f" {found[4]} ") == 16


def test_a_mounted_ufs() -> None:
    form = re.compile(r"(/\S*) on (/dev/\S+) (read/write/setuid/devices/\S+)/dev=[0-9a-f]+ on \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$")
    mine = next(found for line in with_files().ok("mount").splitlines() if (found := form.match(line)))
    real = [found for line in sample("177") if (found := form.match(line)) and found[2] != found[1]]
    assert real
    assert {found[3] for found in real} == {mine[3]}


def test_the_columns_of_metaset() -> None:
    for lines in (printed(one_host(True)(), "metaset -s S"), sample("166")):
        assert lines[2].index("Yes") - lines[1].index("Owner") == 1
        assert lines[3].index("Dbase") == lines[4].index("Yes")
