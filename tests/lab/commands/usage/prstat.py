# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prstat(1M) -c -Z -n 1,LINES 1 1: one report of one process, which is prstat itself, and all zones. Forms as recorded and published."""

from __future__ import annotations

import re

from ...call import Call
from ...load import of_zone, running, zone_cpu
from ..honest import simulated
from ..options import Unknown, parse

PROCESSES = "   PID USERNAME  SIZE   RSS STATE  PRI NICE      TIME  CPU PROCESS/NLWP       \n"
ZONES = "ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE                        \n"
OF_A_ZONE = 40  # processes


def size(amount: int) -> str:
    """Kilobytes up to 9999, then megabytes, then gigabytes, rounded."""
    value, unit = amount // 1024, "K"
    for following in "MGT":
        if value < 10000:
            break
        value, unit = (value + 512) // 1024, following
    return f"{value}{unit}"


def share(part: float) -> str:
    """Three characters: 0.1, 9.9, 62, 100."""
    text = f"{part * 100:.1f}" if part < 0.0995 else f"{part * 100:.0f}"
    return f"{text:>3.3}%"


def lasting(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


@simulated("prstat")
async def prstat(call: Call) -> int:
    flags, rest = parse(call.args, "acHJLmRrtTvZd:C:h:j:k:n:p:P:s:S:u:U:z:")
    options = dict(flags)
    lines = re.fullmatch(r"1,([1-9][0-9]*)", options.get("n", ""))
    if call.zone is not None or set(options) != {"c", "Z", "n"} or rest != ["1", "1"] or not lines:
        raise Unknown()
    machine, up = call.machine, call.now() - call.machine.boot_time
    user = f"{call.user:<8.8}"
    call.out(PROCESSES + f"  1641 {user} 4864K 4520K cpu0    59    0   0:00:00 0.0% prstat/1\n" + ZONES)
    rows = [(0, "global", machine.name), *((zone.zone_id or 0, zone.name, zone.name) for zone in running(machine))]
    told = [(zone_cpu(call.centre, machine, load), number, name, of_zone(call.centre, load).memory) for number, name, load in rows]
    for used, number, name, memory in sorted(told, key=lambda row: (-row[0], row[1]))[: int(lines[1])]:
        cells = f"{number:6} {OF_A_ZONE:8} {size(memory):>5} {size(memory):>5}   {share(memory / machine.memory)}"
        call.out(f"{cells} {lasting(used * up):>9} {share(used / machine.threads)} {name:<28}\n")
    count = OF_A_ZONE * len(rows)
    call.out(f"Total: {count} processes, {count * 3} lwps, load averages: 0.10, 0.09, 0.08\n")
    return 0
