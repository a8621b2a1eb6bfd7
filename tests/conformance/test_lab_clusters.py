# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Live Upgrade, Solaris Cluster and VCS held against recorded output.

Of the samples of Sun Cluster the beginnings of the headlines are lost ("Cluster Nodes ==="), so headlines are compared by their ends.
"""

from __future__ import annotations

import pytest

from tests.unit.lab.cluster_world import clusters

from .lab_shapes import Judge, Lines, patterns, table
from .samples import corpus


def sample(folder: str, number: int) -> Lines:
    root = corpus()
    if root is None or not (root / folder).is_dir():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    found = next((root / folder).glob(f"{number}-*.txt"))
    return [line for line in found.read_text().splitlines() if line.strip()]


def sections(lab: Lines, real: Lines) -> str | None:
    """The headlines, headings and rules of the sample are the lab's, in this order; rows have as many words as theirs."""
    mine = [" ".join(line.removeprefix("=== ").split()) for line in lab]
    places = [mine.index(" ".join(line.split())) for line in real if line.endswith(("===", "---")) or set(line) <= set("- ")]
    rows = {len(line.split()) for line in real}
    wrong = next((line for line in lab if not line.endswith(("===", "---")) and len(line.split()) not in rows), None)
    return None if places == sorted(places) and places and wrong is None else f"{wrong!r}, or another order: {places}"


SUMMARY = patterns(
    r"-- SYSTEM STATE", r"-- System +State +Frozen", r"A  \w+ +[A-Z]+ +[01]", r"-- GROUP STATE",
    r"-- Group +System +Probed +AutoDisabled +State", r"B  \w+ +\w+ +[YN] +[YN] +[A-Z]+",
)  # fmt: skip
LINKS = patterns(
    r"LLT node information:", r" +Node +State +Link +Status +Address", r" {2}[* ] \d+ [\w-]+ +(OPEN|CONNWAIT)", r" {4}\d+ +CONNWAIT",
    r" {20,23}[\w:]+ +(UP +(\w\w:){5}\w\w|DOWN)",
)  # fmt: skip
PORTS = patterns(r"GAB Port Memberships", r"=+", r"Port \w gen +\w+ membership [\d ]+")


@pytest.mark.parametrize(
    ("folder", "number", "on", "line", "judge"),
    [
        ("solaris", 157, "lab1", "lustatus", table),
        ("cluster", 122, "rad1", "hastatus -sum", SUMMARY),
        ("cluster", 124, "rad1", "hastatus -sum", SUMMARY),
        ("cluster", 126, "rad1", "hagrp -state", table),
        ("cluster", 128, "rad1", "hagrp -state images_sg", table),
        ("cluster", 147, "rad1", "hasys -state", table),
        ("cluster", 149, "rad1", "hasys -display rad1 -attribute Frozen TFrozen", table),
        ("cluster", 176, "rad1", "lltstat -nvv active", LINKS),
        ("cluster", 179, "rad1", "lltstat -nvv", LINKS),
        ("cluster", 185, "rad1", "gabconfig -a", PORTS),
        ("cluster", 208, "pha1", "clrg status", sections),
        ("cluster", 210, "pha1", "clq status", sections),
    ],
)
def test_the_lab_prints_what_was_recorded(folder: str, number: int, on: str, line: str, judge: Judge) -> None:
    printed = [each for each in clusters().ok(line, on).splitlines() if each.strip()]
    assert judge(printed, sample(folder, number)) is None


def test_lustatus_is_recorded_to_the_blank() -> None:
    assert clusters().ok("lustatus", "lab1").splitlines()[:3] == sample("solaris", 157)[:3]
