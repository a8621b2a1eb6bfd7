# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's shapes say the same: each is read back by a reader that is not ours."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.result import STATES
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Row, totals
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.report import (
    COLUMNS,
    as_csv,
    as_html,
    as_json,
    attention,
    cells,
    plain,
    record,
    summary,
)

LP, KERNEL = PatchId.parse("120467-05"), PatchId.parse("147440-19")
THEN = datetime(2026, 11, 21, 20, 0, 1, 500, tzinfo=UTC)
FAILED = Row(
    "t2a", SetVersion("winter", 2), LP, "failed", 'no "space", <18>', ("web1", "web2"), at=THEN, log="a\nb", synopsis="=HYPERLINK(1)"
)
GONE = Row("t2b", None, KERNEL, "missing", "it was there", drift="removed")
DONE = Row("t2b", SetVersion("winter", 2), LP, "installed", at=THEN)
EVERY = [FAILED, DONE, GONE]

# what nodes print is anything; names are checked elsewhere, and still nothing may break
texts = st.text(st.characters(codec=None), max_size=20)
patches = st.builds(PatchId, st.from_regex(r"(IDR)?[0-9]{6}", fullmatch=True), st.integers(0, 999))
every_row = st.builds(
    Row,
    node=texts,
    set=st.none() | st.builds(SetVersion, texts, st.integers(1, 99)),
    patch=patches,
    state=st.sampled_from(STATES),
    reason=texts | st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "\r\n", 'a"b', "a,b", "</td><script>"]),
    zones=st.lists(st.from_regex(r"[a-z0-9.-]{1,8}", fullmatch=True), max_size=3).map(tuple),
    drift=st.sampled_from(["", "removed", "besides"]),
    at=st.none() | st.datetimes(timezones=st.just(UTC)),
    log=texts,
    synopsis=texts,
)


class Tables(HTMLParser):
    """The rows of each table, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta",):
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += data


def unguarded(cell: str) -> str:
    return cell.removeprefix("'")


@given(st.lists(every_row, max_size=5))
def test_csv_has_the_rows_and_no_formula(rows: list[Row]) -> None:
    head, *lines = csv.reader(io.StringIO(as_csv(rows), newline=""), strict=True)
    assert tuple(head) == COLUMNS
    assert [[unguarded(cell) for cell in line] for line in lines] == [cells(row) for row in rows]
    assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")]


@given(st.lists(every_row, max_size=5))
def test_json_has_the_rows(rows: list[Row]) -> None:
    text = as_json(rows, totals(rows))
    text.encode()  # a file can hold it
    assert json.loads(text)["rows"] == [record(row) for row in rows]


@given(st.lists(every_row, max_size=5))
def test_html_has_every_row_and_no_tag_of_a_node(rows: list[Row]) -> None:
    page = as_html(rows, totals(rows))
    page.encode()
    found = Tables(page)
    assert found.open == []
    assert found.tags <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    }
    assert found.tables[-1][1:] == [cells(row) for row in rows]


def test_csv_as_written() -> None:
    head, first, second = as_csv([FAILED, GONE]).split("\r\n")[:3]
    assert head == "node,set,version,patch,state,reason,zones,drift,at,synopsis,log"
    assert first == ('t2a,winter,2,120467-05,failed,"no ""space"", <18>",web1 web2,,2026-11-21T20:00:01+00:00,\'=HYPERLINK(1),"a\nb"')
    assert second == "t2b,,,147440-19,missing,it was there,,removed,,,"


def test_html_shows_what_is_left_first() -> None:
    found = Tables(as_html(EVERY, totals(EVERY, {"lab": ["t2a", "t2b"]})))
    left, _all, by_set, by_group, by_node, every = found.tables
    assert [row[3] for row in left[1:]] == ["120467-05", "147440-19"]
    assert [row[0] for row in by_set[1:]] == ["winter version 2"]
    assert [row[0] for row in by_group[1:]] == ["lab"]
    assert [row[0] for row in by_node[1:]] == ["t2a", "t2b"]
    assert len(every) == 4


def test_html_of_nothing_left() -> None:
    page = as_html([DONE], totals([DONE]))
    assert "<p>Nothing.</p>" in page
    assert "<p>1 of 1 rows are settled" in page


def test_the_terminal_shows_what_is_left_and_the_totals() -> None:
    heads, lines = attention(EVERY)
    assert heads == ["NODE", "SET", "PATCH", "STATE", "DRIFT", "WHY"]
    assert lines == [
        ["t2a", "winter version 2", "120467-05", "failed", "", 'no "space", <18>'],
        ["t2b", "", "147440-19", "missing", "removed", "it was there"],
    ]
    heads, lines = summary(totals(EVERY))
    assert heads == ["OF", "INSTALLED", "FAILED", "DRIFT"]
    assert lines == [
        ["all", "1", "1", "1"],
        ["set winter version 2", "1", "1", ""],
        ["node t2a", "0", "1", "0"],
        ["node t2b", "1", "0", "1"],
    ]


def test_a_silent_node_has_one_line_on_the_terminal() -> None:
    silent = [Row("t2c", SetVersion("winter", 2), patch, "unknown", "off; it was installed", unasked="off") for patch in (LP, KERNEL)]
    alone = Row("t2d", SetVersion("winter", 2), LP, "unknown", "zone web1 did not tell " + 200 * "x")
    lines = attention([*silent, alone])[1]
    assert lines[0] == ["t2c", "winter version 2", "2 patches", "unknown", "", "off"]
    assert lines[1][2] == "120467-05"
    assert len(lines[1][5]) == 160


@pytest.mark.parametrize(("printed", "kept"), [("a\r\nb\rc", "a\nb\nc"), ("\x1b[1m", "\ufffd[1m"), ("\udc80", "\ufffd"), ("ä\t", "ä\t")])
def test_what_no_file_of_text_can_hold(printed: str, kept: str) -> None:
    assert plain(printed) == kept
