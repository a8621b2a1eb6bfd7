# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of usage as operations see it: samples in, roll-ups, what was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from ..model.usage.buckets import Bucket, bin_of, milliseconds
from ..model.usage.joining import Joined
from ..model.usage.levels import ROLLED, end_of, start_of
from ..model.usage.sample import Gap, Sample
from ..model.usage.summary import FRESH, Usage, usage
from .database import Database
from .rows import now
from .schema import UsageBucket, UsageGap, UsageSample
from .usage_intake import missed, take
from .usage_rollup import bucket_of, prune, roll_up

#: Names in one query.
_AT_ONCE = 500

#: Object (kind, name) → metric → what was used, oldest first.
Series = dict[tuple[str, str], dict[str, list[Bucket]]]


class UsageHistory:
    """``Repository.usage``. Each method is one transaction, but ``roll_up``, which is several."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, sample: Sample, longest: float, *, check: bool = False) -> Joined:
        """Adds a sample of a node; see ``usage_intake.take``."""
        return self._database.write(lambda c: take(c, sample, longest), check=check)

    def missed(self, node: str, reason: str) -> bool:
        """A node gave no sample; False where there was none yet."""
        return self._database.write(lambda c: missed(c, node, reason))

    def roll_up(self) -> int:
        """Makes all roll-ups that are due; how many."""
        made = 0
        while some := self._database.write(roll_up):
            made += some
        return made

    def prune(self, days: Mapping[str, int], at: datetime) -> dict[str, int]:
        """Removes what is older at that moment than its level's days; level → rows removed."""
        return self._database.write(lambda c: prune(c, days, at))

    def series(self, level: str, since: datetime, until: datetime, names: Sequence[str] | None = None, kind: str | None = None) -> Series:
        """What is known from ``since`` to ``until``: of samples each as a bucket of its own length, of a roll-up the buckets."""
        with self._database.reading() as connection:
            return _series(connection, level, since, until, names, kind)

    def gaps(self, since: datetime, until: datetime, names: Sequence[str] | None = None) -> dict[tuple[str, str], list[Gap]]:
        """The gaps whose reason is known, by object."""
        query = select(UsageGap.__table__).where(UsageGap.start < until, UsageGap.ended > since).order_by(UsageGap.start)
        query = query.where(UsageGap.name.in_(names)) if names is not None else query
        found: dict[tuple[str, str], list[Gap]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query):
                found.setdefault((row.kind, row.name), []).append(Gap(row.kind, row.name, row.start, row.ended, row.reason))
        return found

    def newest(self, level: str) -> datetime | None:
        """Where the known time of a level ends, whatever object is known."""
        query = select(func.max(UsageBucket.last)).where(UsageBucket.level == level)
        with self._database.reading() as connection:
            return connection.execute(query if level in ROLLED else select(func.max(UsageSample.ended))).scalar()

    def latest(self, level: str = "hours") -> datetime:
        """Now, or where the known time ends when that is later: a node whose clock is ahead, a lab whose time runs faster."""
        known = self.newest(level)
        return max(now(), known) if known else now()

    def usage_of(
        self, kind: str, names: Sequence[str], since: datetime, until: datetime | None = None, fresh: timedelta = FRESH
    ) -> dict[str, Usage]:
        """What each object used from ``since`` (to the hour) to ``until`` (now), from roll-ups: whole days, and hours before the first one.
        For thousands of objects a ``since`` at midnight (UTC) reads days only.

        Every name has an answer: one that was not measured is missing, one that was not measured within ``fresh`` is stale.
        """
        until = until or self.latest()
        first = start_of("hours", since)
        midnight = start_of("days", first)
        day = midnight if midnight == first else end_of("days", midnight)
        parts: list[Series] = []
        with self._database.reading() as connection:
            for start in range(0, len(names), _AT_ONCE):
                some = names[start : start + _AT_ONCE]
                parts.append(_series(connection, "hours", first, min(day, until), some, kind))
                if day < until:
                    parts.append(_series(connection, "days", day, until, some, kind))
        told: dict[str, dict[str, list[Bucket]]] = {name: {} for name in names}
        for part in parts:
            for (_kind, name), metrics in part.items():
                for metric, buckets in metrics.items():
                    told[name].setdefault(metric, []).extend(buckets)
        return {name: usage(kind, name, metrics, first, until, fresh) for name, metrics in told.items()}


def _series(connection: Connection, level: str, since: datetime, until: datetime, names: Sequence[str] | None, kind: str | None) -> Series:
    table = UsageBucket if level in ROLLED else UsageSample
    query = select(table.__table__).order_by(table.kind, table.name, table.metric, table.start).where(table.start < until)
    if level in ROLLED:
        query = query.where(UsageBucket.level == level, UsageBucket.start >= start_of(level, since))
    else:
        query = query.where(UsageSample.ended > since)
    query = query.where(table.name.in_(names)) if names is not None else query
    query = query.where(table.kind == kind) if kind is not None else query
    found: Series = {}
    for row in connection.execute(query):
        bucket = bucket_of(row) if level in ROLLED else _single(row.start, row.ended, row.value)
        found.setdefault((row.kind, row.name), {}).setdefault(row.metric, []).append(bucket)
    return found


def _single(start: datetime, ended: datetime, value: float) -> Bucket:
    length = milliseconds(ended - start)
    return Bucket(start, 1, length, value, value, value, ended, {bin_of(value): length})
