# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metaclear(1M)."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Volume
from ..honest import simulated
from ..options import Refused, Unknown, parse
from . import disks, sets, volumes

TITLES = {"stripe": "Concat/Stripe", "mirror": "Mirror", "soft": "Soft Partition"}
ORDER = ("soft", "mirror", "stripe", "soft")  # meta_reset_all(): soft partitions at the top, then those at the bottom


def clear(call: Call, disk_set: DiskSet, volume: Volume, force: bool, recurse: bool) -> None:
    """One volume, with -r what is below it too. Raises Refused."""
    full = volumes.full(disk_set, volume.name)
    if volumes.parents(disk_set, volume.name):
        raise sets.trouble(call, full, "metadevice in use")
    if volumes.open_by(call.centre, disk_set, volume):
        raise sets.trouble(call, full, "metadevice is open")
    if volume.kind == "mirror" and not force:
        if volume.resync:
            raise sets.trouble(call, full, "resync in progress")
        if volume.states:
            raise sets.trouble(call, full, "attempted to clear mirror with submirror(s) in invalid state")
    del disk_set.volumes[volume.name]
    kept = call.centre.filesystems.pop(volumes.key(disk_set, volume.name), None)
    if volume.kind == "mirror" and kept is not None:  # every good submirror has the data; the first is as good as any
        side = next((each for each in volume.submirrors if each and each not in volume.states), None)
        if side:
            call.centre.filesystems[volumes.key(disk_set, side)] = kept
    call.out(f"{full}: {TITLES[volume.kind]} is cleared\n")
    if recurse:
        for part in [*volume.submirrors, volume.component, *[each for row in volume.rows for each in row]]:
            below = disk_set.volumes.get(part)
            if below is not None and not volumes.parents(disk_set, part):
                clear(call, disk_set, below, True, True)


@simulated("metaclear", on=sets.RELEASES)
async def metaclear(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "hs:afrp")
    flags = dict(options)
    if "h" in flags or ("a" in flags) == bool(rest):
        raise Unknown("metaclear's usage")
    force, recurse = bool(flags.keys() & {"f", "r", "a"}), "r" in flags
    name = flags.get("s", "")
    disk_set = sets.named(call, name)
    sets.needs_database(call)
    if "a" in flags:
        sets.owner_only(call, disk_set)
        sets.writable(call, disk_set)
        volumes.settle(call, disk_set)
        for kind in ORDER:
            for volume in list(disk_set.volumes.values()):
                if (
                    volume.kind == kind
                    and volume.name in disk_set.volumes
                    and not (kind == "soft" and volumes.parents(disk_set, volume.name))
                ):
                    clear(call, disk_set, volume, True, kind != "soft")
        return 0
    rc = 0
    for word in rest:
        try:
            if "p" in flags:
                _soft_partitions(call, disk_set, word, force)
            else:
                owner, volume = volumes.existing(call, name, word)
                sets.writable(call, owner)
                clear(call, owner, volume, force, recurse)
        except Refused as err:
            call.err(err.text)
            rc = 1
    return rc


def _soft_partitions(call: Call, disk_set: DiskSet, word: str, force: bool) -> None:
    """-p: all soft partitions of a volume or slice."""
    sets.owner_only(call, disk_set)
    below = volumes.slice_word(call, word) if disks.parse(word) else volumes.target(call, disk_set.name, word)[1]
    found = [each for each in disk_set.volumes.values() if each.kind == "soft" and each.component == below]
    if not found:
        raise sets.trouble(call, word, "no soft partitions on this device")
    for volume in found:
        clear(call, disk_set, volume, force, False)
