# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patch set of the repository: chosen by hand or by analysis, kept, frozen, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..model.errors import InvalidDefinition, Refused
from ..model.names import plain_name
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet
from ..model.patching.reference import Reference
from ..patching.analysis import analyse
from ..patching.current import index
from ..patching.listing import listing
from ..patching.selection import Selection
from ..patching.sets import Choice, as_of, by_hand, choose
from ..patching.versions import following, frozen
from . import patch_filters
from .patch_sources import Sources

if TYPE_CHECKING:
    from ..model.patching.system import System
    from ..repository.store import Repository

RELEASES = ("10", "10_x86")


@dataclass(frozen=True, slots=True)
class Made:
    """What a task made of a set: ``before`` is the version that was the latest, None where there was none; ``after`` None: it is gone."""

    before: PatchSet | None
    after: PatchSet | None
    choice: Choice = field(default_factory=lambda: Choice(()))
    gone: tuple[PatchSet, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.gone) or self.before != self.after


class Choosing:
    """One set's task. Everything is refused before anything is written."""

    def __init__(self, repository: Repository, sources: Sources, args: Mapping[str, Any], today: date | None = None) -> None:
        self._repository = repository
        self._sources = sources
        self._args = args
        self._today = today or datetime.now(UTC).date()
        self._name = plain_name(args["name"])
        if ":" in self._name and args["state"] != "absent":  # patch_install takes name:version
            raise InvalidDefinition(f"name {self._name!r}: the name of a patch set has no ':', which stands before a version.")
        self._latest = repository.patching.set(self._name)

    @property
    def youngest(self) -> date | None:
        """The last day of release that is old enough."""
        days, told = self._args["older_than"], self._args["baseline"]
        if days is None and told is None:
            return None
        if days is not None and days < 0:
            raise InvalidDefinition(f"older_than: {days} is no number of days.")
        try:
            day = date.fromisoformat(told) if told is not None else self._today
        except ValueError:
            raise InvalidDefinition(f"baseline: {told!r} is no date such as 2026-01-31.") from None
        return day - timedelta(days=days or 0)

    def made(self, systems: Mapping[str, System], selection: Selection, check: bool) -> Made:
        """State present, or frozen with a choice."""
        record, reference = self._sources.reference(self._args["reference"] or "")
        release = self._release(systems)
        youngest = self.youngest
        named = by_hand(self._args["patches"] or (), reference, release, youngest)
        analysed, refused = self._analysed(systems, selection, as_of(reference, youngest))
        choice = choose(
            named,
            analysed,
            reference,
            release,
            youngest=youngest,
            add=self._args["add_requirements"],
            systems=list(systems.values()),
        )
        choice = replace(choice, left_out={**{one: why for one, why in refused.items() if one not in choice.patches}, **choice.left_out})
        if not choice.patches:
            why = "; ".join(f"{patch} {why}" for patch, why in choice.left_out.items())
            raise Refused(f"patch set {self._name}: no patch is in it{f' ({why})' if why else ''}. Nothing is changed.")
        description = self._args["description"]
        wanted = PatchSet(self._name, 1, release, choice.patches, False, youngest, record.digest, description or "")
        after = following(self._latest, wanted, self._repository.patching.last_gone(self._name))
        if after is self._latest and not after.frozen and description is not None:
            after = replace(after, description=description)
        return self._kept(after, choice, check)

    def frozen(self, check: bool) -> Made:
        """State frozen without a choice: the version named, or the latest."""
        version = self._args["version"]
        found = self._repository.patching.set(self._name, version)
        if found is None:
            which = f"version {version} of patch set {self._name}" if version else f"patch set {self._name}"
            raise Refused(f"there is no {which}. Say what is to be in it: patches, nodes or files.")
        after = frozen(found)
        if after is not found:
            self._repository.patching.record_set(after, check=check)
        return Made(found, after)

    def _kept(self, after: PatchSet, choice: Choice, check: bool) -> Made:
        if self._args["state"] == "frozen":
            after = frozen(after)
        self._repository.patching.record_set(after, check=check)
        return Made(self._latest, after, choice)

    def absent(self, check: bool) -> Made:
        """One version, or all. The last versions go first: of a set in use nothing is taken away unsaid."""
        version = self._args["version"]
        found = [one for one in self._repository.patching.sets(self._name) if version in (None, one.version)]
        for one in found:
            self._repository.patching.forget_set(one.name, one.version, check=True)
        for one in reversed(found):
            self._repository.patching.forget_set(one.name, one.version, check=check)
        left = [one for one in self._repository.patching.sets(self._name) if one not in found]
        return Made(self._latest, left[-1] if left else None, gone=tuple(found))

    def _release(self, systems: Mapping[str, System]) -> str:
        """Which release the set is for: as told, as the systems are, or as the set was."""
        told = self._args["release"]
        by_release: dict[str, list[str]] = {}
        for name, system in systems.items():
            if system.release != "5.10":
                raise Refused(f"{name} runs SunOS {system.release}: patch sets are for Solaris 10. Leave it out.")
            by_release.setdefault("10_x86" if system.architecture == "i386" else "10", []).append(name)
        if told:
            others = [name for release, names in by_release.items() for name in names if release != told]
            if others:
                raise Refused(f"patch set {self._name} is for {told}, and these are not: {', '.join(sorted(others))}.")
            return str(told)
        if len(by_release) > 1:
            kinds = "; ".join(f"{release}: {', '.join(sorted(names))}" for release, names in sorted(by_release.items()))
            raise Refused(f"patch set {self._name} cannot be for SPARC and x86 at once ({kinds}). Make one for each.")
        if by_release:
            return next(iter(by_release))
        if self._latest:
            return self._latest.release
        raise InvalidDefinition(f"patch set {self._name}: say which release it is for, {' or '.join(RELEASES)}.")

    def _analysed(self, systems: Mapping[str, System], selection: Selection, then: Reference) -> tuple[list[PatchId], dict[PatchId, str]]:
        """What analysis would install on any of the systems, and what is refused on one (conflicts, reboots)."""
        if not systems:
            return [], {}
        ready = index(then, minimal=selection.minimal)
        found: dict[PatchId, None] = {}
        refused: dict[PatchId, str] = {}
        properties = patch_filters.properties(self._repository, selection)
        for name, system in systems.items():
            listed = listing(analyse(ready, system), selection, self._today, properties)
            found |= dict.fromkeys(listed.install)
            refused |= {one.id: f"is refused on {name}: {one.refused}" for one in listed.entries if one.id and one.refused}
        return list(found), {patch: why for patch, why in refused.items() if patch not in found}
