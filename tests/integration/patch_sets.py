# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cross-reference of the depot's patches, patch sets of them and a target, in the repository of a test."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.records import ReferenceRecord

from .patching_world import PATCHES, PatchingWorld

VERSION = "11.10.0,REV=2005.01.21.15.53"
AS_OF = date(2026, 11, 1)


def xref(patches: Sequence[str]) -> bytes:
    """patchdiag.xref of these, by what the depot says of them."""
    lines = ["## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Nov/01/26 ##", "##"]
    for name in sorted(patches):
        number, revision = name.split("-")
        fields = PATCHES[name]
        needs = "".join(f"{one};" for one in ["sparc", *fields.get("requires", [])])
        known = [{"name": one} if isinstance(one, str) else one for one in fields["packages"]]
        packages = "".join(f"{one['name']}:{one.get('version', VERSION)};" for one in known)
        lines.append(f"{number}|{revision}|Oct/01/26|R|S| |  |10|{needs}|{packages}|SunOS 5.10: {name} patch")
    return ("\n".join(lines) + "\n").encode()


def know(world: PatchingWorld, target: str, **sets: Sequence[str]) -> None:
    """Set name → its patches: frozen, version 1, of one target for every node."""
    content = xref(list(PATCHES))
    digest = hashlib.sha256(content).hexdigest()
    with world.repository() as repository:
        known = repository.patching
        known.keep_reference(ReferenceRecord(digest, AS_OF, "patchdiag.xref", len(PATCHES), len(PATCHES), len(PATCHES), 0, 0), content)
        for name, patches in sets.items():
            known.record_set(PatchSet(name, 1, "10", tuple(map(PatchId.parse, patches)), True, reference=digest))
        known.record_target(PatchTarget(target, tuple(world.nodes), tuple(SetVersion(name, 1) for name in sets)))
