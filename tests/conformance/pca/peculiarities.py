# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where PCA is known to list something else, and why: each reason holds for one line, by what the reference and the system say of it.

docs/patch-analysis.md has the table of the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import Analysis
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import Listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Group

from .columns import Row
from .command import Asked

#: Patches that PCA itself un-obsoletes as soon as it lists the first one, in whose requirements it puts another.
REVIVED: Final[Mapping[str, frozenset[str]]] = {
    "125547": frozenset({"122660", "124204", "118731"}),
    "125548": frozenset({"122661", "124205"}),
}
#: The requirement that they get instead of theirs.
REQUIRED: Final[Mapping[str, str]] = {"125547": "122660", "125548": "122661"}


def _has(*packages: str) -> Callable[[System], bool]:
    return lambda system: any(name in system.packages for name in packages)


#: Conditions that PCA has of its own for patches of the recorded references: number → whether a system meets them.
CONDITIONS: Final[Mapping[str, Callable[[System], bool]]] = {
    "119300": lambda system: system.release == "5.8",
    "119301": lambda system: system.release == "5.9",
    "119302": lambda system: system.release == "5.10",
    "113332": lambda system: _has("SUNWhea", "SUNWmdb")(system) or system.machine in ("sun4u", "sun4us"),
    "121430": _has("SUNWlucfg"),
    "121431": _has("SUNWlucfg"),
    "146363": _has("SUNWsmbaS", "SUNWsmbar", "SUNWsmbau"),
    "146364": _has("SUNWsmbaS", "SUNWsmbar", "SUNWsmbau"),
}


@dataclass(frozen=True)
class Both:
    """What was asked, what we say, and the numbers that PCA printed."""

    asked: Asked
    analysis: Analysis
    ours: Listing
    theirs: Sequence[str]

    @property
    def rings(self) -> set[str]:
        return {number for ring in self.ours.cycles for number in ring}

    @property
    def groups(self) -> list[Group]:
        return [one for one in self.asked.selection.wanted if isinstance(one, Group)]


def twice(both: Both, number: str) -> str:
    return "ring-listed-twice" if number in both.rings or number in _closure(both.analysis, number) else ""


def only_theirs(both: Both, number: str, explained: Mapping[str, str]) -> str:
    """Why PCA lists a number that we do not."""
    analysis = both.analysis
    for by, revived in REVIVED.items():
        if number in revived and by in both.theirs and (analysis.obsolete(number) or number == REQUIRED[by]):
            return "revived-by-125547"
    if f"IDR{number}" in analysis.installed:
        return "interim-relief-as-patch"
    if number.startswith("9999") and analysis.system.foreign and any(one.name == "total" for one in both.groups):
        return "foreign-in-total"
    if number in _kept(both):
        return "minimal-drops-obsoletes"
    if any(one.recommended for one in both.groups) and not analysis.recommended(number):
        why = "obsoletes-any-revision" if number in _handed(analysis) else _stale(both, number)
        if why:
            return why
    current = analysis.index.current.get(number)
    usable = current and not current.obsolete and not current.revision.withdrawn
    if current and usable and not analysis.applies(current.revision) and _mixed(analysis, number):
        return "instances-mixed"
    for listed in both.theirs:
        for required in _requires(analysis, listed):
            if number in _line(analysis, required) and analysis.has(required):
                return "successor-of-what-is-there"
            once = None if analysis.obsolete(required.number) else _once(analysis, required.number)
            if once and once.number == number:
                return "stale-successor"
    if any(number in _closure(analysis, listed) for listed in explained):
        return f"required by {next(listed for listed in explained if number in _closure(analysis, listed))}"
    there = analysis.installed.get(number)
    if there is not None and PatchId(number, there) in analysis.index.withdrawn and any(one.name == "bad" for one in both.groups):
        return "bad-by-the-file-only"
    return ""


def only_ours(both: Both, number: str, explained: Mapping[str, str]) -> str:
    """Why PCA does not list a number that we do."""
    analysis = both.analysis
    entry = next(one for one in both.ours.entries if one.number.removeprefix("IDR") == number)
    condition = CONDITIONS.get(number)
    if condition and not condition(analysis.system) and entry.standing == "missing":
        return "own-conditions"
    if f"IDR{number}" in analysis.installed:
        return "interim-relief-as-patch"
    if number in _kept(both):
        return "minimal-drops-obsoletes"
    above = entry.current is not None and number in analysis.work and analysis.work[number][0] < entry.current.id.revision
    if above and (entry.standing == "missing" or entry.required_by or any(one.name == "unbundled" for one in both.groups)):
        return "obsoletes-any-revision"
    if entry.current is None and entry.installed is None and number in both.asked.selection.wanted:
        return "unknown-operand"
    every = any(one.name == "all" for one in both.groups)
    if (
        every
        and entry.standing == "missing"
        and (number in _stops(both) or _narrow(both))
        and (entry.required_by or number in _stops(both))
    ):
        return "stop-in-all" if number in _stops(both) else "flags-in-all"
    if entry.required_by in REVIVED and entry.required_by in both.theirs:
        return "revived-by-125547"
    return f"required by {entry.required_by}" if entry.required_by in explained else ""


def other_text(both: Both, mine: Row, theirs: Row, plain: Row | None) -> str:
    """Why PCA prints another line for the same number. ``plain``: our line for the current revision."""
    selection, number = both.asked.selection, mine.number
    if f"IDR{number}" in both.analysis.installed:
        return "interim-relief-as-patch"
    if (
        any(isinstance(one, PatchId) and one.number == number for one in selection.wanted)
        and plain
        and (plain.text == theirs.text or other_text(both, plain, theirs, None))
    ):
        return "revision-not-shown"
    flagged = [one for one in both.analysis.index.reference.revisions.get(number, ()) if one.recommended]
    if selection.minimal and len(flagged) > 1 and any(f"< {one.id.revision:02} R" in theirs.text for one in flagged):
        return "minimal-first-revision"
    if number.startswith("9999") and both.analysis.system.foreign:
        return "foreign-numbers"
    differing = [pair for pair in zip(mine.text, theirs.text, strict=False) if pair[0] != pair[1]]
    if differing == [("R", "-")] and number in _kept(both):
        return "minimal-drops-obsoletes"
    if differing == [("-", "R")]:
        return "obsoletes-any-revision" if number in _handed(both.analysis) else _stale(both, number)
    return ""


def moved(both: Both, first: str, second: str) -> str:
    """Why PCA lists ``first`` before ``second``, we after it."""
    theirs = list(both.theirs)
    if {first, second} <= both.rings or first in _closure(both.analysis, second) & _closure(both.analysis, first):
        return "ring-listed-twice"
    if first.startswith("9999") and second.startswith("9999"):
        return "foreign-numbers"
    if f"IDR{first}" in both.analysis.installed or f"IDR{second}" in both.analysis.installed:
        return "interim-relief-as-patch"
    for by in theirs[theirs.index(first) + 1 : theirs.index(second) + 1]:
        if by in REVIVED and first in {*REVIVED[by], *(one for gone in REVIVED[by] for one in _closure(both.analysis, gone))}:
            return "revived-by-125547"
        if first in _closure(both.analysis, by) and any(both.analysis.has(one) for one in _requires(both.analysis, by)):
            return "successor-of-what-is-there"
    entries = {one.number: one for one in both.ours.entries}
    if first in REVIVED and entries[second].required_by == first:
        return "revived-by-125547"
    return ""


def _handed(analysis: Analysis, stale: bool = False) -> set[str]:
    """Recommended by PCA, because a patch of the system says that it obsoletes a recommended one, in whatever revision: the last one that
    says so. ``stale``: or because a lower revision of a patch that is not obsolete was."""
    gone = {one.number: patch.id for patch in sorted(analysis.system.patches, key=lambda one: one.id) for one in patch.obsoletes}
    found: set[str] = set()
    queue = [number for number in analysis.index.current if analysis.recommended(number) and (number in gone or analysis.obsolete(number))]
    while queue:
        number = queue.pop()
        by = analysis.obsoleted_by(number) or gone.get(number) or (_once(analysis, number) if stale else None)
        if by and by.number not in found:
            found.add(by.number)
            queue.append(by.number)
        if number in gone and gone[number].number not in found:
            found.add(gone[number].number)
            queue.append(gone[number].number)
    return found


def _stale(both: Both, number: str) -> str:
    return "stale-successor" if number in _handed(both.analysis, stale=True) else ""


def _once(analysis: Analysis, number: str) -> PatchId | None:
    """Who made a lower revision obsolete."""
    named = [one.obsoleted_by for one in analysis.index.reference.revisions.get(number, ()) if one.obsolete and one.obsoleted_by]
    return next((one for one in reversed(named) if one.number != number), None)


def _kept(both: Both) -> set[str]:
    """With --minimal a patch of the system obsoletes nothing that has a higher revision without R: whom that concerns."""
    found: set[str] = set()
    for gone, (revision, by) in both.analysis.work.items() if both.asked.selection.minimal else ():
        one = both.analysis.index.current.get(gone)
        revisions = both.analysis.index.reference.revisions.get(gone, ())
        if (
            one
            and revision >= one.revision.id.revision
            and any(other.id > one.revision.id and not other.recommended for other in revisions)
        ):
            found.update((gone, by.number, *_line(both.analysis, by)))
    return found


def _stops(both: Both) -> set[str]:
    return {word[:6] for word in both.asked.selection.stop}


def _narrow(both: Both) -> bool:
    selection = both.asked.selection
    flags = any(one.name == "all" and (one.recommended or one.security) for one in both.groups)
    return flags or bool(selection.pattern) or selection.minimum_age is not None or selection.maximum_age is not None


def _mixed(analysis: Analysis, number: str) -> bool:
    """The version of one instance with the architecture of another."""
    revision = analysis.index.current[number].revision
    return any(
        any(one.version == version for one in analysis.system.packages.get(name, ()))
        and any(one.architecture in revision.architectures for one in analysis.system.packages.get(name, ()))
        for name, version in revision.packages
    )


def _requires(analysis: Analysis, number: str) -> tuple[PatchId, ...]:
    current = analysis.current(number)
    return current.requires if current else ()


def _line(analysis: Analysis, required: PatchId) -> Iterator[str]:
    """Those that made it obsolete, one after the other."""
    number, seen = required.number, {required.number}
    while (by := analysis.obsoleted_by(number)) and analysis.obsolete(number) and by.number not in seen:
        number = by.number
        seen.add(number)
        yield number


def _closure(analysis: Analysis, number: str) -> set[str]:
    """All that PCA lists before it: what it requires, with the successors of that."""
    found: set[str] = set()
    queue = [number]
    while queue:
        for required in _requires(analysis, queue.pop()):
            for one in (required.number, *_line(analysis, required)):
                if one not in found:
                    found.add(one)
                    queue.append(one)
    return found
