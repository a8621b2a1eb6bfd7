# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of an analysis are listed: groups, named patches and filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..model.errors import ParseError
from ..model.patching.patch import NUMBER, PatchId
from .analysis import Analysis

GroupName = Literal["missing", "installed", "all", "total", "unbundled", "bad"]
GROUPS: tuple[GroupName, ...] = ("missing", "installed", "all", "total", "unbundled", "bad")
_GROUP = re.compile(r"(?P<name>missing|installed|all|total|unbundled|bad|[miatub])(?P<flags>r?s?)\Z")
_NUMBER = re.compile(rf"{NUMBER}\Z")


@dataclass(frozen=True, slots=True)
class Group:
    """``missing``; ``installed``; ``all`` is both; ``total`` all of the reference; ``unbundled`` what belongs to no package; ``bad``
    what is installed though withdrawn. ``recommended``, ``security``: only those, or either where both are set."""

    name: GroupName
    recommended: bool = False
    security: bool = False

    def __str__(self) -> str:
        return f"{self.name}{'r' if self.recommended else ''}{'s' if self.security else ''}"


#: A number without a revision is listed with what it requires.
Wanted = Group | PatchId | str


def wanted(word: str) -> Wanted:
    """``missing``, ``missingrs``, ``mrs``, ``119254``, ``119254-91``. Raises ParseError."""
    if found := _GROUP.match(word):
        name = next(group for group in GROUPS if group.startswith(found["name"]))
        return Group(name, "r" in found["flags"], "s" in found["flags"])
    if _NUMBER.match(word):
        return word
    try:
        return PatchId.parse(word)
    except ParseError:
        groups = ", ".join(GROUPS)
        raise ParseError(f"{word!r} is no patch (119254, 119254-91) and no group ({groups}, each with r, s or rs behind it).") from None


@dataclass(frozen=True, slots=True)
class Selection:
    """Ages are in days at the day of the listing. Ages, ``pattern`` and flags do not hold for what a missing patch requires, nor for what
    was named. ``ignore``: numbers, patches (that revision and lower ones) or patterns of the synopsis, for all alike.

    ``pattern``: only patches whose synopsis matches, with a leading ``!`` only those whose does not. ``stop``: no patch after that one,
    be it named with or without a revision. ``recommended``, ``security``: numbers that count as such here. ``minimal`` is for the index
    of the reference. ``without_reboot``: what is not known to do without a reboot is refused.
    """

    wanted: tuple[Wanted, ...] = (Group("missing"),)
    minimum_age: int | None = None
    maximum_age: int | None = None
    pattern: str = ""
    ignore: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    recommended: frozenset[str] = frozenset()
    security: frozenset[str] = frozenset()
    requirements: bool = True
    minimal: bool = False
    without_reboot: bool = False

    def check(self) -> None:
        """Raises ParseError where a word of it means nothing."""
        for name, days in (("minimum_age", self.minimum_age), ("maximum_age", self.maximum_age)):
            if days is not None and days < 0:
                raise ParseError(f"{name}: {days} is no number of days.")
        for text in (self.pattern.removeprefix("!"), *self.ignore):
            try:
                re.compile(text)
            except re.error as error:
                raise ParseError(f"{text!r} is no pattern: {error}.") from None
        for name, words in (("stop", self.stop), ("recommended", self.recommended), ("security", self.security)):
            for word in words:
                if not _NUMBER.match(word.partition("-")[0]):
                    raise ParseError(f"{name}: {word!r} is no patch.")

    @property
    def revisions(self) -> tuple[PatchId, ...] | None:
        """The patches, where all are named with their revision: they are listed as they are, without what they require."""
        named = tuple(one for one in self.wanted if isinstance(one, PatchId))
        return named if named and len(named) == len(self.wanted) else None


#: Groups whose members need not be missing.
_EVERYTHING = ("installed", "all", "total")
#: As what a number is listed.
Kind = Literal["named", "revision", "missing", "installed", "total", "unbundled", "bad"]


class Admission:
    """Answers, number after number in the order of the listing, whether one is listed. After ``stop`` was reached none is."""

    def __init__(self, analysis: Analysis, selection: Selection, today: date) -> None:
        self.analysis, self.selection, self.today = analysis, selection, today
        self.revisions: dict[str, PatchId] = {}
        self._stopped = False
        self._bad = {patch.number for patch in analysis.withdrawn}
        pattern = selection.pattern
        self._unlike = pattern.startswith("!")
        self._pattern = re.compile(pattern.removeprefix("!")) if pattern else None
        ages = selection.minimum_age, selection.maximum_age
        self._choosy = bool(pattern or selection.stop) or ages != (None, None)
        self._ignored = {one for one in selection.ignore if _NUMBER.match(one)}
        self._ignored_to: dict[str, int] = {}
        self._ignored_synopsis = []
        for one in selection.ignore:
            try:
                patch = PatchId.parse(one)
                self._ignored_to[patch.number] = patch.revision
            except ParseError:
                if one not in self._ignored:
                    self._ignored_synopsis.append(re.compile(one))

    def candidates(self) -> list[str]:
        """All numbers that can be listed for the sake of themselves, in order."""
        analysis, found = self.analysis, set[str]()
        for one in self.selection.wanted:
            if isinstance(one, str):
                found.add(one)
            elif isinstance(one, PatchId):
                found.add(one.number)
            else:
                found.update(self._members(one.name))
                if one.name in _EVERYTHING:
                    found.update(number for word in self.selection.stop if (number := word.partition("-")[0]) in analysis.index.current)
        ranks = analysis.index.ranks
        for number in found - ranks.keys():
            analysis.index.rank(number)
        return sorted(found, key=ranks.__getitem__)

    def _members(self, group: GroupName) -> Iterable[str]:
        analysis = self.analysis
        match group:
            case "missing":
                return analysis.missing
            case "installed":
                return analysis.installed
            case "all":
                return {*analysis.missing, *analysis.installed}
            case "total":
                return analysis.index.current
            case "unbundled":
                return [number for number in analysis.index.unbundled if not analysis.obsolete(number)]
            case "bad":
                return self._bad

    def foreign(self) -> list[str]:
        """Other makers' patches that are listed, after all others: they are installed, and nobody knows their age or flags."""
        plain = any(
            isinstance(one, Group) and one.name in ("installed", "all") and not one.recommended and not one.security
            for one in self.selection.wanted
        )
        if not plain or self._stopped or self.selection.maximum_age is not None:
            return []
        return [
            name
            for name in sorted(self.analysis.system.foreign)
            if not any(pattern.search(name) for pattern in self._ignored_synopsis)
            and not (self._pattern and bool(self._pattern.search(name)) == self._unlike)
        ]

    def admit(self, number: str, required_by: str | None) -> Kind | None:
        """Raises nothing; the first of ``wanted`` that takes the number decides."""
        for one in self.selection.wanted:
            if isinstance(one, Group):
                if kind := self._of_group(one, number, required_by):
                    return kind
            elif isinstance(one, PatchId):
                if number == one.number and not self.ignored(number, one):
                    self.revisions[number] = one
                    return "revision"
            elif (number == one or required_by == "named") and not self.ignored(number):
                return "named"
        return None

    def _of_group(self, group: Group, number: str, required_by: str | None) -> Kind | None:
        analysis, missing = self.analysis, number in self.analysis.missing
        kind: Kind
        if group.name in ("missing", "all") and missing:
            kind = "missing"
        elif group.name in ("installed", "all"):
            kind = "installed"
        elif group.name == "total" and number in analysis.index.current:
            kind = "total"
        elif group.name == "unbundled" and number in analysis.index.unbundled and not analysis.obsolete(number):
            kind = "unbundled"
        elif group.name == "bad" and number in self._bad:
            kind = "bad"
        else:
            return None
        if self.selection.ignore and self.ignored(number):
            return None
        if not self._choosy and not (group.recommended or group.security):
            return None if kind == "installed" and number not in analysis.installed else kind
        # PCA does not waive the flags for a requirement of group all, so that missings can list more than alls.
        if not self._passes(group, number) and not (kind == "missing" and required_by == "missing"):
            return None
        return None if kind == "installed" and number not in analysis.installed else kind

    def ignored(self, number: str, named: PatchId | None = None) -> bool:
        """``named``: the revision that is meant, else the current one."""
        if not self.selection.ignore:
            return False
        revision = self.analysis.index.reference.of(named) if named else self.analysis.current(number)
        meant = named or (revision and revision.id)
        if number in self._ignored or (meant and meant.revision <= self._ignored_to.get(number, -1)):
            return True
        return any(pattern.search(revision.synopsis if revision else "") for pattern in self._ignored_synopsis)

    def _passes(self, group: Group, number: str) -> bool:
        if self._stopped:
            return False
        revision = self.analysis.current(number)
        if number in self.selection.stop or (revision and str(revision.id) in self.selection.stop):
            self._stopped = True
        if group.recommended or group.security:
            recommended = group.recommended and (self.analysis.recommended(number) or number in self.selection.recommended)
            security = group.security and (bool(revision and revision.security) or number in self.selection.security)
            if not recommended and not security:
                return False
        if self._pattern and bool(self._pattern.search(revision.synopsis if revision else "")) == self._unlike:
            return False
        low, high = self.selection.minimum_age, self.selection.maximum_age
        if low is None and high is None:
            return True
        if revision is None:
            # of what the reference does not know nobody knows the age
            return high is None
        age = (self.today - revision.released).days
        return (low is None or age >= low) and (high is None or age <= high)
