# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the crash to the proof: a simulated service processor (ipmi_sim, by fence_ipmilan) switches the node off and says so."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import pacemaker, processor
from .daemons import Daemons
from .engine import Bed, Engine
from .figures import spread, table, verdict
from .lines import VICTIM, Word


@dataclass
class Fenced:
    """Of one setting, each from the fault on in seconds, of crash and of freeze: declared, the fence agent started, the service processor
    told, proven; and from declared to started."""

    label: str
    ours: bool
    declared: list[float | None] = field(default_factory=list)
    asked: list[float | None] = field(default_factory=list)
    told: list[float | None] = field(default_factory=list)
    proven: list[float | None] = field(default_factory=list)
    request: list[float | None] = field(default_factory=list)


def engines(build: Path, only_ours: bool) -> list[Engine]:
    ours = [Daemons("defaults", build, fencing=True), Daemons("profile fast", build, "fast", fencing=True)]
    return [*ours, *([] if only_ours else pacemaker.settings())]


def measure(beds: list[Bed], rounds: int, tell: Callable[[str], None], chance: random.Random) -> list[Fenced]:
    """Of running beds; a fault comes to all of them at once, crash and freeze in turn."""
    found = [Fenced(bed.engine.label, bed.engine.ours) for bed in beds]
    with ThreadPoolExecutor(len(beds)) as pool:
        list(pool.map(lambda bed: bed.engine.armed(bed.hosts, bed.watch), beds))
        for number in range(rounds):
            for bed in beds:
                processor.switch_on(bed.hosts.folder, bed.hosts.pids(VICTIM))
            time.sleep(2 + chance.uniform(0, 1))
            began = [bed.hosts.freeze(VICTIM) if number % 2 else bed.hosts.crash(VICTIM) for bed in beds]
            for bed, mine, start in zip(beds, found, began, strict=True):
                _look(bed, mine, start)
                tell(f"{bed.engine.label}: fenced {number + 1}: {mine.proven[-1]}")
            list(pool.map(_start_again, beds))
    return found


def _look(bed: Bed, mine: Fenced, began: float) -> None:
    folder, watch = bed.hosts.folder, bed.watch
    declared = watch.wait(Word(VICTIM, "lost"), began, bed.engine.patience)
    proven = watch.wait(Word(VICTIM, "fenced"), began, 60)
    stamps, ahead = (folder / "asked").read_text(), time.time() - time.monotonic()
    asking, telling = processor.stamped(stamps, "asked", ahead), processor.stamped(stamps, "told", ahead)
    for samples, at in ((mine.declared, declared), (mine.asked, asking), (mine.told, telling), (mine.proven, proven)):
        samples.append(None if at is None else at - began)
    mine.request.append(None if asking is None or declared is None else asking - declared)
    if proven is None:
        raise RuntimeError(f"{bed.engine.label}: {VICTIM} was not fenced; {stamps}\n{watch.tail(60)}")
    if left := [pid for pid in map(int, (folder / "pids").read_text().split()) if _runs(pid)]:
        raise RuntimeError(f"{bed.engine.label}: {VICTIM} is said to be off, and {left} run")


def _start_again(bed: Bed, attempts: int = 3) -> None:
    """Ours must come back at once; others may be started again when they do not."""
    bed.power_off()
    bed.hosts.heal(VICTIM)
    bed.hosts.booted(VICTIM)
    since = time.monotonic()
    try:
        bed.engine.start(bed.hosts, VICTIM, bed.watch)
        bed.engine.readmitted(bed.hosts, bed.watch, since)
    except RuntimeError:
        if bed.engine.ours or attempts == 1:
            raise
        _start_again(bed, attempts - 1)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def report(found: list[Fenced]) -> list[str]:
    head = ["setting", "declared, s", "fence agent started, s", "service processor told, s", "proven off and told, s"]
    head.append("from declared to the agent's start, ms")
    rows = []
    for mine in found:
        request = [None if sample is None else 1000 * sample for sample in mine.request]
        rows.append(
            [
                f"**{mine.label}**" if mine.ours else mine.label,
                *(spread(some) for some in (mine.declared, mine.asked, mine.told, mine.proven)),
                spread(request, 0),
            ]
        )
    met = all(sample is not None and sample <= 0.05 for mine in found if mine.ours for sample in mine.request)
    return [
        *table(head, rows),
        "",
        f"- Target of heliostat: the fence agent started at most 50 ms after the node was declared: {verdict(met)}.",
    ]
