# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engines cost: CPU and memory of a host that has nothing to do, and of our monitor with many nodes."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.daemons.bench import monitor_load

from .engine import Bed
from .figures import table, verdict
from .lines import VICTIM

POLICIES = {os.SCHED_OTHER: "no", os.SCHED_RR: "round robin", os.SCHED_FIFO: "first in, first out"}


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads, to the nanosecond: the scheduler's own account."""
    return sum(int(Path(task, "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*")) / 1e9


_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ (?P<offset>\S+) \S+ (?P<inode>\d+)")


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident MiB of processes: their sum; and with a file's pages that several of them hold counted once."""

    resident: float
    once: float


def memory(smaps: Iterable[str]) -> Memory:
    """``smaps``: /proc/PID/smaps of each process."""
    resident = own = 0
    shared: dict[tuple[str, str], int] = {}
    for text in smaps:
        key, here = None, 0
        for line in text.splitlines():
            if found := _MAPPING.match(line):
                key = (found["inode"], found["offset"]) if found["inode"] != "0" else None
            elif line.startswith("Rss:"):
                here = int(line.split()[1])
                resident += here
            elif line.startswith("Anonymous:"):
                anonymous = here if key is None else int(line.split()[1])
                own += anonymous
                if key is not None:
                    shared[key] = max(shared.get(key, 0), here - anonymous)
    return Memory(resident / 1024, (own + sum(shared.values())) / 1024)


def _real_time(pids: Iterable[int]) -> str:
    found = set()
    for pid in pids:
        policy = os.sched_getscheduler(pid) & ~os.SCHED_RESET_ON_FORK
        priority = os.sched_getparam(pid).sched_priority
        found.add(POLICIES.get(policy, str(policy)) + (f" {priority}" if priority else ""))
    return ", ".join(sorted(found))


def idle(beds: list[Bed], seconds: float) -> list[str]:
    """Each engine's processes on one host, all engines during the same seconds."""
    watched = [(bed.engine.label, VICTIM, bed.hosts.pids(VICTIM)) for bed in beds]
    watched += [(f"{bed.engine.label}: monitor", "m", bed.hosts.pids("m")) for bed in beds if bed.engine.ours]
    before = [sum(map(cpu_seconds, pids)) for *_, pids in watched]
    began = time.monotonic()
    time.sleep(seconds)
    rows, agent = [], None
    for (label, host, pids), start in zip(watched, before, strict=True):
        used = 100 * (sum(map(cpu_seconds, pids)) - start) / (time.monotonic() - began)
        taken = memory(Path(f"/proc/{pid}/smaps").read_text() for pid in pids)
        rows.append([label, host, len(pids), f"{used:.2f}", f"{taken.resident:.2f}", f"{taken.once:.2f}", _real_time(pids)])
        if label == "heliostat, defaults":
            agent = (used, taken.once)
    head = ["engine and setting", "host", "processes", "CPU %", "resident MiB, sum", "resident MiB, shared pages once", "real time"]
    lines = table(head, rows)
    if agent is not None:
        used, once = agent
        met = f"under 2 MiB resident: {verdict(once < 2)}, under 0.1 % CPU: {verdict(used < 0.1)}"
        lines += ["", f"- Target of the agent at defaults, its processes together, shared pages once: {met}."]
    return lines


@contextmanager
def in_real_time() -> Iterator[None]:
    """What is started meanwhile is scheduled in real time."""
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def many(build: Path, sizes: tuple[int, ...]) -> list[str]:
    """The monitor alone, hearing so many nodes over two paths, two packets a second and path (tests/daemons/bench).

    It is scheduled in real time, as by default, and so is what speaks for the nodes: machines of their own do not wait for this one's.
    """
    rows, last = [], None
    for size in sizes:
        with in_real_time(), tempfile.TemporaryDirectory(prefix="hb-") as name:
            last = monitor_load.measure(build, build / "load", size, Path(name))
        if last.complaints:
            raise RuntimeError(f"{size} nodes: {', '.join(last.complaints)}")
        packets = 2 * monitor_load.PER_SECOND * size
        rows.append(
            [f"{size:,}", f"{packets:,}", f"{last.share:.1f}", f"{last.resident:.1f}", f"{last.peak:.1f}", f"{last.unanswered:.2f}"]
        )
    lines = table(
        ["nodes", "packets a second", "CPU % of one", "resident MiB (two processes, what they share twice)", "most MiB", "not answered %"],
        rows,
    )
    if last is not None and last.nodes >= 10000:
        cpu, memory = last.share < monitor_load.CPU_MOST, last.peak < monitor_load.MEMORY_MOST
        lines += ["", f"- Target at 10,000 nodes: under 50 % of one CPU: {verdict(cpu)}, under 64 MiB: {verdict(memory)}."]
    return lines


def loader(build: Path, sources: Path) -> None:
    """Builds the load generator beside the daemons, out of their own library."""
    code = Path(monitor_load.__file__).with_name("load.c")
    words = ["gcc", "-O2", "-D_XOPEN_SOURCE=600", f"-I{sources}/src", "-o", str(build / "load"), str(code)]
    done = subprocess.run([*words, str(build / "library.a"), "-lcrypto"], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
