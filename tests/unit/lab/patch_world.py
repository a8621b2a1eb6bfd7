# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Solaris 10 machine with files and a patch depot in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.commands import patches, system
from tests.lab.commands.patches import depot, patchadd
from tests.lab.commands.zfs import files
from tests.lab.commands.zoneadm import identity
from tests.lab.patching import Depot, DepotPatch, PatchPackage
from tests.lab.truth import Zone

from .zone_world import World, world_with_files

FAMILIES = (patches, patchadd, system)
DEPOT = "/export/patches"
VERSION = "11.10.0,REV=2005.01.21.15.53"


def patch(name: str, packages: str = "SUNWcsr", **fields: object) -> DepotPatch:
    known = [PatchPackage(one) for one in packages.split()]
    return DepotPatch(name, known, **fields)  # type: ignore[arg-type]


def world_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *known: DepotPatch) -> World:
    world = world_with_files("s10", tmp_path, monkeypatch)
    world.centre.patch_depot = Depot(DEPOT, False, list(known))
    for machine in world.centre.machines.values():
        depot.provide(world.centre, machine)
    return world


def zone(world: World, name: str, running: bool = True) -> Zone:
    """A native zone, installed as the machine is now and booted once."""
    made = world.zone(name, f"/zones/{name}")
    world.ok(f"zoneadm -z {name} install")
    files.remove_file(world.centre.machines["nodea"], f"/zones/{name}/root/{identity.MARK}")
    if running:
        world.ok(f"zoneadm -z {name} boot")
    return made


def shown(world: World, name: str | None = None) -> list[str]:
    """The ids that showrev -p lists, in the global zone or in a zone."""
    rc, out, _ = world.run("showrev -p", zone=name)
    assert rc == 0
    return [line.split()[1] for line in out.splitlines() if line.startswith("Patch: ")]


def alarms(world: World) -> list[str]:
    return [alarm.kind for alarm in world.centre.alarms]
