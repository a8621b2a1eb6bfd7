# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the requested patches go in, in which order, and why the others do not: what pdo works out before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...patching import Patch
from ..system.svr4_database import base, revision
from .archive import Archive
from .places import Place

OBSOLETE = (
    "they have been made obsolete by other patches already\ninstalled on the system or by patches you have specified for installation."
)
NO_PACKAGE = "the packages they patch are not installed on this system."
UNMET = "at least one required patch is not installed on this system."


@dataclass
class Choice:
    """``rejected``: reason (a heading of pdo) → its lines; ``codes``: what patchadd of one patch ends with, by patch."""

    approved: list[Archive] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    rejected: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def reject(self, archive: Archive, why: str, line: str, rc: int) -> None:
        self.rejected.setdefault(why, []).append(line)
        self.codes[archive.id] = rc


def number(patch: str) -> int:
    """The revision as a number."""
    return int(revision(patch))


def at_least(have: str, wanted: str) -> bool:
    return base(have) == base(wanted) and number(have) >= number(wanted)


def satisfied(wanted: str, patches: list[Patch]) -> bool:
    """Whether this revision or a later one is installed, or one that obsoletes it."""
    return any(at_least(patch.id, wanted) or any(at_least(old, wanted) for old in patch.obsoletes) for patch in patches)


def obsoleted(archive: Archive, patches: list[Patch], others: list[Archive]) -> int:
    """35 when a later revision is installed or requested, 6 when another patch obsoletes it, else 0."""
    have = [patch.id for patch in patches] + [other.id for other in others]
    if any(base(one) == base(archive.id) and number(one) > number(archive.id) for one in have):
        return 35
    lists = [patch.obsoletes for patch in patches] + [list(other.obsoletes) for other in others if other.id != archive.id]
    return 6 if any(at_least(old, archive.id) for olds in lists for old in olds) else 0


def choose(requested: list[Archive], place: Place, lacking: frozenset[str] = frozenset(), forced: bool = False) -> Choice:
    """``lacking``: patches that the place has and some zone of its does not (PSARC 2007/691: they go into those). ``forced``: -u."""
    choice, patches = Choice(), place.patches()
    wanted: list[Archive] = []
    for archive in requested:
        there = any(patch.id == archive.id for patch in patches)
        if there and not place.interrupted(archive.id) and archive.id not in lacking and not forced:
            choice.installed.append(archive.id)
            choice.codes[archive.id] = 2
            continue
        for part in archive.parts:
            if place.named(part.name) and not place.has(part):
                line = f"Version of package {part.name} from directory {part.folder} in patch {archive.id} differs from the package"
                choice.mismatches.append(f"{line} installed on the system.")
        wanted.append(archive)
    fitting = []
    for archive in wanted:
        late = obsoleted(archive, patches, wanted)
        if late:
            choice.reject(archive, OBSOLETE, f"All packages from patch {archive.id} are patched by higher revision patches.", late)
        elif not any(place.has(part) for part in archive.parts):
            choice.reject(archive, NO_PACKAGE, f"No Packages from patch {archive.id} are installed on the system.", 8)
        else:
            fitting.append(archive)
    choice.approved = ordered(meeting(choice, fitting, wanted, patches))
    return choice


def provider(wanted: str, archives: list[Archive]) -> Archive | None:
    """The requested patch that meets a requirement."""
    found = (one for one in archives if at_least(one.id, wanted) or any(at_least(old, wanted) for old in one.obsoletes))
    return next(found, None)


def meeting(choice: Choice, fitting: list[Archive], wanted: list[Archive], patches: list[Patch]) -> list[Archive]:
    """Those whose requirements are met, by what is installed or by others that go in."""
    going, changed = list(fitting), True
    while changed:
        changed = False
        for archive in list(going):
            unmet = next((need for need in archive.requires if not satisfied(need, patches) and provider(need, going) is None), None)
            if unmet is None:
                continue
            asked = provider(unmet, wanted)
            why = "will not be installed because it updates no packages on this system." if asked else "does not exist."
            choice.reject(archive, UNMET, f"For patch {archive.id}, required patch {unmet} {why}", 25)
            going.remove(archive)
            changed = True
    return going


def ordered(archives: list[Archive]) -> list[Archive]:
    """By id, what is required before what requires it. A circle is entered at its first member."""
    rows: list[Archive] = []
    begun: set[str] = set()

    def add(archive: Archive) -> None:
        if archive.id in begun:
            return
        begun.add(archive.id)
        for need in archive.requires:
            found = provider(need, archives)
            if found is not None:
                add(found)
        rows.append(archive)

    for archive in sorted(archives, key=lambda one: one.id):
        add(archive)
    return rows
