# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patchadd and patchrm change: the running global zone, a boot environment that is mounted, or a zone's root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ... import filesystem
from ...call import Call
from ...patching import Patch, Patching
from ...truth import BootEnvironment, DataCentre, Machine, SharedPool, ZfsDataset, Zone
from ..options import Refused, Unknown
from ..system import svr4_database as database
from ..zfs import files, space
from .archive import Archive, Part

INTERRUPTED = "/var/sadm/.patchRec"  # patchadd's mark of a patch that is going in (published script)
UNLIMITED = 1 << 40  # kilobytes, where the root is no ZFS
SAVED = "/var/sadm/patch"
OF_ZONES = ("installed", "ready", "running")  # states in which a zone has software that can be patched (817-1592)


@dataclass(frozen=True)
class Place:
    """``root`` is where its files are, as the machine names it; '' for /. ``holder`` has its packages and patches, None where its own
    pkginfo files have them. ``backout``: the folder of -B, for what is saved."""

    machine: Machine
    root: str = ""
    zone: str = ""
    holder: Machine | BootEnvironment | None = None
    backout: str = ""

    def inventory(self) -> database.Inventory:
        if self.holder is not None:
            return database.inventory(self.holder)
        return database.of_root(self.machine, self.root) or {}

    def patches(self) -> list[Patch]:
        if self.holder is not None:
            return database.patches(self.holder)
        return database.patches_of(self.inventory())

    def has(self, part: Part) -> bool:
        """Whether the package is there with the architecture and version that the patch is for."""
        known = self.inventory().get(part.name)
        architecture = known.architecture or self.machine.architecture if known is not None else ""
        return known is not None and (architecture, known.version) == (part.architecture, part.version)

    def named(self, name: str) -> bool:
        return name in self.inventory()

    def put(self, archive: Archive, package: str, saved: bool) -> None:
        """The patch is on one package more."""
        fresh = Patch(archive.id, [package], list(archive.obsoletes), list(archive.requires), list(archive.incompatibles), saved)
        if self.holder is not None:
            settle(self.holder)
            known = next((patch for patch in self.holder.patches if patch.id == archive.id), None)
            if known is None:
                self.holder.patches.append(fresh)
            elif package not in known.packages:
                known.packages = sorted([*known.packages, package])
        else:
            on = [patch for patch in self.inventory()[package].every if patch.id != archive.id]
            database.patch_package(self.machine, self.root, package, [*on, fresh])
        if saved and self.backout:
            there = f"{self.backout}/{archive.id}/{package}/undo.Z"
            files.write(self.machine, there, "")
            files.write(self.machine, self.remote(archive.id, package), f"TYPE=filesystem\nFIND_AT={there}\nSTATE=active\n")
        elif saved:
            files.write(self.machine, self.undo(archive.id, package), "")

    def drop(self, patch: str) -> None:
        """The patch is backed out of every package."""
        if self.holder is not None:
            settle(self.holder)
            self.holder.patches = [one for one in self.holder.patches if one.id != patch]
            names = [package.name for package in database.packages(self.holder)]
        else:
            names = [name for name, package in self.inventory().items() if any(one.id == patch for one in package.every)]
            for name in names:
                on = [one for one in self.inventory()[name].every if one.id != patch]
                database.patch_package(self.machine, self.root, name, on, patch)
        for name in names:
            files.remove_tree(self.machine, self.undo(patch, name).rpartition("/")[0])
        files.remove_tree(self.machine, f"{self.root}{SAVED}/{patch}")

    def undo(self, patch: str, package: str) -> str:
        """The file that patchrm puts back: pkginfo's folder, save/ID/undo.Z (published script)."""
        return f"{self.root}/{database.DATABASE}/{package}/save/{patch}/undo.Z"

    def remote(self, patch: str, package: str) -> str:
        """The file that tells where -B put what was saved (published script)."""
        return self.undo(patch, package).removesuffix("undo.Z") + "remote"

    def moved(self, patch: Patch) -> bool:
        """Whether what was saved elsewhere is not there, nor in the folder that patchrm -B names."""
        for name in patch.packages:
            text = files.read(self.machine, self.remote(patch.id, name))
            if text is not None:
                said = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("FIND_AT="))
                if not files.exists(self.machine, f"{self.backout}/{patch.id}/{name}/undo.Z" if self.backout else said):
                    return True
        return False

    def kept(self, patch: Patch) -> bool:
        """Whether there is something to put back. A patch that came with the machine's declaration says it itself."""
        if self.holder is not None and not filesystem.configured():
            return patch.saved
        saved = [place for name in patch.packages for place in (self.undo(patch.id, name), self.remote(patch.id, name))]
        there = any(files.exists(self.machine, place) for place in saved)
        recorded = files.exists(self.machine, f"{self.root}{SAVED}/{patch.id}/log")
        return there if recorded else patch.saved and self.holder is not None

    def interrupted(self, patch: str) -> bool:
        return filesystem.configured() and files.exists(self.machine, f"{self.root}{INTERRUPTED}/.{patch}")

    def mark(self, patch: str, going_in: bool) -> None:
        path = f"{self.root}{INTERRUPTED}/.{patch}"
        files.write(self.machine, path, "") if going_in else files.remove_file(self.machine, path)

    def log(self, patch: str) -> str:
        """As the script names it in what it prints."""
        return f"{self.root if self.holder is not None else ''}{SAVED}/{patch}/log"

    def write_log(self, patch: str, text: str) -> None:
        path = f"{self.root}{SAVED}/{patch}/log"
        files.write(self.machine, path, (files.read(self.machine, path) or "") + text)

    def keep_scripts(self, archive: Archive) -> None:
        """README and back-out scripts, as the published script copies them."""
        for name in (f"README.{archive.id}", "prebackout", "postbackout"):
            text = files.read(self.machine, f"{archive.path}/{name}")
            if text is not None:
                files.write(self.machine, f"{self.root}{SAVED}/{archive.id}/{name}", text)

    def var(self, centre: DataCentre) -> tuple[SharedPool, ZfsDataset] | None:
        """The data set of its /var, where that is ZFS; a zone's is taken to be the global zone's."""
        pools = [centre.pools[guid] for guid in self.machine.imported if guid in centre.pools]
        pool = next((one for one in pools if "/ROOT/" in one.properties.get("bootfs", "")), None)
        other = isinstance(self.holder, BootEnvironment) and self.holder.dataset
        top = other or (pool.properties["bootfs"] if pool else "")
        name = next((one for one in (f"{top}/var", top) if pool and one in pool.datasets), "")
        return (pool, pool.datasets[name]) if pool and name else None

    def free(self, centre: DataCentre) -> int:
        """Kilobytes."""
        found = self.var(centre)
        return space.available_to_data(centre, self.machine, *found) // 1024 if found else UNLIMITED

    def fill(self, centre: DataCentre, kilobytes: int) -> None:
        """What is saved takes space, which patchrm of the lab does not give back."""
        found = self.var(centre)
        if found:
            found[1].used += kilobytes * 1024

    @property
    def patching(self) -> Patching:
        return self.holder.patching if self.holder is not None else self.machine.patching


_worked_on: set[tuple[str, str]] = set()


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """patchadd and patchrm have a lock (exit code 19 of patchrm); what the second one says and does is not known. Raises Unknown."""
    key = (place.machine.name, place.root)
    if key in _worked_on:
        raise Unknown("two of patchadd and patchrm at a time on one system")
    _worked_on.add(key)
    try:
        yield
    finally:
        _worked_on.discard(key)


def settle(holder: Machine | BootEnvironment) -> None:
    """The kernel patch that only ``uname -v`` told of is a patch like the others from now on."""
    holder.patches = [replace(patch) for patch in database.patches(holder)]


def running(call: Call) -> Place:
    """The system of the caller: the machine's global zone, or the zone that he is in."""
    if call.zone is None:
        return Place(call.machine, holder=call.machine)
    zone = call.machine.zones[call.zone]
    if database.of_root(call.machine, f"{zone.zonepath}/root") is None:
        raise Unknown("a zone without a package database")
    return Place(call.machine, f"{zone.zonepath}/root", zone.name)


def at_root(call: Call, root: str) -> Place:
    """-R: a boot environment where it is mounted. Raises Refused (published script) and Unknown."""
    root = root.rstrip("/")
    if not root:
        return running(call)
    found = next((one for one in call.machine.environments.values() if one.mounted.rstrip("/") == root), None)
    if found is not None:
        return Place(call.machine, root, holder=found)
    if filesystem.configured() and not filesystem.resolve(call.machine, root).is_dir():
        raise Refused(f"The Package Install Root directory {root} cannot be found on this system.\n", 1)
    raise Unknown(f"-R {root}, where no boot environment is mounted")


def zones(machine: Machine, root: str = "") -> Iterator[tuple[Zone, Place]]:
    """The native zones whose software goes with the global zone's; halted ones are mounted for it. Those of a boot environment lie
    below where it is mounted."""
    for zone in machine.zones.values():
        if zone.brand == "native" and zone.state in OF_ZONES:
            place = Place(machine, f"{root}{zone.zonepath}/root", zone.name)
            if place.inventory():
                yield zone, place
