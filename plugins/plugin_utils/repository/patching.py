# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patching as operations see it: references and archives, sets and targets, what nodes have and what became of patches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from ..model.patching.archive import Archive
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet, PatchTarget
from ..model.patching.result import PatchResult
from . import patch_nodes, patch_sets, patch_sources
from .database import Database
from .records import ReferenceRecord


class Patching:
    """``Repository.patching``. Each method is one transaction; with ``check`` it answers what it would do and does nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # References

    def references(self) -> list[ReferenceRecord]:
        """All that are kept, the newest (``as_of``) first: that one is used when nothing else is said."""
        with self._database.reading() as connection:
            return patch_sources.references(connection)

    def reference(self, digest: str = "") -> ReferenceRecord | None:
        """The one whose digest begins so, or the newest. Raises Refused where several begin so."""
        with self._database.reading() as connection:
            return patch_sources.reference(connection, digest)

    def reference_file(self, digest: str) -> bytes:
        """The file as it was imported. Raises RepositoryError when it is not kept, or is no longer what it was."""
        with self._database.reading() as connection:
            return patch_sources.reference_file(connection, digest)

    def keep_reference(self, record: ReferenceRecord, content: bytes, *, check: bool = False) -> bool:
        """Keeps a file with what was read of it; False when it is kept already. ``record.digest`` is the SHA-256 of ``content``."""
        return self._database.write(lambda c: patch_sources.keep_reference(c, record, content), check=check)

    def forget_reference(self, digest: str, *, check: bool = False) -> bool:
        """False when it is not kept. Raises Refused while a patch set was made with it."""
        return self._database.write(lambda c: patch_sources.forget_reference(c, digest), check=check)

    # Archives

    def archives(self, patches: Collection[PatchId] | None = None) -> dict[PatchId, Archive]:
        """What depots had of these patches, or of all, when they were last read."""
        with self._database.reading() as connection:
            return patch_sources.archives(connection, patches)

    def keep_archives(self, depot: str, found: Iterable[Archive], *, check: bool = False) -> tuple[list[PatchId], list[PatchId]]:
        """A depot was read: these are in it and no others. Which of them are news, and which are gone."""
        there = tuple(found)
        return self._database.write(lambda c: patch_sources.keep_archives(c, depot, there), check=check)

    # Patch sets and targets

    def sets(self, name: str | None = None) -> list[PatchSet]:
        """All versions, by name and version."""
        with self._database.reading() as connection:
            return patch_sets.sets(connection, name)

    def set(self, name: str, version: int | None = None) -> PatchSet | None:
        """A version of a set, or its highest."""
        return next((one for one in reversed(self.sets(name)) if version in (None, one.version)), None)

    def last_gone(self, name: str) -> int:
        """The highest version of a set that was taken away, 0 where none was. Up to there no number is given again."""
        with self._database.reading() as connection:
            return patch_sets.gone(connection, name)

    def record_set(self, wanted: PatchSet, *, check: bool = False) -> bool:
        """Adds or changes a version; True when it changed. Raises Refused where that version is frozen and another one, or was one
        that was taken away.
        """
        return self._database.write(lambda c: patch_sets.record_set(c, wanted), check=check)

    def forget_set(self, name: str, version: int, *, check: bool = False) -> bool:
        """False when it is not there. Raises Refused while a target or a result refers to it."""
        return self._database.write(lambda c: patch_sets.forget_set(c, name, version), check=check)

    def targets(self, name: str | None = None) -> list[PatchTarget]:
        with self._database.reading() as connection:
            return patch_sets.targets(connection, name)

    def target(self, name: str) -> PatchTarget | None:
        return next(iter(self.targets(name)), None)

    def record_target(self, wanted: PatchTarget, *, check: bool = False) -> bool:
        """Adds or changes a target; True when it changed. Raises Refused where a node or a set version is not in the repository."""
        return self._database.write(lambda c: patch_sets.record_target(c, wanted), check=check)

    def forget_target(self, name: str, *, check: bool = False) -> bool:
        return self._database.write(lambda c: patch_sets.forget_target(c, name), check=check)

    # Nodes

    def installed(self, nodes: Collection[str] | None = None) -> dict[str, Mapping[PatchId, datetime]]:
        """Node → its patches as they were last seen, and when each was first. A node of which nothing was noted has none."""
        with self._database.reading() as connection:
            return patch_nodes.installed(connection, nodes)

    def note_installed(self, node: str, patches: Iterable[PatchId], *, check: bool = False) -> tuple[list[PatchId], list[PatchId]]:
        """A node was looked at: it has these and no others. Which came and which went since the last time."""
        there = frozenset(patches)
        return self._database.write(lambda c: patch_nodes.note_installed(c, node, there), check=check)

    def results(self, nodes: Collection[str] | None = None, set_name: str | None = None) -> list[PatchResult]:
        """The last result of each patch on each node, by node and patch."""
        with self._database.reading() as connection:
            return patch_nodes.results(connection, nodes, set_name)

    def note_results(self, results: Iterable[PatchResult], *, check: bool = False) -> bool:
        """Keeps results in the place of older ones of the same node and patch; True when one differs in more than its moment."""
        given = tuple(results)
        return self._database.write(lambda c: patch_nodes.note_results(c, given), check=check)
