# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Solaris 10 nodes with state databases, a disk set between them."""

from __future__ import annotations

from tests.lab.commands.hardware import filesystems
from tests.lab.commands.svm import attach, clear, metadb, metainit, metaset, metastat, repair, sets, slices, vtoc
from tests.lab.commands.ufs import boot, fsck, fuser, grow, mount, newfs
from tests.lab.truth import Replica

from .zone_world import World, disk

FAMILIES = (filesystems, attach, clear, metadb, metainit, metaset, metastat, repair, slices, vtoc, boot, fsck, fuser, grow, mount, newfs)
SLICE = [f"{disk(number)}s0" for number in range(4)]


def two_nodes() -> World:
    world = World(release="s10")
    for name in ("nodea", "nodeb"):
        sets.local(world.centre, world.centre.machines[name]).replicas.append(Replica(f"{name}:c1t0d0s7", 16, 8192))
    return world


def with_set(drives: int = 3) -> World:
    """The set ``S`` on the first LUNs, taken by nodea."""
    world = two_nodes()
    world.ok("metaset -s S -a -h nodea nodeb")
    world.ok(f"metaset -s S -a {' '.join(disk(number) for number in range(drives))}")
    return world


def with_mirror() -> World:
    """S/d10 of two LUNs, in order; S/d20 of 2 Gbytes on it."""
    world = with_set()
    for line in (
        f"metainit -s S d11 1 1 {SLICE[0]}",
        f"metainit -s S d12 1 1 {SLICE[1]}",
        "metainit -s S d10 -m d11",
        "metattach -s S d10 d12",
        "metainit -s S d20 -p d10 2g",
    ):
        world.ok(line)
    world.now += 1000
    return world


def with_files() -> World:
    """S/d20 with a file system, mounted at /data."""
    world = with_mirror()
    assert world.run("newfs /dev/md/S/rdsk/d20")[0] == 0
    world.ok("mount -F ufs /dev/md/S/dsk/d20 /data")
    return world
