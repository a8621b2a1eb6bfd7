# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the crash to the proof: a simulated service processor (ipmi_sim, by fence_ipmilan) switches the node off and says so."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import processor
from .daemons import Daemons
from .engine import Bed
from .figures import spread, table, verdict
from .lines import VICTIM, Word


@dataclass
class Fenced:
    """Of one setting, each from the fault on in seconds, of crash and of freeze: declared, the fence agent started, the service processor
    told, proven; and from declared to started."""

    label: str
    declared: list[float | None] = field(default_factory=list)
    asked: list[float | None] = field(default_factory=list)
    told: list[float | None] = field(default_factory=list)
    proven: list[float | None] = field(default_factory=list)
    request: list[float | None] = field(default_factory=list)


def measure(
    settings: list[tuple[str, str]], build: Path, folder: Path, prefix: str, rounds: int, tell: Callable[[str], None], chance: random.Random
) -> list[Fenced]:
    """``settings``: label and profile."""
    found = []
    for index, (label, profile) in enumerate(settings):
        engine = Daemons(label, build, profile, fencing=True)
        bed = Bed(engine, folder / str(index), f"{prefix}{index}")
        mine = Fenced(engine.label)
        try:
            bed.open()
            time.sleep(3)  # the nodes' votes
            engine.order(bed.hosts, "arm")
            for number in range(rounds):
                _round(bed, engine, mine, number, chance)
                tell(f"{engine.label}: fenced {number + 1}: {mine.proven[-1]}")
        finally:
            bed.close()
        found.append(mine)
    return found


def _round(bed: Bed, engine: Daemons, mine: Fenced, number: int, chance: random.Random) -> None:
    """Odd rounds crash, even ones freeze: the frozen node is what the service processor has to kill."""
    folder, watch = bed.hosts.folder, bed.watch
    processor.switch_on(folder, bed.hosts.pids(VICTIM))
    time.sleep(2 + chance.uniform(0, 1))
    began = bed.hosts.freeze(VICTIM) if number % 2 else bed.hosts.crash(VICTIM)
    declared = watch.wait(Word(VICTIM, "lost"), began, engine.patience)
    proven = watch.wait(Word(VICTIM, "fenced"), began, 30)
    stamps, ahead = (folder / "asked").read_text(), time.time() - time.monotonic()
    asking, telling = processor.stamped(stamps, "asked", ahead), processor.stamped(stamps, "told", ahead)
    for samples, at in ((mine.declared, declared), (mine.asked, asking), (mine.told, telling), (mine.proven, proven)):
        samples.append(None if at is None else at - began)
    mine.request.append(None if asking is None or declared is None else asking - declared)
    if proven is None:
        raise RuntimeError(f"{engine.label}: {VICTIM} was not fenced\n{watch.tail()}")
    if left := [pid for pid in map(int, (folder / "pids").read_text().split()) if _runs(pid)]:
        raise RuntimeError(f"{engine.label}: {VICTIM} is said to be off, and {left} run")
    _release(bed, engine)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _release(bed: Bed, engine: Daemons) -> None:
    """The victim starts again; what was fenced is in quarantine until a person releases it."""
    bed.power_off()
    bed.hosts.heal(VICTIM)
    bed.hosts.booted(VICTIM)
    since = time.monotonic()
    engine.start(bed.hosts, VICTIM, bed.watch)
    if bed.watch.wait(Word(VICTIM, "quarantined"), since, 20) is None:
        raise RuntimeError(f"{engine.label}: {VICTIM} came back and was not quarantined\n{bed.watch.tail()}")
    engine.order(bed.hosts, "release", VICTIM)
    if bed.watch.wait(Word(VICTIM, "back"), since, 20) is None:
        raise RuntimeError(f"{engine.label}: {VICTIM} was released and is not alive\n{bed.watch.tail()}")


def report(found: list[Fenced]) -> list[str]:
    head = ["setting", "declared, s", "fence agent started, s", "service processor told, s", "proven off and told, s"]
    head.append("from declared to the agent's start, ms")
    rows = []
    for mine in found:
        request = [None if sample is None else 1000 * sample for sample in mine.request]
        rows.append([mine.label, *(spread(some) for some in (mine.declared, mine.asked, mine.told, mine.proven)), spread(request, 0)])
    met = all(sample is not None and sample <= 0.05 for mine in found for sample in mine.request)
    return [*table(head, rows), "", f"- Target: the fence agent started at most 50 ms after the node was declared: {verdict(met)}."]
