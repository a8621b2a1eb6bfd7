# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether lucreate may copy what runs, and whether a copy is still one of what runs: a sentence each, '' where nothing is in the way."""

from __future__ import annotations

from collections.abc import Sequence

from ...commands.live_upgrade import BootEnvironment
from ...model.patching.patch import PatchId
from ...patching.half import covers
from .environment import Seen
from .steps import names

_MEGABYTE = 1024**2


def zones(known: Seen, *, other_pools: bool, copied: bool) -> str:
    """``copied``: lucreate has run. ``other_pools``: they may have their roots in others than the root pool."""
    for name, zone in known.zones.items():
        if zone.state == "configured":
            continue
        if not copied and zone.state not in ("running", "installed"):
            return f"its zone {name} is {zone.state}. Bring it to running or halted first: zones must not change while lucreate runs."
        if zone.brand not in ("native", "cluster"):
            return f"its zone {name} has brand {zone.brand}, and what Live Upgrade makes of that is not known. Use method: patchadd."
        if name in known.delegated:
            return f"its zone {name} has a delegated dataset, with which lucreate fails. Remove it from the zone, or use method: patchadd."
        pool = known.holder(zone.path).device.partition("/")[0]
        if not pool:
            return f"its zone {name} has its root {zone.path} on no ZFS file system. Use method: patchadd."
        if pool != known.pool and not other_pools:
            return (
                f"its zone {name} has its root in pool {pool}. lucreate would clone it there, and whoever moves that pool to another "
                "node finds it under another name. Evacuate the node or detach the zone first, use method: patchadd, or say that the "
                "pool stays on this node (other_pools: true)."
            )
    return ""


def room(known: Seen, wanted: int) -> str:
    if known.free >= wanted:
        return ""
    return (
        f"its root pool {known.pool} has {known.free // _MEGABYTE} MB free, and {wanted // _MEGABYTE} MB are asked for. "
        "Delete boot environments that nobody needs (lustatus, ludelete), or ask for less (headroom)."
    )


def stale(known: Seen, ours: BootEnvironment, coming: Sequence[PatchId]) -> str:
    """What would be lost, or come back, with ours: what runs may have changed since it was made, or it is somebody else's. ``coming``: what
    is put into it yet."""
    if known.inside is None:
        return ""
    there = {name for name, zone in known.zones.items() if zone.state != "configured"}
    index = there if known.index is None else known.index
    found = (
        ("lacks", [patch for patch in sorted(known.sound.patches) if not (known.inside.has(patch) or covers(coming, patch))]),
        ("does not know zone", sorted(there - index)),
        ("still has zone", sorted(index - there)),
    )
    said = [f"{word} {names(what)}" for word, what in found if what]
    if not said:
        return ""
    first = f"luactivate {known.running}, " if ours.on_reboot else ""
    return (
        f"boot environment {ours.name} is no copy of what runs now: it {' and '.join(said)}. Name another one (environment), or delete "
        f"it ({first}ludelete {ours.name}), so that it is made anew."
    )
