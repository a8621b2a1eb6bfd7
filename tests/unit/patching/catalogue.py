# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References and systems for the tests of patching, in few words."""

from __future__ import annotations

from datetime import date
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Malformed, Reference, Revision
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed, Package, System

VERSION = "11.10.0,REV=2005.01.21.15.53"


def ids(text: str) -> tuple[PatchId, ...]:
    return tuple(PatchId.parse(word) for word in text.split())


def revision(name: str, requires: str = "", conflicts: str = "", by: str = "", packages: str = "SUNWckr", **more: Any) -> Revision:
    """A patch of 2010-06-01 for SPARC. One that is obsoleted ``by`` another carries the flag."""
    values = {"released": date(2010, 6, 1), "release": "10", "architectures": ("sparc",), "obsolete": bool(by), **more}
    return Revision(
        PatchId.parse(name),
        synopsis=f"SunOS 5.10: {name}",
        requires=ids(requires),
        conflicts=ids(conflicts),
        packages=tuple((package, VERSION) for package in packages.split()),
        obsoleted_by=PatchId.parse(by) if by else None,
        **values,
    )


def reference(*revisions: Revision, malformed: tuple[Malformed, ...] = ()) -> Reference:
    found: dict[str, tuple[Revision, ...]] = {}
    for one in sorted(revisions, key=lambda one: one.id):
        found[one.id.number] = (*found.get(one.id.number, ()), one)
    return Reference(date(2012, 6, 1), found, malformed)


def installed(name: str, obsoletes: str = "", incompatibles: str = "") -> Installed:
    return Installed(PatchId.parse(name), ids(obsoletes), (), ids(incompatibles))


def system(*patches: str | Installed, packages: str = "SUNWckr", architecture: str = "sparc", release: str = "5.10") -> System:
    """A system with these packages in the version that ``revision`` means."""
    x86 = architecture == "i386"
    return System(
        "t4a",
        release,
        "Generic_118833-36",
        "i86pc" if x86 else "sun4v",
        architecture,
        "i86pc" if x86 else "SUNW,SPARC-Enterprise-T5220",
        {name: (Package(architecture, VERSION),) for name in packages.split()},
        tuple(one if isinstance(one, Installed) else installed(one) for one in patches),
    )
