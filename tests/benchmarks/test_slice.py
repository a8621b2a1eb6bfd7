# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small slice of the benchmarks, so that they cannot rot, and what they say that does not depend on the machine's speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import comparison, growth, migration, patching, placement
from .__main__ import PAGE
from .page import BEGIN, END, write


def test_the_ways_agree_that_nothing_is_to_be_done(tmp_path: Path) -> None:
    """``compare`` refuses a way that changes something: so every way says the same of the generated estate."""
    lines = comparison.compare(tmp_path / "one", 3, rounds=1, ways=("ours", "raw_lists", "raw_each"))
    trips = {line.split("|")[1].strip(): int(line.split("|")[2]) for line in lines[4:]}
    assert trips == {comparison.WAYS["ours"]: 1, comparison.WAYS["raw_lists"]: 4 + 3, comparison.WAYS["raw_each"]: 6 * 3}


def test_one_round_trip_a_node_whatever_their_number(tmp_path: Path) -> None:
    lines = growth.grow(tmp_path / "many", (1, 2), 2)
    assert [line.split("|")[1:3] for line in lines[4:]] == [[" 1 ", " 2 "], [" 2 ", " 4 "]]


def test_everything_moves_whatever_the_way(tmp_path: Path) -> None:
    """``measure`` refuses a run after which something is not where it was to go."""
    lines = migration.measure(tmp_path / "moves", 1, each=1, ways=("migrate_ours", "migrate_scripts"))
    cells = [line.split("|") for line in lines if line.startswith("| ")]
    trips = {cell[1].strip(): int(cell[2]) for cell in cells if cell[2].strip().isdigit()}
    assert trips[migration.WAYS["migrate_scripts"]] == 3
    assert trips[migration.WAYS["migrate_ours"]] < 30
    assert trips[migration.MANY["migrate_many"]] <= trips[migration.MANY["migrate_in_turn"]]


def test_a_hundred_nodes_are_placed_within_a_second_on_a_quiet_machine() -> None:
    """``measure`` refuses a mode that takes longer. Beside other work the same takes up to twice the CPU seconds."""
    assert len(placement.measure(((100, 0.7, 1, 2.0),))) == 4 + 3


def test_patch_analysis_says_the_same_in_one_process_and_in_two() -> None:
    one, two = (patching.run(20, 2000, processes).split()[:2] for processes in (1, 2))
    assert one == two
    assert min(map(int, one)) > 10


def test_figures_are_written_between_the_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}old\n{END}after\n")
    write("new\n", page)
    assert page.read_text() == f"before\n{BEGIN}\nnew\n\n{END}after\n"
    assert BEGIN in PAGE.read_text()
    page.write_text("no marks\n")
    with pytest.raises(ValueError, match="has not the lines"):
        write("new\n", page)
