# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object used over some time, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .buckets import Bucket, merged, milliseconds

#: A measurement older than this is of no use for a decision.
FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Summary:
    """CPUs, base units or bytes. ``covered``: seconds that were measured; ``part``: of the time that was asked for, from 0 to 1."""

    mean: float
    p95: float
    peak: float
    covered: float
    part: float
    newest: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What an object used. ``state`` is measured, stale (not measured lately) or missing (not at all in that time); ``why`` in words.

    ``base_units`` is None where the node it ran on had no rating.
    """

    kind: str
    name: str
    state: str
    why: str = ""
    newest: datetime | None = None
    cpu: Summary | None = None
    base_units: Summary | None = None
    memory: Summary | None = None


def summarised(buckets: Iterable[Bucket], since: datetime, until: datetime) -> Summary | None:
    """One summary of all buckets of a metric; None where there are none."""
    whole = merged(since, buckets)
    if whole is None:
        return None
    asked = max(milliseconds(until - since), whole.covered)
    return Summary(whole.average, whole.p95, whole.maximum, whole.covered / 1000, whole.covered / asked, whole.last)


def usage(
    kind: str, name: str, metrics: Mapping[str, Iterable[Bucket]], since: datetime, until: datetime, fresh: timedelta = FRESH
) -> Usage:
    """``metrics``: metric → its buckets from ``since`` to ``until``, which is now."""
    told = {metric: found for metric, buckets in metrics.items() if (found := summarised(buckets, since, until))}
    if not told:
        return Usage(kind, name, "missing", f"{name} was not measured since {since:%Y-%m-%d %H:%M} UTC")
    newest = max(one.newest for one in told.values())
    stale = until - newest > fresh
    why = f"{name} was last measured at {newest:%Y-%m-%d %H:%M} UTC" if stale else ""
    return Usage(kind, name, "stale" if stale else "measured", why, newest, told.get("cpu"), told.get("base_units"), told.get("memory"))
