# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects used, asked of the history: lists, summaries, pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..model.errors import InvalidDefinition
from ..model.usage.levels import LEVELS
from ..model.usage.sample import KINDS, Gap
from ..model.usage.summary import usage
from ..usage.periods import period
from ..usage.timeline import entries, shown

if TYPE_CHECKING:
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "names": {"type": "list", "elements": "str"},
    "kind": {"type": "str", "choices": list(KINDS)},
    "level": {"type": "str", "choices": list(LEVELS), "default": "hours"},
    "since": {"type": "str"},
    "before": {"type": "str"},
}


def asked(args: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """The time that a task asks about; ``now`` is where it ends if nothing is said."""
    return period(args["level"], args["since"], args["before"], now)


def histories(repository: Repository, args: Mapping[str, Any], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One dict an object, in the order of kind and name: summary, entries, notes. Raises InvalidDefinition for an unknown name."""
    names: Sequence[str] | None = args["names"]
    kind: str | None = args["kind"]
    series = repository.usage.series(args["level"], since, until, names, kind)
    gaps = repository.usage.gaps(since, until, names)
    rated = {record.name for record in repository.nodes() if record.base_units}
    homes = {record.name: record.node for record in repository.vservers()}
    known = {("node", record.name) for record in repository.nodes()} | {("vserver", name) for name in homes}
    wanted = {key for key in {*series, *known} if (names is None or key[1] in names) and kind in (None, key[0])}
    for name in names or ():
        if name not in {key[1] for key in wanted}:
            what = kind or "node, vServer or guest domain"
            raise InvalidDefinition(f"{name}: the repository knows no {what} of this name, and nothing was measured of one.")
    found = []
    for key in sorted(wanted):
        metrics = series.get(key, {})
        home = key[1] if key[0] == "node" else homes.get(key[1])
        told = usage(*key, metrics, since, until)
        notes = [told.why] if told.why else []
        if metrics and "base_units" not in metrics and key[0] != "gdom":
            notes.append(f"{key[1]}: no base units: {'node ' + home if home and home not in rated else 'the node it ran on'} has no rating")
        listed = entries(args["level"], metrics, _of(gaps, key), since, until)
        period_of = {"level": args["level"], "since": since.isoformat(), "until": until.isoformat()}
        found.append({**shown(told), **period_of, "notes": notes, "entries": listed})
    return found


def _of(gaps: Mapping[tuple[str, str], Sequence[Gap]], key: tuple[str, str]) -> Sequence[Gap]:
    return gaps.get(key, ())
