# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's journal in the repository: an entry an object, every step, no secret, an end only when it ended."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.journal import TAIL, RepositoryJournal, RepositoryProgress
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import progress
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import Report
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Step


class Kept:
    """A repository that keeps what its journal is told."""

    def __init__(self) -> None:
        self.begun: list[tuple[Any, ...]] = []
        self.steps: list[tuple[Any, ...]] = []
        self.ended: list[tuple[Any, ...]] = []

    def journal_begin(self, *words: Any) -> int:
        self.begun.append(words)
        return 40 + len(self.begun)

    def journal_step(self, *words: Any, started: Any, ended: Any) -> None:
        assert started <= ended
        self.steps.append(words)

    def journal_end(self, *words: Any) -> None:
        self.ended.append(words)


def step(name: str, *words: str, secrets: tuple[str, ...] = ()) -> Step:
    return Step(name, f"do {words[0]}", "why", Command.of(*words, secrets=secrets))


def report(**failures: str) -> Report[None]:
    return Report(True, (), {}, {}, (), failures, None)


def test_an_entry_for_each_object_and_a_line_for_each_step() -> None:
    kept = Kept()
    journal = RepositoryJournal(kept, "vserver running", "t8a")
    for one in (step("web1", "a"), step("db1", "b"), step("web1", "c")):
        journal.started(one)
        journal.ended(one, Output(0, "out", "err"), 1.5)
    assert [words[:3] for words in kept.begun] == [("vserver running", "web1", "t8a"), ("vserver running", "db1", "t8a")]
    assert kept.steps == [
        (41, "web1", "do a", "a", 0, 1.5, "outerr"),
        (42, "db1", "do b", "b", 0, 1.5, "outerr"),
        (41, "web1", "do c", "c", 0, 1.5, "outerr"),
    ]
    assert (journal.entries, kept.ended) == ({"web1": 41, "db1": 42}, []), "a killed run leaves unfinished entries"
    journal.close(report(db1="db1: no"))
    assert kept.ended == [(41, "done", True), (42, "failed", True)]


def test_secrets_are_masked_even_where_the_output_is_cut() -> None:
    kept = Kept()
    journal = RepositoryJournal(kept, "vserver running", "t8a")
    secret = "$5$salt$" + "h" * 40
    one = step("web1", "cp", secret, secrets=(secret,))
    journal.started(one)
    journal.ended(one, Output(0, secret + "x" * (TAIL - 20)), 1)
    assert kept.steps[0][3] == "cp '********'"
    assert "h" not in kept.steps[0][6]
    assert len(kept.steps[0][6]) <= TAIL


def test_check_mode_writes_nothing() -> None:
    journal = RepositoryJournal(None, "vserver running", "t8a")
    journal.started(step("web1", "a"))
    journal.ended(step("web1", "a"), Output(0), 1)
    journal.close(report())
    assert journal.entries == {}


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("Downloading\nInstalling new actions 120/5638\n", ("Installing new actions 120/5638", 2)),
        ("offline", ("offline", None)),
        ("", ("", None)),
    ],
)
def test_progress_is_what_the_log_tells(log: str, told: tuple[str, int | None], monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[Any, ...]] = []
    monkeypatch.setattr(progress, "report", lambda *words: heard.append(words))
    RepositoryProgress("t8a")("web1", "install zone web1", log, 7.0)
    assert heard == [("t8a", "web1", "install zone web1", *told, 7.0)]
