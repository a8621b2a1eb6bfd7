# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent costs, and how soon a fence agent runs after the verdict: ``python -m tests.daemons.processes.costs BUILD``.

BUILD holds the binaries. Prints what was measured beside its target, and fails where one is missed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from .agent_process import Agent
from .monitor_process import Monitor

SECONDS, ROUNDS, LOSSES = 20, 3, 12
CPU_MOST, MEMORY_MOST, REQUEST_MOST = 0.1, 2.0, 50.0
NOTES_TIME = """#!/bin/bash
echo "$EPOCHREALTIME" >> "${0%/*}/began"
exit 1
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and the most that it may be."""

    name: str
    measured: float
    most: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name:44} {self.measured:8.3f} {self.unit:4} at most {self.most:g}"


def used(pids: list[int]) -> float:
    """Seconds of CPU so far, to the nanosecond; none of what a scheduler's tick would guess."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def memory(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024


def agent_rows(binary: Path, directory: Path) -> list[Row]:
    """At its defaults, on two paths. The least of some rounds: what runs beside it only adds to it."""
    agent = Agent(binary, directory, interval="", lease="", halt="")
    agent.start()
    try:
        agent.wait_held()
        time.sleep(1)
        shares = []
        for _ in range(ROUNDS):
            before, began = used(agent.everybody), time.monotonic()
            time.sleep(SECONDS)
            shares.append(100 * (used(agent.everybody) - before) / (time.monotonic() - began))
        largest = max(memory(pid, "Rss") for pid in agent.everybody)
        together = sum(memory(pid, "Pss") for pid in agent.everybody)
    finally:
        agent.close()
    return [
        Row("agent, share of one CPU", min(shares), CPU_MOST, "%"),
        Row("agent, resident, its largest process", largest, MEMORY_MOST, "MiB"),
        Row("agent, resident, all, what is shared once", together, MEMORY_MOST, "MiB"),
    ]


def request_rows(build: Path, directory: Path) -> list[Row]:
    """Nodes are lost one by one, and each time the fence agent notes when it began."""
    script = directory / "agent"
    script.write_text(NOTES_TIME)
    script.chmod(0o755)
    names = [f"n{number}" for number in range(1, LOSSES + 1)]
    lines = [f"node {number} {name}" for number, name in enumerate(names, 1)] + ["node 99 witness"]
    lines += [f"fence {name} 1 power {script} ip=192.0.2.1 within=2s attempts=1 settle=0s\nlease-proof {name} never" for name in names]
    monitor = Monitor(build, directory, *lines, **{"retry": "600s", "real-time": "yes", "lock-memory": "yes"})
    monitor.start()
    took = []
    try:
        monitor.alive(99, "witness")
        agents = [monitor.alive(number, name) for number, name in enumerate(names, 1)]
        monitor.acting()
        for agent, name in zip(agents, names, strict=True):
            agent.silence()
            monitor.wait_state("fencing", "unknown", name=name)
            time.sleep(0.5)
            began = [float(line) for line in (directory / "began").read_text().split()]
            verdict = next(one for one in monitor.said("state") if one["name"] == name and one["to"] == "unreachable")["time"]
            declared = datetime.fromisoformat(verdict).timestamp()
            took.append(1000 * (min(at for at in began if at >= declared) - declared))
    finally:
        monitor.close()
    return [
        Row("verdict to the fence agent's start, median", median(took), REQUEST_MOST, "ms"),
        Row("verdict to the fence agent's start, longest", max(took), REQUEST_MOST, "ms"),
    ]


def main() -> int:
    build = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        rows = [*agent_rows(build / "heliostat-agent", Path(one)), *request_rows(build, Path(other))]
    for row in rows:
        print(row if row.measured <= row.most else f"{row}: MISSED")
    return 0 if all(row.measured <= row.most for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
