# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of usage on both engines: taken in once, rolled up once, whoever dies in between; gaps stay gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.levels import KEPT
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import METRICS, Reading, Sample
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import usage_rollup
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
GIB = 1 << 30
LONGEST = 1800.0


def sample(minutes: float, cpu: float = 2.0, node: str = "t8a", **more: Any) -> Sample:
    """A node of 8 CPUs that works at a steady ``cpu`` CPUs, with one zone."""
    values: dict[str, Any] = {
        "node": node, "at": NOON + timedelta(minutes=minutes), "boot": 1_770_000_000, "uptime": 100_000 + minutes * 60, "cpus": 8,
        "busy": 50_000 + minutes * 60 * cpu, "memory": 16 * GIB, "zones": {"web1": Reading(1.5, 3 * GIB)}, "rating": 400,
    }  # fmt: skip
    return Sample(**values | more)


def fill(repository: Repository, minutes: int, step: int = 5, first: int = 0) -> None:
    for minute in range(first, minutes + 1, step):
        repository.usage.take(sample(minute), LONGEST)


def test_an_hour_of_samples(repository: Repository) -> None:
    fill(repository, 60)
    assert repository.usage.roll_up() == 2 * 4  # node and zone, hour to year
    rows = repository.rows("usage_hours", {"kind": "node"})
    assert {(row["metric"], row["samples"], row["covered"]) for row in rows} == {(one, 12, 3600.0) for one in METRICS}
    assert [round(row["average"], 9) for row in rows] == [100.0, 2.0, 16 * GIB]
    web1 = {row["metric"]: row for row in repository.rows("usage_years", {"name": "web1"})}
    assert web1["base_units"]["average"] == pytest.approx(1.5 / 8 * 400)
    assert web1["memory"]["p95"] == 3 * GIB
    assert web1["memory"]["start"] == "2026-01-01T00:00:00+00:00"
    assert web1["memory"]["last"] == "2026-03-10T13:00:00+00:00"
    assert repository.usage.roll_up() == 0


def test_the_same_samples_again_add_nothing(repository: Repository) -> None:
    fill(repository, 60)
    repository.usage.roll_up()
    before = repository.export()
    for minute in (60, 55, 0):
        assert repository.usage.take(sample(minute), LONGEST).note == "not younger than the last sample"
    assert repository.usage.roll_up() == 0
    assert repository.export() == before


def test_check_keeps_nothing(repository: Repository) -> None:
    fill(repository, 5)
    before = repository.export()
    assert repository.usage.take(sample(10), LONGEST, check=True).intervals
    assert repository.export() == before


def test_a_killed_roll_up_counts_nothing_twice(repository: Repository, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at every write of a roll-up; what was done before is kept, what was half done is undone."""
    fill(repository, 120)
    with open_repository(url) as other:
        kills, made = 0, usage_rollup._make
        while True:
            count = 0

            def dies(connection: Connection, *args: Any) -> None:
                nonlocal count
                count += 1
                made(connection, *args)
                if count == 2:
                    raise KeyboardInterrupt

            monkeypatch.setattr(usage_rollup, "_make", dies)
            try:
                other.usage.roll_up()
                break
            except KeyboardInterrupt:
                kills += 1
    assert kills > 5
    # an hour at a time in the order of its minutes is the same
    days = repository.rows("usage_days", {"name": "web1", "metric": "cpu"})
    assert [(row["samples"], row["covered"], row["average"]) for row in days] == [(24, 7200.0, 1.5)]


def test_late_samples_are_counted_in(repository: Repository) -> None:
    """Another node's older packet: what was rolled up already is made anew."""
    fill(repository, 60)
    repository.usage.roll_up()
    for minute in (0, 30, 60):
        repository.usage.take(sample(minute, node="t8b", zones={}), LONGEST)
    repository.usage.take(replace(sample(65, cpu=8.0), busy=50_000 + 3600 * 2 + 300 * 8), LONGEST)
    repository.usage.roll_up()
    names = {row["name"]: row["covered"] for row in repository.rows("usage_days", {"metric": "cpu", "kind": "node"})}
    assert names == {"t8a": 3900.0, "t8b": 3600.0}
    (day,) = repository.rows("usage_days", {"metric": "cpu", "name": "t8a"})
    assert day["average"] == pytest.approx((2 * 3600 + 8 * 300) / 3900)
    assert day["maximum"] == pytest.approx(8.0)


def test_a_gap_is_no_zero(repository: Repository) -> None:
    fill(repository, 10)
    assert repository.usage.missed("t8a", "the node did not answer at 12:15 UTC")
    assert repository.usage.missed("t8a", "a later reason")
    assert not repository.usage.missed("t8b", "never seen")
    assert repository.usage.take(sample(20), LONGEST).note == "the node did not answer at 12:15 UTC"
    fill(repository, 60, first=25)
    repository.usage.roll_up()
    (hour,) = repository.rows("usage_hours", {"name": "t8a", "metric": "cpu"})
    assert (hour["covered"], round(hour["minimum"], 9), round(hour["average"], 9)) == (3000.0, 2.0, 2.0)
    assert repository.rows("usage_gaps", {"name": "web1"}) == [
        {"kind": "vserver", "name": "web1", "start": "2026-03-10T12:10:00+00:00", "ended": "2026-03-10T12:20:00+00:00",
         "reason": "the node did not answer at 12:15 UTC"}
    ]  # fmt: skip


def test_a_vserver_that_moves_is_counted_once(repository: Repository) -> None:
    """Both nodes tell of it around its move, by clocks that differ: no time is counted twice."""
    fill(repository, 20)
    for minute in (12, 18, 30):
        repository.usage.take(sample(minute, node="t8b"), LONGEST)
    repository.usage.roll_up()
    (hour,) = repository.rows("usage_hours", {"name": "web1", "metric": "cpu"})
    assert hour["covered"] == 1800.0


def test_retention(repository: Repository) -> None:
    fill(repository, 60)
    days = dict(KEPT)
    now = NOON + timedelta(days=20)
    assert repository.usage.prune(days, now) == {}  # nothing goes that was not rolled up
    repository.usage.roll_up()
    assert repository.usage.prune(days, now) == {"samples": 12 * 6}
    assert repository.usage.prune(days, now) == {}
    assert len(repository.rows("usage_hours")) == 6
    # a sample of a time that is no longer kept is not taken for a new one
    for minute in (20, 25):
        repository.usage.take(sample(minute, node="old"), LONGEST)
    repository.usage.roll_up()
    assert repository.rows("usage_hours", {"name": "old"}) == []
    assert repository.usage.prune(days, NOON + timedelta(days=100)) == {"hours": 6}
    assert [len(repository.rows(f"usage_{level}")) for level in ("samples", "hours", "days", "months", "years")] == [0, 0, 6, 6, 6]
    assert repository.rows("usage_days", {"name": "web1", "metric": "cpu"})[0]["covered"] == 3600.0


def test_usage_for_placement(repository: Repository) -> None:
    fill(repository, 60 * 16, step=30)  # over midnight
    repository.usage.roll_up()
    now = NOON + timedelta(hours=16, minutes=10)
    told = repository.usage.usage_of("vserver", ["web1", "db1"], NOON + timedelta(hours=2), now)
    web1 = told["web1"]
    assert (web1.state, web1.newest) == ("measured", NOON + timedelta(hours=16))
    assert web1.cpu is not None and web1.memory is not None and web1.base_units is not None
    assert (web1.cpu.covered, web1.cpu.mean, web1.memory.p95) == (14 * 3600.0, 1.5, 3 * GIB)
    assert web1.base_units.p95 == pytest.approx(75, rel=0.011)
    assert web1.cpu.part == pytest.approx(14 / (14 + 1 / 6))
    assert (told["db1"].state, told["db1"].cpu) == ("missing", None)
    later = repository.usage.usage_of("vserver", ["web1"], NOON, now + timedelta(hours=3))["web1"]
    assert (later.state, later.why) == ("stale", "web1 was last measured at 2026-03-11 04:00 UTC")


def test_history_is_exported_with_the_rest(repository: Repository) -> None:
    fill(repository, 30)
    data = repository.export()["tables"]
    assert [len(data[name]) for name in ("usage_last", "usage_sample", "usage_due")] == [1, 36, 2]
