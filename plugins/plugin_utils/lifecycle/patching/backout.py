# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches can be taken out of a node again, and in which order.

patchrm takes out one patch at a time, and refuses (pkgadd's undo packages, patchrm(1M)): what an installed patch requires, what a newer one
replaced, what was installed without keeping the old files. All of it can be seen before, so that nothing is begun which ends half-way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ...model.patching.patch import PatchId
from ...model.patching.system import Installed

#: Where a package keeps what a patch replaced. ``remote``: it lies elsewhere (patchadd -B), and patchrm knows where.
SAVED = ("undo.Z", "undo", "obsolete.Z", "obsolete", "remote")
#: ``undo``: it can be taken out. ``obsolete``: once that is out which replaced it.
Saved = Literal["undo", "obsolete", ""]


@dataclass(frozen=True, slots=True)
class Removal:
    """``order``: first what requires or replaced others. ``absent`` are not there (any more). ``refused`` says why, and touches nothing."""

    order: tuple[PatchId, ...] = ()
    absent: tuple[PatchId, ...] = ()
    refused: Mapping[PatchId, str] = field(default_factory=dict)


def saved_files(patches: Iterable[Installed]) -> list[str]:
    """The paths that tell whether the patches' old files were kept: any that may be there."""
    return [f"/var/sadm/pkg/{package}/save/{one.id}/{name}" for one in patches for package in one.packages for name in SAVED]


def saved(patch: Installed, files: Collection[str]) -> tuple[Saved, str]:
    """What ``files`` (those of ``saved_files`` that are there) say of a patch, and the first package that kept nothing."""
    kinds: set[Saved] = set()
    for package in patch.packages:
        folder = f"/var/sadm/pkg/{package}/save/{patch.id}"
        kept = [name for name in SAVED if f"{folder}/{name}" in files]
        if not kept:
            return "", package
        kinds.add("obsolete" if kept[0].startswith("obsolete") else "undo")
    return ("obsolete" if "obsolete" in kinds else "undo"), ""


def removal(
    wanted: Iterable[PatchId],
    installed: Sequence[Installed],
    files: Collection[str],
    zones: Mapping[str, Collection[PatchId]] | None = None,
) -> Removal:
    """``zones``: what the zones that tell have. A patch that is out of the global zone, which is last, and still in one of them is refused:
    patchrm in the global zone would say that it is not there."""
    there = {one.id: one for one in installed}
    asked = list(dict.fromkeys(wanted))
    absent = [patch for patch in asked if patch not in there]
    refused: dict[PatchId, str] = {}
    for patch in absent:
        left = sorted(name for name, patches in (zones or {}).items() if patch in patches)
        if left:
            refused[patch] = f"is out of the global zone, and still in zone {', '.join(left)}. Take it out there (patchrm in the zone)"
    going = {patch for patch in asked if patch in there}
    for patch in sorted(going):
        kind, package = saved(there[patch], files)
        if not kind:
            refused[patch] = f"cannot be taken out: package {package} kept no old files of it (patchadd -d, or its save folder was cleared)"
        elif kind == "obsolete" and not any(one in going for one, why in holders(there[patch], installed) if why == "replaced"):
            refused[patch] = "cannot be taken out: a newer patch replaced its files. Take that out first"
    while held := _held({patch for patch in going if patch not in refused}, there, installed):
        refused |= held
    order, ring = _ordered({patch for patch in going if patch not in refused}, there, installed)
    return Removal(tuple(order), tuple(patch for patch in absent if patch not in refused), refused | ring)


def holders(patch: Installed, installed: Iterable[Installed]) -> list[tuple[PatchId, Literal["required", "replaced"]]]:
    """Installed patches that have to go before this one can: patchrm's own rule.

    It takes a requirement of a lower revision, and of anything that the patch says it obsoletes, for a requirement of this patch.
    """
    does = (patch.id, *patch.obsoletes)
    found: list[tuple[PatchId, Literal["required", "replaced"]]] = []
    for other in installed:
        if other.id == patch.id:
            continue
        newer = other.id.number == patch.id.number and other.id.revision > patch.id.revision
        if newer or any(one.number == patch.id.number and one.revision >= patch.id.revision for one in other.obsoletes):
            found.append((other.id, "replaced"))
        elif any(need.number == one.number and need.revision <= one.revision for need in other.requires for one in does):
            found.append((other.id, "required"))
    return found


def _held(going: Collection[PatchId], there: Mapping[PatchId, Installed], installed: Sequence[Installed]) -> dict[PatchId, str]:
    """Those that something holds which stays."""
    found = {}
    for patch in sorted(going):
        staying = [(one, why) for one, why in holders(there[patch], installed) if one not in going]
        if staying:
            names = {kind: ", ".join(str(one) for one, why in sorted(staying) if why == kind) for kind in ("required", "replaced")}
            said = [f"is required by {names['required']}"] if names["required"] else []
            said += [f"was replaced by {names['replaced']}"] if names["replaced"] else []
            found[patch] = f"{' and '.join(said)}, installed and staying. Take that out too, or leave both"
    return found


def _ordered(
    going: Collection[PatchId], there: Mapping[PatchId, Installed], installed: Sequence[Installed]
) -> tuple[list[PatchId], dict[PatchId, str]]:
    """What nothing holds any more goes next. What is left then hold each other, and patchrm takes out none of them."""
    held = {patch: {one for one, _why in holders(there[patch], installed)} & set(going) for patch in going}
    order: list[PatchId] = []
    while free := [patch for patch, by in held.items() if not by]:
        order.append(max(free))
        del held[order[-1]]
        for by in held.values():
            by.discard(order[-1])
    return order, {
        patch: f"has to go after {', '.join(map(str, sorted(by)))}, which cannot go before it" for patch, by in sorted(held.items())
    }
