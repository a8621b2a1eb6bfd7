# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patch depot: archives as they lie unpacked under a folder of every Solaris 10 machine.

A depot over NFS is not there in single user: stopping svc:/network/nfs/client unmounts what is of NFS (mountall(1M), the service's method).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ... import filesystem
from ...patching import DepotPatch, PatchPackage
from ...truth import DataCentre, Machine


def offered(centre: DataCentre, machine: Machine) -> bool:
    return centre.patch_depot is not None and machine.release == "s10" and filesystem.configured()


def provide(centre: DataCentre, machine: Machine) -> None:
    """The depot is there: at the machine's first start, and whenever NFS is mounted."""
    if centre.patch_depot is None or not offered(centre, machine):
        return
    top = filesystem.resolve(machine, centre.patch_depot.path)
    top.mkdir(parents=True, exist_ok=True)
    for patch in centre.patch_depot.patches:
        if patch.damage != "missing" and not (top / patch.id).exists():
            lay(top / patch.id, patch)


def withdraw(centre: DataCentre, machine: Machine) -> None:
    """NFS is unmounted."""
    if centre.patch_depot is None or not centre.patch_depot.nfs or not offered(centre, machine):
        return
    top = filesystem.resolve(machine, centre.patch_depot.path)
    for entry in top.iterdir() if top.is_dir() else ():
        shutil.rmtree(entry)


def lay(place: Path, patch: DepotPatch) -> None:
    """Write an archive's files."""
    place.mkdir()
    (place / f"README.{patch.id}").write_text(readme(patch))
    if not patch.readme_only:
        (place / "patchinfo").write_text(patchinfo(patch))
    for name in ("prepatch", "postpatch", "prebackout", "postbackout"):
        code = getattr(patch, name)
        if code is not None:
            (place / name).write_text(f"#!/sbin/sh\nexit {code}\n")
            (place / name).chmod(0o755)
    for number, package in enumerate(patch.packages):
        if patch.damage == "empty":
            break
        folder = place / (package.folder or package.name)
        folder.mkdir()
        text = pkginfo(patch, package)
        cut = patch.damage == "pkginfo" and number == 0
        (folder / "pkginfo").write_text(text[: text.index("VERSION=")] if cut else text)
        broken = patch.damage == "package" and number == len(patch.packages) - 1
        (folder / "pkgmap").write_text("" if broken else pkgmap(patch, package, number))


def pkginfo(patch: DepotPatch, package: PatchPackage) -> str:
    values = {
        "PKG": package.name, "NAME": package.name, "ARCH": package.architecture or patch.architecture, "VERSION": package.version,
        "SUNW_PRODNAME": "SunOS", "SUNW_PRODVERS": "5.10", "CATEGORY": "system", "BASEDIR": "/", "MAXINST": "1000", "CLASSES": "none",
        "SUNW_PKGTYPE": "root", "SUNW_PKG_ALLZONES": str(package.all_zones).lower(), "SUNW_PKG_HOLLOW": str(package.hollow).lower(),
        "SUNW_PKG_THISZONE": "false", "SUNW_PATCHID": patch.id, "SUNW_OBSOLETES": " ".join(patch.obsoletes),
        "SUNW_INCOMPAT": " ".join(patch.incompatibles), "SUNW_REQUIRES": " ".join(patch.requires),
    }  # fmt: skip
    values |= {"SUNW_PATCH_SAFEMODE": "true"} if patch.deferred else {}
    return "".join(f"{name}={value}\n" for name, value in values.items())


def pkgmap(patch: DepotPatch, package: PatchPackage, number: int) -> str:
    size = max(2, patch.size // 512 // len(patch.packages))
    brings = "kernel/genunix" if patch.kernel and number == 0 else f"usr/lib/{package.name}.so.1"
    return f": 1 {size}\n1 f none {brings} 0755 root sys {size * 512} 12345 1106340000\n1 i pkginfo 600 12345 1106340000\n"


def patchinfo(patch: DepotPatch) -> str:
    values = {
        "PATCHINFOVERSION": "1.0", "PATCHID": patch.id, "PATCH_CORRECTS": " ".join(f"BaseOS.{one.name}" for one in patch.packages),
        "PATCH_ARCH": patch.architecture, "PATCH_OS": "SunOS", "PATCH_OSRELEASE": "5.10", "PATCH_PROPERTIES": " ".join(patch.properties),
        "PATCH_OBSOLETES": " ".join(patch.obsoletes), "PATCH_REQUIRES": " ".join(patch.requires),
        "PATCH_INCOMPAT": " ".join(patch.incompatibles),
    }  # fmt: skip
    return "".join(f"{name}='{value}'\n" for name, value in values.items())


WORDS = {
    "rebootimmediate": "Reboot immediately after patch is installed.",
    "reconfigimmediate": "Reconfigure immediately after patch is installed.",
    "rebootafter": "Reboot after patch is installed.",
    "reconfigafter": "Reconfigure after patch is installed.",
}


def readme(patch: DepotPatch) -> str:
    notes = [WORDS[word] for word in patch.properties if word in WORDS]
    notes += ["Install this patch in Single User Mode."] if any(word.startswith("singleuser") for word in patch.properties) else []
    lists = {
        "Patches accumulated and obsoleted by this patch": patch.obsoletes,
        "Patches which conflict with this patch": patch.incompatibles,
        "Patches required with this patch": patch.requires,
    }
    text = f"Patch-ID# {patch.id}\n\nSynopsis: {patch.synopsis}\n\nSolaris Release: 10\n\nSunOS Release: 5.10\n\n"
    text += "".join(f"{label}: {' '.join(ids)}\n\n" for label, ids in lists.items())
    return text + "Special Install Instructions:\n-----------------------------\n" + "".join(f"{note}\n" for note in notes or ["None."])
