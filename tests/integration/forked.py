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
        self._running: set[int] = set()
        self._ended: dict[int, int] = {}

    def run(self, argv: Sequence[str], output: Path, **environment: str) -> Forked:
        """Starts a Python program in a session of its own; stdout and stderr go to the file ``output``. ``environment``: what the
        program reads itself while it runs, on top of the server's."""
        if self._server is None:
            self._start()
        asked = {"argv": list(argv), "env": {**self.environment, **environment}, "output": str(output)}
        assert self._socket is not None
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        while "started" not in (said := self._read()):
            if said["ended"] not in self._running:
                raise RuntimeError("the run was never started")
        self._running.add(said["started"])
        return Forked(self, said["started"])

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
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
        self._lines = self._socket.makefile("rb", buffering=0)

    def _read(self) -> dict[str, int]:
        line = self._lines.readline()
        if not line:
            raise RuntimeError("the fork server of ansible-playbook went away")
        said: dict[str, int] = json.loads(line)
        if "ended" in said:
            self._ended[said["ended"]] = said["status"]
        return said

    def status(self, pid: int, seconds: float | None) -> int | None:
        """The exit code of a run, waited for so long (None: for ever), or None. A signal's number is negative, as in subprocess."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while pid not in self._ended:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            if not select.select([self._lines], [], [], left)[0]:
                return None
            self._read()
        return self._ended[pid]

    def stop(self) -> None:
        """Ends the server; its runs are left alone."""
        if self._server and self._socket:
            self._lines.close()
            self._socket.close()
            self._server.wait(60)
            self._server = None


class Forked:
    """A run, with the part of subprocess.Popen that the tests use."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._server.status(self.pid, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.returncode = self._server.status(self.pid, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("ansible-playbook", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)
