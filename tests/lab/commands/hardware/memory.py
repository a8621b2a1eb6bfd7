# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""swap(1M) -l and -s. Swap devices are the volumes named swap of the machine's pools; one kernel takes 1/32 of the memory."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown, parse
from ..zfs.dataset import imported_pools
from ..zfs.space import number

PAGE_BLOCKS = 16  # swaplo: the first page of 8 KB is left alone; 8 blocks on x86


def swap_volumes(call: Call) -> list[tuple[str, int]]:
    """(device, bytes)"""
    found = []
    for pool in imported_pools(call.centre, call.machine):
        for name, dataset in sorted(pool.datasets.items()):
            size = number(dataset.properties.get("volsize", "0"))
            if dataset.type == "volume" and name.split("/")[-1].startswith("swap") and size:
                found.append((f"/dev/zvol/dsk/{name}", size))
    return found


@simulated("swap")
async def swap(call: Call) -> int:
    flags, rest = parse(call.args, "ls")
    letters = {letter for letter, _ in flags}
    if rest or letters not in ({"l"}, {"s"}):
        raise Unknown()
    if letters == {"s"}:
        memory = call.machine.memory // 1024
        allocated, reserved = memory // 64, memory // 64
        total = memory + sum(size for _, size in swap_volumes(call)) // 1024
        used = allocated + reserved
        call.out(f"total: {allocated}k bytes allocated + {reserved}k reserved = {used}k used, {total - used}k available\n")
        return 0
    if call.zone is not None:
        raise Unknown("in a zone")
    volumes = swap_volumes(call)
    if not volumes:
        call.err("No swap devices configured\n")
        return 1
    low = PAGE_BLOCKS if call.machine.architecture == "sparc" else 8
    call.out("swapfile             dev    swaplo   blocks     free\n")
    major = 181 if call.machine.release == "s10" else 279
    for minor, (device, size) in enumerate(volumes, start=1):
        blocks = size // 512 - low
        call.out(f"{device:<20} {f'{major},{minor}':<7}{low:8} {blocks:8} {blocks:8}\n")
    return 0
