# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the journal tells of the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository


def entry(repository: Repository, operation: str, name: str, outcome: str, steps: dict[str, float]) -> None:
    number = repository.journal_begin(operation, name, None, "anna")
    for what, seconds in steps.items():
        repository.journal_step(number, name, what, "command", 0, seconds, "")
    if outcome:
        repository.journal_end(number, outcome, True)


def test_durations_of_what_succeeded_youngest_first(repository: Repository) -> None:
    entry(
        repository, "vserver migration", "db1", "done", {"import dataset db1 (node t8b)": 4.0, "boot zone db1 (node t8b)": 50.0, "x": 1.0}
    )
    entry(repository, "vserver migration", "db1", "failed", {"import dataset db1 (node t8a)": 99.0})
    entry(repository, "vserver running", "db1", "done", {"boot zone db1": 40.0})
    entry(repository, "vserver running", "web1", "done", {"boot zone web1": 1.0})
    found = repository.durations(["db1", "other"], ["import dataset ", "boot zone "])
    assert found == {"db1": {"boot zone db1": [40.0, 50.0], "import dataset db1": [4.0]}, "other": {}}


def test_who_moved_lately(repository: Repository) -> None:
    entry(repository, "vserver migration", "db1", "done", {"boot zone db1": 1.0})
    entry(repository, "vserver recovery", "web1", "failed", {"boot zone web1": 1.0})
    entry(repository, "vserver migration", "app1", "", {"boot zone app1": 1.0})
    entry(repository, "vserver running", "mon1", "done", {"boot zone mon1": 1.0})
    now = datetime.now(UTC)
    assert sorted(repository.moved_since(now - timedelta(hours=1))) == ["app1", "db1", "web1"]
    assert repository.moved_since(now - timedelta(hours=1))["db1"].tzinfo is not None
    assert repository.moved_since(now + timedelta(hours=1)) == {}
