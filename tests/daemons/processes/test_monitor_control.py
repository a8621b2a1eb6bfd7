# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket, and whoever abuses it; the command that talks to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .agent_process import until
from .monitor_process import Monitor, read_answer

Make = Callable[..., Monitor]


def connect(monitor: Monitor, events: bool = False) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    until(lambda: attempt(connection, monitor.events if events else monitor.control), 5, "room in the queue of the socket")
    connection.settimeout(5)
    return connection


def attempt(connection: socket.socket, path: Path) -> bool:
    connection.setblocking(False)
    try:
        connection.connect(str(path))
    except BlockingIOError:
        return False
    return True


def heartbeat(monitor: Monitor, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(monitor.built / "heliostat-heartbeat"), "--socket", str(monitor.control), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=15)


def test_orders_survive_a_kill(make_monitor: Make) -> None:
    monitor = make_monitor()
    monitor.alive()
    for command in ("arm", "maintenance on seventeen disk is changed"):
        monitor.order(command)
    monitor.kill()
    monitor.start()
    assert monitor.ask("counts")[-1]["armed"] and monitor.ask("status seventeen")[0]["maintenance"]
    monitor.order("maintenance off seventeen")
    monitor.order("disarm")
    monitor.kill()
    monitor.start()
    assert not monitor.ask("counts")[-1]["armed"] and not monitor.ask("status seventeen")[0]["maintenance"]


def test_what_is_no_command_is_refused(make_monitor: Make) -> None:
    monitor = make_monitor()
    for command in ("", "  ", "ARM", "fence seventeen", "status nobody", "maintenance", "maintenance maybe seventeen", "maintenance on"):
        assert not monitor.ask(command)[-1]["ok"], command
    for command in (
        "release",
        "release seventeen",
        "undispute seventeen",
        "go-on",
        "acknowledge",
        "acknowledge seventeen",
        "arm\x00",
        "\x7f",
    ):
        assert not monitor.ask(command)[-1]["ok"], command
    assert "maintenance is on or off" in monitor.ask("maintenance maybe seventeen")[-1]["said"]
    assert not monitor.ask("counts")[-1]["armed"]


def test_several_commands_over_one_connection(make_monitor: Make) -> None:
    monitor = make_monitor()
    with connect(monitor) as control:
        control.sendall(b"arm\r\ncounts\nsta")
        lines = b""
        while lines.count(b'"ok":') < 2:
            lines += control.recv(65536)
        control.sendall(b"tus\n")
        assert [line.get("name") for line in read_answer(control)] == ["seventeen", "eighteen", None]


def test_abuse_is_bounded_and_holds_up_nobody(make_monitor: Make) -> None:
    monitor = make_monitor(acting="votes")
    monitor.alive()
    many = [connect(monitor) for _ in range(16)]
    for one in many:
        one.sendall(b"half a li")
    with connect(monitor) as late:
        assert "too many connections" in read_answer(late)[-1]["said"]
    for one in many:
        one.close()
    until(lambda: monitor.ask("counts")[-1]["ok"], 5, "it has seen that they are gone")
    with connect(monitor) as control:
        control.sendall(b"x" * 5000)
        assert "shorter than 512" in read_answer(control)[-1]["said"]
        with contextlib.suppress(ConnectionResetError):
            assert control.recv(1) == b""
    with connect(monitor) as control:
        control.sendall(os.urandom(300).replace(b"\n", b"") + b"\n")
        assert "is text" in read_answer(control)[-1]["said"]
    deaf = connect(monitor)
    deaf.setblocking(False)
    try:
        while True:
            deaf.send(b"status\n" * 1000)
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        pass
    until(lambda: monitor.ask("counts"), 5, "others are answered")
    deaf.close()
    assert monitor.state_of() == "alive" and not monitor.said("held")


def test_sockets_are_the_owners_alone(make_monitor: Make) -> None:
    monitor = make_monitor()
    assert stat.S_IMODE(monitor.control.stat().st_mode) == stat.S_IMODE(monitor.events.stat().st_mode) == 0o600
    assert stat.S_IMODE(monitor.state.stat().st_mode) == 0o600
    assert monitor.end() == 0
    assert not monitor.control.exists() and not monitor.events.exists()


def test_second_monitor_does_not_take_the_socket(make_monitor: Make) -> None:
    monitor = make_monitor()
    other = make_monitor(start=False)
    other.control = monitor.control
    text = other.configuration.read_text().replace(str(other.directory / "control"), str(monitor.control))
    other.configuration.write_text(text)
    command = [str(other.built / "heliostat-monitor"), "--config", str(other.configuration), "--foreground"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert ended.returncode == 1 and "Address already in use" in ended.stderr
    assert monitor.ask("counts")


def test_subscribers(make_monitor: Make) -> None:
    monitor = make_monitor()
    with connect(monitor, events=True) as events, connect(monitor, events=True) as deaf:
        monitor.ask("counts")
        monitor.alive()
        monitor.order("arm")
        heard = b""
        while b'"armed"' not in heard:
            heard += events.recv(65536)
        lines = [json.loads(line) for line in heard.splitlines()]
        assert lines[0]["event"] == "state" and {"time", "sequence", "monitor"} <= set(lines[0])
        # More than a socket and our buffer hold: the one who does not read loses lines, and is told how many.
        for turn in range(1500):
            monitor.order("disarm" if turn % 2 == 0 else "arm")
            if turn % 100 == 0:
                while len(events.recv(65536)) == 65536:
                    pass
        assert monitor.ask("counts")[-1]["daemon"]["events_dropped"] > 0
        data, dropped = b"", 0
        deaf.settimeout(1)
        while not dropped:
            data += deaf.recv(1 << 20)
            dropped = sum(one.get("count", 0) for one in map(json.loads, data.split(b"\n")[:-1]) if one["event"] == "dropped")
        assert monitor.state_of() == "alive"


def test_command_prints_tables_and_exit_codes(make_monitor: Make) -> None:
    monitor = make_monitor()
    monitor.alive()
    seen = heartbeat(monitor, "status")
    assert seen.returncode == 0 and "seventeen" in seen.stdout and "NOT ARMED" in seen.stdout
    assert heartbeat(monitor, "arm").returncode == 0
    assert [json.loads(line)["name"] for line in heartbeat(monitor, "--json", "status", "seventeen").stdout.splitlines()[:1]] == [
        "seventeen"
    ]
    refused = heartbeat(monitor, "release", "seventeen")
    assert refused.returncode == 1 and "nothing to release" in refused.stdout
    assert "received" in heartbeat(monitor, "counts").stdout
    assert heartbeat(monitor, "maintenance", "on", "seventeen").stdout.endswith('until "maintenance off".\n')
    assert heartbeat(monitor).returncode == heartbeat(monitor, "--wrong").returncode == heartbeat(monitor, "arm\nstatus").returncode == 2
    monitor.signal(signal.SIGSTOP)
    before = time.monotonic()
    assert heartbeat(monitor, "status").returncode == 3 and time.monotonic() - before < 12
    monitor.signal(signal.SIGCONT)
    monitor.kill()
    assert heartbeat(monitor, "status").returncode == 3


def test_half_open_connections(make_monitor: Make) -> None:
    monitor = make_monitor()
    with connect(monitor) as control:
        control.sendall(b"counts\n")
        control.shutdown(socket.SHUT_WR)
        assert read_answer(control)[-1]["ok"], "who has said all is still answered"
    with connect(monitor) as control:
        control.sendall(b"arm")
        control.shutdown(socket.SHUT_WR)
        assert b'"ok":true' not in control.recv(65536), "a line without its end is no order"
    for _ in range(50):
        with connect(monitor) as control:
            control.sendall(b"status\n" * 40)
            control.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    for _ in range(50):
        connect(monitor).close()
        connect(monitor, events=True).close()
    until(lambda: monitor.ask("counts")[-1]["ok"], 5, "it has seen that they are gone")
    assert not monitor.ask("counts")[-1]["armed"]
