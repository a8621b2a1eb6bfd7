# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs on a real shell: detached, found again, told apart from lost ones."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import job
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.job import start
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Begin

from .test_shell import local


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    unique = f"test-{request.node.name}-{time.monotonic_ns()}"
    yield unique
    local.run([job.forget(unique)])


def _until_ended(name: str) -> job.JobStatus:
    for _ in range(100):
        status = job.parse_status(local.run([job.status(name)])[0])
        if status.state != "running":
            return status
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def test_a_job_keeps_its_files_log_and_exit_code(name: str) -> None:
    command = Command.of("sh", "-c", 'cat "$1"; echo done; exit 3', "x", File("profile.xml", "<profile/>"))
    assert local.run([start(name, command)])[0].stdout == "started\n"
    ended = _until_ended(name)
    assert (ended.state, ended.rc) == ("ended", 3)
    assert ended.log == "<profile/>\ndone\n"


def test_a_second_start_attaches(name: str, tmp_path) -> None:
    counter = tmp_path / "runs"
    command = Command.of("sh", "-c", f"echo run >>{counter}; sleep 0.4")
    first, second = (local.run([start(name, command)])[0].stdout for _ in range(2))
    assert (first, second) == ("started\n", "attached\n")
    assert name in job.parse_known(local.run([job.known()])[0])[0]
    assert _until_ended(name).rc == 0
    assert counter.read_text() == "run\n"
    assert name in job.parse_known(local.run([job.known()])[0])[1]
    local.run([job.forget(name)])
    assert name not in {*(known := job.parse_known(local.run([job.known()])[0]))[0], *known[1]}


def test_an_ended_job_of_before_is_started_anew(name: str) -> None:
    local.run([start(name, Command.of("false"))])
    assert _until_ended(name).rc == 1
    assert local.run([start(name, Command.of("true"))])[0].stdout == "started\n"
    assert _until_ended(name).rc == 0


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file: as long as it is there, the first to ask for the boot time hangs; the next ones get it at once."""
    hold, met = tmp_path / "hold", tmp_path / "met"
    folder = tmp_path / "bin"
    folder.mkdir()
    kstat = folder / "kstat"
    kstat.write_text(
        f"#!/bin/sh\nmkdir {met} 2>/dev/null && while test -f {hold}; do sleep 0.02; done\necho unix:0:system_misc:boot_time 1\n"
    )
    kstat.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    hold.touch()
    return hold


def _begin(*starts: Command) -> tuple[list[str], list[threading.Thread]]:
    """Starts on connections of their own, beside this one."""
    said: list[str] = []
    threads = [threading.Thread(target=lambda each=each: said.append(local.run([each])[0].stdout)) for each in starts]
    for thread in threads:
        thread.start()
    return said, threads


def _wait(path: Path) -> None:
    for _ in range(250):
        if path.exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} does not appear")


@pytest.mark.parametrize("begin", ["first", "anew"])
def test_a_start_that_another_overtook_begins_nothing(name: str, begin: Begin, held: Path, tmp_path: Path) -> None:
    """Its connection was cut, its shell goes on: not even when the other's job has ended and was cleared away."""
    counter = tmp_path / "runs"
    command = Command.of("sh", "-c", f"echo run >>{counter}")
    said, threads = _begin(start(name, command, begin))
    _wait(tmp_path / "met")
    assert job.parse_status(local.run([job.status(name)])[0]).state == "none"
    assert local.run([start(name, command, begin)])[0].stdout == "started\n"
    assert _until_ended(name).rc == 0
    local.run([job.forget(name)])
    held.unlink()
    for thread in threads:
        thread.join()
    assert said == [""], "it failed"
    assert counter.read_text() == "run\n"
    assert job.parse_status(local.run([job.status(name)])[0]).state == "none"
    assert not list(Path(job.JOBS).glob(f".{name}*"))


def test_of_many_starts_at_once_one_runs(name: str, tmp_path: Path) -> None:
    """They take away what others prepare, so the last to begin is sure of its own; the rest join it or fail."""
    counter = tmp_path / "runs"
    command = Command.of("sh", "-c", f"echo run >>{counter}; sleep 1")
    said, threads = _begin(*[start(name, command, "first")] * 6)
    for thread in threads:
        thread.join()
    assert said.count("started\n") == 1
    assert set(said) <= {"started\n", "attached\n", ""}
    assert _until_ended(name).rc == 0
    assert counter.read_text() == "run\n"
    assert not list(Path(job.JOBS).glob(f".{name}*"))


@pytest.mark.parametrize("begin", ["first", "join"])
def test_a_job_that_ended_since_it_was_looked_for_is_joined(name: str, begin: Begin, tmp_path: Path) -> None:
    counter = tmp_path / "runs"
    command = Command.of("sh", "-c", f"echo run >>{counter}; exit 3")
    local.run([start(name, command)])
    assert _until_ended(name).rc == 3
    assert local.run([start(name, command, begin)])[0].stdout == "attached\n"
    ended = job.parse_status(local.run([job.status(name)])[0])
    assert (ended.state, ended.rc) == ("ended", 3)
    assert counter.read_text() == "run\n"


def test_a_job_that_is_to_be_joined_is_never_begun(name: str, tmp_path: Path) -> None:
    command = Command.of("touch", str(tmp_path / "ran"))
    assert local.run([start(name, command, "join")])[0].stdout == "gone\n"
    time.sleep(0.2)
    assert not (tmp_path / "ran").exists()


def test_a_job_names_a_living_process_from_its_first_moment(name: str) -> None:
    """Whoever looks while it is being started never sees remains."""
    for _ in range(5):
        _said, threads = _begin(start(name, Command.of("sleep", "0.2"), "first"))
        states = []
        while threads[0].is_alive() or states[-1] == "running":
            states.append(job.parse_status(local.run([job.status(name)])[0]).state)
        threads[0].join()
        assert set(states) <= {"none", "running", "ended"}
        assert states[-1] == "ended"
        local.run([job.forget(name)])


def test_a_killed_job_is_lost_and_one_never_started_is_none(name: str) -> None:
    local.run([Command.of("mkdir", "-p", f"{job.JOBS}/{name}"), Command.of("cp", File("pid", "99999999"), f"{job.JOBS}/{name}/pid")])
    assert job.parse_status(local.run([job.status(name)])[0]).state == "lost"
    assert job.parse_status(local.run([job.status(name + "-never")])[0]).state == "none"


def test_an_answer_that_is_no_status_is_refused() -> None:
    with pytest.raises(ParseError, match="'half' is not"):
        job.parse_status(Output(0, "half\n"))


def test_a_job_that_takes_its_time_to_end_is_awaited(name: str, tmp_path: Path) -> None:
    """It writes into its directory to the last, which cannot be taken away meanwhile."""
    told = tmp_path / "told"
    local.run([start(name, Command.of("sh", "-c", f"trap 'sleep 0.5; echo ended >{told}; exit 1' 15; while :; do sleep 0.05; done"))])
    time.sleep(0.3)
    assert local.run([job.end(name)])[0].rc == 0
    assert told.exists() and not os.path.lexists(f"{job.JOBS}/{name}")


def test_the_command_of_a_job_can_be_ended(name: str, tmp_path) -> None:
    told = tmp_path / "told"
    command = Command.of("sh", "-c", f"trap 'echo ended >{told}; exit 1' 15; while :; do sleep 0.05; done")
    local.run([start(name, command)])
    for _ in range(100):
        if "child" in local.run([Command.of("ls", f"{job.JOBS}/{name}")])[0].stdout:
            break
        time.sleep(0.05)
    time.sleep(0.2)
    assert local.run([job.end(name)])[0].rc == 0
    assert job.parse_status(local.run([job.status(name)])[0]).state == "none"
    for _ in range(100):
        if told.exists():
            break
        time.sleep(0.05)
    assert told.read_text() == "ended\n"
    assert local.run([job.end(name)])[0].rc == 0, "one that is not there is ended already"
