# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks, the journal, events."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Locked, RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import process
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.locks import age
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.records import DoneRecord
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.rows import storable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

HOLDER = """
import os, sys
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
with open_repository(sys.argv[1]) as repository:
    with repository.lock("web1", owner="anna", reason="vserver_deploy"):
        print(os.getpid(), flush=True)
        sys.stdin.readline()
"""


def holder(url: str) -> subprocess.Popen[str]:
    """Another process that holds the lock on web1 until it reads a line."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert int(process.stdout.readline()) == process.pid
    return process


def test_the_second_is_refused_and_told_who_has_it(repository: Repository, url: str) -> None:
    with holder(url) as other:
        with pytest.raises(Locked) as refusal, repository.lock("web1", owner="bert", reason="test"):
            pytest.fail("two hold one lock")
        message = str(refusal.value)
        for part in (
            f"web1 is locked by anna (process {other.pid} on host {process.host_name()}) for",
            "reason: vserver_deploy",
            "heliostat.vdc.repository state=unlocked object=web1",
        ):
            assert part in message
        with repository.lock("web2", owner="bert", reason="another object is free"):
            assert {lock.object for lock in repository.locks()} == {"web1", "web2"}
        other.communicate("\n", timeout=20)
    with repository.lock("web1", owner="bert", reason="test") as lock:
        assert lock.warning is None
    assert repository.locks() == []


def test_the_lock_of_a_killed_process_is_taken_over_with_a_warning(repository: Repository, url: str) -> None:
    with holder(url) as other:
        other.kill()
    with repository.lock("web1", owner="bert", reason="again") as lock:
        assert lock.warning is not None
        assert f"of anna (process {other.pid} on" in lock.warning
        assert "was taken over: that process is dead" in lock.warning
    assert [(event.severity, event.object, event.message) for event in repository.events()] == [("warning", "web1", lock.warning)]


def test_a_number_that_another_process_has_now_is_a_dead_owner(repository: Repository, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(process, "started", lambda pid: "1")  # this very process number, but started long ago
        held = repository.lock("web1", owner="anna", reason="x")
        held.__enter__()
    with repository.lock("web1", owner="bert", reason="again") as lock:
        assert lock.warning


@pytest.mark.parametrize("identity", ["another-boot/pid:[1]", "this host in another container"])
def test_a_lock_of_elsewhere_is_never_taken_over(repository: Repository, monkeypatch: pytest.MonkeyPatch, identity: str) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(process, "host_identity", lambda: identity)
        patch.setattr(os, "getpid", lambda: 4_000_000)  # no such process here
        held = repository.lock("web1", owner="anna", reason="x")
        held.__enter__()
    with pytest.raises(Locked), repository.lock("web1", owner="bert", reason="y"):
        pass


def test_breaking_a_lock(repository: Repository) -> None:
    assert repository.break_lock("web1") is None
    with repository.lock("web1", owner="anna", reason="x"):
        assert repository.break_lock("web1", check=True) is not None
        broken = repository.break_lock("web1")
        assert broken is not None
        assert broken.owner == "anna"
        with repository.lock("web1", owner="bert", reason="y") as second:
            pass
    assert second.warning is None
    severities = [(event.severity, event.message.split(" of ")[0].split(" while ")[0]) for event in repository.events()]
    assert severities == [("error", "The lock on web1 was broken"), ("warning", "The lock on web1")]


def test_a_broken_lock_is_not_released_by_its_old_owner(repository: Repository) -> None:
    first = repository.lock("web1", owner="anna", reason="x")
    first.__enter__()
    repository.break_lock("web1")
    with repository.lock("web1", owner="bert", reason="y"):
        first.__exit__(None, None, None)
        assert [lock.owner for lock in repository.locks()] == ["bert"]


def test_a_failure_inside_releases_the_lock(repository: Repository) -> None:
    with pytest.raises(ZeroDivisionError), repository.lock("web1", owner="anna", reason="x"):
        raise ZeroDivisionError
    assert repository.locks() == []


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "0 s"), (119, "119 s"), (120, "2 min"), (3 * 3600 + 300, "3 h 5 min"), (50 * 3600, "2 d 2 h")]
)
def test_ages(seconds: int, said: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert age(now - timedelta(seconds=seconds), now) == said


def test_the_journal_of_an_operation(repository: Repository) -> None:
    entry = repository.journal_begin("vserver running", "web1", "node1", "anna")
    ended = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    repository.journal_step(entry, "web1", "install", "zoneadm -z web1 install", 0, 90.5, "x" * 9000 + "the end", ended=ended)
    repository.journal_step(entry, "web1", "boot", "zoneadm -z web1 boot", 1, 1.0, "nul \x00 and lone \udcff")
    assert [(found.id, found.user, found.ended) for found in repository.unfinished("web1")] == [(entry, "anna", None)]
    assert repository.unfinished("web2") == []
    repository.journal_end(entry, "failed", True)
    assert repository.unfinished() == []
    first, second = repository.journal_steps(entry)
    assert (first.position, first.rc, first.seconds, first.started) == (0, 0, 90.5, ended - timedelta(seconds=90.5))
    assert first.output_tail.endswith("the end")
    assert len(first.output_tail) == 8192
    assert (second.position, second.output_tail) == (1, "nul \\x00 and lone \\udcff")
    assert [(found.outcome, found.changed) for found in repository.journal("web1")] == [("failed", True)]


def test_what_was_done_is_told_of_many_objects_at_once(repository: Repository) -> None:
    def happened(name: str, operation: str, outcome: str, *whats: str) -> None:
        entry = repository.journal_begin(operation, name, None, "anna")
        for what in whats:
            repository.journal_step(entry, name, what, "x", 0, 1.0, "")
        repository.journal_end(entry, outcome, True)

    happened("web1", "vserver running", "done", "boot zone web1", "reboot", "boot it 100%", "boot it 100 times")
    happened("web1", "vserver halted", "failed", "boot zone web1")
    happened("db1", "vserver absent", "done", "boot zone db1")
    many = [f"web{number}" for number in range(1, 1200)]
    found = repository.done([*many, "db1"], 2, ["boot zone ", "boot it 100%"])
    assert {name: done for name, done in found.items() if done} == {
        "web1": [DoneRecord("vserver running", ("boot zone web1", "boot it 100%"))],
        "db1": [DoneRecord("vserver absent", ("boot zone db1",))],
    }
    assert found.keys() == {*many, "db1"}
    happened("web1", "vserver installed", "done", "else")
    assert repository.done(["web1"], 2, ["boot zone "]) == {"web1": [DoneRecord("vserver installed", ())]}, "of the two youngest one failed"


def test_a_closed_operation_stays_closed(repository: Repository) -> None:
    entry = repository.journal_begin("x", "web1", None, "anna")
    repository.journal_end(entry, "done", False)
    with pytest.raises(RepositoryError, match="closed already"):
        repository.journal_end(entry, "done", False)
    with pytest.raises(RepositoryError, match="is closed: no step can be added"):
        repository.journal_step(entry, "web1", "x", "x", 0, 0, "")
    with pytest.raises(RepositoryError, match="does not exist"):
        repository.journal_step(77, "web1", "x", "x", 0, 0, "")


def test_events(repository: Repository) -> None:
    repository.record_event("monitor", "error", "node1", "no answer", {"seconds": 30})
    repository.record_event("monitor", "info", "node2", "back")
    assert [event.object for event in repository.events(severities=["error"])] == ["node1"]
    assert repository.events(object="node1")[0].details == {"seconds": 30}
    with pytest.raises(RepositoryError, match="neither info, warning nor error"):
        repository.record_event("monitor", "fatal", "x", "y")


@given(st.text(st.characters()))
def test_any_text_can_be_stored(text: str) -> None:
    stored = storable(text + "\udc80\x00")
    assert "\x00" not in stored
    stored.encode("utf-8")


def test_several_locks_are_taken_all_or_none(repository: Repository, url: str) -> None:
    with repository.lock_all(["web3", "web2", "web3"], owner="bert", reason="both") as held:
        assert [lock.object for lock in held] == ["web2", "web3"]
        assert [lock.object for lock in repository.locks()] == ["web2", "web3"]
    assert repository.locks() == []
    with holder(url) as other:
        with pytest.raises(Locked, match="web1 is locked by anna"), repository.lock_all(["app1", "web1"], owner="bert", reason="both"):
            pytest.fail("two hold one lock")
        assert [lock.object for lock in repository.locks()] == ["web1"]
        other.communicate("\n", timeout=20)
