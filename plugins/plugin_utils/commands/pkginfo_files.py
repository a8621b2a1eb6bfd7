# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches and packages of a system that does not run, such as a halted zone: its pkginfo files, from which showrev reads them too.

``PATCHLIST=126547-01`` names the patches of a package, ``PATCH_INFO_126547-01=Installed: Mon Oct 27 08:52:07 PDT 2008 From: mum
Obsoletes:  Requires:  Incompatibles:`` tells of each (recorded pkginfo files of Solaris 10; ids are separated by blanks).
"""

from __future__ import annotations

import re

from ..model.command import Command
from ..model.errors import ParseError
from ..model.patching.patch import PatchId
from ..model.patching.system import Installed

_READ = """\
cd "$1/var/sadm/pkg" || exit 1
ls -d */pkginfo || exit 1
echo ==
grep '^PATCH' */pkginfo /dev/null
exit 0"""
_INFO = re.compile(r"Obsoletes:(?P<obsoletes>.*?)Requires:(?P<requires>.*?)Incompatibles:(?P<incompatibles>.*)")


def read(root: str) -> Command:
    """``root`` is the system's root directory as seen from here. Output: ``parse``."""
    return Command.of("/bin/sh", "-c", _READ, "pkginfo", root)


def parse(text: str) -> tuple[tuple[Installed, ...], frozenset[str]]:
    """The patches, each with the package instances that it is in, and all package instances. Patches of other makers are left out.

    Raises ParseError.
    """
    listed, mark, said = text.partition("==\n")
    if not mark:
        raise ParseError("pkginfo files: the list of packages does not end")
    packages = frozenset(line.removesuffix("/pkginfo") for line in listed.splitlines())
    where: dict[PatchId, list[str]] = {}
    told: dict[PatchId, str] = {}
    for line in said.splitlines():
        path, _colon, rest = line.partition(":")
        name, _equals, value = rest.partition("=")
        package = path.removesuffix("/pkginfo")
        if package not in packages:
            raise ParseError(f"pkginfo files: {line[:120]!r} is of no package that was listed")
        if name == "PATCHLIST":
            for patch in _ids(value):
                where.setdefault(patch, []).append(package)
        elif name.startswith("PATCH_INFO_"):
            told |= dict.fromkeys(_ids(name.removeprefix("PATCH_INFO_")), value)
    return tuple(_installed(patch, told.get(patch, ""), tuple(found)) for patch, found in sorted(where.items())), packages


def _installed(patch: PatchId, info: str, packages: tuple[str, ...]) -> Installed:
    found = _INFO.search(info)
    if found is None:
        return Installed(patch, packages=packages)
    return Installed(patch, _ids(found["obsoletes"]), _ids(found["requires"]), _ids(found["incompatibles"]), packages)


def _ids(words: str) -> tuple[PatchId, ...]:
    found = []
    for word in words.replace(",", " ").split():
        try:
            found.append(PatchId.parse(word))
        except ParseError:  # another maker's
            continue
    return tuple(found)
