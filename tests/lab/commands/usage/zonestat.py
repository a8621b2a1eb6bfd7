# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonestat(1) of Solaris 11: ``-p -P zones -r summary INTERVAL 1``, as its published source (2010) prints it. Nothing else is simulated.

The load's memory is all touched: virtual is resident. Nothing goes over the network. The share column stays empty.
"""

from __future__ import annotations

from ...call import Call
from ...load import of_zone, running, zone_cpu
from ..honest import S11, simulated
from ..options import Unknown, parse

NOT_RUNNING = 'zonestat: Error: Zones monitoring service "svc:/system/zones-monitoring:default" not enabled or responding.\n'
SERVICE = "svc:/system/zones-monitoring:default"


def number(value: int) -> str:
    """format_uint64 with -p. Between 10000 and 99999 it prints tenths of K without a point."""
    if value <= 9999:
        return str(value)
    return f"{value // 1024}{value * 10 // 1024 % 10}K" if value <= 99999 else f"{value // 1024}K"


def share(part: float) -> str:
    """format_pct: hundredths of a per cent, cut."""
    hundredths = int(part * 10000)
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def cpus(used: float) -> str:
    """format_cpu: hundredths of a CPU, cut."""
    hundredths = int(round(used * 100, 6))
    return f"{hundredths // 100}.{hundredths % 100:02}"


@simulated("zonestat", on=S11)
async def zonestat(call: Call) -> int:
    flags, rest = parse(call.args, "z:r:n:T:R:qpP:S:x")
    if call.zone is not None or sorted(flags) != [("P", "zones"), ("p", ""), ("r", "summary")] or len(rest) != 2 or rest[1] != "1":
        raise Unknown()
    if not rest[0].isdigit() or rest[0] == "0":
        raise Unknown("that interval")
    machine = call.machine
    service = machine.services.get(SERVICE)
    if service is not None and service.state != "online":
        call.err(NOT_RUNNING)
        return 3
    rows = [("global", of_zone(call.centre, machine.name))]
    rows += [(zone.name, of_zone(call.centre, zone.name)) for zone in running(machine)]
    told = [(name, zone_cpu(call.centre, machine, machine.name if name == "global" else name), load.memory) for name, load in rows]
    for name, used, memory in sorted(told, key=lambda row: (-row[1], row[0])):
        zone = machine.zones.get(name)
        limit = min((int(entry[0]) for entry in zone.limits.get("zone.cpu-cap", [])), default=0) if zone else 0
        cpu_cap = share(used * 100 / limit) if limit else "-"
        memory_cap = share(memory / zone.memory_cap) if zone and zone.memory_cap else "-"
        fields = [cpus(used), share(used / machine.threads), cpu_cap, "-", number(memory), share(memory / machine.memory), memory_cap]
        fields += [number(memory), share(memory / machine.memory), "-", "0", "0.00%"]
        call.out(f"interval:summary:{name}:{':'.join(fields)}\n")
    return 0
