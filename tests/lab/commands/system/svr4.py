# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and patches of Solaris 10: pkginfo(1), showrev(1M). In a zone they tell of the zone's own database."""

from __future__ import annotations

from ...call import Call
from ...patching import Patch
from ..honest import S10, nodename, simulated, written
from ..options import Unknown, parse
from . import svr4_database as database

INSTALLED = 1767600000  # when the machines of a data centre were set up


def installed(call: Call, root: str = "") -> tuple[list[database.Package], list[Patch]]:
    """The packages and patches that the caller's zone has, or a boot environment that is mounted at ``root`` (-R). A zone without a
    database of its own has its machine's."""
    machine = call.machine
    if root.rstrip("/"):
        mounted = [one for one in machine.environments.values() if one.mounted.rstrip("/") == root.rstrip("/")]
        if call.zone is not None or not mounted:
            raise Unknown(f"-R {root}, where no boot environment is mounted")
        return database.packages(mounted[0]), database.patches(mounted[0])
    zone = machine.zones.get(call.zone or "")
    own = database.of_root(machine, f"{zone.zonepath}/root") if zone is not None else None
    if own is None:
        return database.packages(machine), database.patches(machine)
    titles = {package.name: package for package in (*database.CATALOGUE, *database.packages(machine))}
    found = []
    for name, package in sorted(own.items()):
        known = titles.get(name, database.Package(name, name))
        found.append(
            database.Package(name, known.title, known.description, known.hollow, package.version, known.category, package.architecture)
        )
    return found, database.patches_of(own)


def patch_lines(patches: list[Patch]) -> str:
    """What showrev -p and patchadd -p print."""
    lines = ""
    for patch in patches:
        obsoletes, requires, incompatibles = (", ".join(ids) for ids in (patch.obsoletes, patch.requires, patch.incompatibles))
        lines += f"Patch: {patch.id} Obsoletes: {obsoletes} Requires: {requires} Incompatibles: {incompatibles} "
        lines += f"Packages: {', '.join(patch.packages)}\n"
    return lines or "No patches are installed\n"


def described(call: Call, package: database.Package) -> str:
    """pkginfo -l, as recorded; PSTAMP and FILES are not known."""
    system = package.name.startswith("SUNW")
    architecture = package.architecture or call.machine.architecture
    values = {
        "PKGINST": package.name, "NAME": package.title, "CATEGORY": package.category, "ARCH": architecture,
        "VERSION": package.version, "BASEDIR": "/", "VENDOR": "Sun Microsystems, Inc." if system else "", "DESC": package.description,
        "INSTDATE": written(INSTALLED, "%b %d %Y %H:%M"), "HOTLINE": "Please contact your local service provider" if system else "",
        "STATUS": "completely installed",
    }  # fmt: skip
    return "".join(f"{label:>10}:  {value}\n" for label, value in values.items() if value) + "\n"


@simulated("pkginfo")
async def pkginfo(call: Call) -> int:
    if call.machine.release != "s10":
        raise Unknown("packages of the old kind on Solaris 11")
    flags, names = parse(call.args, "qxlR:")
    letters = {letter for letter, _ in flags if letter != "R"}
    if len(letters) > 1:
        raise Unknown()
    known = {package.name: package for package in installed(call, dict(flags).get("R", ""))[0]}
    absent = [name for name in names if name not in known]
    for package in [known[name] for name in names if name in known] if names else list(known.values()):
        if "q" in letters:
            continue
        if "l" in letters:
            call.out(described(call, package))
        elif "x" in letters:
            call.out(
                f"{package.name:<15} {package.title}\n{'':16}({package.architecture or call.machine.architecture}) {package.version}\n"
            )
        else:
            call.out(f"{package.category:<11} {package.name:<32} {package.title}\n")
    if "q" not in letters:
        call.err("".join(f'ERROR: information for "{name}" was not found\n' for name in absent))
    return 1 if absent else 0


@simulated("showrev", on=S10)
async def showrev(call: Call) -> int:
    flags, rest = parse(call.args, "apR:")
    letters = {letter for letter, _ in flags}
    if rest or "a" in letters or ("R" in letters and "p" not in letters):
        raise Unknown()
    if "p" in letters:
        call.out(patch_lines(installed(call, dict(flags).get("R", ""))[1]))
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
