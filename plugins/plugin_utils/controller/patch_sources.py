# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cross-references of the repository, read; what a patch set needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..commands import patchdiag
from ..model.errors import RepositoryError
from ..model.patching.reference import Reference

if TYPE_CHECKING:
    from ..repository.records import ReferenceRecord
    from ..repository.store import Repository


class Sources:
    """References are read once for a task: a file of 30,000 lines takes about a second."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._read: dict[str, Reference] = {}

    def newest(self) -> tuple[ReferenceRecord, Reference]:
        return self.reference("")

    def reference(self, digest: str) -> tuple[ReferenceRecord, Reference]:
        """The one whose digest begins so, '' for the newest. Raises RepositoryError where there is none."""
        record = self._repository.patching.reference(digest)
        if record is None:
            which = f"cross-reference whose digest begins with {digest}" if digest else "cross-reference of patches"
            raise RepositoryError(f"the repository keeps no {which}. Import one with heliostat.vdc.patch_reference.")
        if record.digest not in self._read:
            self._read[record.digest] = patchdiag.parse(self._repository.patching.reference_file(record.digest))
        return record, self._read[record.digest]
