# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pkg(1) of Solaris 11, as far as discovery goes: list, info, publisher of a small set that follows from the machine's release and from
``packages`` of the truth.

Version strings: 11.4 SRUs are counted ``11.4-11.4.SRU.0.1.BUILD.X`` (``uname -v`` prints 11.4.SRU.BUILD.X), 11.3 ones
``0.5.11-0.175.3.SRU.0.BUILD.0``. Layouts as recorded from the real pkg(5).
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from ...call import Call
from ...truth import Machine
from ..honest import S11, simulated, written
from ..options import Unknown, parse

WRAPPED = ("Summary", "Description")
PACKAGED = {"s11.3": 1533813000, "s11.4": 1706090000}  # when Oracle built what the lab's machines run
SRU_OF_11_3 = ("36", "24", "0")  # uname -v says only 11.3 there


@dataclass(frozen=True)
class Package:
    name: str
    component: str
    branch: str
    stamp: str

    @property
    def version(self) -> str:
        return f"{self.component}-{self.branch}" if self.branch else self.component

    def fmri(self, build_release: str) -> str:
        return f"pkg://solaris/{self.name}@{self.component}{build_release}-{self.branch}:{self.stamp}"


def levels(machine: Machine) -> tuple[str, str, str]:
    """The support repository update, its build and the build's revision."""
    numbers = machine.kernel.split(".")
    if machine.release == "s11.4" and len(numbers) == 5:
        return numbers[2], numbers[3], numbers[4]
    if machine.release == "s11.3":
        return SRU_OF_11_3
    raise Unknown("the package level of this machine")


def versions(machine: Machine) -> dict[str, str]:
    """Name: COMPONENT-BRANCH of what the global zone has, as its release brings it and the truth's ``packages`` change it."""
    sru, build, revision = levels(machine)
    level = f"11.4-11.4.{sru}.0.1.{build}.{revision}" if machine.release == "s11.4" else f"0.5.11-0.175.3.{sru}.0.{build}.{revision}"
    names = ["entire", "system/core-os", "system/kernel", "system/zones"]
    names += [f"system/zones/brand/brand-{brand}" for brand in machine.brands if brand in ("solaris10", "solaris-kz")]
    return {name: version for name, version in {**dict.fromkeys(names, level), **machine.packages}.items() if version}


def installed(call: Call) -> list[Package]:
    """What the caller's image has: a zone's is what was installed or attached with its active boot environment."""
    stamp = written(PACKAGED[call.machine.release], "%Y%m%dT%H%M%SZ")
    found = versions(call.machine)
    if call.zone is not None:
        from ..zoneadm import environments

        found = environments.packages(call, call.machine.zones[call.zone]) or found
    return [Package(name, version.partition("-")[0], version.partition("-")[2], stamp) for name, version in sorted(found.items())]


def build_release(call: Call) -> str:
    return "" if call.machine.release == "s11.4" else ",5.11"


def matches(package: Package, pattern: str) -> bool:
    """A pattern names a package by its whole name or by last components; with ``pkg:/`` or ``/`` by its whole name."""
    wanted, _, version = pattern.partition("@")
    if any(letter in wanted for letter in "*?["):
        raise Unknown("patterns")
    if version and not f"{package.component},5.11-{package.branch}".startswith(version) and not package.version.startswith(version):
        return False
    for lead in ("pkg://solaris/", "pkg:/", "/"):
        if wanted.startswith(lead):
            return package.name == wanted.removeprefix(lead)
    return package.name == wanted or package.name.endswith(f"/{wanted}")


def chosen(call: Call, patterns: list[str]) -> tuple[list[Package], list[str]]:
    """Installed packages that match, and the patterns that match none."""
    known = installed(call)
    found = [package for package in known if not patterns or any(matches(package, pattern) for pattern in patterns)]
    return found, [pattern for pattern in patterns if not any(matches(package, pattern) for package in known)]


def missing(call: Call, what: str, patterns: list[str]) -> None:
    """11.3 has a line for one pattern; 11.4 names all of them in a block."""
    if call.machine.release != "s11.4" and what == "list":
        call.err("".join(f"pkg list: no packages matching '{pattern}' installed\n" for pattern in patterns))
        return
    text = f"pkg: {what}: no packages matching the following patterns you specified are\n"
    text += "installed on the system.  Try querying remotely instead:\n\n"
    call.err(text + "".join(f"        {pattern}\n" for pattern in patterns))


async def list_(call: Call, args: list[str]) -> int:
    flags, patterns = parse(args, "Hvq")
    letters = {letter for letter, _ in flags}
    found, unmatched = chosen(call, patterns)
    if "q" not in letters:
        layout = "{0:<76} {1}\n" if "v" in letters else "{0:<49} {2:<26} {1}\n"
        if found and "H" not in letters:
            call.out(layout.format("FMRI" if "v" in letters else "NAME (PUBLISHER)", "IFO", "VERSION"))
        for package in found:
            name = package.fmri(build_release(call)) if "v" in letters else package.name
            call.out(layout.format(name, "i--", package.version))
        if unmatched:
            missing(call, "list", unmatched)
    if unmatched:
        return 3 if found else 1
    return 0


async def info(call: Call, args: list[str]) -> int:
    flags, patterns = parse(args, "l")
    if not patterns or len(flags) > 1:
        raise Unknown()
    found, unmatched = chosen(call, patterns)
    if any(package.name != "entire" for package in found):
        raise Unknown("the description of this package")
    for package in found:
        call.out(about_entire_11_4(call, package) if call.machine.release == "s11.4" else about_entire_11_3(call, package))
    if unmatched:
        missing(call, "info", unmatched)
        return 3 if found else 1
    return 0


def labelled(width: int, items: list[tuple[str, str]]) -> str:
    """Labels end in one column; only prose is wrapped."""
    text = ""
    for label, value in items:
        lines = textwrap.wrap(value, 78 - width) if label in WRAPPED else [value]
        text += f"{label:>{width}}: {lines[0]}\n" + "".join(f"{'':{width}}  {line}\n" for line in lines[1:])
    return text


def about_entire_11_4(call: Call, package: Package) -> str:
    numbers = package.branch.split(".")
    level = ".".join((*numbers[:3], *numbers[5:7]))  # 11.4.SRU.0.1.BUILD.REVISION
    summary = f"entire incorporation including Support Repository Update (Oracle Solaris {level})."
    stamp = PACKAGED["s11.4"]
    return labelled(17, [
        ("Name", "entire"), ("Summary", summary), ("State", "Installed"), ("Publisher", "solaris"), ("Version", f"11.4 ({level})"),
        ("Branch", package.branch), ("Packaging Date", written(stamp, "%a %b %d %H:%M:%S %Y")),
        ("Last Install Time", written(stamp + 86400, "%a %b %d %H:%M:%S %Y")), ("Size", "0.00 B"), ("FMRI", package.fmri("")),
    ])  # fmt: skip


def about_entire_11_3(call: Call, package: Package) -> str:
    level = ".".join(("11.3", package.branch.split(".")[3], *package.branch.split(".")[5:7]))
    return labelled(14, [
        ("Name", "entire"), ("Summary", f"entire incorporation including Support Repository Update (Oracle Solaris {level})."),
        ("Category", "Meta Packages/Incorporations"), ("State", "Installed"), ("Publisher", "solaris"),
        ("Version", f"0.5.11 (Oracle Solaris {level})"), ("Build Release", "5.11"), ("Branch", package.branch),
        ("Packaging Date", written(PACKAGED["s11.3"], "%B %e, %Y %I:%M:%S %p ")), ("Size", "5.46 kB"), ("FMRI", package.fmri(",5.11")),
    ])  # fmt: skip


async def publisher(call: Call, args: list[str]) -> int:
    origin = "http://pkg.oracle.com/solaris/release/"
    if args in ([], ["-H"]):
        if not args:
            call.out("PUBLISHER                   TYPE     STATUS P LOCATION\n")
        call.out(f"{'solaris':<27} origin   online F {origin}\n")
        return 0
    if args in (["-F", "tsv"], ["-Ftsv"]):
        call.out("PUBLISHER\tSTICKY\tSYSPUB\tENABLED\tTYPE\tSTATUS\tURI\tPROXY\n")
        call.out(f"solaris\ttrue\tfalse\ttrue\torigin\tonline\t{origin}\t-\n")
        return 0
    raise Unknown()


SUBCOMMANDS = {"list": list_, "info": info, "publisher": publisher}


@simulated("pkg", on=S11)
async def pkg(call: Call) -> int:
    if not call.args or call.args[0] not in SUBCOMMANDS:
        raise Unknown()
    return await SUBCOMMANDS[call.args[0]](call, call.args[1:])
