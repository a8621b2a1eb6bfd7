# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU and memory of the real monitor under a load of many nodes: ``python monitor_load.py BUILD LOAD [NODES...]``.

BUILD holds heliostat-monitor, LOAD is bench/load. Prints a row per count of nodes, and fails where a target is missed.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PER_SECOND, WARM, SECONDS = 2, 5, 10
CPU_MOST, MEMORY_MOST = 50.0, 64.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Share of one CPU in percent, memory in MiB, times in seconds; ``unanswered`` in percent of what was sent."""

    nodes: int
    share: float
    resident: float
    peak: float
    started: float
    asked: float
    unanswered: float
    complaints: list[str]  # what was not as it should be

    @property
    def met(self) -> bool:
        return self.share < CPU_MOST and self.peak < MEMORY_MOST and not self.complaints


def free_ports() -> tuple[int, int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


def processes(pid: int) -> list[int]:
    """The monitor and those it started, its writer."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def ticks(pid: int) -> int:
    stats = (Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split() for one in processes(pid))
    return sum(int(fields[11]) + int(fields[12]) for fields in stats)


def memory(pid: int, name: str) -> float:
    lines = (line for one in processes(pid) for line in Path(f"/proc/{one}/status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def ask(control: Path, command: str) -> list[dict[str, object]]:
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(str(control))
        one.sendall(command.encode() + b"\n")
        data = b""
        while not data.endswith(b"\n") or b'"ok"' not in data.splitlines()[-1]:
            data += one.recv(1 << 20)
        return [json.loads(line) for line in data.splitlines()]


def answers(control: Path) -> bool:
    try:
        ask(control, "counts")
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    return True


def measure(build: Path, load: Path, nodes: int, directory: Path) -> Measured:
    ports, master = free_ports(), secrets.token_hex(32)
    (directory / "keys").touch(0o600)
    (directory / "keys").write_text(f"key 3 {master}\n")
    lines = ["id 1", *(f"listen {path} 127.0.0.1:{port}" for path, port in enumerate(ports, 1)), "metrics-interval 5s", "real-time no"]
    lines += [f"{name} {directory / name}" for name in ("keys", "state", "control", "events", "journal", "metrics")]
    lines += [
        f"node {number} node{number}\nfence node{number} 1 power /bin/false ip=192.0.2.1 login=admin" for number in range(1, nodes + 1)
    ]
    (directory / "monitor.conf").write_text("\n".join(lines) + "\n")
    before = time.monotonic()
    monitor = subprocess.Popen(
        [str(build / "heliostat-monitor"), "--config", str(directory / "monitor.conf"), "--foreground"], stderr=subprocess.DEVNULL
    )
    try:
        while not answers(directory / "control"):
            if monitor.poll() is not None or time.monotonic() > before + 60:
                raise RuntimeError(f"{nodes} nodes: the monitor does not answer, its exit code is {monitor.returncode}")
            time.sleep(0.005)
        started = time.monotonic() - before
        traffic = subprocess.Popen(
            [str(load), *map(str, ports), str(nodes), str(PER_SECOND), str(WARM + SECONDS + 1), master], stdout=subprocess.PIPE, text=True
        )
        time.sleep(WARM)
        first, cpu = time.monotonic(), ticks(monitor.pid)
        time.sleep(SECONDS)
        share = 100 * (ticks(monitor.pid) - cpu) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - first)
        resident, peak = memory(monitor.pid, "VmRSS"), memory(monitor.pid, "VmHWM")
        before = time.monotonic()
        status = ask(directory / "control", "status")
        asked = time.monotonic() - before
        states = {str(line["state"]) for line in status[:-1]}
        said = json.loads(traffic.communicate()[0])
        suspicions = status[-1]["counts"]["suspicions"]  # type: ignore[index]
    finally:
        monitor.terminate()
        monitor.wait()
    complaints = [] if states == {"alive"} else [f"states {sorted(states)}"]
    complaints += [f"{suspicions} suspicions"] if suspicions else []
    complaints += [f"{said['strange']} answers that are none"] if said["strange"] else []
    due = 2 * PER_SECOND * nodes * (WARM + SECONDS + 1)
    complaints += [f"only {said['sent']} of {due} packets were sent"] if said["sent"] < 0.98 * due else []
    unanswered = 100 * (1 - said["answered"] / max(1, said["sent"]))
    return Measured(nodes, share, resident, peak, started, asked, unanswered, complaints)


def main() -> int:
    build, load = Path(sys.argv[1]), Path(sys.argv[2])
    good = True
    for nodes in [int(word) for word in sys.argv[3:]] or [100, 1000, 10000]:
        with tempfile.TemporaryDirectory() as directory:
            found = measure(build, load, nodes, Path(directory))
        print(
            f"{nodes:6} nodes  {2 * PER_SECOND * nodes:6} packets/s  CPU {found.share:5.1f} %  resident {found.resident:5.1f} MiB "
            f"(peak {found.peak:5.1f})  start {found.started * 1000:4.0f} ms  status {found.asked * 1000:4.0f} ms  "
            f"not answered {found.unanswered:.2f} %  {', '.join(found.complaints)}"
        )
        good = found.met and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
