# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cross-reference of patches (patchdiag.xref) as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .patch import PatchId

#: Old lines have no date. They are taken to be as old as can be.
UNDATED = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Revision:
    """One line: a patch in one revision.

    ``release`` is the file's word for the operating system (``10``, ``10_x86``, ``Unbundled``). ``architectures`` are those of the packages
    that it changes, ``packages`` their (name, version). ``obsoleted_by`` comes of the synopsis, which is all there is.
    """

    id: PatchId
    released: date
    synopsis: str
    release: str
    recommended: bool = False
    security: bool = False
    obsolete: bool = False
    withdrawn: bool = False
    architectures: tuple[str, ...] = ()
    requires: tuple[PatchId, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[PatchId, ...] = ()
    obsoleted_by: PatchId | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that could not be read: its number in the file, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Reference:
    """``as_of`` is the date in the file's head. ``revisions``: by number, lowest revision first.

    ``unread`` lines could not be read; ``malformed`` are the first of them.
    """

    as_of: date
    revisions: Mapping[str, tuple[Revision, ...]]
    malformed: tuple[Malformed, ...] = field(default=())
    unread: int = 0

    def of(self, patch: PatchId) -> Revision | None:
        return next((one for one in self.revisions.get(patch.number, ()) if one.id == patch), None)
