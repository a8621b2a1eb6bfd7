# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What analysis found on a system, as a result and as the rows of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..model.patching.patch import PatchId
from .analysis import Analysis
from .entry import Entry
from .listing import Listing

HEADS = ("SYSTEM", "INSTALLED", "LISTED", "MISSING", "RECOMMENDED", "SECURITY", "REFUSED", "WITHDRAWN", "NOT IN REFERENCE")
PATCH_HEADS = ("SYSTEM", "PATCH", "HAS", "CURRENT", "RSW", "AGE", "STANDING", "REMARK", "SYNOPSIS")


class Told(NamedTuple):
    """Of one system, as plain values: its part of the result, the patches that it lacks, its rows of ``PATCH_HEADS``."""

    described: dict[str, Any]
    lacks: tuple[str, ...]
    rows: list[tuple[object, ...]]


def told(name: str, analysis: Analysis, found: Listing, details: bool = True, rows: bool = False) -> Told:
    """``details``: the result has every listed patch. Without ``rows`` there are none."""
    return Told(described(analysis, found, details), lacking(found), patch_rows(name, found) if rows else [])


def lacking(found: Listing) -> tuple[str, ...]:
    return tuple(str(one.id) for one in found.entries if one.standing == "missing")


def unlisted(analysis: Analysis) -> tuple[PatchId, ...]:
    """Installed patches of which the reference knows no number, or only lower revisions."""
    found = []
    current = analysis.index.current
    for number, revision in analysis.installed.items():
        known = current.get(number)
        if known and revision <= known.revision.id.revision:
            continue  # by far the most
        if analysis.standing(number) in ("unlisted", "newer"):
            found.append(PatchId(number, revision))
    return tuple(sorted(found))


def _counts(analysis: Analysis, found: Listing, beyond: Sequence[PatchId]) -> dict[str, int]:
    """``recommended``, ``security``, ``refused`` are of those that are missing."""
    missing = [one for one in found.entries if one.standing == "missing"]
    return {
        "installed": len(analysis.installed),
        "listed": len(found.entries),
        "missing": len(missing),
        "recommended": sum(bool(one.recommended) for one in missing),
        "security": sum(bool(one.security) for one in missing),
        "refused": sum(bool(one.refused) for one in missing),
        "withdrawn": len(analysis.withdrawn),
        "unlisted": len(beyond),
    }


def described(analysis: Analysis, found: Listing, details: bool = True) -> dict[str, Any]:
    """A system's part of the result; ``details``: with every listed patch."""
    system, beyond = analysis.system, unlisted(analysis)
    patches = {"patches": [_entry(one) for one in found.entries]} if details else {}
    return patches | {
        "host": system.host,
        "release": system.release,
        "kernel": system.kernel,
        "architecture": system.architecture,
        "counts": _counts(analysis, found, beyond),
        "install": [str(one) for one in found.install],
        "rings": [list(ring) for ring in found.cycles],
        "withdrawn": [str(one) for one in analysis.withdrawn],
        "unlisted": [str(one) for one in beyond],
        "foreign": list(system.foreign),
    }


def _entry(one: Entry) -> dict[str, Any]:
    current = one.current
    return {
        "patch": str(one.id or one.number),
        "standing": one.standing,
        "installed": None if one.installed is None else str(PatchId(one.number, one.installed)),
        "current": str(current.id) if current else None,
        "recommended": bool(one.recommended),
        "security": bool(one.security),
        "withdrawn": one.withdrawn,
        "age": one.age,
        "synopsis": current.synopsis if current else "",
        "required_by": one.required_by or None,
        "notes": list(one.notes),
        "refused": one.refused or None,
    }


def row(name: str, told: Mapping[str, Any]) -> tuple[object, ...]:
    """Of ``HEADS``; ``told`` is the system's part of the result."""
    return (name, *told["counts"].values())


def patch_rows(name: str, found: Listing) -> list[tuple[object, ...]]:
    """Of ``PATCH_HEADS``. Small letters are flags of the task."""
    rows: list[tuple[object, ...]] = []
    for one in found.entries:
        current = one.current
        flags = f"{one.recommended or '-'}{one.security or '-'}{'W' if one.withdrawn else '-'}"
        there = "" if one.installed is None else f"{one.installed:02}"
        remarks = [f"refused: {one.refused}"] if one.refused else []
        remarks += one.notes
        remarks += [f"required by {one.required_by}"] if one.required_by else []
        offered = f"{current.id.revision:02}" if current else ""
        synopsis = current.synopsis if current else ""
        rows.append((name, one.number, there, offered, flags, one.age, one.standing, "; ".join(remarks), synopsis))
    return rows


def together(names: Iterable[str], lacks: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Of a group: its systems, those of which nothing is known, and patch → the systems that lack it. ``lacks``: system → its patches."""
    members = sorted(names)
    known = [name for name in members if name in lacks]
    by_patch: dict[str, list[str]] = {}
    for name in known:
        for patch in lacks[name]:
            by_patch.setdefault(patch, []).append(name)
    return {
        "systems": known,
        "unknown": [name for name in members if name not in lacks],
        "complete": [name for name in known if not lacks[name]],
        "missing": dict(sorted(by_patch.items())),
    }


def warnings(name: str, told: Mapping[str, Any], as_of: str, shown: int = 5) -> Sequence[str]:
    """What somebody has to know of a system, whatever was asked; ``told`` is its part of the result."""
    said = [f"{name}: {patch} is installed and withdrawn" for patch in told["withdrawn"]]
    beyond = told["unlisted"]
    if beyond:
        more = f" and {len(beyond) - shown} more" if len(beyond) > shown else ""
        listed = ", ".join(beyond[:shown])
        said.append(f"{name}: the reference of {as_of} does not know {listed}{more}, which {'is' if len(beyond) == 1 else 'are'} installed")
    return said
