# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs on a real shell: detached, found again, told apart from lost ones."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import job
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.job import start
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

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


def test_a_killed_job_is_lost_and_one_never_started_is_none(name: str) -> None:
    local.run([Command.of("mkdir", "-p", f"{job.JOBS}/{name}"), Command.of("cp", File("pid", "99999999"), f"{job.JOBS}/{name}/pid")])
    assert job.parse_status(local.run([job.status(name)])[0]).state == "lost"
    assert job.parse_status(local.run([job.status(name + "-never")])[0]).state == "none"


def test_an_answer_that_is_no_status_is_refused() -> None:
    with pytest.raises(ParseError, match="'half' is not"):
        job.parse_status(Output(0, "half\n"))


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
