# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-playbook without its imports: each is forked from a server (fork_server.py) that has made them once."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class ForkServer:
    """One for an environment and a working directory; started with the first run."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._lines: Any = None
        self._runs = 0
        self._ended: dict[int, int] = {}  # number of the run, exit code

    def run(self, argv: Sequence[str], output: Path, **environment: str) -> Forked:
        """Starts a Python program in a session of its own; stdout and stderr go to the file ``output``. ``environment``: what the
        program reads itself while it runs, on top of the server's."""
        if self._socket is None:
            self._socket = self._start()
            self._lines = self._socket.makefile("rb", buffering=0)
        self._runs += 1
        number = self._runs
        asked = {"number": number, "argv": list(argv), "env": {**self.environment, **environment}, "output": str(output)}
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        while (said := self._read()).get("started") != number:
            if said.get("ended") == number:
                raise RuntimeError(f"the run was never started: {argv}")
        return Forked(self, number, said["pid"])

    def _start(self) -> socket.socket:
        """The connection to a new server."""
        ours, theirs = socket.socketpair()
        argv = [sys.executable, str(Path(__file__).with_name("fork_server.py")), str(theirs.fileno())]
        self._server = subprocess.Popen(
            argv,
            env=self.environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        return ours

    def _read(self) -> dict[str, int]:
        line = self._lines.readline()
        if not line:
            raise RuntimeError("the fork server of ansible-playbook went away")
        said: dict[str, int] = json.loads(line)
        if "ended" in said:
            self._ended[said["ended"]] = said["status"]
        return said

    def status(self, number: int, seconds: float | None) -> int | None:
        """The exit code of a run, waited for so long (None: for ever), or None. A signal's number is negative, as in subprocess."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while number not in self._ended:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            if not select.select([self._lines], [], [], left)[0]:
                return None
            self._read()
        return self._ended[number]

    def stop(self) -> None:
        """Ends the server; its runs are left alone."""
        if self._server and self._socket:
            self._lines.close()
            self._socket.close()
            self._server.wait(60)
            self._server = self._socket = None


class Forked:
    """A run, with the part of subprocess.Popen that the tests use."""

    def __init__(self, server: ForkServer, number: int, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self._number = number

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._server.status(self._number, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.returncode = self._server.status(self._number, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("ansible-playbook", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)
