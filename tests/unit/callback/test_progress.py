# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress callback: what travels over the socket, what is shown of it, and how it ends."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.callback.progress import CallbackModule, line
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import progress
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.progress import ADDRESS, report

EVENT: dict[str, Any] = {"node": "t8a", "object": "web1", "step": "install zone web1", "detail": "Download", "percent": 45, "seconds": 70}


class Shown:
    """Ansible's display, keeping what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, text: str) -> None:
        self.lines.append(text)

    def wait(self, count: int) -> list[str]:
        deadline = time.monotonic() + 5
        while len(self.lines) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.lines


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def callback(shown: Shown) -> Iterator[CallbackModule]:
    made = CallbackModule()
    made._display = shown
    made._plugin_options = {"interval": 0}
    made.v2_playbook_on_start(None)
    yield made
    made.v2_playbook_on_stats(None)


def test_a_line_says_where_what_and_how_far() -> None:
    assert line(EVENT) == "t8a: web1: install zone web1: 45 % - Download"
    assert line(EVENT | {"percent": None, "detail": ""}) == "t8a: web1: install zone web1: 70 s"
    assert line(EVENT | {"percent": 0}) == "t8a: web1: install zone web1: 0 % - Download"


def test_a_log_cannot_write_on_the_terminal() -> None:
    assert line(EVENT | {"detail": "\x1b[2Jgone\r\nnew line\x07"}) == "t8a: web1: install zone web1: 45 % - ?[2Jgone??new line?"


def test_what_is_reported_is_shown(callback: CallbackModule, shown: Shown) -> None:
    report("t8a", "web1", "install zone web1", "Download", 45, 70.4)
    assert shown.wait(1) == ["t8a: web1: install zone web1: 45 % - Download"]


def test_the_socket_is_nobody_elses_and_gone_afterwards(shown: Shown) -> None:
    made = CallbackModule()
    made.v2_playbook_on_start(None)
    folder = Path(os.environ[ADDRESS]).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    listening = threading.active_count()
    made.v2_playbook_on_stats(None)
    assert (folder.exists(), ADDRESS in os.environ) == (False, False)
    assert threading.active_count() == listening - 1, "the listener has ended"
    report("t8a", "web1", "install zone web1", "", 1, 1)


def test_damaged_datagrams_do_not_end_it(callback: CallbackModule, shown: Shown) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for junk in (b"\xff", b"{", b"[]", b"3", b'{"node": "t8a"}'):
            sender.sendto(junk, os.environ[ADDRESS])
    report("t8a", "web1", "boot zone web1", "offline", None, 3)
    assert shown.wait(1) == ["t8a: web1: boot zone web1: 3 s - offline"]


def test_plain_lines_come_at_an_interval_for_each_object(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CallbackModule()
    made._display = shown
    made._plugin_options = {"interval": 10}
    now = [0.5]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for seconds, changes in (
        (0.5, {"percent": 1}),
        (1.0, {"percent": 2}),
        (1.0, {"object": "db1", "percent": 2}),
        (1.0, {"node": "t8b", "percent": 2}),
        (10.4, {"percent": 3}),
        (10.5, {"percent": 4}),
        (30.0, {"percent": 4}),
        (30.0, {"percent": 5}),
    ):
        now[0] = seconds
        made._show(EVENT | {"detail": ""} | changes)
    assert [(text.split(": ")[0], text.split(": ")[1], text.split(": ")[3]) for text in shown.lines] == [
        ("t8a", "web1", "1 %"),
        ("t8a", "db1", "2 %"),
        ("t8b", "web1", "2 %"),
        ("t8a", "web1", "4 %"),
        ("t8a", "web1", "5 %"),
    ]


def test_on_a_terminal_one_line_is_rewritten_and_erased(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made = CallbackModule()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    made._show(EVENT)
    made._show(EVENT | {"step": "boot", "detail": ""})
    made.v2_runner_on_ok(None)
    made.v2_runner_on_failed(None)
    long, short = "t8a: web1: install zone web1: 45 % - Dow", "t8a: web1: boot: 45 %"
    long = long[:39]
    assert capsys.readouterr().out == f"\r{long}\r{short.ljust(39)}\r{' ' * len(short)}\r"


def test_without_a_callback_nothing_is_sent_and_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.setblocking(False)
        monkeypatch.delenv(ADDRESS, raising=False)
        report("t8a", "web1", "install", "", 1, 1)
        for address in (tmp_path / "nobody listens", "x" * 500):
            monkeypatch.setenv(ADDRESS, str(address))
            report("t8a", "web1", "install", "", 1, 1)
        with pytest.raises(BlockingIOError):
            listener.recv(65536)
        monkeypatch.setenv(ADDRESS, str(tmp_path / "s"))
        report("t8a", "web1", "install", "", 1, 1)
        assert b"web1" in listener.recv(65536), "what was not sent before is sent to who listens"


def test_a_listener_that_does_not_read_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "s"))
        monkeypatch.setenv(ADDRESS, str(tmp_path / "s"))
        began = time.monotonic()
        for _ in range(2000):
            progress.report("t8a", "web1", "install", "x" * 100, 1, 1)
        assert time.monotonic() - began < 5
