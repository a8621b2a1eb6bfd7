# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every state of a zone says of whether its vServer is to run where it goes, and whether it needs its masters now."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.migrating import Migrating
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.run_state import ran, up
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output

UNDECIDED = ["shutting_down", "down", "ready", "unavailable", "configured", "incomplete", "absent"]


class Journal:
    """A repository that remembers what was done to web1, the youngest first: operation, outcome, and its steps."""

    def __init__(self, *done: tuple[str, str, str]) -> None:
        self.done = done

    def journal(self, name: str, _limit: int) -> list[SimpleNamespace]:
        assert name == "web1"
        return [SimpleNamespace(id=number, operation=entry[0], outcome=entry[1]) for number, entry in enumerate(self.done)]

    def journal_steps(self, number: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(object="web1", what=what) for what in self.done[number][2].split("; ")]

    def moves(self) -> dict[str, object]:
        return {}


BOOTED = Journal(("vserver running", "done", "boot zone web1"))
HALTED = Journal(("vserver halted", "failed", "boot zone web1"), ("vserver halted", "done", "shut down zone web1"))


@pytest.mark.parametrize("repository", [BOOTED, HALTED])
def test_what_is_measured_decides(repository: Journal) -> None:
    assert ran("running", "installed", repository, "web1")
    assert not ran("installed", "activated", repository, "web1")
    assert not ran("mounted", "activated", repository, "web1")


@pytest.mark.parametrize("state", UNDECIDED)
def test_a_state_that_says_nothing_is_no_halt(state: str) -> None:
    assert ran(state, "activated", BOOTED, "web1")
    assert ran(state, "activated", Journal(), "web1")
    assert not ran(state, "activated", HALTED, "web1")
    assert not ran(state, "installed", BOOTED, "web1")


def test_of_one_on_a_lost_node_only_what_is_stored_counts() -> None:
    assert ran("", "activated", HALTED, "web1")
    assert not ran("", "installed", BOOTED, "web1")


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
    migrating._proofs, migrating._moves, migrating._repository = {}, {}, BOOTED

    def ask(probes: dict[At, Command]) -> dict[At, Output]:
        return {at: Output(0, "0:global:running:/::solaris:shared:-:none\n" + line) for at in probes}

    migrating._nodes = SimpleNamespace(ask=ask)  # type: ignore[assignment]
    assert migrating._ran(["web1", "stranger"]) == {"web1": runs}
