# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent as a process: its files in a directory, its children, its end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .scripted_monitor import Monitor

NODE = 17
_PR_CAPBSET_DROP, _CAP_SYS_BOOT = 24, 22


def _harmless() -> None:
    """Whatever goes wrong in a test, the machine that runs it is not rebooted."""
    if os.geteuid() == 0:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_CAPBSET_DROP, _CAP_SYS_BOOT, 0, 0, 0)


def free_port() -> int:
    """Below those that kernels give out by themselves (32768 on), so that nobody has it by the time it is bound, or between two starts."""
    while True:
        port = 12000 + secrets.randbelow(20000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until ``holds`` does, at most so long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)


class Agent:
    """An agent with two paths on loopback and one scripted monitor; its self-fencing is a command that notes the time."""

    def __init__(self, binary: Path, directory: Path, **settings: str) -> None:
        self.binary, self.directory = binary, directory
        self.key = secrets.token_bytes(32)
        self.monitor = Monitor(1, 3, self.key, [1, 2])
        self.fenced_file = directory / "fenced"
        self.run = directory / "run"
        self.log_file = directory / "log"
        self.ports = (free_port(), free_port())
        self.settings = {"interval": "100ms", "lease": "2s", "halt": "1s", "gated": "yes", "user": "", **settings}
        command = directory / "fence"
        command.write_text(f"#!/bin/sh\ndate +%s%N >> {self.fenced_file}\n")
        command.chmod(0o755)
        (directory / "keys").write_text(f"key 3 {self.key.hex()}\n")
        (directory / "keys").chmod(0o600)
        self.configuration = directory / "agent.conf"
        self.write_configuration()
        self.process: subprocess.Popen[bytes] | None = None

    def write_configuration(self) -> None:
        port = self.monitor.port
        lines = [
            f"node {NODE} seventeen",
            f"path 1 management 127.0.0.1:{self.ports[0]}",
            f"path 2 backup 127.0.0.1:{self.ports[1]}",
            f"monitor 1 path 1 127.0.0.1:{port(1)} path 2 127.0.0.1:{port(2)}",
            f"keys {self.directory}/keys",
            f"run-directory {self.run}",
        ]
        settings = dict(self.settings)
        settings.setdefault("self-fence", f"command {self.directory}/fence stop")
        lines += [f"{name} {value}" for name, value in settings.items() if value]
        self.configuration.write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binary), "--config", str(self.configuration), "--foreground"], stderr=log, preexec_fn=_harmless
            )

    @property
    def guard(self) -> int:
        assert self.process is not None
        return self.process.pid

    def children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.guard}/task/{self.guard}/children").read_text().split()]

    @property
    def everybody(self) -> list[int]:
        return [self.guard, *self.children()]

    def log(self) -> str:
        return self.log_file.read_text()

    def fenced(self) -> list[float]:
        """When the self-fencing ran, in seconds of the wall clock."""
        return [int(line) / 1e9 for line in self.fenced_file.read_text().split()] if self.fenced_file.exists() else []

    def last_lease(self) -> int | None:
        return self.monitor.heard[-1].lease if self.monitor.heard else None

    def wait_held(self, seconds: float = 5) -> None:
        until(lambda: self.last_lease() == 1, seconds, "lease held\n" + self.log())

    def signal(self, number: int) -> None:
        for pid in self.everybody:
            os.kill(pid, number)

    def end(self, seconds: float = 10) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                self.signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        self.monitor.close()
