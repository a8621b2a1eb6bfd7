# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of samples, days of hours, months of days, years of months: what is due is made anew from what is there.

A roll-up is replaced whole, in the transaction that takes it off the list: a run that was killed, run again, counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select
from sqlalchemy.engine import Row

from ..model.usage.buckets import Bucket, merged, of_parts
from ..model.usage.levels import KEPT, LEVELS, ROLLED, above, below, end_of, oldest_kept, start_of
from .rows import add_missing
from .schema import UsageBucket, UsageDue, UsageGap, UsagePruned, UsageSample
from .usage_intake import LONGEST, alone, pruned_until

#: Objects rolled up in one transaction.
_AT_ONCE = 500


def roll_up(connection: Connection) -> int:
    """Makes some of the roll-ups that are due, the lowest level first; how many. 0: nothing is due any more."""
    alone(connection)
    for level in ROLLED:
        first = connection.execute(
            select(UsageDue.kind, UsageDue.start).where(UsageDue.level == level).order_by(UsageDue.start, UsageDue.kind).limit(1)
        ).one_or_none()
        if first is None:
            continue
        where = and_(UsageDue.level == level, UsageDue.kind == first.kind, UsageDue.start == first.start)
        names = list(connection.execute(select(UsageDue.name).where(where).order_by(UsageDue.name).limit(_AT_ONCE)).scalars())
        _make(connection, level, first.kind, first.start, names)
        connection.execute(delete(UsageDue).where(where, UsageDue.name.in_(names)))
        return len(names)
    return 0


def _make(connection: Connection, level: str, kind: str, start: datetime, names: Sequence[str]) -> None:
    pruned = pruned_until(connection).get(below(level))
    if pruned is not None and pruned > start:
        return  # what it was made of is partly gone: it stays as it is
    made = _of_samples(connection, kind, start, names) if level == "hours" else _of_buckets(connection, level, kind, start, names)
    own = and_(UsageBucket.level == level, UsageBucket.kind == kind, UsageBucket.start == start, UsageBucket.name.in_(names))
    connection.execute(delete(UsageBucket).where(own))
    if made:
        rows = [_row(level, kind, name, metric, bucket) for (name, metric), bucket in sorted(made.items())]
        connection.execute(insert(UsageBucket), rows)
    if upper := above(level):
        due = [{"level": upper, "kind": kind, "name": name, "start": start_of(upper, start)} for name in names]
        add_missing(connection, UsageDue, due)


def _of_samples(connection: Connection, kind: str, start: datetime, names: Sequence[str]) -> dict[tuple[str, str], Bucket]:
    end = end_of("hours", start)
    query = select(UsageSample.name, UsageSample.metric, UsageSample.start, UsageSample.ended, UsageSample.value)
    query = query.where(UsageSample.kind == kind, UsageSample.name.in_(names), UsageSample.start < end, UsageSample.ended > start)
    query = query.where(UsageSample.start > start - LONGEST).order_by(UsageSample.name, UsageSample.metric, UsageSample.start)
    parts: dict[tuple[str, str], list[tuple[datetime, datetime, float]]] = {}
    for row in connection.execute(query):
        parts.setdefault((row.name, row.metric), []).append((row.start, row.ended, row.value))
    return {key: bucket for key, told in parts.items() if (bucket := of_parts(start, end, told))}


def _of_buckets(connection: Connection, level: str, kind: str, start: datetime, names: Sequence[str]) -> dict[tuple[str, str], Bucket]:
    query = select(UsageBucket.__table__).where(UsageBucket.level == below(level), UsageBucket.kind == kind, UsageBucket.name.in_(names))
    query = query.where(UsageBucket.start >= start, UsageBucket.start < end_of(level, start))
    parts: dict[tuple[str, str], list[Bucket]] = {}
    for row in connection.execute(query.order_by(UsageBucket.name, UsageBucket.metric, UsageBucket.start)):
        parts.setdefault((row.name, row.metric), []).append(bucket_of(row))
    return {key: bucket for key, told in parts.items() if (bucket := merged(start, told))}


def bucket_of(row: Row[*tuple[Any, ...]]) -> Bucket:
    """A row of usage_bucket as a value."""
    values: Mapping[Any, Any] = row._mapping
    fields = ("start", "samples", "covered", "minimum", "average", "maximum", "last")
    return Bucket(**{name: values[name] for name in fields}, bins=dict(values["bins"]))


def _row(level: str, kind: str, name: str, metric: str, bucket: Bucket) -> dict[str, object]:
    return {
        "level": level,
        "kind": kind,
        "name": name,
        "metric": metric,
        "start": bucket.start,
        "samples": bucket.samples,
        "covered": bucket.covered,
        "minimum": bucket.minimum,
        "average": bucket.average,
        "maximum": bucket.maximum,
        "p95": bucket.p95,
        "last": bucket.last,
        "bins": [list(pair) for pair in bucket.bins.items()],
    }


def prune(connection: Connection, days: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Removes what is older than its level's ``days`` (0: kept for ever), never what has not been rolled up; level → rows removed."""
    alone(connection)
    removed: dict[str, int] = {}
    for level in LEVELS:
        kept = days.get(level, KEPT[level])
        until = oldest_kept(level, kept, now) if kept else None
        upper = above(level)
        due = connection.execute(select(func.min(UsageDue.start)).where(UsageDue.level == upper)).scalar() if upper else None
        if until is not None and due is not None:
            until = min(until, due)
        if until is None:
            continue
        if level == "samples":
            gone = connection.execute(delete(UsageSample).where(UsageSample.ended <= until)).rowcount
        else:
            gone = connection.execute(delete(UsageBucket).where(UsageBucket.level == level, UsageBucket.start < until)).rowcount
        if level == "hours":
            connection.execute(delete(UsageGap).where(UsageGap.ended <= until))
        if gone:
            removed[level] = gone
            _note(connection, level, until)
    return removed


def _note(connection: Connection, level: str, until: datetime) -> None:
    known = pruned_until(connection).get(level)
    connection.execute(delete(UsagePruned).where(UsagePruned.level == level))
    connection.execute(insert(UsagePruned).values(level=level, until=until if known is None else max(until, known)))
