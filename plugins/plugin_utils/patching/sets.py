# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a patch set: picked by hand or by analysis, old enough, with what it requires, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ..model.errors import Refused
from ..model.patching.patch import PatchId
from ..model.patching.reference import UNDATED, Reference, Revision
from ..model.patching.system import System
from .current import UTILITIES
from .prerequisites import Prerequisites, unfit
from .succession import among, barred, current, heirs, highest, successor

_NUMBER = re.compile(r"[0-9]{6}\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """The patches of a set in order. ``added``: prerequisites that nobody named → who requires them. ``left_out``: why a patch that
    analysis listed is not in. ``warnings``: what is in and doubtful."""

    patches: tuple[PatchId, ...]
    added: Mapping[PatchId, PatchId] = field(default_factory=dict)
    left_out: Mapping[PatchId, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def as_of(reference: Reference, youngest: date | None) -> Reference:
    """The reference without what is younger than ``youngest`` or has no date. What only such a patch made obsolete was not so then."""
    if youngest is None:
        return reference
    old = {
        number: kept
        for number, revisions in reference.revisions.items()
        if (kept := tuple(one for one in revisions if not _too_young(one, youngest)))
    }

    def then(one: Revision) -> Revision:
        by = one.obsoleted_by
        if not one.obsolete or by is None or by.number not in reference.revisions:
            return one
        known = any(other.id.revision >= by.revision for other in old.get(by.number, ()))
        return one if known else replace(one, obsolete=False, obsoleted_by=None)

    return replace(reference, revisions={number: tuple(then(one) for one in revisions) for number, revisions in old.items()})


def _too_young(one: Revision, youngest: date | None) -> str:
    if youngest is None:
        return ""
    if one.released == UNDATED:
        return f"has no date in the reference, and the baseline is {youngest}"
    return f"is of {one.released}, younger than the baseline of {youngest}" if one.released > youngest else ""


def by_hand(words: Sequence[str], reference: Reference, release: str, youngest: date | None = None) -> tuple[PatchId, ...]:
    """Patches named by a person: ``119254-91``, or ``119254`` for its current revision of that age.

    Raises Refused naming every word that cannot be: unknown, without a date, withdrawn, too young, for another release, named twice.
    """
    then = as_of(reference, youngest)
    found: dict[PatchId, str] = {}
    wrong = []
    for word in words:
        try:
            patch = _named(word, reference, then, youngest)
            why = unfit(patch, release)
            if why:
                raise Refused(f"{patch.id} {why}")
            found[patch.id] = word
        except Refused as error:
            wrong.append(str(error))
    numbers: dict[str, PatchId] = {}
    for one in found:
        if one.number in numbers:
            wrong.append(f"{one.number} is named in two revisions, {numbers[one.number]} and {one}")
        numbers[one.number] = one
    if wrong:
        raise Refused("; ".join(wrong) + ".")
    return tuple(found)


def _named(word: str, reference: Reference, then: Reference, youngest: date | None) -> Revision:
    if _NUMBER.match(word):
        return _newest(word, reference, then, youngest)
    wanted = PatchId.parse(word)
    revision = reference.of(wanted)
    if revision is None:
        raise Refused(_unknown(wanted, reference))
    if revision.withdrawn:
        raise Refused(f"{wanted} is withdrawn")
    if why := _too_young(revision, youngest):
        raise Refused(f"{wanted} {why}")
    return revision


def _newest(number: str, reference: Reference, then: Reference, youngest: date | None) -> Revision:
    found = current(then, number)
    if found is None:
        oldest = min(reference.revisions.get(number, ()), key=lambda one: one.id.revision, default=None)
        if oldest is None:
            raise Refused(_unknown(PatchId(number, 0), reference, number))
        raise Refused(f"{number} has no revision that is old enough: {oldest.id} {_too_young(oldest, youngest)}")
    if found.withdrawn:
        raise Refused(f"{found.id} is withdrawn, and {number} has no other revision")
    if found.obsolete:
        heir = successor(then, found.id)
        does = f": {heir.id} does its work" if heir and heir.id != found.id else ""
        raise Refused(f"{found.id} is obsolete{does}. Name a revision where it is wanted all the same")
    return found


def _unknown(patch: PatchId, reference: Reference, word: str = "") -> str:
    """Why the reference does not tell of a patch: a line that could not be read (a date that is missing), or none at all."""
    name = word or str(patch)
    start = f"{patch.number}|" if word else f"{patch.number}|{patch.revision:02}|"
    for line in reference.malformed:
        if line.text.startswith(start):
            return f"{name} stands in line {line.line} of the reference, which cannot be read: {line.why}"
    known = ", ".join(str(one.id) for one in reference.revisions.get(patch.number, ()))
    return f"{name} is not in the reference of {reference.as_of}" + (f", which knows {known}" if known else "")


def choose(
    named: Iterable[PatchId],
    analysed: Iterable[PatchId],
    reference: Reference,
    release: str,
    *,
    youngest: date | None = None,
    add: bool = False,
    systems: Sequence[System] = (),
) -> Choice:
    """A set of what was ``named`` by hand and what analysis listed, by ``as_of``'s reference, for ``systems``.

    A prerequisite has to be in the set, or be on every system that was analysed or change none of its packages; ``add`` adds what is
    lacking. A patch that only analysis listed and whose prerequisite cannot be added is left out. Raises Refused naming what lacks, what
    does not go together, and who wants it.
    """
    then = as_of(reference, youngest)
    left_out: dict[PatchId, str] = {}
    chosen = highest(named)
    by_name = set(chosen)
    for patch in analysed:
        revision = then.of(patch)
        if revision is None:
            young = reference.of(patch)
            left_out[patch] = _too_young(young, youngest) if young else "is not in the reference"
        elif why := "is withdrawn" if revision.withdrawn else unfit(revision, release):
            left_out[patch] = why
        else:
            chosen[patch.number] = max(patch.revision, chosen.get(patch.number, -1))
    prerequisites = Prerequisites(then, reference, release, youngest, add, systems)
    found = prerequisites.whole(chosen)
    while add and found.lacking and not by_name & {one.number for one in found.lacking}:
        left_out |= found.lacking
        chosen = {number: revision for number, revision in chosen.items() if PatchId(number, revision) not in found.lacking}
        found = prerequisites.whole(chosen)
    if found.lacking:
        raise Refused("; ".join(found.lacking.values()) + ("." if add else ". add_requirements adds what is lacking."))
    patches = ordered([PatchId(*one) for one in found.chosen.items()], then)
    clashes = conflicts(patches, then)
    if clashes:
        raise Refused("; ".join(f"{one} and {other} do not go together" for one, other in clashes) + ".")
    obsolete = [f"{one} is obsolete: {by} does its work" for one in patches for by in heirs(then, one)[1:2] if one not in found.added]
    added = {one: by for one, by in found.added.items() if one in patches}
    return Choice(patches, added, left_out, (*obsolete, *found.notes))


def ordered(
    patches: Iterable[PatchId], reference: Reference, requires: Mapping[PatchId, Sequence[PatchId]] | None = None
) -> tuple[PatchId, ...]:
    """Each after those of ``patches`` that it requires; else patch utilities first, then by number. A ring is cut where it closes.

    ``requires`` replaces what the reference says of a patch.
    """
    members = set(patches)
    there = highest(members)
    done: dict[PatchId, None] = {}

    def first(patch: PatchId) -> tuple[bool, PatchId]:
        revision = reference.of(patch)
        return (not revision or all(name != UTILITIES for name, _version in revision.packages), patch)

    def before(patch: PatchId) -> list[PatchId]:
        revision = reference.of(patch)
        needs = requires.get(patch, ()) if requires is not None else revision.requires if revision else ()
        found = (among(heirs(reference, one), there) for one in needs)
        return sorted({one for one in found if one and one != patch}, key=first)

    for patch in sorted(members, key=first):
        _visit(patch, before, done)
    return tuple(done)


def _visit(start: PatchId, before: Callable[[PatchId], list[PatchId]], done: dict[PatchId, None]) -> None:
    """Depth first, without recursion: chains of kernel patches are long."""
    if start in done:
        return
    path = [(start, iter(before(start)))]
    begun = {start}
    while path:
        patch, left = path[-1]
        following = next((one for one in left if one not in done and one not in begun), None)
        if following is None:
            done[patch] = None
            path.pop()
        else:
            begun.add(following)
            path.append((following, iter(before(following))))


def conflicts(patches: Sequence[PatchId], reference: Reference) -> list[tuple[PatchId, PatchId]]:
    """Pairs that do not go together."""
    there = highest(patches)
    pairs = [sorted((patch, other)) for patch in patches if (revision := reference.of(patch)) for other in barred(revision, there)]
    return list(dict.fromkeys((one, other) for one, other in pairs))
