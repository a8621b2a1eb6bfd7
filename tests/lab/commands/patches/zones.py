# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches go into the global zone first, all of them, then zone by zone (release notes 820-7273), or several zones at once as
/etc/patch/pdo.conf says (num_proc, 817-1592). A zone where one fails keeps nobody else from going on (PSARC 2007/691)."""

from __future__ import annotations

import asyncio
import re

from ... import filesystem
from ...call import Call
from ...truth import Zone
from ..system.svr4_database import base
from ..zfs import files
from ..zoneadm.identity import MARK
from .applying import Applying
from .archive import Archive
from .choosing import number, provider, satisfied
from .places import Place
from .places import zones as patched

MOUNT_SECONDS = 8.0  # of the lab's clock: a halted zone is mounted, and unmounted again
NONE = ["None.\n"]
PDO_CONF = "/etc/patch/pdo.conf"
UTILITIES, NUM_PROC_FROM = ("119254", "119255"), 66  # 817-1592


def of(place: Place) -> list[tuple[Zone, Place]]:
    return list(patched(place.machine, place.root))


def never_booted(place: Place) -> list[str]:
    """Halted zones that cannot be patched, because nobody ever booted them (817-1592, how zone states affect patching)."""
    return [zone.name for zone, inner in of(place) if zone.state == "installed" and unconfigured(inner)]


def unconfigured(inner: Place) -> bool:
    return filesystem.configured() and files.exists(inner.machine, f"{inner.root}/{MARK}")


def lacking(place: Place, archives: list[Archive]) -> frozenset[str]:
    """Patches of packages that all zones have alike which a zone lacks though the global zone has them."""
    behind = set()
    for archive in archives:
        for _, inner in of(place):
            parts = any(part.all_zones and inner.has(part) for part in archive.parts)
            if parts and not satisfied(archive.id, inner.patches()):
                behind.add(archive.id)
    return frozenset(behind)


def at_once(call: Call, place: Place) -> int:
    """num_proc, at most one and a half times the processors that are online; patch utilities below revision 66 do not know it."""
    if not any(base(patch.id) in UTILITIES and number(patch.id) >= NUM_PROC_FROM for patch in place.patches()):
        return 1
    try:
        found = re.search(r"^\s*num_proc\s*=\s*(\d+)", call.read_file(PDO_CONF), re.MULTILINE)
    except OSError:
        found = None
    return max(1, min(int(found[1]) if found else 1, call.machine.threads * 3 // 2))


async def add(call: Call, archives: list[Archive], place: Place, keep: bool, forced: bool) -> dict[str, int]:
    """Exit codes by patch; what failed in a zone fails as a whole with 1."""
    zones = of(place)
    call.out("Preparing checklist for non-global zone check...\n\nChecking non-global zones...\n\n")
    call.out("This patch passes non-global zone check.\n" + "".join(f"{one.id}\n" for one in archives) + "\n\nSummary for zones:\n\n")
    due = {zone.name: check(call, zone, inner, archives, forced) for zone, inner in zones}
    call.out("Patching global zone\nAdding patches...\n\n")
    codes = {}
    for archive in archives:
        there = any(patch.id == archive.id for patch in place.patches()) and not place.interrupted(archive.id) and not forced
        codes[archive.id] = 0 if there else await Applying(call, archive, place, keep, forced, call.out, archives).run()
    call.out("Done!\n\nPatching non-global zones...\n\n")
    gate = asyncio.Semaphore(at_once(call, place))
    failed_there = {one for one, code in codes.items() if code}

    async def one_zone(zone: Zone, inner: Place) -> None:
        said: list[str] = [f"Patching zone {zone.name}\nAdding patches...\n\n"]
        mine = [one for one in due[zone.name] if one.id not in failed_there]
        async with gate:
            halted = zone.state == "installed"
            await call.sleep(MOUNT_SECONDS if halted and mine else 0)
            for archive in mine:
                if any(inner.has(part) for part in archive.parts):
                    failed = await Applying(call, archive, inner, keep, forced, said.append, mine).run()
                    codes[archive.id] = codes[archive.id] or (1 if failed else 0)
        call.out("".join(said) + "Done!\n\n")

    await asyncio.gather(*(one_zone(zone, inner) for zone, inner in zones))
    return codes


def check(call: Call, zone: Zone, place: Place, archives: list[Archive], forced: bool) -> list[Archive]:
    """Those that can go into a zone; prints the others with their reason (recorded: ``ZONE: For patch A, required patch B does …``)."""
    good: list[Archive] = []
    bad = []
    patches = place.patches()
    for archive in archives:
        known = [patch for patch in patches if patch.id == archive.id]
        if known and not place.interrupted(archive.id) and not forced:
            continue
        unmet = next((need for need in archive.requires if not satisfied(need, patches) and provider(need, good) is None), None)
        if unmet is not None and any(place.has(part) for part in archive.parts):
            bad.append(f"{zone.name}: For patch {archive.id}, required patch {unmet} does not exist.\n")
        else:
            good.append(archive)
    passed = [f"{one.id}\n" for one in good]
    call.out(f"Zone {zone.name}\n\nRejected patches:\n{''.join(bad or NONE)}\n")
    call.out(f"Patches that passed the dependency check:\n{''.join(passed or NONE)}\n\n")
    return good
