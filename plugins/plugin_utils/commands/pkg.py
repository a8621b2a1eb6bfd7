# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of the Image Packaging System: ``pkg list``, ``pkg info``, ``pkg freeze`` (pkg(1) of Solaris 11 and illumos).

Versions are ``component[,build]-branch[:timestamp]``; Solaris 11.4 prints no build release, older releases do.
Flags are ``IFO`` (installed, frozen, obsolete/renamed) or, before Solaris 11, a state and ``UFOXI``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from .tables import lines, refuse

#: Exit codes of pkg(1): 4 says that there is nothing to do, which is no failure.
NOTHING_TO_DO = 4

_VERSION = re.compile(
    r"(?P<component>[0-9][0-9.]*)(?:,(?P<build>[0-9][0-9.]*))?(?:-(?P<branch>[0-9][0-9.]*))?(?::(?P<timestamp>[0-9]{8}T[0-9]{6}Z))?"
)
_FMRI = re.compile(r"pkg:/(?:/(?P<publisher>[^/@]+)/)?/?(?P<name>[^@\s]+)@(?P<version>\S+)")
_FLAGS = r"(?P<flags>[i-][a-z?-]{2})"
_OLD = r"(?P<state>installed|known)\s+(?P<old>[u-][f-][or-][x-][i-])"
_ROW = re.compile(rf"(?P<name>\S+)(?: \((?P<publisher>[^)]+)\))?\s+(?P<version>[0-9]\S*)\s+(?:{_FLAGS}|{_OLD})")
_FMRI_ROW = re.compile(rf"(?P<fmri>pkg:/\S+)\s+(?:{_FLAGS}|{_OLD})")
_HEADING = re.compile(r"(?:NAME \(PUBLISHER\)\s+VERSION|FMRI)\s+(?:IFO|STATE\s+UFOXI)")
_CERTIFICATE = re.compile(r"Certificate '(?P<path>[^']*)' for publisher '(?P<publisher>[^']*)'.* will expire in '(?P<days>[0-9]+)' days\.")
_NOTHING = re.compile(
    r"(?:pkg list: )?(?:no packages (?:matching .+ )?installed|no packages installed|No packages matching .+)|"
    r"pkg list: no packages matching the following patterns? (?:are|is) installed:?"
)
_FROZEN = re.compile(r"(?P<name>\S+)\s+(?P<version>[0-9]\S*)\s+(?P<date>[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} \S+)\s+(?P<comment>.*)")


@dataclass(frozen=True, slots=True)
class Version:
    """A version taken apart; '' for what is not printed."""

    text: str
    component: str
    build: str = ""
    branch: str = ""
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """One row of ``pkg list``. ``publisher`` is '' where it is the first ranked one and the form does not print it."""

    name: str
    version: Version
    installed: bool
    flags: str
    publisher: str = ""
    frozen: bool = False
    obsolete: bool = False
    renamed: bool = False
    upgradable: bool | None = None  # only the old flags tell


@dataclass(frozen=True, slots=True)
class Listing:
    """``pkg list``: rows, and days left of certificates it warns about, by publisher."""

    packages: tuple[Package, ...]
    expiring: Mapping[str, int]


def freeze(pattern: str, comment: str = "") -> Command:
    return Command.of("pkg", "freeze", *(("-c", comment) if comment else ()), pattern, ok=(0, NOTHING_TO_DO))


def unfreeze(pattern: str) -> Command:
    return Command.of("pkg", "unfreeze", pattern, ok=(0, NOTHING_TO_DO))


def version(text: str) -> Version:
    """A version, whatever parts of it are printed."""
    match = _VERSION.fullmatch(text)
    if not match:
        refuse("pkg", text, "is not a version")
    return Version(text, match["component"], match["build"] or "", match["branch"] or "", match["timestamp"] or "")


def fmri(text: str) -> tuple[str, str, Version]:
    """Publisher ('' where not printed), name and version of ``pkg://publisher/name@version``."""
    match = _FMRI.fullmatch(text)
    if not match:
        refuse("pkg", text, "is not a package's FMRI with a version")
    return match["publisher"] or "", match["name"], version(match["version"])


def parse_list(text: str) -> Listing:
    """``pkg list`` with or without -H, -v, -a, -f, -n. "No packages matching" is an empty listing."""
    packages: list[Package] = []
    expiring: dict[str, int] = {}
    for line in lines(text):
        stripped = line.strip()
        if certificate := _CERTIFICATE.fullmatch(stripped):
            expiring[certificate["publisher"]] = int(certificate["days"])
        elif match := _FMRI_ROW.fullmatch(line):
            packages.append(_package(*fmri(match["fmri"]), match))
        elif match := _ROW.fullmatch(line):
            packages.append(_package(match["publisher"] or "", match["name"], version(match["version"]), match))
        elif _NOTHING.fullmatch(stripped) and not packages:
            break  # what follows is the patterns that were asked for
        elif not _HEADING.fullmatch(line) or packages:
            refuse("pkg list", line)
    return Listing(tuple(packages), expiring)


def listed(output: Output) -> Listing:
    """The listing of a command's output: exit code 1 is only taken for "nothing" when pkg says so."""
    if output.rc == 0:
        return parse_list(output.stdout)
    if output.rc == 1 and output.stderr.strip() and not output.stdout.strip():
        return parse_list(output.stderr)
    raise ParseError(f"pkg list failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")


def _package(publisher: str, name: str, ver: Version, match: re.Match[str]) -> Package:
    old = match["old"]
    if old:
        return Package(
            name,
            ver,
            installed=match["state"] == "installed",
            flags=old,
            publisher=publisher,
            frozen=old[1] == "f",
            obsolete=old[2] == "o",
            renamed=old[2] == "r",
            upgradable=old[0] == "u",
        )
    flags = match["flags"]
    return Package(name, ver, flags[0] == "i", flags, publisher, flags[1] == "f", flags[2] == "o", flags[2] == "r")


_LABELS: tuple[str, ...] = (
    "Name",
    "Summary",
    "Description",
    "Category",
    "State",
    "Publisher",
    "Version",
    "Build Release",
    "Branch",
    "Packaging Date",
)
_LABELS += ("Last Install Time", "Last Update Time", "Size", "FMRI", "Renamed to", "Project URL", "Source URL")
_LABELLED = re.compile(r"\s*(?P<label>[A-Z][\w ./'-]*?):(?: (?P<value>.*))?")


def parse_info(text: str) -> tuple[dict[str, str], ...]:
    """``pkg info``: label → value, one mapping a package; wrapped values are joined with a blank, lists of categories too."""
    found: list[dict[str, str]] = []
    label = ""
    colon = 0
    for line in lines(text):
        match = _LABELLED.fullmatch(line)
        aligned = bool(match) and bool(found) and line.find(":") == colon
        if match and (match["label"] in _LABELS or aligned):
            label = match["label"]
            if label == "Name":
                found.append({})
                colon = line.find(":")
            if not found:
                refuse("pkg info", line, "stands before any Name")
            if label in found[-1]:
                if label != "Category":
                    refuse("pkg info", line, "comes twice for one package")
                found[-1][label] += " " + (match["value"] or "").strip()
            else:
                found[-1][label] = (match["value"] or "").strip()
        elif found and label and line[:1].isspace():
            found[-1][label] = f"{found[-1][label]} {line.strip()}".strip()
        else:
            refuse("pkg info", line)
    for one in found:
        if "FMRI" not in one or "State" not in one:
            refuse("pkg info", one.get("Name", ""), "has no State or no FMRI")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen package; ``comment`` '' where it has none."""

    name: str
    version: Version
    date: str = ""
    comment: str = ""


def parse_frozen(text: str) -> tuple[Frozen, ...]:
    """``pkg freeze`` without operands: the packages that are frozen."""
    found = []
    for line in lines(text):
        match = _FROZEN.fullmatch(line)
        if match:
            comment = match["comment"].strip()
            found.append(Frozen(match["name"], version(match["version"]), match["date"], "" if comment == "None" else comment))
        elif line.split() != ["NAME", "VERSION", "DATE", "COMMENT"] or found:
            refuse("pkg freeze", line)
    return tuple(found)


def parse_freezing(text: str) -> tuple[Frozen, ...]:
    """What ``pkg freeze PATTERN`` says: a line a package."""
    found = []
    for line in lines(text):
        match = re.fullmatch(r"(\S+) was frozen at (\S+)", line)
        if not match:
            refuse("pkg freeze", line)
        found.append(Frozen(match[1], version(match[2])))
    return tuple(found)


def parse_unfreezing(text: str) -> tuple[str, ...]:
    """What ``pkg unfreeze PATTERN`` says: names."""
    found = []
    for line in lines(text):
        match = re.fullmatch(r"(\S+) was unfrozen\.", line)
        if not match:
            refuse("pkg unfreeze", line)
        found.append(match[1])
    return tuple(found)
