# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof: the state of every patch of every set on every node, by what the node says now and what was proven before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet, SetVersion
from ..model.patching.result import STATES, PatchResult, State
from ..model.patching.system import Installed
from .half import covers, lacks

#: ``removed``: it was proven to be there and is there no more. ``besides``: it came without a roll-out.
Drift = Literal["", "removed", "besides"]

#: Nothing is left to do for these.
SETTLED: frozenset[State] = frozenset({"installed", "obsoleted", "not_applicable"})


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as patches see it: its own ``showrev -p`` and the names of its packages. ``unknown`` says why it did not tell."""

    patches: tuple[Installed, ...] = ()
    packages: frozenset[str] = frozenset()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a node says now. ``booted`` as in PatchResult. ``unknown`` says why the node did not answer: then there is nothing else.

    ``zones`` are those that patchadd in the global zone would patch; detached ones are not among them. ``cut_off``: patches that went into
    some of their packages only, as patchadd's mark tells (showrev lists them all the same) → where, '' is the global zone."""

    patches: tuple[Installed, ...] = ()
    zones: Mapping[str, Zone] = field(default_factory=dict)
    booted: int = 0
    cut_off: Mapping[PatchId, tuple[str, ...]] = field(default_factory=dict)
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the repository knows of a node: the last result of each patch, and all patches that it had after the last roll-out or back-out
    (None where nobody kept them)."""

    results: Mapping[PatchId, PatchResult] = field(default_factory=dict)
    patches: frozenset[PatchId] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A patch of a set on a node. ``set`` is None for one that no set of the node has: it is told because it is drift.

    ``zones`` are those that lack a patch which the global zone has: half patched, unless it was asked for in the global zone only.
    ``at`` as in PatchResult.
    ``unasked`` says why the whole node told nothing.
    """

    node: str
    set: SetVersion | None
    patch: PatchId
    state: State
    reason: str = ""
    zones: tuple[str, ...] = ()
    drift: Drift = ""
    at: datetime | None = None
    log: str = ""
    synopsis: str = ""
    unasked: str = ""

    def named(self, synopsis: str) -> Row:
        return replace(self, synopsis=synopsis)

    @property
    def settled(self) -> bool:
        return self.state in SETTLED and not self.drift


def half(patch: Installed, zones: Mapping[str, Zone]) -> tuple[str, ...]:
    """The zones that have a package which the patch went into in the global zone, and have neither the patch nor one that does its work.

    A zone that did not tell is not among them.
    """
    return tuple(
        name
        for name, zone in sorted(zones.items())
        if not zone.unknown and lacks(patch.id, patch.packages, zone.packages, _does(zone.patches))
    )


def rows(
    node: str,
    sets: Sequence[PatchSet],
    due: Due | None,
    seen: Seen,
    remembered: Remembered | None = None,
) -> list[Row]:
    """The node's rows: by set in the given order, within it in the set's order, then what is there besides the sets.

    ``due`` is what follows from what the node says now, None where it did not answer.
    """
    kept = remembered or Remembered()
    found = [_row(node, one.key, patch, due, seen, kept) for one in sets for patch in one.patches]
    wanted = {patch for one in sets for patch in one.patches}
    return found + list(_besides(node, wanted, seen, kept))


def _row(node: str, key: SetVersion, patch: PatchId, due: Due | None, seen: Seen, kept: Remembered) -> Row:
    results = kept.results
    last = results.get(patch)
    row = Row(node, key, patch, "unknown", at=last.at if last else None)
    if seen.unknown or due is None:
        was = f"; it was {_words(last.state)} on {last.at:%Y-%m-%d}" if last else ""
        why = seen.unknown or "the node was not asked"
        return replace(row, reason=f"{why}{was}", unasked=why)
    if patch in due.installed:
        return _there(row, patch, "", seen, last, only=last is not None and last.global_only)
    if patch in due.obsoleted:
        by = due.obsoleted[patch]
        reason = f"{by} is to do its work, and is not there yet" if by in due.install or by in due.refused else f"{by} does its work"
        return _there(replace(row, state="obsoleted"), by, reason, seen, None, only=by in results and results[by].global_only)
    if patch in due.not_applicable:
        return replace(row, state="not_applicable", reason=due.not_applicable[patch])
    if patch in due.refused or patch in due.install:
        copied = kept.patches is not None and patch not in kept.patches
        return _lacking(row, due.refused.get(patch) or due.notes.get(patch, ""), last, waits=copied and _same_boot(last, seen))
    return replace(row, reason="nothing is said of it")


def _there(row: Row, patch: PatchId, reason: str, seen: Seen, last: PatchResult | None, *, only: bool) -> Row:
    """``patch`` does the row's work: is it in every zone, and at work? ``only``: it was asked for in the global zone only."""
    records = [one for one in seen.patches if one.id == patch]
    if records and patch in seen.cut_off:
        where = " and ".join(f"zone {name}" if name else "the global zone" for name in seen.cut_off[patch])
        return replace(
            row,
            state="failed",
            reason=f"the installation of {patch} in {where} was cut off",
            zones=tuple(filter(None, seen.cut_off[patch])),
        )
    zones = tuple(sorted({zone for one in records for zone in half(one, seen.zones)}))
    row, asked = replace(row, zones=zones), ""
    if zones and only:
        asked = f"{patch} is in the global zone only, as zones: global asked for, and not in {_zones(zones)}"
    elif zones:
        why = f"half patched: {patch} is in the global zone, not in {_zones(zones)}"
        told = last.reason if last and last.state == "failed" and last.reason else "a roll-out with zones: all tries it there"
        return replace(row, state="failed", reason=f"{why}; {told}", log=last.log if last else "")
    silent = [f"zone {name} did not tell: {zone.unknown}" for name, zone in sorted(seen.zones.items()) if zone.unknown]
    if silent and records and not only:
        return replace(row, state="unknown", reason=f"{patch} is in the global zone; {'; '.join(silent)}")
    if row.state == "obsoleted":
        return replace(row, reason=_joined(reason, asked))
    if last and last.state == "pending_reboot" and (not last.booted or _same_boot(last, seen)):
        return replace(row, state="pending_reboot", reason=_joined(last.reason or "it works after a reboot", asked))
    return replace(row, state="installed", reason=asked)


def _same_boot(last: PatchResult | None, seen: Seen) -> bool:
    return last is not None and last.booted == seen.booted


def _lacking(row: Row, refused: str, last: PatchResult | None, *, waits: bool) -> Row:
    """``waits``: what runs did not have it after the last roll-out and was not booted since, so it may be in a boot environment to come."""
    if last and last.state == "failed":
        return replace(row, state="failed", reason=_joined(last.reason, refused), log=last.log)
    if last and last.state == "pending_reboot" and waits:
        return replace(row, state="pending_reboot", reason=_joined(last.reason, refused))
    row = replace(row, state="missing", reason=refused or (last.reason if last and last.state == "missing" else ""))
    if last and last.state in ("installed", "pending_reboot", "obsoleted"):
        gone = f"it was {_words(last.state)} on {last.at:%Y-%m-%d} and is so no more"
        return replace(row, drift="removed", reason=_joined(gone, refused))
    return row


def _besides(node: str, wanted: Collection[PatchId], seen: Seen, kept: Remembered) -> Iterable[Row]:
    """Patches of no set that came or went since the last roll-out or back-out."""
    if seen.unknown or kept.patches is None:
        return
    now = {one.id for one in seen.patches}
    for patch in sorted((now | kept.patches) - set(wanted)):
        if patch in now and patch not in kept.patches:
            yield Row(node, None, patch, "installed", "it came since the last roll-out", drift="besides")
        elif patch not in now and not covers(_does(seen.patches), patch):
            yield Row(node, None, patch, "missing", "it was there after the last roll-out and is there no more", drift="removed")


def _does(patches: Iterable[Installed]) -> Iterator[PatchId]:
    """The patches, and what they say that they obsolete."""
    return (other for one in patches for other in (one.id, *one.obsoletes))


def _zones(names: Sequence[str]) -> str:
    return f"zone {names[0]}" if len(names) == 1 else f"zones {', '.join(names)}"


def _joined(*reasons: str) -> str:
    return "; ".join(one for one in reasons if one)


def _words(state: State) -> str:
    return state.replace("_", " ")


Counts = Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many patches are in which state. A patch that a node has of two sets counts once for the node, its groups and ``all``, and once
    for each of the sets. ``drift`` counts by node what came or went."""

    all: Counts
    nodes: Mapping[str, Counts]
    sets: Mapping[SetVersion, Counts]
    groups: Mapping[str, Counts]
    drift: Mapping[str, int]


def totals(every: Sequence[Row], groups: Mapping[str, Collection[str]] | None = None) -> Totals:
    """``groups``: names of groups of the inventory, and their nodes."""
    own = [row for row in every if row.set is not None]
    once = {(row.node, row.patch): row for row in own}.values()
    nodes: dict[str, list[Row]] = {row.node: [] for row in every}
    sets: dict[SetVersion, list[Row]] = {}
    for row in once:
        nodes[row.node].append(row)
    for row in own:
        sets.setdefault(row.set, []).append(row)  # type: ignore[arg-type]  # own ones have a set
    apart = Counter(node for node, _patch in {(row.node, row.patch) for row in every if row.drift})
    by_group = {name: [row for node in sorted(members) for row in nodes.get(node, ())] for name, members in sorted((groups or {}).items())}
    return Totals(
        all=_counts(once),
        nodes={node: _counts(some) for node, some in nodes.items()},
        sets={key: _counts(some) for key, some in sets.items()},
        groups={name: _counts(some) for name, some in by_group.items()},
        drift={node: apart[node] for node in nodes},
    )


def _counts(some: Collection[Row]) -> Counts:
    found = Counter(row.state for row in some)
    return {state: found[state] for state in STATES}
