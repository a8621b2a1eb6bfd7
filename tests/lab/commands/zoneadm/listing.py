# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm list."""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..options import Refused, parse
from .rules import ALIVE

RANK = {"configured": 0, "incomplete": 1, "unavailable": 1, "installed": 2}


def row(call: Call, zone: Zone | None) -> dict[str, str]:
    """One zone's cells; None is the global zone."""
    s10 = call.machine.release == "s10"
    if zone is None:
        brand = "native" if s10 else "solaris"
        return {"id": "0", "name": "global", "state": "running", "path": "/", "uuid": "", "brand": brand, "ip": "shared", "rw": "-"}
    alive = zone.zone_id is not None
    path = "/" if call.zone == zone.name else zone.zonepath or "-"
    return {
        "id": str(zone.zone_id) if alive else "-", "name": zone.name, "state": zone.state, "path": path, "uuid": zone.uuid,
        "brand": zone.brand, "ip": "excl" if zone.ip_type == "exclusive" else "shared", "rw": "R" if alive else "-",
    }  # fmt: skip


def parsable(call: Call, cells: dict[str, str]) -> str:
    """Solaris 10: 7 fields. 11: three more, as recorded (``excl:-::`` not running, ``excl:R:solaris-kz:`` running)."""
    path = cells["path"].replace(":", "\\:")
    text = ":".join([cells["id"], cells["name"], cells["state"], path, cells["uuid"], cells["brand"], cells["ip"]])
    if call.machine.release == "s10":
        return text + "\n"
    return f"{text}:{cells['rw']}:{'none' if cells['name'] == 'global' else ''}:\n"


def verbose(call: Call, cells: dict[str, str]) -> str:
    widths = (10, 30, 8) if call.machine.release == "s10" else (11, 28, 10)
    middle = f"{cells['name']:<16} {cells['state']:<{widths[0]}} {cells['path']:<{widths[1]}} {cells['brand']:<{widths[2]}}"
    return f"{cells['id']:>4} {middle} {cells['ip']:<6}\n"


HEADER = {"id": "ID", "name": "NAME", "state": "STATUS", "path": "PATH", "brand": "BRAND", "ip": "IP"}


async def list_(call: Call, target: str | None, args: list[str]) -> int:
    letters = "pv" if target else "cipv"
    options, rest = parse(args, letters + ("" if call.machine.release == "s10" else "ns" if target else "nds"))
    flags = {letter for letter, _ in options}
    if flags & {"n", "d", "s"}:
        return call.not_simulated("zoneadm list -n, -d, -s")
    if {"p", "v"} <= flags:
        raise Refused("zoneadm: " + (f"zone '{target}': " if target else "") + "list -p and -v are mutually exclusive.")
    if rest and target:
        raise Refused("usage:\tlist [-cipv]", 2)
    shown: list[Zone | None] = []
    if target:
        shown = [None if target == "global" else call.machine.zones[target]]
    elif call.zone is not None:
        shown = [call.machine.zones[call.zone]]
    else:
        running = [zone for zone in call.machine.zones.values() if zone.state in ALIVE]
        shown = [None, *sorted(running, key=lambda zone: zone.zone_id or 0)]
        least = 0 if "c" in flags else 2 if "i" in flags else 9
        halted = [zone for zone in call.machine.zones.values() if zone.state not in ALIVE]
        shown += [zone for zone in halted if RANK.get(zone.state, 0) >= least]
    if "v" in flags:
        call.out(verbose(call, HEADER))
    for zone in shown:
        cells = row(call, zone)
        call.out(verbose(call, cells) if "v" in flags else parsable(call, cells) if "p" in flags else f"{cells['name']}\n")
    return 0
