# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patchadd(1M) prints of each patch.

It is for people, with the output of patches' own scripts in between, and differs between revisions of the patch utilities. It says why a
patch did not go in, never that it did: that is what ``showrev -p`` says afterwards. The sentences are those of recorded runs and of the
published script of Solaris 2.6 (``patchadd.ksh 1.4 96/10/15``).

Why a patch failed is mostly told without its name. Of which it is then say, in this order: the only patch of the run; the log that is named
after it, or ``Skipping patch ID`` (the script's words where others follow); the order of installation that patchadd printed, where as many
patches were begun as stand in it and every name fits.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from ..model.patching.patch import ID, NUMBER, PatchId
from .patchadd import Told, Word

_ID = rf"(?P<id>{ID})"
#: The check of non-global zones has the zone's name in front.
_IN_ZONE = r"(?:(?!ERROR|WARNING)(?P<zone>[-_.A-Za-z0-9]+): )?"
_LINES: tuple[tuple[re.Pattern[str], Word], ...] = (
    (re.compile(rf"\s*Patch (?:number )?{_ID} has been successfully installed\."), "installed"),
    (re.compile(rf"\s*Requested patch {_ID} is already installed on the system\."), "already"),
    (re.compile(rf"\s*Patch {_ID} has already been applied\b"), "already"),
    (re.compile(rf"\s*(?:[0-9]+ )?No Packages from patch {_ID} are installed on the system\."), "no_package"),
    (re.compile(rf"\s*(?:[0-9]+ )?All packages from patch {_ID} are patched by higher revision patches\."), "obsoleted"),
    (re.compile(rf"\s*(?:[0-9]+ )?A later version of {_ID} has already been installed\b"), "obsoleted"),
    (re.compile(rf"\s*(?:[0-9]+ )?{_IN_ZONE}For patch {_ID}, (?P<why>required patch .+)"), "requires"),
    (re.compile(rf"\s*(?:[0-9]+ )?{_IN_ZONE}For patch {_ID}, (?P<why>.*\bincompatible\b.*)"), "incompatible"),
    (re.compile(rf"\s*(?:[0-9]+ )?Patch {_ID} (?P<why>.*\bincompatible\b.*)"), "incompatible"),
    (re.compile(rf"\s*Patch {_ID} failed to install\b(?P<why>.*)"), "failed"),
    (re.compile(rf"\s*Patch {_ID} (?:could not be|was not) installed\b(?P<why>.*)"), "failed"),
    (re.compile(rf"\s*Installation of patch (?:number )?{_ID} has been suspended\b"), "failed"),
    (re.compile(rf"\s*(?:WARNING: )?Skipping patch {_ID}\b"), "failed"),
)  # fmt: skip
_OBSOLETED = re.compile(rf"\s*(?:[0-9]+ )?Patch {_ID} is obsoleted by patch (?P<why>\S+?)\.?(?:\s|\Z)")
#: By number alone: of the revision that was to go in.
_LATER = re.compile(rf"\s*(?:[0-9]+ )?A later version of (?P<number>{NUMBER}) has already been installed\b")
#: Of the patch that is being installed. Which one it is they do not say.
_NAMELESS: tuple[tuple[re.Pattern[str], Word], ...] = (
    (re.compile(r"\s*(?:ERROR: )?This patch is (?P<why>incompatible with patch \S.*)"), "incompatible"),
    (re.compile(r"\s*(?:ERROR: )?This patch (?P<why>requires patch \S.*)"), "requires"),
    (re.compile(r"\s*(?:ERROR: )?This patch (?P<why>requires the following patches)"), "requires"),
    (re.compile(r"\s*(?:ERROR: )?This patch is obsoleted (?P<why>by patch \S+)"), "obsoleted"),
    (re.compile(r"\s*(?P<why>Pkgadd of \S+ (?:package )?failed with error code [0-9]+)"), "failed"),
    (re.compile(r"\s*(?P<why>The (?:pre|post)patch script exited with return code [0-9]+)"), "failed"),
    (re.compile(r"\s*(?P<why>Insufficient space in \S* to save old files)"), "failed"),
    (re.compile(r"\s*(?P<why>Not enough space in \S+ to apply patch)"), "failed"),
    (re.compile(r"\s*(?P<why>The (?:checkinstall|request) script failed)"), "failed"),
    (re.compile(r"\s*(?P<why>Installation failed due to .+)"), "failed"),
    (re.compile(r"\s*(?P<why>Symbolic links cannot be part of a patch)"), "failed"),
)  # fmt: skip
#: Where the script keeps what was printed of a patch that it gave up.
_LOG = re.compile(rf"\s*See \S*/(?:log\.{_ID}|{_ID.replace('<id>', '<kept>')}/log) for (?:more details|reason for failure)")
#: Those that the line before them announces.
_MORE = re.compile(rf"\s+(?P<ids>{ID}(?:\s+{ID})*)\s*\Z")
_BEGUN = re.compile(r"\s*Checking installed (?:packages and )?patches\.\.\.")
_TERMINATED = re.compile(r"\s*(?:Patchadd|Installpatch) is terminating\.")
_APPROVED = re.compile(r"\s*Approved patches will be installed in this order:")
_IDS = re.compile(rf"\s*(?P<ids>{ID}(?:\s+{ID})*)\s*\Z")
_ZONE = re.compile(r"(?:Patching|Adding patches to|Installing patches in) (?:the )?(?:global zone|zone (?P<zone>[-_.A-Za-z0-9]+))\s*\Z")
#: Words of a failure that nobody wrote down, at most so many letters.
_LONGEST = 200


def parse(text: str, run: Collection[PatchId] = ()) -> tuple[Told, ...]:
    """What a run said of patches, in the order in which it said it; lines that say nothing of a patch are passed over.

    ``run``: the patches that were to go in.
    """
    reader = _Reader(run)
    for line in text.splitlines():
        reader.read(line)
    return reader.told()


@dataclass(slots=True)
class _Reader:
    """``begun``: how many patches were begun in the global zone; ``found`` has with each saying the number of its one, 0 for none.
    ``wrong``: a failure of which the patch is not known yet. ``settled``: of the patch that was begun something was said.
    """

    run: Collection[PatchId]
    found: list[tuple[int, Told]] = field(default_factory=list)
    approved: list[PatchId] | None = None
    listing: bool = False
    begun: int = 0
    zone: str = ""
    wrong: Told | None = None
    settled: bool = True
    paragraph: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def alone(self) -> PatchId | None:
        return next(iter(self.run)) if len(self.run) == 1 else None

    def read(self, line: str) -> None:
        if self.listing and self._listed(line):
            return
        if place := _ZONE.match(line):
            self._close()
            self.zone, self.settled = place["zone"] or "", True
        elif not self.zone and _APPROVED.match(line):
            self.approved, self.listing = [], True
        elif _BEGUN.match(line):
            self._close()
            self.begun += not self.zone
            self.settled = False
        elif told := _told(line, self.zone) or _later(line, self.zone, self.run):
            self._named(told)
        elif self.wrong and (log := _LOG.match(line)):
            self._named(Told(PatchId.parse(log["id"] or log["kept"]), "failed", "", self.zone))
        elif wrong := _nameless(line, self.zone):
            self.wrong = self.wrong or wrong
        elif self.wrong and self.wrong.why.endswith("following patches") and (more := _MORE.match(line)):
            self.wrong = replace(self.wrong, why=f"{self.wrong.why}: {more['ids']}")
        elif _TERMINATED.match(line):
            if not (self.wrong or self.settled or self.alone):
                self.wrong = Told(None, "failed", self._said(), self.zone) if self._said() else None
            self._close()
            self.settled = True
        self._keep(line)

    def told(self) -> tuple[Told, ...]:
        self._close()
        order = self._order()
        found: list[Told] = []
        for number, one in self.found:
            if one.patch is None and order and number:
                one = replace(one, patch=order[number - 1])
            if one.patch is None or one not in found:
                found.append(one)
        return tuple(found)

    def _listed(self, line: str) -> bool:
        """The order of installation stands in lines of ids, with empty ones before them."""
        ids = _IDS.match(line)
        if ids and self.approved is not None:
            self.approved += [PatchId.parse(word) for word in ids["ids"].split()]
        self.listing = bool(ids) or not (line.strip() or self.approved)
        return bool(ids)

    def _order(self) -> list[PatchId]:
        """The patches as they were begun in the global zone; none where what is said of them by name does not fit."""
        order = self.approved or []
        named = [(number, one.patch) for number, one in self.found if number and one.patch and not one.zone]
        return order if len(order) == self.begun and all(order[number - 1] == patch for number, patch in named) else []

    def _named(self, told: Told) -> None:
        here = told.zone == self.zone
        if told.word == "failed" and not told.why:
            if self.wrong:
                told = replace(self.wrong, patch=told.patch)
            elif self.settled or not self._said():
                return  # it was said before why, or the log is of one that went in
            else:
                told = replace(told, why=self._said())
        elif self.alone or told.word not in ("installed", "failed"):
            self._close()  # else the failure was this one's
        self.found.append((self._number() if here else 0, told))
        self.wrong = None
        self.settled = self.settled or here

    def _close(self) -> None:
        """Nothing more is said of the patch that was begun."""
        if self.wrong:
            self.found.append((self._number(), replace(self.wrong, patch=self.alone)))
        self.wrong = None

    def _number(self) -> int:
        return 0 if self.zone else self.begun

    def _said(self) -> str:
        return " ".join(" ".join(self.paragraph).split())[:_LONGEST]

    def _keep(self, line: str) -> None:
        """The last paragraph, without what tells of progress."""
        if not line.strip():
            self.ended = True
        elif line.rstrip().endswith("..."):
            self.paragraph, self.ended = [], False
        else:
            self.paragraph = [line] if self.ended else [*self.paragraph, line]
            self.ended = False


def _told(line: str, zone: str) -> Told | None:
    if obsoleted := _OBSOLETED.match(line):
        return Told(PatchId.parse(obsoleted["id"]), "obsoleted", f"by {obsoleted['why']}", zone)
    for pattern, word in _LINES:
        if match := pattern.match(line):
            groups = match.groupdict()
            where = groups.get("zone") or zone
            return Told(PatchId.parse(groups["id"]), word, (groups.get("why") or "").strip(" .:"), "" if where == "global" else where)
    return None


def _later(line: str, zone: str, run: Collection[PatchId]) -> Told | None:
    match = _LATER.match(line)
    named = [patch for patch in run if match and patch.number == match["number"]]
    return Told(named[0], "obsoleted", "by a later revision", zone) if len(named) == 1 else None


def _nameless(line: str, zone: str) -> Told | None:
    for pattern, word in _NAMELESS:
        if match := pattern.match(line):
            return Told(None, word, match["why"].strip(" .:"), zone)
    return None
