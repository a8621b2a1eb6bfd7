# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is patched is in maintenance meanwhile, and afterwards as it was before: in the repository and at every monitor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import judgements, patch_silence
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_silence import Silence
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import HeliostatError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.judgement import Judged, Judgement
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .test_objects import register


def silence(repository: Repository) -> Silence:
    return Silence(cast(Any, SimpleNamespace(vars={"hostvars": {}})), repository, "node1")


@pytest.mark.parametrize("before", [None, "", "memory errors"])
def test_a_node_is_left_as_it_was(repository: Repository, before: str | None) -> None:
    register(repository)
    if before is not None:
        repository.flag_node("node1", maintenance=True, reason=before)
    silence(repository).begun(True)
    killed = silence(repository)
    record = repository.node("node1")
    assert (killed.continued, record and record.maintenance) == (True, True)
    killed.begun(True)
    killed.ended()
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (before is not None, before or "")
    assert not silence(repository).continued


def test_maintenance_that_somebody_began_meanwhile_stays(repository: Repository) -> None:
    register(repository)
    silence(repository).begun(True)
    repository.flag_node("node1", maintenance=True, reason="memory errors")
    silence(repository).ended()
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (True, "memory errors")


@pytest.mark.parametrize("released", ["after", "meanwhile"])
def test_a_quarantine_is_no_maintenance(repository: Repository, released: str) -> None:
    """Once it is released the node is in use again, whenever that is."""
    register(repository)
    repository.flag_node("node1", quarantine=True, reason="fenced by hand")
    silence(repository).begun(True)
    if released == "meanwhile":
        repository.flag_node("node1", quarantine=False)
    silence(repository).ended()
    record = repository.node("node1")
    assert record is not None
    if released == "after":
        assert (record.maintenance, record.quarantine, record.flag_reason) == (False, True, "fenced by hand")
        repository.flag_node("node1", quarantine=False)
        record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.quarantine, record.flag_reason) == (False, False, "")


@pytest.mark.parametrize("reason", ["patches are rolled out", "patches are rolled out by hand", f"{patch_silence.REASON} by hand"])
def test_an_operators_reason_that_is_about_patches_too(repository: Repository, reason: str) -> None:
    register(repository)
    repository.flag_node("node1", maintenance=True, reason=reason)
    assert not silence(repository).continued
    assert not silence(repository).ended()
    silence(repository).begun(True)
    silence(repository).ended()
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (True, reason)


def test_nothing_is_said_where_nothing_goes_down(repository: Repository) -> None:
    register(repository)
    silence(repository).begun(False)
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (False, "")


def test_a_node_that_nobody_brings_back_is_named_after_a_day(repository: Repository) -> None:
    register(repository)
    repository.flag_node("node1", maintenance=True, reason="memory errors")
    begun = datetime.now(UTC)
    assert patch_silence.overdue(repository, "node1", begun + timedelta(days=9)) == "", "that is an operator's"
    silence(repository).begun(True)
    repository.flag_node("node1", maintenance=True, reason="a fan too")
    assert patch_silence.overdue(repository, "node1", begun + timedelta(hours=23)) == ""
    said = patch_silence.overdue(repository, "node1", begun + timedelta(hours=25))
    assert said.startswith(f"node node1: it is in maintenance since {begun:%Y-%m-%d}")
    silence(repository).ended()
    assert patch_silence.overdue(repository, "node1", begun + timedelta(days=9)) == ""
    assert patch_silence.overdue(repository, "nobody", begun) == ""


@dataclass
class Monitors:
    """``away``: who has the node in maintenance. ``silent``: who does not answer. ``orders``: what each was told."""

    away: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)

    def asked(self, _action: object, _node: str = "") -> dict[str, Judgement | str]:
        return {host: "it does not answer" if host in self.silent else self._judgement(host) for host in ("m1", "m2", "m3")}

    def _judgement(self, host: str) -> Judgement:
        judged = Judged("node1", "away", shown={"maintenance": host in self.away})
        return Judgement({"node1": judged} if host != "m3" else {}, {})  # m3 does not know the node

    def impatient(self, _action: object, host: str) -> Any:
        def run(commands: list[Command]) -> list[Output]:
            if host in self.silent:
                raise HeliostatError("it does not answer")
            way = str(commands[0].argv[3])
            self.orders.append(f"{host} {way}")
            (self.away.add if way == "on" else self.away.discard)(host)
            return [Output(0, json.dumps({"ok": True, "said": "", "monitor": 1}) + "\n")]

        return SimpleNamespace(run=run)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Monitors:
    made = Monitors()
    monkeypatch.setattr(judgements, "asked", made.asked)
    monkeypatch.setattr(patch_silence, "monitors", lambda _action: ["m1", "m2", "m3"])
    monkeypatch.setattr(patch_silence, "impatient", made.impatient)
    return made


def watched(repository: Repository) -> Silence:
    hostvars = {"node1": {patch_silence.NODE: {"id": 1}}}
    return Silence(cast(Any, SimpleNamespace(vars={"hostvars": hostvars})), repository, "node1")


@pytest.mark.parametrize("reason", ["", "memory errors"])
def test_a_maintenance_that_was_an_operators_stays_though_the_run_was_killed(repository: Repository, heard: Monitors, reason: str) -> None:
    register(repository)
    heard.away = {"m1"}
    if reason:
        repository.flag_node("node1", maintenance=True, reason=reason)
    watched(repository).begun(True)
    assert heard.orders == ["m2 on", "m3 on"]
    killed = watched(repository)
    assert killed.continued
    killed.begun(True)
    assert killed.ended() == []
    assert heard.away == {"m1"}
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (bool(reason), reason)


def test_a_monitor_that_did_not_say_how_it_was_keeps_what_it_has(repository: Repository, heard: Monitors) -> None:
    """Its maintenance may be an operator's; the command that ends it is said, unless there is none."""
    register(repository)
    heard.silent = {"m2"}
    watched(repository).begun(True)
    heard.silent, heard.away = set(), {"m1", "m2", "m3"}
    later = watched(repository)
    later.begun(True)
    (warning,) = later.ended()
    assert "monitor m2 did not say before the roll-out" in warning
    assert warning.endswith(f"{judgements.PROGRAM} maintenance off node1")
    assert heard.away == {"m2"}
    assert not watched(repository).continued
    heard.away = set()
    heard.silent = {"m2"}
    watched(repository).begun(True)
    heard.silent = set()
    assert watched(repository).ended() == []
