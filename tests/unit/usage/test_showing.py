# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and pictures: gaps are entries and hatched areas, and no line crosses them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.buckets import Bucket, bin_of
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import Gap
from ansible_collections.heliostat.vdc.plugins.plugin_utils.usage.periods import moment, period
from ansible_collections.heliostat.vdc.plugins.plugin_utils.usage.picture import _axis, _ticks, svg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.usage.report import file_name, files
from ansible_collections.heliostat.vdc.plugins.plugin_utils.usage.timeline import entries

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hour(number: int, value: float = 2.0) -> Bucket:
    start = NOON + number * HOUR
    return Bucket(start, 12, 3_600_000, value / 2, value, value * 2, start + HOUR, {bin_of(value): 3_600_000})


def test_a_timeline_names_every_gap() -> None:
    told = {"cpu": [hour(1), hour(2), hour(5)], "memory": [hour(1, 1e9)]}
    gaps = [Gap("node", "t8a", NOON + 3 * HOUR, NOON + 4 * HOUR, "the node was booted")]
    found = entries("hours", told, gaps, NOON, NOON + 8 * HOUR)
    assert [
        (entry["start"][11:16], entry["ended"][11:16], entry.get("reason", sorted(set(entry) & {"cpu", "memory"}))) for entry in found
    ] == [
        ("12:00", "13:00", "not measured"),
        ("13:00", "14:00", ["cpu", "memory"]),
        ("14:00", "15:00", ["cpu"]),
        ("15:00", "17:00", "the node was booted"),
        ("17:00", "18:00", ["cpu"]),
        ("18:00", "20:00", "no sample since 2026-03-10 18:00 UTC"),
    ]
    assert found[1]["cpu"] == {"average": 2.0, "minimum": 1.0, "maximum": 4.0, "p95": pytest.approx(2.0, rel=0.01)}
    assert entries("hours", {}, (), NOON, NOON + HOUR) == [
        {"start": NOON.isoformat(), "ended": (NOON + HOUR).isoformat(), "gap": True, "reason": "not measured"}
    ]


@given(st.lists(st.booleans(), min_size=1, max_size=48))
def test_the_picture_breaks_its_line_at_every_gap(there: list[bool]) -> None:
    told = {"cpu": [hour(number, 1.0 + number) for number, known in enumerate(there) if known]}
    until = NOON + len(there) * HOUR
    listed = entries("hours", told, (), NOON, until)
    picture = svg('Node <t8a> & "more"', "hours", listed, NOON, until)
    root = ElementTree.fromstring(picture)
    lines = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("stroke-width") == "1.5"]
    runs = re.findall("1+", "".join("1" if known else "0" for known in there))
    assert len(lines) == len(runs)
    assert [len(re.findall("H", path.get("d", ""))) for path in lines] == [len(run) for run in runs]
    hatched = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("fill") == "url(#gap)"]
    assert len(hatched) == len([entry for entry in listed if entry.get("gap")])
    assert picture == svg('Node <t8a> & "more"', "hours", listed, NOON, until)
    for path in lines:
        numbers = [float(word) for word in re.findall(r",([0-9.]+)", path.get("d", ""))]
        assert all(70 <= number <= 200 for number in numbers), "within the panel"


@given(st.floats(1e-6, 1e15))
def test_an_axis_holds_its_values_on_few_lines(highest: float) -> None:
    top, step = _axis(highest)
    assert top >= highest * 0.99999
    assert 1 <= round(top / step) <= 6


@given(st.integers(1, 20 * 365 * 24))
def test_moments_below_the_picture(hours: int) -> None:
    found = _ticks(NOON, NOON + hours * HOUR)
    assert len(found) <= 12
    assert all(NOON <= at <= NOON + hours * HOUR for at, _text in found)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00+00:00"),
        ("90m", "2026-03-10T10:30:00+00:00"),
        ("2w", "2026-02-24T12:00:00+00:00"),
    ],
)
def test_moments(text: str, then: str) -> None:
    assert moment(text, NOON).isoformat() == then


@pytest.mark.parametrize("text", ["yesterday", "7y", "-1d", "", "2026-13-01", "999999w"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InvalidDefinition, match="neither a moment"):
        moment(text, NOON)
    with pytest.raises(InvalidDefinition, match="nothing lies between"):
        period("hours", "1h", "2h", NOON)


def test_files_of_a_report() -> None:
    assert file_name("vserver", "web-1.x") == "vserver-web-1.x.svg"
    assert file_name("gdom", "../a b") == "gdom-.._2fa_20b.svg"
    assert list(files([], NOON, NOON + HOUR)) == ["index.html"]
