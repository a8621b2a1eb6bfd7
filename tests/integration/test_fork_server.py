# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A forked ansible-playbook is one: what it says, answers, leaves behind and does at a signal is what the program does."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .forked import ForkServer
from .world import Run, Started, World, until

VSERVER = {"heliostat.vdc.vserver": {"name": "web1"}}
SURROUNDINGS = {
    "environment": "{{ lookup('pipe', 'env | sort | grep -v ^RECORD=') }}",
    "folder": "{{ lookup('pipe', 'pwd') }}",
    "files": "{{ lookup('pipe', 'sleep 1; ls /proc/$PPID/fd') }}",  # subprocess closes what it needed to begin a program a little later
    "input": "{{ lookup('pipe', 'readlink /proc/$PPID/fd/0') }}",
    "signals": "{{ lookup('pipe', 'grep ^SigIgn /proc/$PPID/status') }}",
}
Start = Callable[..., Started]


def said(run: Run) -> tuple[int, list[str], list[Any]]:
    """Lines and results are sorted: hosts end in any order."""
    return run.rc, sorted(run.output.splitlines()), sorted((row.host, row.task, row.status, row.message, row.changed) for row in run.rows)


def temporary(world: World) -> list[str]:
    return os.listdir(Path(world.environment()["ANSIBLE_HOME"]) / "tmp")


@pytest.fixture(params=["start", "start_program"])
def start(world: World, request: pytest.FixtureRequest) -> Start:
    """Both ways."""
    return getattr(world, request.param)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("host", "tasks", "words"),
    [
        ("t8a", [VSERVER], ["--check", "--diff"]),
        ("t8a:t8b", [{"heliostat.vdc.node_info": {}}], ["-v"]),
        ("localhost", [{"ansible.builtin.fail": {"msg": "it failed"}}], []),
        ("localhost", [{"heliostat.vdc.vserver": {"nonsense": 1}}], []),
        ("localhost", [{"no.such.module": {}}], []),
        ("localhost", [], ["--no-such-option"]),
        ("nowhere", [VSERVER], []),
    ],
)
def test_it_says_and_answers_the_same(world: World, host: str, tasks: list[Any], words: list[str]) -> None:
    book = world.book(host, tasks)
    program = world.start_program(book, *words).wait()
    assert said(world.start(book, *words).wait()) == said(program)


def test_a_playbook_that_is_not_there(world: World) -> None:
    assert said(world.start("absent.yml").wait()) == said(world.start_program("absent.yml").wait())


def test_its_surroundings_are_the_same(world: World) -> None:
    book = world.book("localhost", [{"ansible.builtin.debug": {"msg": SURROUNDINGS}}])
    program = world.start_program(book).wait().rows[0].result["msg"]
    assert world.start(book).wait().rows[0].result["msg"] == program


def test_no_temporary_folder_is_shared_or_left(world: World) -> None:
    world.play("heliostat.vdc.node_register", "--list-tasks")  # the server has its folder, runs that were killed left theirs
    before = temporary(world)
    book = world.book("localhost", [{"ansible.builtin.pause": {"seconds": 2}}])
    first, second = world.start(book), world.start(book)
    until(lambda: len(temporary(world)) == len(before) + 2, "each has a folder")
    assert [first.wait().rc, second.wait().rc] == [0, 0]
    assert sorted(temporary(world)) == sorted(before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 99), (signal.SIGTERM, -15)])
def test_a_signal_ends_it(start: Start, world: World, tmp_path: Path, number: int, code: int) -> None:
    began = tmp_path / "began"
    run = start(world.book("localhost", [{"ansible.builtin.debug": {"msg": f"{{{{ lookup('pipe', 'touch {began}; sleep 20') }}}}"}}]))
    until(began.exists, "the task never began")
    os.kill(run.process.pid, number)
    until(lambda: run.process.poll() is not None, "it never ended", 10)
    assert run.process.returncode == code


class Scripted(ForkServer):
    """A server that says what it was told to."""

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self.theirs = theirs
        self.say({"started": 1, "pid": 77}, {"ended": 1, "status": 3}, {"started": 2, "pid": 77})
        return ours

    def say(self, *said: dict[str, int]) -> None:
        self.theirs.sendall(b"".join(json.dumps(each).encode() + b"\n" for each in said))


def test_a_process_id_that_comes_again_is_another_run(tmp_path: Path) -> None:
    server = Scripted({}, tmp_path)
    first, second = (server.run(["program"], tmp_path / "output") for _number in range(2))
    assert (first.pid, second.pid) == (77, 77)
    assert (first.poll(), second.poll()) == (3, None)
    server.say({"ended": 3, "status": 1})
    with pytest.raises(RuntimeError, match="never started"):
        server.run(["program"], tmp_path / "output")
