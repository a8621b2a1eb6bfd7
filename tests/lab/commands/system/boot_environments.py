# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""beadm(1M) list. The boot environments are the data sets POOL/ROOT/NAME of the pools the machine has imported; inside a zone they are
the zone's own, and those of another global zone's boot environment are unbootable ("!").

Layouts: ``-H`` as Solaris 11.4 printed it (name;uuid;active;mountpoint;space;policy;creation), tables as 11.3 and 11.4 print them.
"""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..honest import S11, simulated, solaris10_container, written
from ..options import Unknown, parse
from ..zfs.space import used
from ..zoneadm import environments as of_zones


def environments(call: Call) -> list[tuple[SharedPool, ZfsDataset]]:
    if call.zone is not None:
        return of_zones.every(call, call.machine.zones[call.zone])
    pools = [call.centre.pools[guid] for guid in call.machine.imported if guid in call.centre.pools]
    found = [(pool, dataset) for pool in pools for dataset in pool.datasets.values()]
    return [(pool, dataset) for pool, dataset in found if dataset.name.count("/") == 2 and dataset.name.startswith(f"{pool.name}/ROOT/")]


def active(call: Call, pool: SharedPool, dataset: ZfsDataset) -> str:
    """N now, R on reboot: what the pool's bootfs says; the lab boots what it will boot again."""
    if call.zone is not None:
        chosen = of_zones.active(call, call.machine.zones[call.zone])
        if chosen is not None and chosen[1] is dataset:
            return "NR"
        return "" if dataset.properties.get(of_zones.PARENT) == of_zones.of_global_zone(call) else "!"
    first = pool.properties.get("bootfs") or next(name for name in pool.datasets if name.startswith(f"{pool.name}/ROOT/"))
    return "NR" if dataset.name == first else ""


def space_text(size: int) -> str:
    """``25.46G``, ``73.0K``, ``0``: two decimals, below a megabyte one."""
    value, unit = float(size), ""
    for unit in ("", "K", "M", "G", "T"):
        if value < 1024 or unit == "T":
            break
        value /= 1024
    return f"{value:.0f}" if not unit else f"{value:.1f}K" if unit == "K" else f"{value:.2f}{unit}"


def table(call: Call, rows: list[list[str]]) -> str:
    new = call.machine.release == "s11.4"
    heads = ["BE Name" if new else "BE", "Flags", "Mountpoint", "Space", "Policy", "Created"]
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(6)]
    rulers = ["-" * (width if new else len(head)) for width, head in zip(widths, heads, strict=True)]
    text = ""
    for row in [heads, rulers, *rows]:
        line = " ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        text += (line.rstrip() if new or row not in (heads, rulers) else line + " ") + "\n"
    return text


@simulated("beadm", on=S11)
async def beadm(call: Call) -> int:
    if solaris10_container(call):
        raise Unknown("beadm in a solaris10 zone")
    if call.args[:1] != ["list"]:
        raise Unknown()
    flags, names = parse(call.args[1:], "H")
    known = environments(call)
    if not known:
        raise Unknown("a machine without a root pool")
    missing = [name for name in names if name not in [dataset.name.rpartition("/")[2] for _, dataset in known]]
    if missing:
        call.err(f"{missing[0]} does not exist or appear to be a valid BE.\nPlease check that the name of the BE provided is correct.\n")
        return 1
    rows = []
    for pool, dataset in known:
        name = dataset.name.rpartition("/")[2]
        if names and name not in names:
            continue
        state, size = active(call, pool, dataset), used(pool, dataset)
        place = "/" if state == "NR" else ""
        if flags:
            call.out(f"{name};{of_zones.identity(pool, name)};{state};{place};{size};static;{dataset.created}\n")
        rows.append([name, state or "-", place or "-", space_text(size), "static", written(dataset.created, "%Y-%m-%d %H:%M")])
    if not flags:
        call.out(table(call, rows))
    return 0
