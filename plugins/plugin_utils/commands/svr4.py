# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and patches of Solaris 10: ``pkginfo -l``, ``pkginfo -x``, ``showrev -p`` and ``patchadd -p``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.errors import ParseError
from .tables import lines, refuse

_LABELLED = re.compile(r"\s*(?P<label>[A-Z][A-Z0-9_]*):(?:\s+(?P<value>.*))?")
_PATCH = re.compile(
    r"Patch: (?P<id>[0-9]{6}-[0-9]{2}) Obsoletes:(?P<obsoletes>.*?)"
    r" Requires:(?P<requires>.*?) Incompatibles:(?P<incompatibles>.*?) Packages:(?P<packages>.*)"
)
_PATCH_ID = re.compile(r"[0-9]{6}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Package:
    """A package instance of ``pkginfo -x``: abbreviation with instance suffix (``SUNWfoo.2``), name, architecture, version."""

    instance: str
    name: str
    architecture: str
    version: str


@dataclass(frozen=True, slots=True)
class Patch:
    """An installed patch and the package instances it went into."""

    id: str
    obsoletes: tuple[str, ...]
    requires: tuple[str, ...]
    incompatibles: tuple[str, ...]
    packages: tuple[str, ...]


def parse_info(text: str) -> tuple[dict[str, str], ...]:
    """``pkginfo -l``: label → value, one mapping a package, in the order asked for."""
    found: list[dict[str, str]] = []
    for line in lines(text):
        error = re.fullmatch(r'ERROR: information for "(.*)" was not found', line.strip())
        match = _LABELLED.fullmatch(line)
        if error:
            raise ParseError(f"pkginfo -l: package {error[1]} is not installed")
        if match and match["label"] == "PKGINST":
            found.append({})
        if match and found and match["label"] not in found[-1]:
            found[-1][match["label"]] = (match["value"] or "").strip()
        elif found and "FILES" in found[-1] and line[:1].isspace():
            found[-1]["FILES"] += f"\n{line.strip()}"
        else:
            refuse("pkginfo -l", line)
    for one in found:
        if "STATUS" not in one or "VERSION" not in one:
            refuse("pkginfo -l", one["PKGINST"], "has no STATUS or no VERSION")
    return tuple(found)


def parse_packages(text: str) -> tuple[Package, ...]:
    """``pkginfo -x``: two lines a package."""
    rows = lines(text)
    found = []
    if len(rows) % 2:
        raise ParseError("pkginfo -x: an odd number of lines, expected two a package")
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        head = re.fullmatch(r"(\S+)\s+(\S.*)", first)
        tail = re.fullmatch(r"\s+\(([^)]+)\) (\S+)", second)
        if not head or not tail:
            refuse("pkginfo -x", first if not head else second)
        found.append(Package(head[1], head[2], tail[1], tail[2]))
    return tuple(found)


def parse_patches(text: str) -> tuple[Patch, ...]:
    """``showrev -p`` or ``patchadd -p``; "No patches are installed" is an empty list."""
    found = []
    for line in text.splitlines():
        if not line.strip() or re.fullmatch(r"No patches (?:are )?installed\.?", line.strip()):
            continue
        match = _PATCH.fullmatch(line)
        if not match:
            refuse("showrev -p", line)
        obsoletes, requires, incompatibles = (_ids(line, match[name]) for name in ("obsoletes", "requires", "incompatibles"))
        found.append(Patch(match["id"], obsoletes, requires, incompatibles, tuple(match["packages"].replace(",", " ").split())))
    return tuple(found)


def _ids(line: str, text: str) -> tuple[str, ...]:
    ids = tuple(text.replace(",", " ").split())
    for one in ids:
        if not _PATCH_ID.fullmatch(one):
            refuse("showrev -p", line, f"has {one!r} where a patch id is expected")
    return ids
