# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and patches of Solaris 10: pkginfo(1), showrev(1M), patchadd -p.

The set is small and follows from the machine: the core packages, and the kernel patch that ``uname -v`` names.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...call import Call
from ..honest import S10, nodename, simulated
from ..options import Refused, Unknown, parse

VERSION = "11.10.0,REV=2005.01.21.15.53"


@dataclass(frozen=True)
class Package:
    name: str
    title: str
    category: str = "system"
    version: str = VERSION


PACKAGES = (
    Package("SUNWcar", "Core Architecture, (Root)"),
    Package("SUNWckr", "Core Solaris Kernel (Root)"),
    Package("SUNWcsd", "Core Solaris Devices"),
    Package("SUNWcsl", "Core Solaris, (Shared Libs)"),
    Package("SUNWcsr", "Core Solaris, (Root)"),
    Package("SUNWcsu", "Core Solaris, (Usr)"),
    Package("SUNWzfskr", "ZFS Kernel (Root)", version="11.10.0,REV=2006.05.18.02.15"),
    Package("SUNWzfsr", "ZFS (Root)", version="11.10.0,REV=2006.05.18.02.15"),
    Package("SUNWzfsu", "ZFS (Usr)", version="11.10.0,REV=2006.05.18.02.15"),
    Package("SUNWzoner", "Solaris Zones (Root)"),
    Package("SUNWzoneu", "Solaris Zones (Usr)"),
)


def kernel_patch(call: Call) -> str | None:
    """``150400-64`` of ``Generic_150400-64``; None on a machine that was never patched."""
    kind, _, patch = call.machine.kernel.partition("_")
    return patch if kind == "Generic" and "-" in patch else None


def patch_lines(call: Call) -> str:
    patch = kernel_patch(call)
    return f"Patch: {patch} Obsoletes:  Requires:  Incompatibles:  Packages: SUNWcar, SUNWckr, SUNWcsr, SUNWcsu\n" if patch else ""


@simulated("pkginfo")
async def pkginfo(call: Call) -> int:
    if call.machine.release != "s10":
        raise Unknown("packages of the old kind on Solaris 11")
    flags, names = parse(call.args, "qx")
    letters = {letter for letter, _ in flags}
    known = {package.name: package for package in PACKAGES}
    absent = [name for name in names if name not in known]
    for package in [known[name] for name in names if name in known] if names else list(PACKAGES):
        if "q" in letters:
            continue
        if "x" in letters:
            call.out(f"{package.name:<15} {package.title}\n{'':16}({call.machine.architecture}) {package.version}\n")
        else:
            call.out(f"{package.category:<11} {package.name:<32} {package.title}\n")
    if "q" not in letters:
        call.err("".join(f'ERROR: information for "{name}" was not found\n' for name in absent))
    return 1 if absent else 0


@simulated("showrev", on=S10)
async def showrev(call: Call) -> int:
    flags, rest = parse(call.args, "ap")
    letters = {letter for letter, _ in flags}
    if rest or "a" in letters:
        raise Unknown()
    if "p" in letters:
        call.out(patch_lines(call))
        return 0
    machine = call.machine
    for label, value in (
        ("Hostname", nodename(call)), ("Hostid", machine.hostid), ("Release", "5.10"),
        ("Kernel architecture", "sun4v" if machine.architecture == "sparc" else "i86pc"),
        ("Application architecture", machine.architecture),
        ("Hardware provider", "Oracle Corporation" if machine.architecture == "sparc" else ""), ("Domain", ""),
        ("Kernel version", f"SunOS 5.10 {machine.kernel}"),
    ):  # fmt: skip
        call.out(f"{label}: {value}\n")
    return 0


@simulated("patchadd", on=S10)
async def patchadd(call: Call) -> int:
    if call.args != ["-p"]:
        raise Unknown()
    if call.user != "root":
        raise Refused("patchadd: you must be root to run this script.")
    call.out(patch_lines(call))
    return 0
