# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples become intervals, or gaps with a reason; never zeros, never spikes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.joining import Joined, after, joined, last_of
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import Interval, Reading, Sample

NOON = datetime(2026, 3, 29, 0, 58, tzinfo=UTC)  # two minutes before Europe's clocks go forward
GIB = 1 << 30
FIRST = Sample("t8a", NOON, 1_770_000_000, 5000.0, 64, 20_000.0, 16 * GIB, {"web1": Reading(1.0, GIB), "db1": Reading(2.0, GIB)}, {}, 128)
SECOND = replace(FIRST, at=NOON + timedelta(seconds=300), uptime=5300.0, busy=20_000.0 + 300 * 8, memory=17 * GIB)


def join(sample: Sample, first: Sample = FIRST, longest: float = 1800) -> Joined:
    return joined(last_of(first), sample, longest)


def test_what_was_used_between_two_samples() -> None:
    found = join(replace(SECOND, zones={"web1": Reading(1.5, 2 * GIB), "new": Reading(9.0, GIB)}, domains={}))
    told = {(one.kind, one.name, one.metric): one.value for one in found.intervals}
    assert told == {
        ("node", "t8a", "cpu"): 8.0,
        ("node", "t8a", "base_units"): 16.0,
        ("node", "t8a", "memory"): 17 * GIB,
        ("vserver", "web1", "cpu"): 1.5,
        ("vserver", "web1", "base_units"): 3.0,
        ("vserver", "web1", "memory"): 2 * GIB,
    }  # "new" was not there before, db1 is not there any more
    assert {(one.start, one.ended) for one in found.intervals} == {(NOON, NOON + timedelta(seconds=300))}
    assert (found.gaps, found.note, found.taken) == ((), "", True)


def test_a_node_without_rating_has_no_base_units() -> None:
    assert {one.metric for one in join(replace(SECOND, rating=None)).intervals} == {"cpu", "memory"}


def test_what_is_not_told_is_no_nothing() -> None:
    sample = replace(SECOND, zones={"web1": Reading(None, GIB), "db1": Reading(1.0, None)})
    assert [(one.name, one.metric) for one in join(sample).intervals if one.kind == "vserver"] == [
        ("db1", "cpu"), ("db1", "base_units"), ("web1", "memory"),
    ]  # fmt: skip


BOOT = 1_770_005_000


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (replace(SECOND, boot=BOOT, uptime=120.0, busy=100.0), "the node was booted"),
        (replace(SECOND, boot=BOOT, uptime=9000.0, busy=90_000.0), "the node was booted"),
        (replace(SECOND, uptime=100.0), "the node was booted"),
        (replace(SECOND, boot=FIRST.boot + 3600), "the node's clock was set"),
        (replace(SECOND, at=SECOND.at + timedelta(hours=1)), "clocks disagree: 3900 s here, 300 s on the node"),
        (replace(SECOND, uptime=5300.0 + 3600), "clocks disagree: 300 s here, 3900 s on the node"),
        (replace(SECOND, at=NOON + timedelta(hours=1), uptime=8600.0), "no sample for 3600 s"),
        (replace(SECOND, cpus=32), "the node has 32 CPUs, it had 64"),
        (replace(SECOND, busy=10.0), "the node's counters began anew"),
        (replace(SECOND, busy=20_000.0 + 300 * 70), "the node's counters tell more than its CPUs can do"),
    ],
)
def test_gaps(sample: Sample, reason: str) -> None:
    found = join(sample)
    assert (found.intervals, found.note, found.taken) == ((), reason, True)
    assert [(gap.kind, gap.name, gap.reason) for gap in found.gaps] == [
        ("node", "t8a", reason), ("vserver", "db1", reason), ("vserver", "web1", reason),
    ]  # fmt: skip
    # and the next one is joined again
    later = replace(sample, at=sample.at + timedelta(seconds=60), uptime=sample.uptime + 60, busy=sample.busy + 60)
    assert join(later, sample).intervals


def test_a_sample_that_failed_in_between() -> None:
    found = joined(replace(last_of(FIRST), broken="the node gave no sample"), SECOND, 1800)
    assert (found.note, found.intervals) == ("the node gave no sample", ())


def test_first_same_and_older_samples() -> None:
    assert joined(None, FIRST, 1800) == Joined(note="first sample")
    assert not join(FIRST).taken
    assert not join(FIRST, SECOND).taken
    back = join(replace(SECOND, at=NOON - timedelta(hours=1)))
    assert (back.taken, back.intervals, back.gaps) == (True, (), ())


@given(
    st.integers(1, 3600), st.floats(-7200, 7200), st.floats(0, 64), st.sampled_from([0, 3600, -1]), st.floats(-20_000, 100_000),
    st.integers(1, 128),
)  # fmt: skip
def test_whatever_happens_no_value_is_impossible(seconds: int, clock: float, cpu: float, boot: int, reset: float, cpus: int) -> None:
    sample = replace(
        FIRST, at=NOON + timedelta(seconds=seconds + clock), uptime=5000.0 + seconds, boot=FIRST.boot + boot, cpus=cpus,
        busy=max(0.0, 20_000.0 + seconds * cpu + (reset if boot else 0.0)),
    )  # fmt: skip
    found = join(sample, longest=86400)
    for one in found.intervals:
        assert one.ended > one.start
        if (one.kind, one.metric) == ("node", "cpu"):
            assert one.value == pytest.approx(cpu, abs=1e-6)
    assert found.intervals or found.note


@given(st.integers(-600, 900))
def test_nothing_is_counted_twice(seconds: int) -> None:
    interval = Interval("vserver", "web1", "cpu", NOON, NOON + timedelta(seconds=300), 1.0)
    kept = after(interval, NOON + timedelta(seconds=seconds))
    length = 0.0 if kept is None else (kept.ended - kept.start).total_seconds()
    assert length == min(300, max(0, 300 - seconds)) if seconds > 0 else length == 300
    assert after(interval, None) == interval
