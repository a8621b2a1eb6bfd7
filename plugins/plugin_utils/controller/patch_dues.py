# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes are due of the patch sets of a target, by references, archives and sets of the repository and what the nodes say now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.errors import InvalidDefinition, Refused
from ..model.patching.archive import Archive
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from ..model.patching.reference import Reference, Revision
from ..patching.targets import Merged, completed, due, merged
from ..patching.versions import since
from .patch_sources import Sources

if TYPE_CHECKING:
    from ..model.patching.system import System
    from ..repository.store import Repository


class Dues:
    """For some set versions. ``warnings``: sets that are there twice, patches that were withdrawn or became obsolete since."""

    def __init__(self, repository: Repository, sources: Sources, versions: Sequence[SetVersion]) -> None:
        self._sources = sources
        self.sets = tuple(_found(repository, one) for one in versions)
        self.asked: Merged = merged(self.sets)
        _record, newest = sources.newest()
        self.reference: Reference = completed(newest, self._kept())
        self.archives: Mapping[PatchId, Archive] = repository.patching.archives(frozenset(self.asked.asked_by))
        self.faulty = {patch: why for patch in self.asked.asked_by if (why := unusable(self.archives.get(patch)))}
        stale = [one for held in dict.fromkeys(self.sets) for one in since(held, newest).warnings(held)]
        self.warnings: list[str] = [*self.asked.warnings, *stale]

    def _kept(self) -> Iterable[Revision]:
        """What the sets' own references say of their patches."""
        for one in self.sets:
            if one.reference:
                _record, own = self._sources.reference(one.reference)
                for patch in one.patches:
                    revision = own.of(patch)
                    if revision:
                        yield revision

    def of(self, systems: Mapping[str, System]) -> dict[str, Due]:
        """Node → what it is due, by what it has."""
        properties = {patch: one.properties for patch, one in self.archives.items()}
        return {
            node: due(node, system, self.asked, self.reference, properties=properties, faulty=self.faulty)
            for node, system in systems.items()
        }


def frozen(repository: Repository, name: str, version: int | None) -> SetVersion:
    """The version told, or the newest that is frozen: what nodes get stays what it was. Raises Refused."""
    versions = repository.patching.sets(name)
    if not versions:
        raise Refused(f"there is no patch set {name}. Make it with heliostat.vdc.patch_set.")
    if version is None:
        kept = [one for one in versions if one.frozen]
        if not kept:
            raise Refused(f"patch set {name} has no frozen version. Freeze it first (heliostat.vdc.patch_set, state frozen).")
        return kept[-1].key
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        raise Refused(f"patch set {name} has no version {version}, only {', '.join(str(one.version) for one in versions)}.")
    if not found.frozen:
        raise Refused(f"patch set {found.key} is not frozen and could still change. Freeze it first (heliostat.vdc.patch_set).")
    return found.key


def named(word: str) -> tuple[str, int | None]:
    """A set as playbooks name it: ``autumn``, or ``autumn:3`` for its third version. Raises InvalidDefinition."""
    name, _colon, number = word.partition(":")
    if number and not number.isdigit():
        raise InvalidDefinition(f"sets: {word!r} is neither a patch set's name nor name:version.")
    return name, int(number) if number else None


def target(repository: Repository, name: str) -> PatchTarget:
    """Raises Refused where there is none."""
    found = repository.patching.target(name)
    if found is None:
        raise Refused(f"there is no patch target {name}. Declare it with heliostat.vdc.patch_target.")
    return found


def unusable(archive: Archive | None) -> str:
    """Why a patch cannot be installed from what the depots have; '' where it can. Its content was checked when the depot was read."""
    if archive is None:
        return "no depot has its archive"
    if archive.problem:
        return f"archive {archive.file} in {archive.depot} cannot be used: {archive.problem}"
    depot = Path(archive.depot)
    if not depot.is_dir():  # another controller read it; what nodes see of it is looked at when it is rolled out
        return ""
    path = depot / archive.file
    try:
        found = path.stat()
    except OSError as error:
        return f"archive {path} is not there any more: {error.strerror}"
    if path.is_file() and found.st_size != archive.size:
        return f"archive {path} has {found.st_size} bytes now, it had {archive.size} when the depot was read"
    return ""


def _found(repository: Repository, version: SetVersion) -> PatchSet:
    found = repository.patching.set(*version)
    if found is None:
        raise Refused(f"there is no patch set {version}. Make it with heliostat.vdc.patch_set.")
    return found
