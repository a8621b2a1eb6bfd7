# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon a loss is declared: the same fault for the hosts of every engine at the same moment, again and again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .engine import Bed, Engine
from .figures import spread, table, verdict, within
from .lines import VICTIM

FAULTS: dict[str, tuple[str, Callable[[Bed], float]]] = {
    "crash": ("crash: killed, links down", lambda bed: bed.hosts.crash(VICTIM)),
    "freeze": ("freeze: stopped, links up", lambda bed: bed.hosts.freeze(VICTIM)),
    "cut": ("cut: all paths drop, links up", lambda bed: bed.hosts.cut(VICTIM)),
}
SETTLED = 8  # seconds after a start: Heartbeat is slow to notice anything in its first five
TARGETS = {"defaults": (1.5, 2.0), "profile fast": (0.4, 0.4)}  # seconds: median, most


@dataclass
class Detected:
    """Of one engine: by fault the seconds until its word, None where it gave none; and who was declared without a reason."""

    engine: Engine
    seconds: dict[str, list[float | None]] = field(default_factory=dict)
    false: list[str] = field(default_factory=list)
    one_path: int = 0  # declared while one path was cut


def measure(
    beds: list[Bed],
    rounds: int,
    faults: tuple[str, ...],
    one_path: float,
    tell: Callable[[str], None],
    chance: random.Random,
    settled: float = SETTLED,
) -> list[Detected]:
    """``one_path``: seconds for which one path is cut at the end, none where 0."""
    found = [Detected(bed.engine) for bed in beds]
    for fault in faults:
        for number in range(rounds):
            time.sleep(settled + chance.uniform(0, 2))  # anywhere in the engines' own rhythm
            since = time.monotonic()
            began = [FAULTS[fault][1](bed) for bed in beds]
            for bed, mine, start in zip(beds, found, began, strict=True):
                seconds = bed.lost_after(start)
                mine.seconds.setdefault(fault, []).append(seconds)
                tell(f"{fault} {number + 1}: {bed.engine.label}: {'never' if seconds is None else f'{seconds:.3f} s'}")
            for bed, mine in zip(beds, found, strict=True):
                mine.false += [f"{node} at {fault} {number + 1}" for _, node in bed.watch.said("lost", since) if node != VICTIM]
                bed.power_off()
            for bed in beds:
                bed.power_on()
                bed.check()
    if one_path:
        time.sleep(settled)
        since = time.monotonic()
        for bed in beds:
            bed.hosts.cut(VICTIM, (1,))
        time.sleep(one_path)
        for bed, mine in zip(beds, found, strict=True):
            mine.one_path = len(bed.watch.said("lost", since))
            bed.power_off()
            bed.hosts.heal(VICTIM)
        for bed in beds:
            if bed.lost_after(since) is None:
                raise RuntimeError(f"{bed.engine.label}: {VICTIM} was switched off and is not missed")
            bed.power_on()
    return found


def report(found: list[Detected], one_path: float) -> list[str]:
    """The table, and what of the targets was met."""
    faults = list(found[0].seconds)
    head = ["engine and setting", *(FAULTS[fault][0] for fault in faults)]
    rows = []
    for mine in found:
        cells = [spread(mine.seconds[fault]) for fault in faults]
        if one_path:
            cells.append("no alarm" if mine.one_path == 0 else f"**declared dead** ({mine.one_path})")
        rows.append([f"**{mine.engine.label}**" if mine.engine.ours else mine.engine.label, *cells])
    lines = table(head + ([f"one path cut for {one_path:.0f} s"] if one_path else []), rows)
    for mine in found:
        if mine.false:
            lines += ["", f"{mine.engine.label} also declared living nodes dead, {len(mine.false)} times during these faults."]
    lines.append("")
    for mine in found:
        if mine.engine.ours and (target := TARGETS.get(mine.engine.setting)):
            met = all(within(mine.seconds[fault], *target) for fault in faults) and mine.one_path == 0
            lines.append(f"- Target of {mine.engine.label}: median at most {target[0]} s, each at most {target[1]} s: {verdict(met)}.")
    return lines
