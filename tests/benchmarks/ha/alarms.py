# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""False alarms: nodes that are well declared dead, while the network, the CPUs or the judge itself are not well.

Conditions of one group hold during the same minutes, each on hosts of its own with every engine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from .engine import Bed, Engine
from .figures import table, verdict
from .hosts import PATHS
from .lines import VICTIM

BUSY = 2 * (os.cpu_count() or 1)
PAUSE, BETWEEN = 5.0, 10.0


@contextmanager
def busy() -> Iterator[None]:
    """So many processes that compute and nothing else."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


@contextmanager
def plain(beds: list[Bed]) -> Iterator[None]:
    """None of the engines' processes is scheduled in real time: as in containers, where that is refused."""
    changed: list[tuple[int, int, int]] = []
    for bed in beds:
        for name in bed.hosts.names:
            for thread in threads(bed.hosts.pids(name)):
                policy = os.sched_getscheduler(thread)
                if policy & ~os.SCHED_RESET_ON_FORK in (os.SCHED_RR, os.SCHED_FIFO):
                    changed.append((thread, policy, os.sched_getparam(thread).sched_priority))
                    os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))
    try:
        yield
    finally:
        for thread, policy, priority in changed:
            if Path(f"/proc/{thread}").exists():
                os.sched_setscheduler(thread, policy, os.sched_param(priority))


def threads(pids: list[int]) -> list[int]:
    return [int(task.name) for pid in pids for task in Path(f"/proc/{pid}/task").glob("*")]


Faulty = Callable[[list[Bed]], AbstractContextManager[None]]


def lossy(permille: int, paths: tuple[int, ...]) -> Faulty:
    @contextmanager
    def lossy(beds: list[Bed]) -> Iterator[None]:
        for bed in beds:
            bed.hosts.wires.drop({f"{VICTIM}p{path}": permille for path in paths})
        try:
            yield
        finally:
            for bed in beds:
                bed.hosts.wires.heal()

    return lossy


@contextmanager
def late(beds: list[Bed]) -> Iterator[None]:
    for bed in beds:
        for path in PATHS:
            bed.hosts.wires.delay(f"{VICTIM}p{path}", 60, 50, 2)
    try:
        yield
    finally:
        for bed in beds:
            bed.hosts.wires.heal()


def nothing(beds: list[Bed]) -> AbstractContextManager[None]:
    return nullcontext()


CONDITIONS: dict[str, tuple[str, Faulty]] = {
    "load": (f"{BUSY} busy processes", nothing),
    "plain": (f"{BUSY} busy processes, no engine scheduled in real time", plain),
    "loss20": ("20 % loss on one path, each direction", lossy(200, (1,))),
    "loss5": ("5 % loss on both paths, each direction", lossy(50, PATHS)),
    "loss1": ("1 % loss on both paths, each direction", lossy(10, PATHS)),
    "delay": ("60 ± 50 ms delay, reordered, 2 % twice, both paths and directions", late),
    "pauses": (f"the judge stopped for {PAUSE:.0f} s every {PAUSE + BETWEEN:.0f} s", nothing),
}
LOAD = "load+plain"
NETWORK = "loss20+loss5+loss1+pauses+delay"


@dataclass
class Alarms:
    """Of one condition: how long, the greatest load average during it, and by engine how often somebody was declared dead."""

    condition: str
    minutes: float
    load: float
    counts: list[int] = field(default_factory=list)


def _pauses(beds: list[Bed], end: float) -> None:
    while time.monotonic() + BETWEEN + PAUSE < end:
        time.sleep(BETWEEN)
        for bed in beds:
            bed.pause_judge(signal.SIGSTOP)
        time.sleep(PAUSE)
        for bed in beds:
            bed.pause_judge(signal.SIGCONT)
    time.sleep(max(0, end - time.monotonic()))


def groups(words: str) -> list[tuple[list[str], float | None]]:
    """``A+B=MINUTES,C``: conditions of each group, and its own minutes. Raises ValueError at what is none."""
    found = []
    for word in words.split(","):
        names, _, own = word.partition("=")
        if unknown := [name for name in names.split("+") if name not in CONDITIONS]:
            raise ValueError(f"{unknown[0]} is none of {', '.join(CONDITIONS)}")
        found.append((names.split("+"), float(own) if own else None))
    return found


def measure(sets: list[list[Bed]], names: list[str], minutes: float, tell: Callable[[str], None]) -> list[Alarms]:
    """One condition on each set of beds, all at once."""
    with busy() if names == LOAD.split("+") else nullcontext(), ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(lambda beds, name: _hold(beds, name, minutes, tell), sets, names))
    return [replace(mine, load=max(one.load for one in found)) for mine in found]


def _hold(beds: list[Bed], name: str, minutes: float, tell: Callable[[str], None]) -> Alarms:
    title, condition = CONDITIONS[name]
    since = time.monotonic()
    end = since + 60 * minutes
    loads = [os.getloadavg()[0]]
    with condition(beds):
        if name == "pauses":
            _pauses(beds, end)
        while time.monotonic() < end:
            time.sleep(min(10, max(0, end - time.monotonic())))
            loads.append(os.getloadavg()[0])
    time.sleep(2)
    mine = Alarms(title, minutes, max(loads), [len(bed.watch.said("lost", since)) for bed in beds])
    tell(f"{title}: {mine.counts}")
    for bed in beds:
        bed.check()
        if bed.engine.ours and (lost := bed.watch.said("lost", since)):
            tell(f"{bed.engine.label}: {[f'{at:.1f} {node}' for at, node in lost]}\n{bed.watch.tail(60)}")
    return mine


def report(found: list[Alarms], engines: list[Engine]) -> list[str]:
    head = ["engine and setting", *(f"{mine.condition} ({mine.minutes:g} min, load average up to {mine.load:.1f})" for mine in found)]
    rows = [
        [f"**{engine.label}**" if engine.ours else engine.label, *(str(mine.counts[index]) for mine in found)]
        for index, engine in enumerate(engines)
    ]
    lines = [*table(head, rows), ""]
    for index, engine in enumerate(engines):
        if engine.ours:
            lines.append(f"- Target of {engine.label}: no false alarm: {verdict(all(mine.counts[index] == 0 for mine in found))}.")
    return lines
