# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches that were chosen together, and the nodes that are to get them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .patch import PatchId


class SetVersion(NamedTuple):
    """One version of a patch set: what a target holds, so that a set which grows changes no target by itself."""

    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


@dataclass(frozen=True, slots=True)
class PatchSet:
    """One version of a set. A frozen one never changes: another choice makes the next version.

    ``release`` is a reference's word for the operating system (``10`` is SPARC, ``10_x86``). ``patches`` are in the order of installation.
    ``baseline`` is the youngest date of release that was let in, None where age did not matter. ``reference`` is the digest of the
    cross-reference that it was made with.
    """

    name: str
    version: int
    release: str
    patches: tuple[PatchId, ...]
    frozen: bool = False
    baseline: date | None = None
    reference: str = ""
    description: str = ""

    @property
    def key(self) -> SetVersion:
        return SetVersion(self.name, self.version)


@dataclass(frozen=True, slots=True)
class PatchTarget:
    """Nodes times patch sets. ``nodes`` are names, sorted; ``sets`` in the order in which they were given."""

    name: str
    nodes: tuple[str, ...]
    sets: tuple[SetVersion, ...]
    description: str = ""
