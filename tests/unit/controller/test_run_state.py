# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every state of a zone says of whether its vServer is to run where it goes, and whether it needs its masters now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.migrating import Migrating
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.run_state import ran, stopped, up
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

UNDECIDED = ["shutting_down", "down", "ready", "unavailable", "configured", "incomplete", "absent"]


def test_what_is_measured_decides() -> None:
    for halted_last in (True, False):
        assert ran("running", "installed", halted_last)
        assert not ran("installed", "activated", halted_last)
        assert not ran("mounted", "activated", halted_last)


@pytest.mark.parametrize("state", UNDECIDED)
def test_a_state_that_says_nothing_is_no_halt(state: str) -> None:
    assert ran(state, "activated", False)
    assert not ran(state, "activated", True)
    assert not ran(state, "installed", False)


def test_of_one_on_a_lost_node_only_what_is_stored_counts() -> None:
    assert ran("", "activated", True)
    assert not ran("", "installed", False)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with open_repository(f"sqlite:///{tmp_path}/repository.db", create=True) as found:
        yield found


def happened(repository: Repository, name: str, operation: str, outcome: str, *whats: str, about: str = "") -> None:
    entry = repository.journal_begin(operation, name, "t8a", "root")
    for what in whats:
        repository.journal_step(entry, about or name, what, "zoneadm", 0, 1.0, "")
    repository.journal_end(entry, outcome, True)


@pytest.mark.parametrize(
    ("done", "halted_last"),
    [
        ([], False),
        ([("vserver halted", "done", "shut down zone web1")], True),
        ([("vserver halted", "done", "shut down zone web1"), ("vserver halted", "failed", "boot zone web1")], True),
        ([("vserver halted", "done", "shut down zone web1"), ("vserver running", "done")], False),
        ([("vserver restarted", "done", "shut down zone web1", "boot zone web1")], False),
        ([("vserver migration", "done", "shut down zone web1", "export dataset web1")], True),
        ([("vserver migration", "done", "halt zone web1", "export dataset web1", "boot zone web1")], False),
        ([("vserver halted", "done", "shut down zone web1"), ("vserver installed", "done", "set quota of web1/srv")], True),
    ],
    ids=["nothing", "halted", "a-boot-that-failed", "found-running", "restarted", "moved-and-stopped", "moved-and-booted", "changed"],
)
def test_the_journal_says_what_was_done_last(repository: Repository, done: list[tuple[str, ...]], halted_last: bool) -> None:
    for operation, outcome, *whats in done:
        happened(repository, "web1", operation, outcome, *whats)
    happened(repository, "db1", "vserver running", "done", "boot zone db1")
    happened(repository, "web1", "vserver migration", "done", "boot zone db1", about="db1")
    assert stopped(repository, ["web1", "db1", "stranger"]) == (frozenset({"web1"}) if halted_last else frozenset())


def test_what_lies_too_far_back_says_nothing(repository: Repository) -> None:
    happened(repository, "web1", "vserver halted", "done", "shut down zone web1")
    for _ in range(39):
        happened(repository, "web1", "vserver installed", "failed")
    assert stopped(repository, ["web1"]) == {"web1"}
    happened(repository, "web1", "vserver installed", "failed")
    assert stopped(repository, ["web1"]) == frozenset()


@pytest.mark.parametrize(
    ("needs", "states"),
    [
        (True, ["running", "ready", "shutting_down", "down"]),
        (False, ["installed", "mounted", "configured", "incomplete", "unavailable", "absent"]),
    ],
)
def test_what_needs_its_masters_now(needs: bool, states: list[str]) -> None:
    assert [up(state, "activated") for state in states] == [needs] * len(states)
    assert (up("", "activated"), up("", "installed")) == (True, False)


@pytest.mark.parametrize(("state", "runs"), [("running", True), ("shutting_down", True), ("down", True), ("installed", False)])
def test_a_migration_asks_and_reads_that(state: str, runs: bool) -> None:
    line = f"3:web1:{state}:/zones/web1:2c7e8a14-53b1-4c5e-9d0f-0a1b2c3d4e5f:solaris:excl:R:none\n"
    migrating = object.__new__(Migrating)
    migrating._known = {"web1": SimpleNamespace(node="t8a", state="activated")}  # type: ignore[dict-item]
    migrating._proofs, migrating._moves = {}, {}
    migrating._repository = SimpleNamespace(done=lambda names, *_: {name: [] for name in names})  # type: ignore[assignment]

    def ask(probes: dict[At, Command]) -> dict[At, Output]:
        return {at: Output(0, "0:global:running:/::solaris:shared:-:none\n" + line) for at in probes}

    migrating._nodes = SimpleNamespace(ask=ask)  # type: ignore[assignment]
    assert migrating._ran(["web1", "stranger"]) == {"web1": runs}
