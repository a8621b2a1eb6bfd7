# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has become of each patch of a roll-out: by what every zone shows, never by an exit code. That only says why.

One that failed is not tried again by itself: its scripts may have changed what nobody knows of, and in single user the node would have to
go there once more. The reason says that patchadd tells more of a patch alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...commands import patch_batch, patchadd, patchadd_output
from ...commands.patch_notes import Batch
from ...model.errors import ParseError
from ...model.patching.due import Due
from ...model.patching.patch import PatchId
from ...model.patching.result import State
from ...patching.half import lacks
from .policy import Zones
from .seen import Has, Seen

#: Where patchadd keeps what it printed of a patch that went in.
LOG = "/var/sadm/patch/{}/log"
_TAIL = 2000
#: What the check of a zone says of a patch that then goes in nowhere.
_KEEPS_OUT = ("requires", "incompatible")
LATE = "the node did not come to single user in time, so nothing was begun; it was rebooted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``log``: where the node keeps more, or the end of what was printed."""

    state: State
    reason: str = ""
    log: str = ""


def of(due: Due, seen: Seen, zones: Zones) -> dict[PatchId, Outcome]:
    """Of every patch that was to go in, and of those that the node has and one of its zones lacks. ``missing``: nobody tried yet.

    patchadd puts a patch that the global zone has into zones that lack it (PSARC 2007/691, patch utilities of 2008 and later).
    """
    tried: dict[PatchId, Batch] = {patch: batch for batch in seen.notes.batches if batch.rc is not None for patch in batch.patches}
    begun = {patch: batch for batch in seen.notes.batches for patch in batch.patches}
    late = [
        patch for patch in due.installed if patch in begun or _cut_off(patch, seen, zones) or (zones == "all" and _lacking(patch, seen))
    ]
    told: dict[int, tuple[patchadd.Told, ...]] = {}
    for batch in tried.values():
        if batch.number not in told:
            told[batch.number] = _explained(batch, _read(batch), seen)
    return {
        patch: _of(patch, tried.get(patch), begun.get(patch), told[tried[patch].number] if patch in tried else (), seen, zones)
        for patch in (*due.install, *late)
    }


def _read(batch: Batch) -> tuple[patchadd.Told, ...]:
    try:
        return patchadd_output.parse(batch.log, batch.patches)
    except ParseError:
        return ()


def _explained(batch: Batch, told: Sequence[patchadd.Told], seen: Seen) -> tuple[patchadd.Told, ...]:
    """A failure that names no patch is that of the only patch of its place that nothing else explains, where it is the only one there."""
    found = list(told)
    for zone in {one.zone for one in told if one.patch is None}:
        nameless = [one for one in told if one.patch is None and one.zone == zone]
        named = {one.patch for one in told if one.word != "installed" and (one.zone == zone or (not zone and one.word in _KEEPS_OUT))}
        left = [patch for patch in batch.patches if patch not in named and _failed_in(zone, patch, seen)]
        if len(left) == len(nameless) == 1:
            found[found.index(nameless[0])] = replace(nameless[0], patch=left[0])
    return tuple(found)


def _failed_in(zone: str, patch: PatchId, seen: Seen) -> bool:
    return zone in _lacking(patch, seen) if zone else not seen.own.has(patch)


def _of(patch: PatchId, batch: Batch | None, begun: Batch | None, told: tuple[patchadd.Told, ...], seen: Seen, zones: Zones) -> Outcome:
    log = LOG.format(patch)
    if where := _cut_off(patch, seen, zones):
        why = f"its installation in {where} was cut off (patchadd's mark of it is still in {patchadd.MARKS})"
        return Outcome("failed", f"{why} and was not taken up again", tail(batch) or log) if batch else Outcome("missing", why)
    if seen.own.has(patch):
        lacking = _lacking(patch, seen) if zones != "global" else {}
        if lacking:
            zone, unsaid = next(iter(lacking.items()))
            said = next(
                (one.why or one.word for one in told if one.patch == patch and one.zone == zone and one.word != "installed"),
                f"patchadd {_nameless(told, zone)}" if batch and len(batch.patches) > 1 else unsaid,
            )
            more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
            if batch is None and zones == "detach":
                return Outcome("failed", f"zone {zone}{more} lacks it: attach -u does not bring it. Install it with zones: all", log)
            if batch is None:
                return Outcome("missing", f"zone {zone}{more} lacks it")
            if patchadd.Told(patch, "already") in told:
                said = "install it inside the zone (zlogin, patchadd), in the global zone patchadd takes it for installed"
            return Outcome("failed", f"zone {zone}{more} lacks it: {said}", tail(batch) or log)
        if begun is not None and begun.waits and begun.boot == seen.boot:
            return Outcome("pending_reboot", "it works after the next boot", log)
        return Outcome("installed", "", log) if patch in seen.own.patches else Outcome("obsoleted", "a later patch does its work")
    if batch is None:
        return Outcome("missing")
    words = [one for one in told if one.patch == patch and not one.zone and one.word != "installed"]
    kept_out = [one for one in told if one.patch == patch and one.zone and one.word in _KEEPS_OUT]
    if batch.rc == patch_batch.LATE:
        return Outcome("failed", LATE)
    if any(one.word == "no_package" for one in words) or _no_package(batch, seen):
        return Outcome("not_applicable", "no package that it changes is installed")
    return Outcome("failed", _why(words or kept_out, batch, told), tail(batch))


def _no_package(batch: Batch, seen: Seen) -> bool:
    """By the code alone: that of a single patch, and only without zones. With zones -t promises no more than 0 or not 0 (manual page)."""
    alone = len(batch.patches) == 1 and all(zone.state == "configured" for zone in seen.native.values())
    return alone and int(batch.rc or 0) == patchadd.NO_PACKAGE


def _why(words: list[patchadd.Told], batch: Batch, told: tuple[patchadd.Told, ...]) -> str:
    """``words`` of a zone: its check kept the patch out of the whole system. ``told``: of all patches."""
    for one in words:
        why = {"already": "patchadd says that it is installed, showrev does not", "obsoleted": f"it is obsoleted {one.why}".strip()}.get(
            one.word, one.why or one.word
        )
        return f"in zone {one.zone}: {why}" if one.zone else why
    code = int(batch.rc or 0)
    if len(batch.patches) == 1 or code not in (0, 1):
        return f"patchadd ended with {code}: {patchadd.meaning(code)}"
    return f"patchadd ended with {code} and {_nameless(told, '')}"


def _nameless(told: Sequence[patchadd.Told], zone: str) -> str:
    """What was printed of some patch, and how to know more."""
    said = dict.fromkeys(one.why for one in told if one.patch is None and one.zone == zone)
    printed = f"does not say of which patch this is: {'; '.join(said)}" if said else "printed no reason for it"
    return f"{printed}. Installed alone, its exit code tells more"


def tail(batch: Batch | None) -> str:
    """The end of what was printed."""
    return batch.log[-_TAIL:] if batch else ""


def _lacking(patch: PatchId, seen: Seen) -> dict[str, str]:
    """Zones that tell their patches, have a package that the patch went into, and not the patch."""
    instances = seen.own.patches.get(patch, ())
    return {
        zone: "patchadd said nothing of it"
        for zone, inside in seen.inside.items()
        if inside is not None and lacks(patch, instances, inside.packages or (), (*inside.patches, *inside.obsoletes))
    }


def _cut_off(patch: PatchId, seen: Seen, zones: Zones) -> str:
    """Where it went into some of its packages only; showrev lists it all the same."""
    where = [name for name in seen.cut_off.get(patch, ()) if zones != "global" or not name]
    if patch not in seen.own.patches or not where:
        return ""
    return "the global zone" if "" in where else f"zone {', '.join(where)}"


def unknown_zones(inside: Mapping[str, Has | None]) -> list[str]:
    return sorted(zone for zone, one in inside.items() if one is None)
