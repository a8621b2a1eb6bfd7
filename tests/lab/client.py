# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small synchronous client of a lab, for tests and for the command line.

with Lab.start(state_dir=tmp_path / "lab") as lab:
    lab.ssh("t8a", "zoneadm list -cp")
    assert lab.alarms() == []
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = Path(__file__).parent / "datacentres" / "demo.yml"


class LabError(RuntimeError):
    """The lab refused, or there is none."""


class Lab:
    """A running lab, found by its state folder."""

    def __init__(self, state: Path) -> None:
        self.state = Path(state).absolute()
        self.connection: socket.socket | None = None
        self.reader: Any = None
        self._log: list[dict[str, Any]] = []
        self._log_end = 0  # of what was read of commands.log, in bytes

    @classmethod
    def start(cls, centre: Path | str | None = None, state_dir: Path | str | None = None, isolation: str | None = None) -> Lab:
        """Starts the lab (or finds it running); with a state folder of its own it keeps off the demo's port. Raises LabError with
        what it said when it does not come up."""
        state = Path(state_dir) if state_dir else CHECKOUT / ".lab"
        argv = [sys.executable, "-m", "tests.lab", "start", "--state", str(state)]
        if state_dir:
            argv += ["--port", "0"]
        if centre:
            argv += ["--centre", str(centre)]
        env = dict(os.environ)
        if isolation:
            env["HELIOSTAT_LAB_ISOLATION"] = isolation
        done = subprocess.run(argv, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError((done.stderr or done.stdout).strip())
        return cls(state)

    def stop(self) -> None:
        """Stops it and waits for its end."""
        if self.connection:
            self.connection.close()
            self.connection = None
        subprocess.run(
            [sys.executable, "-m", "tests.lab", "stop", "--state", str(self.state)], cwd=CHECKOUT, check=True, capture_output=True
        )

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def ask(self, do: str, **fields: Any) -> Any:
        """One request of the control protocol. Raises LabError with the lab's own words."""
        if self.connection is None:
            self.connection = socket.socket(socket.AF_UNIX)
            path = str(self.state / "control")
            try:
                self.connection.connect(min(path, os.path.relpath(path), key=len))
            except OSError as error:
                self.connection = None
                raise LabError(f"no lab is running in {self.state}: {error.strerror}") from error
            self.reader = self.connection.makefile("rb")
        self.connection.sendall((json.dumps({"do": do, **fields}) + "\n").encode())
        line = self.reader.readline()
        if not line:
            raise LabError("the lab went away")
        answer = json.loads(line)
        if "error" in answer:
            raise LabError(answer["error"])
        return answer["ok"]

    # --- what tests ask for ---------------------------------------------------------------------------------------
    def status(self) -> dict[str, Any]:
        return dict(self.ask("status"))

    def truth(self, machine: str | None = None) -> dict[str, Any]:
        """The data centre or one machine, as plain data (fields of tests/lab/truth.py)."""
        return dict(self.ask("truth", machine=machine))

    def patch(self, path: str, value: Any) -> None:
        """Set a value of the truth: patch('machines/t8a/quarantined', True)."""
        self.ask("patch", path=path.split("/"), value=value)

    def fault(self, machine: str, kind: str, **fields: Any) -> None:
        """See tests/lab/faults.py: fault('t8a', 'fail', match='zoneadm .* boot', rc=1, text='...', skip=0, times=1)."""
        self.ask("fault_add", machine=machine, kind=kind, **fields)

    def faults(self) -> list[dict[str, Any]]:
        return list(self.ask("fault_list"))

    def clear_faults(self) -> None:
        self.ask("fault_clear")

    def alarms(self) -> list[dict[str, Any]]:
        return list(self.ask("alarms"))

    def clear_alarms(self) -> None:
        self.ask("alarms_clear")

    def power(self, machine: str, action: str, wait: bool = False, arguments: str = "") -> str:
        """on, off, reset, panic, boot (at the firmware's prompt, with arguments), status; answers the state: off, booting, hung,
        running."""
        return str(self.ask("power", machine=machine, action=action, wait=wait, arguments=arguments))

    def clock(self, speed: float | None = None, jump: float | None = None) -> int:
        return int(self.ask("clock", speed=speed, jump=jump))

    def load(self, name: str, cpu: float | None = None, memory: int | None = None) -> dict[str, Any]:
        """Sets what a machine or zone uses; answers all loads."""
        return dict(self.ask("load", name=name, cpu=cpu, memory=memory))

    def execs(self, machine: str | None = None) -> Any:
        """Round trips so far: of one machine (int) or of all (dict)."""
        counts: dict[str, int] = self.ask("execs")
        return counts if machine is None else counts[machine]

    def log(self) -> list[dict[str, Any]]:
        """Everything in commands.log, oldest first. What was read before is kept: tests ask while they wait for a command."""
        with (self.state / "commands.log").open("rb") as file:
            file.seek(self._log_end)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._log_end += len(whole)
        self._log += [json.loads(line) for line in whole.splitlines()]
        return list(self._log)

    def commands(self, machine: str | None = None) -> list[dict[str, Any]]:
        """The simulated commands that ran, oldest first."""
        return [row for row in self.log() if row["kind"] == "command" and machine in (None, row["machine"])]

    @property
    def ssh_config(self) -> Path:
        return self.state / "ssh_config"

    def ssh(
        self, host: str, command: str, user: str = "root", stdin: str = "", options: list[str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command with the ordinary OpenSSH client."""
        argv = ["ssh", "-F", str(self.ssh_config), "-l", user, *(options or []), host, command]
        return subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False, timeout=timeout)
