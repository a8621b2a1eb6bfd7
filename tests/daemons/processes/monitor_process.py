# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A monitor as a process: its files in a directory, what it says, its control socket, its end."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from .agent_process import free_port, until
from .scripted_agent import Agent

KEY_ID = 3
SETTINGS = {
    "profile": "fast",
    "suspect-ceiling": "1s",
    "retry": "2s",
    "mass": "100 10s",
    "vote": "1s",
    "acting": "cluster",
    "real-time": "no",
    "lock-memory": "no",
}


class Monitor:
    """A monitor with two paths on loopback; ``nodes`` seventeen and eighteen unless the lines declare others."""

    def __init__(self, built: Path, directory: Path, *lines: str, **settings: str) -> None:
        self.built, self.directory = built, directory
        self.master = secrets.token_bytes(32)
        self.ports = {1: free_port(), 2: free_port()}
        self.control, self.events = directory / "control", directory / "events"
        self.journal, self.state, self.metrics = directory / "journal", directory / "state", directory / "metrics.prom"
        self.configuration = directory / "monitor.conf"
        self.settings = {**SETTINGS, "journal": str(self.journal), **settings}
        self.lines = list(lines)
        self.agents: list[Agent] = []
        self.process: subprocess.Popen[bytes] | None = None
        (directory / "keys").touch(0o600)
        (directory / "keys").write_text(f"key {KEY_ID} {self.master.hex()}\n")
        self.write_configuration()

    def write_configuration(self) -> None:
        lines = ["id 1", *(f"listen {path} 127.0.0.1:{port}" for path, port in self.ports.items())]
        lines += [f"{name} {self.directory / name}" for name in ("keys", "state", "control", "events")]
        lines += [f"{name} {value}" for name, value in self.settings.items() if value]
        if not any(line.startswith("node ") for line in self.lines):
            lines += ["node 17 seventeen", "node 18 eighteen"]
        self.configuration.write_text("\n".join([*lines, *self.lines]) + "\n")

    def start(self, **how: Any) -> None:
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.built / "heliostat-monitor"), "--config", str(self.configuration), "--foreground"], stderr=log, **how
            )
        until(self._answers, 15, "the monitor listens\n" + self.log())

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.log()
        try:
            return bool(self.ask("counts"))
        except OSError:
            return False

    def log(self) -> str:
        return (self.directory / "log").read_text()

    def ask(self, command: str) -> list[dict[str, Any]]:
        """All lines of the answer."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(5)
            control.connect(str(self.control))
            control.sendall(command.encode() + b"\n")
            return read_answer(control)

    def order(self, command: str) -> str:
        """An order that must be carried out: what was said."""
        answer = self.ask(command)[-1]
        assert answer["ok"], answer
        return str(answer["said"])

    def counts(self) -> dict[str, int]:
        return dict(self.ask("counts")[-1]["counts"])

    def state_of(self, name: str = "seventeen") -> str:
        return str(self.ask(f"status {name}")[0]["state"])

    def wait_state(self, *states: str, name: str = "seventeen", seconds: float = 15) -> None:
        try:
            until(lambda: self.state_of(name) in states, seconds, f"{name} {states}")
        except AssertionError as error:
            raise AssertionError(f"{error}, but {self.state_of(name)}\n{self.log()[-4000:]}") from None

    def said(self, event: str | None = None) -> list[dict[str, Any]]:
        """Events so far, as printed."""
        events = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [one for one in events if event in (None, one["event"])]

    def wait_said(self, event: str, seconds: float = 15, words: str = "") -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [one for one in self.said(event) if words in one.get("reason", "")]
            return bool(found)

        until(look, seconds, f"event {event} {words}\n" + self.log()[-4000:])
        return found[0]

    def agent(self, node: int = 17, **settings: Any) -> Agent:
        """A scripted agent of that node, which speaks and is answered over both paths."""
        agent = Agent(node, 1, KEY_ID, self.master, self.ports, **settings)
        self.agents.append(agent)
        return agent

    def alive(self, node: int = 17, name: str = "seventeen", **settings: Any) -> Agent:
        agent = self.agent(node, **settings)
        agent.start()
        self.wait_state("alive", name=name)
        return agent

    def acting(self) -> None:
        self.order("arm")
        if self.settings["acting"] == "cluster":
            self.order("act")
        until(lambda: self.ask("counts")[-1]["acting"], 8, "acting")

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        self.signal(signal.SIGTERM)
        assert self.process is not None
        return self.process.wait(10)

    def close(self) -> None:
        for agent in self.agents:
            agent.close()
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()
        time.sleep(0)


def read_answer(control: socket.socket) -> list[dict[str, Any]]:
    data = b""
    while True:
        got = control.recv(65536)
        if not got:
            raise ConnectionResetError(f"no end: {data!r}")
        data += got
        lines = [json.loads(line) for line in data.splitlines()] if data.endswith(b"\n") else []
        if lines and "ok" in lines[-1]:
            return lines
