# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roll-ups of one metric over an hour, day, month or year. A roll-up of roll-ups is the roll-up of what they were made of.

For that, percentiles come from a histogram of values by how long they lasted: bins whose limits grow by 2 %, so that a percentile is
within 1 % of the true one, whatever was added to what in which order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_GROWTH = 1.02
_SMALLEST = 1e-6
#: The bin of what is as good as nothing.
_NOTHING = -1000


@dataclass(frozen=True, slots=True)
class Bucket:
    """``covered``: milliseconds that something is known of. ``average`` is weighted by time; ``last`` is where the known time ends.

    ``samples`` are the intervals that end here. ``bins``: bin → milliseconds.
    """

    start: datetime
    samples: int
    covered: int
    minimum: float
    average: float
    maximum: float
    last: datetime
    bins: Mapping[int, int] = field(default_factory=dict)

    @property
    def p95(self) -> float:
        """What was not exceeded for 95 % of the known time."""
        return percentile(self, 0.95)


def milliseconds(length: timedelta) -> int:
    return round(length / timedelta(milliseconds=1))


def bin_of(value: float) -> int:
    return _NOTHING if value <= _SMALLEST else math.ceil(math.log(value, _GROWTH))


def value_of(number: int) -> float:
    """The middle of a bin."""
    return 0.0 if number == _NOTHING else float(2 * _GROWTH**number / (_GROWTH + 1))


def percentile(bucket: Bucket, part: float) -> float:
    """The value that was not exceeded for this part of the known time."""
    wanted, reached = bucket.covered * part, 0
    for number in sorted(bucket.bins):
        reached += bucket.bins[number]
        if reached >= wanted:
            return min(max(value_of(number), bucket.minimum), bucket.maximum)
    return bucket.maximum


def of_parts(start: datetime, end: datetime, parts: Iterable[tuple[datetime, datetime, float]]) -> Bucket | None:
    """Intervals (start, end, value), cut to the bucket from ``start`` to ``end``; None where none lies in it."""
    cut = [
        (max(began, start), min(ended, end), value, 1 if start < ended <= end else 0)
        for began, ended, value in parts
        if min(ended, end) > max(began, start)
    ]
    pieces = [
        Bucket(start, count, length, value, value, value, ended, {bin_of(value): length})
        for began, ended, value, count in cut
        if (length := milliseconds(ended - began)) > 0
    ]
    return merged(start, pieces)


def merged(start: datetime, buckets: Iterable[Bucket]) -> Bucket | None:
    """One bucket that began at ``start`` of several that do not overlap; None of none."""
    parts = [bucket for bucket in buckets if bucket.covered]
    if not parts:
        return None
    covered = sum(bucket.covered for bucket in parts)
    bins: dict[int, int] = {}
    for bucket in parts:
        for number, length in bucket.bins.items():
            bins[number] = bins.get(number, 0) + length
    low, high = min(bucket.minimum for bucket in parts), max(bucket.maximum for bucket in parts)
    average = math.fsum(bucket.average * bucket.covered for bucket in parts) / covered
    return Bucket(
        start,
        sum(bucket.samples for bucket in parts),
        covered,
        low,
        min(max(average, low), high),
        high,
        max(bucket.last for bucket in parts),
        dict(sorted(bins.items())),
    )
