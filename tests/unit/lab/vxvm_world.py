# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Solaris 10 nodes with VxVM that share four LUNs; the second one has more disks of its own, so its device names differ."""

from __future__ import annotations

from tests.lab.commands.ufs import fsck, mount, newfs
from tests.lab.commands.vxvm import assist, blocks, disks, kind, licence, printing, setup, vxdg
from tests.lab.diskgroups import VxHost
from tests.lab.truth import LocalDisk

from .zone_world import GIB, World

FAMILIES = (fsck, mount, newfs, assist, blocks, disks, kind, licence, printing, setup, vxdg)


def veritas(version: str = "6.0", licensed: bool = True) -> World:
    world = World("s10")
    for machine in world.centre.machines.values():
        machine.vxvm = VxHost(version, licensed)
    world.centre.machines["nodeb"].disks.append(LocalDisk("c1t1d0", 300 * GIB))
    return world


def group(world: World, name: str = "datadg", disks: int = 2, on: str = "nodea") -> None:
    """A disk group of the first LUNs: d01, d02, ..."""
    first = len(world.centre.machines[on].disks)
    for number in range(disks):
        world.ok(f"vxdisksetup -i disk_{first + number}", on)
    world.ok(f"vxdg init {name} " + " ".join(f"d{number + 1:02}=disk_{first + number}" for number in range(disks)), on)
