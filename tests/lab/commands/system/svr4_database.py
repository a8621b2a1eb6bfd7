# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package database of Solaris 10: what a machine has installed, and what a zone keeps in its own /var/sadm/pkg.

A machine has the core packages and the kernel patch that ``uname -v`` names; its ``packages`` and ``patches`` change and add to that.
A zone's database are the pkginfo(4) files in its root, so it lies with the zone on whatever storage that is. Names, titles and the
parameters SUNW_PKG_ALLZONES and SUNW_PKG_HOLLOW are those of the OpenSolaris package definitions; of a package that is not among
them only the version is known, and one of the system (SUNW...) counts as SUNW_PKG_ALLZONES=true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ... import filesystem
from ...patching import VERSION, Patch
from ...truth import BootEnvironment, Machine
from ..zfs import files

KERNEL_PACKAGES = ["SUNWcar", "SUNWckr", "SUNWcsr", "SUNWcsu"]
DATABASE = "var/sadm/pkg"
#: Packages that are not for zones which are installed later: pkgadd -G, and patchadd -G with it, put theirs there (pkginstall of
#: OpenSolaris; Sun Connection's release notes 820-0428, CR 6533814).
GLOBAL_ONLY = "/var/sadm/install/gz-only-packages"


@dataclass(frozen=True)
class Package:
    name: str
    title: str
    description: str = ""
    hollow: bool = False
    version: str = VERSION
    category: str = "system"
    architecture: str = ""  # as the machine's

    @property
    def all_zones(self) -> bool:
        return self.name.startswith("SUNW")


_ZFS = "11.10.0,REV=2006.05.18.02.15"
CATALOGUE = (
    Package("SUNWcar", "Core Architecture, (Root)", "core software for a specific hardware platform group", True),
    Package("SUNWckr", "Core Solaris Kernel (Root)", "core kernel software for a specific instruction-set architecture", True),
    Package("SUNWcsd", "Core Solaris Devices", "core entries for /dev and /devices needed for the initial boot of Solaris", True),
    Package("SUNWcsl", "Core Solaris, (Shared Libs)", "core shared libraries for a specific instruction-set architecture"),
    Package("SUNWcsr", "Core Solaris, (Root)", "core software for a specific instruction-set architecture"),
    Package("SUNWcsu", "Core Solaris, (Usr)", "core software for a specific instruction-set architecture"),
    Package("SUNWzfskr", "ZFS Kernel (Root)", "ZFS kernel root components", True, _ZFS),
    Package("SUNWzfsr", "ZFS (Root)", "ZFS root components", version=_ZFS),
    Package("SUNWzfsu", "ZFS (Usr)", "ZFS libraries and commands", version=_ZFS),
    Package("SUNWzoner", "Solaris Zones (Root)", "Solaris Zones Configuration Files", True),
    Package("SUNWzoneu", "Solaris Zones (Usr)", "Solaris Zones Configuration and Administration"),
)


@dataclass
class Installed:
    """A package that is installed somewhere: its version and the patches on it, by id without revision the highest, and every one."""

    version: str
    patches: dict[str, Patch] = field(default_factory=dict)
    every: list[Patch] = field(default_factory=list)
    architecture: str = ""

    def add(self, patch: Patch) -> None:
        self.patches[base(patch.id)] = patch
        self.every.append(patch)


Inventory = dict[str, Installed]


def base(patch: str) -> str:
    return patch.partition("-")[0]


def revision(patch: str) -> str:
    return patch.partition("-")[2]


def packages(machine: Machine | BootEnvironment) -> list[Package]:
    """What the machine's global zone (or a boot environment) has, in pkginfo's order."""
    known = {package.name: package for package in CATALOGUE}
    for name, version in machine.packages.items():
        old = known.pop(name, Package(name, name))
        if version:
            known[name] = replace(old, version=version)
    return [replace(known[name], architecture=machine.architectures.get(name, "")) for name in sorted(known)]


def patches(machine: Machine | BootEnvironment) -> list[Patch]:
    """By id: those of the truth, and ``150400-64`` of the kernel ``Generic_150400-64`` unless the truth tells more of it."""
    kind, _, kernel = machine.kernel.partition("_")
    found = {patch.id: patch for patch in machine.patches}
    if kind == "Generic" and "-" in kernel:
        found.setdefault(kernel, Patch(kernel, list(KERNEL_PACKAGES)))
    return [found[name] for name in sorted(found)]


def inventory(machine: Machine | BootEnvironment, dependent: bool = False) -> Inventory:
    """``dependent``: only packages that must be the same in every zone."""
    every = [package for package in packages(machine) if package.all_zones or not dependent]
    found = {package.name: Installed(package.version, architecture=package.architecture) for package in every}
    for patch in patches(machine):
        for name in patch.packages:
            if name in found:
                found[name].add(patch)
    return found


def record(machine: Machine, root: str, name: str) -> None:
    """Write the pkginfo file of a package in a zone's root as it is in the global zone."""
    package = next(one for one in packages(machine) if one.name == name)
    architecture = package.architecture or machine.architecture
    text = f"PKG={name}\nNAME={package.title}\nARCH={architecture}\nVERSION={package.version}\nCATEGORY={package.category}\n"
    text += f"SUNW_PKG_ALLZONES={str(package.all_zones).lower()}\nSUNW_PKG_HOLLOW={str(package.hollow).lower()}\n"
    files.write(machine, f"{root}/{DATABASE}/{name}/pkginfo", text + patched(machine, list(inventory(machine)[name].patches.values())))


def patched(machine: Machine, on: list[Patch]) -> str:
    """What a pkginfo file says of the patches on its package."""
    text = f"PATCHLIST={' '.join(patch.id for patch in on)}\n"
    for patch in on:
        lists = {"Obsoletes": patch.obsoletes, "Requires": patch.requires, "Incompatibles": patch.incompatibles}
        info = " ".join(f"{word}: {' '.join(ids)}" for word, ids in lists.items())
        text += f"PATCH_INFO_{patch.id}=Installed: {machine.name} {info}\n"
    return text


def patch_package(machine: Machine, root: str, name: str, on: list[Patch], gone: str = "") -> None:
    """Other patches are on a package of a root than its pkginfo file says; ``gone`` was backed out (recorded: ``backed out``)."""
    path = f"{root}/{DATABASE}/{name}/pkginfo"
    kept = [line for line in (files.read(machine, path) or "").splitlines() if not line.startswith(("PATCHLIST=", "PATCH_INFO_"))]
    said = patched(machine, on) + (f"PATCH_INFO_{gone}=backed out\n" if gone else "")
    files.write(machine, path, "".join(f"{line}\n" for line in kept) + said)


def record_all(machine: Machine, root: str) -> None:
    own = global_only(machine)
    for package in packages(machine):
        if package.name not in own:
            record(machine, root, package.name)


def global_only(machine: Machine) -> list[str]:
    lines = (files.read(machine, GLOBAL_ONLY) or "").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def keep_global(machine: Machine, names: Iterable[str]) -> None:
    """The header of the file has not been seen."""
    files.write(machine, GLOBAL_ONLY, "".join(f"{name}\n" for name in sorted({*global_only(machine), *names})))


def forget(machine: Machine, root: str, name: str) -> None:
    files.remove_tree(machine, f"{root}/{DATABASE}/{name}")


def of_root(machine: Machine, root: str, dependent: bool = False) -> Inventory | None:
    """What the pkginfo files in a zone's root say; None without a database."""
    if not filesystem.configured():
        return None
    place = filesystem.resolve(machine, f"{root}/{DATABASE}")
    found: Inventory = {}
    for entry in sorted(place.iterdir()) if place.is_dir() else []:
        text = files.read(machine, f"{root}/{DATABASE}/{entry.name}/pkginfo")
        if text is None:
            continue
        fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        if dependent and fields.get("SUNW_PKG_ALLZONES") != "true":
            continue
        package = found[entry.name] = Installed(fields["VERSION"], architecture=fields.get("ARCH", ""))
        for patch in fields.get("PATCHLIST", "").split():
            package.add(_patch(patch, entry.name, fields.get(f"PATCH_INFO_{patch}", "")))
    return found or None


def _patch(name: str, package: str, info: str) -> Patch:
    parts = re.split(r" ?(Obsoletes|Requires|Incompatibles): ?", info)
    lists = dict(zip(parts[1::2], (part.split() for part in parts[2::2]), strict=True))
    return Patch(name, [package], lists.get("Obsoletes", []), lists.get("Requires", []), lists.get("Incompatibles", []))


def patches_of(found: Inventory) -> list[Patch]:
    """The patches of an inventory, each with all packages it is on."""
    every: dict[str, Patch] = {}
    for name, package in sorted(found.items()):
        for patch in package.every:
            known = every.setdefault(patch.id, Patch(patch.id, [], patch.obsoletes, patch.requires, patch.incompatibles))
            known.packages.append(name)
    return [every[name] for name in sorted(every)]
