# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot environments of Live Upgrade (Solaris 10 on a ZFS root): which one boots, and what changes with it.

The running one's software is the machine's own. The others' is in ``Machine.environments``, their files in ``/.lab/environments/NAME`` of
the machine's tree: all top-level folders but those that boot environments share (``SHARED``). luactivate only chooses; the pool's bootfs is
set by the shutdown scripts, so init and shutdown lead into the chosen one, while reboot, halt and uadmin boot the old one again
(luactivate(1M), recorded session).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import filesystem
from .truth import BootEnvironment, DataCentre, Machine, SharedPool

SHARED = ("bin", "sbin", "usr", "dev", "devices", "proc", "system", "tmp", "mnt", "export", "home")
SOFTWARE = ("kernel", "packages", "architectures", "patches", "patching")


def root_pool(centre: DataCentre, machine: Machine) -> SharedPool | None:
    """The pool that the machine boots from."""
    if machine.release != "s10":
        return None
    pools = [centre.pools[guid] for guid in machine.imported if guid in centre.pools]
    return next((pool for pool in pools if "/ROOT/" in pool.properties.get("bootfs", "")), None)


def running(centre: DataCentre, machine: Machine) -> str:
    """The name of the present one; empty where there is none."""
    pool = root_pool(centre, machine)
    return machine.environment or (pool.properties["bootfs"].rpartition("/")[2] if pool else "")


def dataset(pool: SharedPool, name: str) -> str:
    return f"{pool.name}/ROOT/{name}"


def begin(centre: DataCentre, machine: Machine) -> None:
    """Live Upgrade is used: the present one gets its record."""
    name = running(centre, machine)
    pool = root_pool(centre, machine)
    if pool is not None and name not in machine.environments:
        kept = pool.datasets.get(dataset(pool, name))
        machine.environments[name] = BootEnvironment(name, dataset(pool, name), kept.created if kept else 0)
        machine.environment = machine.activated = name


def shut_down(centre: DataCentre, machine: Machine) -> None:
    """What the shutdown scripts of init and shutdown do: they make the chosen one the one that boots."""
    pool = root_pool(centre, machine)
    if pool is not None and machine.activated in machine.environments:
        pool.properties["bootfs"] = dataset(pool, machine.activated)


def to_boot(centre: DataCentre, machine: Machine, chosen: str = "") -> str:
    """``chosen``: by a person at the firmware's prompt (boot -Z)."""
    pool = root_pool(centre, machine)
    if pool is None or not machine.environments:
        return ""
    return chosen or pool.properties["bootfs"].rpartition("/")[2]


def boot(centre: DataCentre, machine: Machine, chosen: str = "") -> None:
    """The machine's kernel comes up with the boot environment that is due. One that a person chose is the active one from then on
    (recorded: luactivate names it)."""
    name, old = to_boot(centre, machine, chosen), machine.environment
    if not name or name == old or name not in machine.environments:
        return
    for software in SOFTWARE:
        setattr(machine.environments[old], software, getattr(machine, software))
        setattr(machine, software, getattr(machine.environments[name], software))
    was = machine.environments[name]
    machine.environments[name] = BootEnvironment(name, was.dataset, was.created, was.complete)  # its software is the machine's now
    machine.environment = machine.activated = name
    swap_files(machine, old, name)


# --- files --------------------------------------------------------------------------------------------------------
def folder(machine: Machine, name: str) -> Path:
    return filesystem.root(machine) / ".lab/environments" / name


def entries(machine: Machine) -> list[Path]:
    """What at the top of the tree belongs to the running one."""
    return [
        entry
        for entry in sorted(filesystem.root(machine).iterdir())
        if entry.name not in SHARED and not entry.name.startswith((".lab", ".alt.", "lib")) and not entry.is_symlink()
    ]


def copy_files(machine: Machine, name: str) -> None:
    """lucreate: the new one's files are the present one's; file systems of other pools are left out."""
    if not filesystem.configured():
        return
    place = folder(machine, name)
    place.mkdir(parents=True)

    def others(where: str, names: list[str]) -> list[str]:
        return [one for one in names if foreign(Path(where, one))]

    for entry in entries(machine):
        if entry.is_dir():
            shutil.copytree(entry, place / entry.name, symlinks=True, ignore=others)
        elif entry.is_file():
            shutil.copy2(entry, place / entry.name)


def foreign(path: Path) -> bool:
    """A mounted file system of a pool, or something that cannot be copied."""
    if path.is_symlink():
        return "/pools/" in os.readlink(path)
    return not path.is_dir() and not path.is_file()


def forget_files(machine: Machine, name: str) -> None:
    if filesystem.configured():
        shutil.rmtree(folder(machine, name), ignore_errors=True)


def mount(machine: Machine, name: str, point: str) -> None:
    machine.environments[name].mounted = point
    if filesystem.configured():
        place = filesystem.root(machine) / point.lstrip("/")
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        place.symlink_to(f".lab/environments/{name}")


def unmount(machine: Machine, name: str) -> None:
    point, machine.environments[name].mounted = machine.environments[name].mounted, ""
    if filesystem.configured() and point:
        (filesystem.root(machine) / point.lstrip("/")).unlink(missing_ok=True)


def swap_files(machine: Machine, old: str, new: str) -> None:
    if not filesystem.configured():
        return
    folder(machine, old).mkdir(parents=True, exist_ok=True)
    for entry in entries(machine):
        entry.rename(folder(machine, old) / entry.name)
    for entry in folder(machine, new).iterdir():
        entry.rename(filesystem.root(machine) / entry.name)
    folder(machine, new).rmdir()
