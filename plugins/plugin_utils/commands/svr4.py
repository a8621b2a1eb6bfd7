# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and patches of Solaris 10: ``pkginfo -l``, ``pkginfo -x``, ``showrev -p`` and ``patchadd -p``; all of it as one ``System``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.errors import ParseError
from ..model.patching import system as model
from ..model.patching.patch import ID, PatchId
from . import release
from .tables import lines, refuse

_LABELLED = re.compile(r"\s*(?P<label>[A-Z][A-Z0-9_]*):(?:\s+(?P<value>.*))?")
_PATCH = re.compile(
    r"Patch:\s+(?P<id>\S+) Obsoletes:(?P<obsoletes>.*?)"
    r" Requires:(?P<requires>.*?) Incompatibles:(?P<incompatibles>.*)"
)
_PATCH_ID = re.compile(ID)


@dataclass(frozen=True, slots=True)
class Package:
    """A package instance of ``pkginfo -x``: abbreviation with instance suffix (``SUNWfoo.2``), name, architecture, version."""

    instance: str
    name: str
    architecture: str
    version: str


@dataclass(frozen=True, slots=True)
class Patch:
    """An installed patch and the package instances it went into. Other makers' patches have ids of their own making."""

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
    return tuple(_package(first, second) for first, second in _pairs(text))


def package_names(text: str) -> frozenset[str]:
    """``pkginfo``: a line a package, its category, instance and description."""
    return frozenset(words[1] for line in text.splitlines() if len(words := line.split(maxsplit=2)) > 1)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    rows = lines(text)
    if len(rows) % 2:
        raise ParseError("pkginfo -x: an odd number of lines, expected two a package")
    return zip(rows[::2], rows[1::2], strict=True)


def _package(first: str, second: str) -> Package:
    head = re.fullmatch(r"(\S+)\s+(\S.*)", first)
    tail = re.fullmatch(r"\s+\(([^)]+)\) (\S.*)", second)
    if not head or not tail:
        refuse("pkginfo -x", first if not head else second)
    return Package(head[1], head[2], tail[1], tail[2])


def parse_patches(text: str) -> tuple[Patch, ...]:
    """``showrev -p`` or ``patchadd -p``; "No patches are installed" is an empty list."""
    return tuple(_patch(line) for line in text.splitlines() if _tells(line))


def _tells(line: str) -> bool:
    return line.startswith("Patch:") or not (not line.strip() or re.fullmatch(r"No patches (?:are )?installed\.?", line.strip()))


def _patch(line: str) -> Patch:
    head, packages = _split(line)
    return Patch(*_relations(head), packages)


def _split(line: str) -> tuple[str, tuple[str, ...]]:
    """What a line says of a patch, and its packages, which are others from system to system."""
    head, mark, packages = line.partition(" Packages:")
    if not mark:
        refuse("showrev -p", line)
    return head, tuple(packages.replace(",", " ").split())


def _relations(head: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    match = _PATCH.fullmatch(head)
    if not match:
        refuse("showrev -p", head)
    foreign = _oracle(match["id"]) is None
    obsoletes, requires, incompatibles = (_ids(head, match[name], foreign) for name in ("obsoletes", "requires", "incompatibles"))
    return match["id"], obsoletes, requires, incompatibles


def installed(text: str) -> tuple[tuple[model.Installed, ...], tuple[str, ...]]:
    """``showrev -p``: Oracle's patches and interim reliefs, and the ids of other makers' patches, of which no reference knows anything."""
    ours, foreign = [], []
    for line in text.splitlines():
        one = _installed(line)
        if isinstance(one, str):
            foreign.append(one)
        elif one is not None:
            ours.append(one)
    return tuple(ours), tuple(foreign)


@functools.lru_cache(maxsize=1 << 15)
def _installed(line: str) -> model.Installed | str | None:
    """A line's patch, the id of another maker's, or that there is none. The same lines are on thousands of systems."""
    if not _tells(line):
        return None
    head, packages = _split(line)
    one = _without_packages(head)
    return one if isinstance(one, str) else model.Installed(one.id, one.obsoletes, one.requires, one.incompatibles, packages)


@functools.lru_cache(maxsize=1 << 15)
def _without_packages(head: str) -> model.Installed | str:
    name, obsoletes, requires, incompatibles = _relations(head)
    id = _oracle(name)
    return name if id is None else model.Installed(id, _known(obsoletes), _known(requires), _known(incompatibles))


@functools.lru_cache(maxsize=1 << 16)
def _oracle(text: str) -> PatchId | None:
    """The same ids stand in the lists of thousands of systems."""
    return PatchId.parse(text) if _PATCH_ID.fullmatch(text) else None


def _known(ids: tuple[str, ...]) -> tuple[PatchId, ...]:
    return tuple(id for id in map(_oracle, ids) if id is not None)


def instances(text: str) -> dict[str, tuple[model.Package, ...]]:
    """``pkginfo -x`` or ``pkginfo -l``: name → its instances. ``SUNWabc.2`` is a second SUNWabc (a name has no dot, pkginfo(4))."""
    if text.lstrip().startswith("PKGINST:"):
        rows = [_instance(one["PKGINST"], one.get("ARCH", ""), one["VERSION"]) for one in parse_info(text)]
    else:
        rows = [_printed(first, second) for first, second in _pairs(text)]
    found: dict[str, tuple[model.Package, ...]] = {}
    for name, packages in rows:
        found[name] = found[name] + packages if name in found else packages
    return found


@functools.lru_cache(maxsize=1 << 15)
def _printed(first: str, second: str) -> tuple[str, tuple[model.Package]]:
    """The same packages are on thousands of systems."""
    one = _package(first, second)
    return _instance(one.instance, one.architecture, one.version)


def _instance(instance: str, architecture: str, version: str) -> tuple[str, tuple[model.Package]]:
    # pkginfo -x prints an ARCH without its blanks, -l with them.
    return re.sub(r"\.[0-9]+\Z", "", instance), (model.Package(architecture.replace(" ", ""), version),)


def system(uname: str, packages: str, patches: str) -> model.System:
    """What ``uname -a``, ``pkginfo -x`` (or ``-l``) and ``showrev -p`` printed, together. Raises ParseError naming the command."""
    words = release.parse_uname(uname)
    ours, foreign = installed(patches)
    return model.System(
        words.node, words.release, words.version, words.machine, words.processor, words.platform, instances(packages), ours, foreign
    )


def _ids(line: str, text: str, foreign: bool) -> tuple[str, ...]:
    ids = tuple(text.replace(",", " ").split())
    for one in () if foreign else ids:
        if _oracle(one) is None:
            refuse("showrev -p", line, f"has {one!r} where a patch id is expected")
    return ids
