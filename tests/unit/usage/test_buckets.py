# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roll-ups: of roll-ups the same as of what they were made of, whatever the samples; days are those of UTC."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.buckets import Bucket, bin_of, merged, of_parts, value_of
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.levels import (
    KEPT,
    LEVELS,
    ROLLED,
    check_kept,
    end_of,
    oldest_kept,
    start_of,
    starts,
)  # fmt: skip
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.summary import usage

START = datetime(2025, 12, 30, 22, 0, tzinfo=UTC)
Part = tuple[datetime, datetime, float]
VALUES = st.one_of(st.just(0.0), st.floats(0.001, 1e13))
#: Intervals one after the other, some with a gap before: (gap, length) in seconds, value.
PARTS = st.lists(st.tuples(st.sampled_from([0, 0, 0, 7, 4000, 90_000]), st.integers(1, 5000), VALUES), max_size=60)


def parts(told: list[tuple[int, int, float]]) -> list[Part]:
    found, at = [], START
    for gap, length, value in told:
        at += timedelta(seconds=gap)
        found.append((at, at + timedelta(seconds=length), value))
        at += timedelta(seconds=length)
    return found


def rolled(level: str, lower: list[Bucket]) -> list[Bucket]:
    made: dict[datetime, list[Bucket]] = {}
    for one in lower:
        made.setdefault(start_of(level, one.start), []).append(one)
    return [bucket for start, some in made.items() if (bucket := merged(start, some))]


def same(one: Bucket, other: Bucket) -> None:
    assert (one.start, one.samples, one.covered, one.minimum, one.maximum, one.last, one.bins) == (
        other.start, other.samples, other.covered, other.minimum, other.maximum, other.last, other.bins,
    )  # fmt: skip
    assert one.average == pytest.approx(other.average)
    assert one.p95 == other.p95


@given(PARTS)
def test_roll_ups_of_roll_ups_are_roll_ups_of_the_samples(told: list[tuple[int, int, float]]) -> None:
    samples = parts(told)
    end = samples[-1][1] if samples else START
    lower = [bucket for start in starts("hours", START, end) if (bucket := of_parts(start, end_of("hours", start), samples))]
    for level in ROLLED[1:]:
        lower = rolled(level, lower)
        direct = [one for start in starts(level, START, end) if (one := of_parts(start, end_of(level, start), samples))]
        assert len(direct) == len(lower)
        for one, other in zip(lower, direct, strict=True):
            same(one, other)
    assert sum(one.covered for one in lower) == 1000 * sum(length for _gap, length, _value in told)
    assert sum(one.samples for one in lower) == len(told)


@given(PARTS.filter(bool), st.randoms(use_true_random=False))
def test_order_does_not_matter(told: list[tuple[int, int, float]], shuffle: object) -> None:
    singles = [bucket for start, end, value in parts(told) if (bucket := of_parts(start, end, [(start, end, value)]))]
    first = merged(START, singles)
    shuffle.shuffle(singles)  # type: ignore[attr-defined]
    second = merged(START, singles)
    assert first is not None and second is not None
    same(first, second)
    assert first.minimum <= first.average <= first.maximum
    assert first.minimum <= first.p95 <= first.maximum


@given(st.lists(VALUES, min_size=1, max_size=200))
def test_p95_is_within_one_per_cent(values: list[float]) -> None:
    found = of_parts(START, START + timedelta(days=1), parts([(0, 60, value) for value in values]))
    assert found is not None
    true = sorted(values)[math.ceil(len(values) * 0.95) - 1]
    assert found.p95 == pytest.approx(true, rel=0.0101, abs=1e-5)
    assert all(bin_of(value_of(number)) == number for number in found.bins)


def test_a_sample_over_the_hour_is_parted_and_counted_once() -> None:
    told = [(START + timedelta(minutes=50), START + timedelta(minutes=70), 6.0)]
    first, second = (of_parts(start, end_of("hours", start), told) for start in starts("hours", START, START + timedelta(hours=2)))
    assert first is not None and second is not None
    assert [(one.covered, one.samples) for one in (first, second)] == [(600_000, 0), (600_000, 1)]
    assert of_parts(START, START + timedelta(minutes=50), told) is None


def test_levels_are_those_of_utc() -> None:
    moment = datetime.fromisoformat("2026-10-25T02:30:00+01:00")  # the second half past two of that night
    assert [start_of(level, moment).isoformat() for level in ROLLED] == [
        "2026-10-25T01:00:00+00:00", "2026-10-25T00:00:00+00:00", "2026-10-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00",
    ]  # fmt: skip
    assert end_of("days", start_of("days", moment)) - start_of("days", moment) == timedelta(days=1)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.sampled_from(ROLLED))
def test_a_level_follows_itself_without_a_hole(moment: datetime, level: str) -> None:
    start = start_of(level, moment)
    assert start <= moment < end_of(level, start)
    assert start_of(level, end_of(level, start)) == end_of(level, start)
    assert start_of(level, end_of(level, start) - timedelta(microseconds=1)) == start


def test_retention() -> None:
    check_kept(KEPT)
    check_kept(dict.fromkeys(LEVELS, 0))
    for wrong in ({"samples": 62}, {"hours": 0, "days": 400}, {"days": 80}, {"months": 500}, {"years": 2000}, {"samples": -1}):
        with pytest.raises(InvalidDefinition, match="keep: "):
            check_kept({**KEPT, **wrong})
    now = datetime(2026, 3, 10, 12, 34, tzinfo=UTC)
    assert oldest_kept("samples", 14, now) == datetime(2026, 2, 24, 12, tzinfo=UTC)
    assert oldest_kept("hours", 62, now) == datetime(2026, 1, 7, tzinfo=UTC)
    assert oldest_kept("days", 400, now) == datetime(2025, 2, 1, tzinfo=UTC)


def test_stale_and_missing_are_said() -> None:
    bucket = of_parts(START, START + timedelta(hours=1), [(START, START + timedelta(minutes=30), 2.0)])
    assert bucket is not None
    metrics = {"cpu": [bucket]}
    assert usage("node", "t8a", metrics, START, START + timedelta(hours=1)).state == "measured"
    later = usage("node", "t8a", metrics, START, START + timedelta(hours=2))
    assert (later.state, later.why, later.memory) == ("stale", "t8a was last measured at 2025-12-30 22:30 UTC", None)
    assert later.cpu is not None
    assert (later.cpu.part, later.cpu.covered) == (0.25, 1800.0)
    missing = usage("node", "t8a", {"cpu": []}, START, START + timedelta(hours=2))
    assert (missing.state, missing.cpu, missing.why) == ("missing", None, "t8a was not measured since 2025-12-30 22:00 UTC")
