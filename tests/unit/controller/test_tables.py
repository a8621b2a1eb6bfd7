# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables for people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.tables import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(["NODE", "STATE", "CPUS"], [["t8a", "up", 256], ["t8-long-name", "", None], ["x", "unknown", 0]]) == [
        "NODE          STATE    CPUS",
        "t8a           up       256",
        "t8-long-name  -        -",
        "x             unknown  0",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert table(["A", "LONG"], []) == ["A  LONG"]


cells = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)))
def test_every_cell_starts_under_its_heading(rows: list[list[str]]) -> None:
    lines = table(rows[0], rows[1:])
    assert [line.split() for line in lines] == rows
    starts = [sum(max(len(row[before]) for row in rows) + 2 for before in range(column)) for column in range(len(rows[0]))]
    assert all(
        line[start:].startswith(cell) for line, row in zip(lines, rows, strict=True) for start, cell in zip(starts, row, strict=True)
    )
