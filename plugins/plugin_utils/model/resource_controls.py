# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option ``resources`` of a vServer as typed, validated Resources. What zonecfg would refuse is refused here already."""

from __future__ import annotations

import re

from .options import Options
from .vserver import Resources

SCHEDULING_CLASSES = ("FSS", "TS", "IA", "FX", "RT")

#: zonecfg(1M) takes no less: capped-memory's physical and swap, capped-cpu's ncpus, max-lwps and max-processes; FSS takes no more shares.
_LEAST_MEMORY, _LEAST_SWAP, _LEAST_CPU, _LEAST_PROCESSES, _MOST_SHARES = 1 << 20, 50 << 20, 0.01, 100, 65535
#: What resource_controls(5) has as the system's own limits.
_MOST_IDS, _MOST_PROCESSES, _MOST_CPUS = 1 << 24, (1 << 31) - 1, 65536
MOST_UNITS = 1_000_000

_NAMES = (
    "memory", "swap", "locked", "cpu_cap", "cpu_shares", "base_units", "dedicated_cpus", "importance", "max_lwps", "max_processes",
    "max_shm_memory", "max_shm_ids", "max_sem_ids", "max_msg_ids", "scheduling_class", "pool",
)  # fmt: skip

#: Pairs that exclude each other (zonecfg: "rctl zone.cpu-shares and dedicated-cpu are incompatible" and alike), and why.
_EXCLUSIVE = (
    ("base_units", "cpu_shares", "the shares are computed from the base units"),
    ("dedicated_cpus", "cpu_cap", "zonecfg takes no cap of CPUs that are the zone's own"),
    ("dedicated_cpus", "cpu_shares", "zonecfg takes no shares of CPUs that are the zone's own"),
    ("dedicated_cpus", "base_units", "zonecfg takes no shares of CPUs that are the zone's own"),
    ("dedicated_cpus", "pool", "dedicated CPUs make a pool of their own"),
)


def resources(entry: object, where: str) -> Resources:
    """``resources`` of the object ``where``. Sizes become bytes, ``dedicated_cpus`` (``2`` or ``2-4``) a pair."""
    options = Options.of(entry, f"{where}, resources", _NAMES)
    found = Resources(
        memory=options.size("memory", _LEAST_MEMORY),
        swap=options.size("swap", _LEAST_SWAP),
        locked=options.size("locked"),
        cpu_cap=options.number("cpu_cap", _LEAST_CPU, 100_000),
        cpu_shares=options.whole("cpu_shares", 1, _MOST_SHARES),
        base_units=options.whole("base_units", 1, MOST_UNITS),
        dedicated_cpus=_cpus(options),
        importance=options.whole("importance", 1, _MOST_PROCESSES),
        max_lwps=options.whole("max_lwps", _LEAST_PROCESSES, _MOST_PROCESSES),
        max_processes=options.whole("max_processes", _LEAST_PROCESSES, _MOST_PROCESSES),
        max_shm_memory=options.size("max_shm_memory"),
        max_shm_ids=options.whole("max_shm_ids", 1, _MOST_IDS),
        max_sem_ids=options.whole("max_sem_ids", 1, _MOST_IDS),
        max_msg_ids=options.whole("max_msg_ids", 1, _MOST_IDS),
        scheduling_class=options.choice("scheduling_class", SCHEDULING_CLASSES) if options.has("scheduling_class") else "",
        pool=_pool(options),
    )
    _check(options, found)
    return found


def _check(options: Options, found: Resources) -> None:
    if found.memory is not None and found.locked is not None and found.locked > found.memory:
        raise options.refuse("locked", f"{found.locked} is more than memory, {found.memory}, which zonecfg refuses.")
    for one, other, why in _EXCLUSIVE:
        if getattr(found, one) and getattr(found, other):
            raise options.refuse(one, f"and {other} exclude each other: {why}. Keep one of them.")
    shares = "base_units" if found.base_units else "cpu_shares" if found.cpu_shares else ""
    if shares and found.scheduling_class not in ("", "FSS"):
        raise options.refuse(shares, f"needs scheduling_class FSS, not {found.scheduling_class}: zonecfg refuses the two together.")
    if found.importance is not None and found.dedicated_cpus is None:
        raise options.refuse("importance", "has no meaning without dedicated_cpus. Remove it.")


def _cpus(options: Options) -> tuple[int, int] | None:
    if not options.has("dedicated_cpus"):
        return None
    text = options.text("dedicated_cpus")
    match = re.match(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z", text, re.ASCII)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= least <= most <= _MOST_CPUS:
        raise options.refuse("dedicated_cpus", f"{text!r} is neither a number of CPUs (2) nor a range of them (2-4).")
    return least, most


def _pool(options: Options) -> str:
    name = options.text("pool")
    if name and (not re.match(r"[A-Za-z][-_.A-Za-z0-9]{0,62}\Z", name) or name.startswith("SUNW")):
        raise options.refuse("pool", f"{name!r} is no name of a resource pool: letters, digits, '-', '_', '.', not starting with SUNW.")
    return name
