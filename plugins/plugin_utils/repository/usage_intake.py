# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes samples in: whoever made them, a playbook or a daemon's packet. What a sample adds is added once, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, text, update

from ..model.usage.joining import Joined, after, joined, last_of
from ..model.usage.levels import starts
from ..model.usage.sample import Interval, Last, Sample
from .rows import add_missing
from .schema import UsageDue, UsageGap, UsageLast, UsagePruned, UsageSample

#: Samples further apart than this are never joined, whatever the caller allows.
LONGEST = timedelta(days=1)
_LOCK = 0x757361676521  # PostgreSQL: intake, roll-up and prune one after the other, as on SQLite


def alone(connection: Connection) -> None:
    """Until the transaction ends nobody else takes in, rolls up or prunes."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def take(connection: Connection, sample: Sample, longest: float) -> Joined:
    """Joins a sample to the last one of its node and keeps the intervals, or the gap. The same sample again adds nothing.

    Samples more than ``longest`` seconds apart are not joined. The answer has what was kept.
    """
    alone(connection)
    found = joined(_last(connection, sample.node), sample, min(longest, LONGEST.total_seconds()))
    if not found.taken:
        return found
    kept = _new(connection, found.intervals)
    if kept:
        connection.execute(insert(UsageSample), [_row(interval) for interval in kept])
        due = {(one.kind, one.name, start) for one in kept for start in starts("hours", one.start, one.ended)}
        add_missing(connection, UsageDue, [_due("hours", *key) for key in sorted(due)])
    gaps = [
        {"kind": gap.kind, "name": gap.name, "start": gap.start, "ended": gap.ended, "reason": gap.reason}
        for gap in found.gaps
        if gap.ended > gap.start
    ]
    add_missing(connection, UsageGap, gaps)
    _keep(connection, sample.node, last_of(sample))
    return replace(found, intervals=tuple(kept))


def _last(connection: Connection, node: str) -> Last | None:
    row = connection.execute(select(UsageLast.__table__).where(UsageLast.node == node)).one_or_none()
    if row is None:
        return None
    return Last(row.at, row.boot, row.uptime, row.cpus, row.busy, frozenset(row.zones), frozenset(row.domains), row.broken)


def _keep(connection: Connection, node: str, last: Last) -> None:
    connection.execute(delete(UsageLast).where(UsageLast.node == node))
    values = {"at": last.at, "boot": last.boot, "uptime": last.uptime, "cpus": last.cpus, "busy": last.busy, "broken": last.broken}
    connection.execute(insert(UsageLast).values(node=node, zones=sorted(last.zones), domains=sorted(last.domains), **values))


def _row(interval: Interval) -> dict[str, object]:
    return {
        "kind": interval.kind,
        "name": interval.name,
        "metric": interval.metric,
        "start": interval.start,
        "ended": interval.ended,
        "value": interval.value,
    }


def _due(level: str, kind: str, name: str, start: datetime) -> dict[str, object]:
    return {"level": level, "kind": kind, "name": name, "start": start}


def _new(connection: Connection, intervals: Iterable[Interval]) -> list[Interval]:
    """Without time that was counted already (a vServer that another node told of), and that is no longer kept."""
    wanted = list(intervals)
    if not wanted:
        return []
    newest = _newest(connection, wanted)
    pruned = pruned_until(connection).get("samples")
    cut = [after(one, newest.get((one.kind, one.name))) for one in wanted]
    return [one for one in cut if one is not None and (pruned is None or one.start >= pruned)]


def _newest(connection: Connection, intervals: list[Interval]) -> dict[tuple[str, str], datetime]:
    since = min(one.start for one in intervals) - LONGEST
    found: dict[tuple[str, str], datetime] = {}
    for kind in {one.kind for one in intervals}:
        names = sorted({one.name for one in intervals if one.kind == kind})
        query = select(UsageSample.name, func.max(UsageSample.ended).label("ended")).group_by(UsageSample.name)
        query = query.where(UsageSample.kind == kind, UsageSample.name.in_(names), UsageSample.start > since)
        found |= {(kind, row.name): row.ended for row in connection.execute(query)}
    return found


def missed(connection: Connection, node: str, reason: str) -> bool:
    """A node gave no sample: the next one is not joined to the last. The first reason is kept. False where there was no sample yet."""
    alone(connection)
    connection.execute(update(UsageLast).where(UsageLast.node == node, UsageLast.broken == "").values(broken=reason))
    return connection.execute(select(UsageLast.node).where(UsageLast.node == node)).scalar() is not None


def pruned_until(connection: Connection) -> Mapping[str, datetime]:
    """Level → up to when it was pruned."""
    return {row.level: row.until for row in connection.execute(select(UsagePruned.level, UsagePruned.until))}
