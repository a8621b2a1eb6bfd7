# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patches that a selection lists for a system, in the order in which they go in, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..model.patching.archive import Properties
from ..model.patching.patch import PatchId
from ..model.patching.reference import Revision
from .analysis import Analysis, Standing
from .conflicts import refused
from .entry import Entry
from .requirements import order
from .selection import Admission, Selection


@dataclass(frozen=True, slots=True)
class Listing:
    """``cycles``: numbers that require each other. ``install``: what is missing and not refused, in order."""

    entries: tuple[Entry, ...]
    cycles: tuple[tuple[str, ...], ...] = ()

    @property
    def install(self) -> tuple[PatchId, ...]:
        return tuple(one.id for one in self.entries if one.id and one.standing == "missing" and not one.refused)


def listing(analysis: Analysis, selection: Selection, today: date, properties: Mapping[PatchId, Properties] | None = None) -> Listing:
    """``analysis`` is of an index that was made with the selection's ``minimal``."""
    admission = Admission(analysis, selection, today)
    named = selection.revisions
    if named:
        entries = [_entry(analysis, selection, one.number, today, one) for one in named if not admission.ignored(one.number, one)]
        return _listing(analysis, selection, entries, properties)
    ordered = order(admission.candidates(), admission.admit, analysis, selection.requirements)
    entries = []
    for number in ordered.numbers:
        unmet, by = ordered.unmet.get(number, ()), ordered.brought.get(number, "")
        entries.append(_entry(analysis, selection, number, today, admission.revisions.get(number), by, unmet))
    for name in admission.foreign():
        entries.append(Entry(name, "unlisted", None, None, notes=("is no patch of Oracle's",)))
    return _listing(analysis, selection, entries, properties, ordered.cycles)


def _listing(
    analysis: Analysis,
    selection: Selection,
    entries: Sequence[Entry],
    properties: Mapping[PatchId, Properties] | None,
    cycles: tuple[tuple[str, ...], ...] = (),
) -> Listing:
    reboots = dict(_reboots(entries, properties or {})) if selection.without_reboot else {}
    return Listing(tuple(refused(analysis, entries, reboots)), cycles)


def _entry(
    analysis: Analysis,
    selection: Selection,
    number: str,
    today: date,
    named: PatchId | None,
    by: str = "",
    unmet: tuple[str, ...] = (),
) -> Entry:
    current = analysis.index.current.get(number)
    revision = analysis.index.reference.of(named) if named else current.revision if current else None
    installed = analysis.installed.get(number)
    flagged = number in analysis.handed or (current is not None and current.recommended)
    recommended = "R" if flagged else "r" if number in selection.recommended else ""
    standing = _standing(analysis, named, revision) if named else analysis.standing(number)
    meant = PatchId(number, installed) if installed is not None else revision.id if revision else None
    withdrawn = meant in analysis.index.withdrawn
    if withdrawn:
        unmet = (f"{meant} is withdrawn", *unmet)
    if revision is None:
        security = "s" if number in selection.security else ""
        return Entry(number, standing, installed, None, recommended, security, withdrawn, None, by, ("is not in the reference", *unmet))
    security = "S" if revision.security else "s" if number in selection.security else ""
    age = (today - revision.released).days
    return Entry(number, standing, installed, revision, recommended, security, withdrawn, age, by, unmet)


def _standing(analysis: Analysis, named: PatchId, revision: Revision | None) -> Standing:
    """Of a revision that was asked for by name."""
    if revision is None:
        return "unlisted"
    if analysis.installed.get(named.number, -1) >= named.revision:
        return "installed"
    if analysis.has(named):
        return "obsoleted"
    if revision.withdrawn:
        return "withdrawn"
    return "missing" if analysis.applies(revision) else "not_applicable"


def _reboots(entries: Iterable[Entry], properties: Mapping[PatchId, Properties]) -> Iterator[tuple[PatchId, str]]:
    for patch in (one.id for one in entries if one.id):
        known = properties.get(patch)
        if known is None or not known.source:
            yield patch, "nothing is known of whether it needs a reboot"
        elif known.reboot != "none" or known.deferred:
            yield patch, "needs a reboot"
