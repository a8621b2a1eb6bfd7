# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object's usage as a list over time, where time of which nothing is known has entries of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..model.usage.buckets import Bucket
from ..model.usage.levels import ROLLED, end_of, start_of
from ..model.usage.sample import METRICS, Gap
from ..model.usage.summary import Summary, Usage


def entries(
    level: str, metrics: Mapping[str, Sequence[Bucket]], gaps: Sequence[Gap], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Oldest first. What is known: ``start``, ``ended``, ``covered`` (seconds), and each metric's average, minimum, maximum and p95.
    What is not: ``start``, ``ended``, ``gap`` true and the ``reason``."""
    by_start: dict[datetime, dict[str, Bucket]] = {}
    for metric in METRICS:
        for bucket in metrics.get(metric, ()):
            by_start.setdefault(bucket.start, {})[metric] = bucket
    found: list[dict[str, Any]] = []
    reached = start_of(level, since) if level in ROLLED else since
    for start in sorted(by_start):
        told = by_start[start]
        ended = end_of(level, start) if level in ROLLED else max(one.last for one in told.values())
        if start > reached:
            found.append(_gap(reached, start, gaps, "not measured"))
        covered = max(one.covered for one in told.values()) / 1000
        values = {metric: _figures(bucket) for metric, bucket in told.items()}
        found.append({"start": start.isoformat(), "ended": ended.isoformat(), "covered": covered, **values})
        reached = max(reached, ended)
    if reached < until:
        found.append(_gap(reached, until, gaps, f"no sample since {reached:%Y-%m-%d %H:%M} UTC" if by_start else "not measured"))
    return found


def _figures(bucket: Bucket) -> dict[str, float]:
    return {"average": bucket.average, "minimum": bucket.minimum, "maximum": bucket.maximum, "p95": bucket.p95}


def _gap(start: datetime, ended: datetime, gaps: Sequence[Gap], otherwise: str) -> dict[str, Any]:
    reasons = dict.fromkeys(gap.reason for gap in gaps if gap.start < ended and gap.ended > start)
    return {"start": start.isoformat(), "ended": ended.isoformat(), "gap": True, "reason": "; ".join(reasons) or otherwise}


def shown(told: Usage) -> dict[str, Any]:
    """A summary as JSON values; metrics that were not measured are None."""
    return {
        "kind": told.kind,
        "name": told.name,
        "state": told.state,
        "why": told.why,
        "newest": told.newest.isoformat() if told.newest else None,
        "stale_since": told.newest.isoformat() if told.newest and told.state == "stale" else None,
        "summary": {metric: _summary(getattr(told, metric)) for metric in METRICS},
    }


def _summary(one: Summary | None) -> dict[str, Any] | None:
    return None if one is None else {**asdict(one), "newest": one.newest.isoformat()}
