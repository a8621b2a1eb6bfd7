# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brands of zones: which may be declared, what each takes of a node. Placement, migration and deployment all ask here.

Sources: brands(5), native(5), solaris8(5), solaris9(5), lx(5) of Solaris 10; solaris(5), solaris10(5) of Solaris 11.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from .errors import InvalidDefinition
from .release import Architecture, Release
from .vserver import Brand

BRANDS: tuple[Brand, ...] = get_args(Brand)
#: Whole systems of their own time in a zone: installed from an archive of such a system, told who they are by a sysidcfg.
FROM_ARCHIVE: tuple[Brand, ...] = ("solaris10", "solaris8", "solaris9")
#: Their first boot reads sysidcfg(4).
WITH_SYSIDCFG: tuple[Brand, ...] = ("native", *FROM_ARCHIVE)
#: They have no SMF: their run level tells whether they are up.
WITHOUT_SMF: tuple[Brand, ...] = ("solaris8", "solaris9", "lx")

#: Update of Solaris 10 that is called 8/07, the first with brands other than native.
_BRANDED_SINCE = 4

_REFUSED = {
    "solaris-kz": "a kernel zone is a machine with a kernel and disks of its own, not a zone with datasets and file systems of its node",
    "labeled": "it belongs to Trusted Extensions, whose zones are made by its own tools",
    "cluster": "zones of a zone cluster are made and moved by Oracle Solaris Cluster",
    "ipkg": "Oracle Solaris calls it solaris, and nothing is deployed on OpenSolaris or illumos",
}


@dataclass(frozen=True, slots=True)
class _Needs:
    solaris10: bool
    said: str
    update: int = 0  # of Solaris 10
    architecture: Architecture | None = None

    def met(self, release: Release) -> bool:
        if self.solaris10 != release.is_solaris10 or release.update < self.update:
            return False
        return self.architecture in (None, release.architecture)


_NEEDS: dict[Brand, _Needs] = {
    "native": _Needs(True, "Solaris 10"),
    "solaris": _Needs(False, "Solaris 11"),
    "solaris10": _Needs(False, "Solaris 11"),
    "solaris8": _Needs(True, "Solaris 10 8/07 or later on SPARC and the packages of the brand", _BRANDED_SINCE, "sparc"),
    "solaris9": _Needs(True, "Solaris 10 8/07 or later on SPARC and the packages of the brand", _BRANDED_SINCE, "sparc"),
    "lx": _Needs(True, "Solaris 10 8/07 or later on x86 and the packages of the brand", _BRANDED_SINCE, "i386"),
}


def brand(name: str) -> Brand:
    """One of those that may be declared. Raises InvalidDefinition saying why it is none of ours."""
    for known in BRANDS:
        if name == known:
            return known
    known_all = ", ".join(BRANDS)
    why = f": {_REFUSED[name]}" if name in _REFUSED else ""
    raise InvalidDefinition(f"brand {name!r} is no brand of a vServer{why}. It is one of {known_all}.")


def shortfall(wanted: Brand, release: Release, offered: Collection[str] | None) -> str | None:
    """Why a node cannot carry a zone of this brand, as the end of a sentence that begins with the node; None when it can.

    ``offered`` are the brands that discovery found there; None: not known, then only the release tells.
    """
    needs = _NEEDS[wanted]
    met = needs.met(release)
    if met and (offered is None or wanted in offered):
        return None
    has = "" if offered is None else f" (it has {', '.join(sorted(offered)) or 'none'})"
    return f"runs {release.description}, which does not offer brand {wanted}{has}; that takes {needs.said}"
