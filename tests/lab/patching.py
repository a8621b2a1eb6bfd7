# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of Solaris 10 as the truth keeps them: what lies in the depot, what is installed, which reboots have not come yet.

Property words are those of a patch's ``patchinfo`` (PATCH_PROPERTIES): rebootafter, rebootimmediate, reconfigafter, reconfigimmediate,
singleuser (also singleuserrequired), clientroot, clientusr, interactive, standard.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VERSION = "11.10.0,REV=2005.01.21.15.53"  # of most packages of Solaris 10
#: What can be wrong with an archive: its folder has no packages, a pkginfo file is cut off, a package's map is no map, it is not there.
DAMAGES = ("", "empty", "pkginfo", "package", "missing")


@dataclass
class Patch:
    """An installed patch of Solaris 10, ``id`` with its revision. The lists hold patch ids with revision and names of packages."""

    id: str
    packages: list[str] = field(default_factory=lambda: ["SUNWcsr"])
    obsoletes: list[str] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    incompatibles: list[str] = field(default_factory=list)
    saved: bool = True  # whether what it replaced was kept, so that it can be backed out


@dataclass
class PatchPackage:
    """A package folder of a patch; ``folder`` differs from the name where a patch has several of one name (SUNWkvm.u)."""

    name: str
    version: str = VERSION
    architecture: str = ""  # as the patch's
    all_zones: bool = True
    hollow: bool = False
    folder: str = ""


@dataclass
class DepotPatch:
    """A patch as it lies in the depot. ``size`` in bytes; ``prepatch`` and the others are exit codes of its scripts (None: no such script);
    ``kernel``: it brings genunix, so uname -v names it after the boot; ``readme_only``: an old one, without patchinfo."""

    id: str
    packages: list[PatchPackage] = field(default_factory=lambda: [PatchPackage("SUNWcsr")])
    synopsis: str = ""
    architecture: str = "sparc"
    requires: list[str] = field(default_factory=list)
    obsoletes: list[str] = field(default_factory=list)
    incompatibles: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    deferred: bool = False
    size: int = 1 << 20
    kernel: bool = False
    prepatch: int | None = None
    postpatch: int | None = None
    prebackout: int | None = None
    postbackout: int | None = None
    readme_only: bool = False
    damage: str = ""


@dataclass
class Depot:
    """Unpacked patches that every Solaris 10 machine finds under ``path``; over ``nfs`` they are not there in single user."""

    path: str = "/export/patches"
    nfs: bool = False
    patches: list[DepotPatch] = field(default_factory=list)


@dataclass
class Patching:
    """What a machine's patching left: ids of patches whose reboot has not come yet with their property words, how often each was
    installed (in which zone; '' the global one) without having been backed out, and those whose reconfiguration no boot did."""

    reboots: dict[str, list[str]] = field(default_factory=dict)
    installed: dict[str, int] = field(default_factory=dict)  # "ZONE ID"
    unconfigured: list[str] = field(default_factory=list)
    kernel: str = ""  # uname -v after the next boot
