# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metareplace(1M), metasync(1M), metaoffline(1M) and metaonline(1M) of mirrors."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Volume
from ..honest import simulated
from ..options import Unknown, parse
from . import disks, metainit, sets, volumes


def _mirror(call: Call, options: list[tuple[str, str]], rest: list[str], count: int) -> tuple[DiskSet, Volume]:
    if len(rest) != count:
        raise Unknown(f"{call.argv[0]}'s usage")
    disk_set, mirror = volumes.existing(call, dict(options).get("s", ""), rest[0])
    sets.writable(call, disk_set)
    if mirror.kind != "mirror":
        raise Unknown(f"{call.argv[0]} of what is no mirror")
    return disk_set, mirror


def _side(call: Call, disk_set: DiskSet, mirror: Volume, component: str) -> Volume:
    """The submirror that has a slice. Raises Refused."""
    for side in mirror.submirrors:
        if side and component in volumes.slices(disk_set, disk_set.volumes[side]):
            return disk_set.volumes[side]
    raise sets.trouble(call, volumes.full(disk_set, mirror.name), disks.name(component), "can't find component in unit")


@simulated("metareplace", on=sets.RELEASES)
async def metareplace(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "hs:ef")
    flags = dict(options)
    if "h" in flags:
        raise Unknown("metareplace's usage")
    disk_set, mirror = _mirror(call, options, rest, 2 if "e" in flags else 3)
    full = volumes.full(disk_set, mirror.name)
    old = _component(call, disk_set, rest[1])
    side = _side(call, disk_set, mirror, old)
    others = [each for each in mirror.submirrors if each and each != side.name and volumes.trusted(disk_set, mirror, each)]
    if not others:
        raise sets.trouble(call, full, "attempt to replace a component on the last running submirror")
    if mirror.resync:
        raise sets.trouble(call, full, "resync in progress")
    if side.states.get(old) == "Last Erred" and "Maintenance" in side.states.values():
        raise sets.trouble(call, full, disks.name(old), 'component in invalid state to replace - Replace "Maintenance" components first')
    new = old
    if "e" not in flags:
        new = volumes.slice_word(call, rest[2])
        volumes.free(call, disk_set, new)
        if disks.extent(call.centre, new)[1] < metainit.component_size(call, old, True):
            raise sets.trouble(call, full, disks.name(new), "replace failure, new component is too small")
    if not disks.reachable(call.centre, call.machine, disks.drive_of(new)):
        raise sets.trouble(call, full, disks.name(new), "unable to open concat/stripe component")
    if new != old:
        side.rows = [[new if part == old else part for part in row] for row in side.rows]
        call.centre.filesystems.pop(new, None)
    side.states.pop(old, None)
    side.states[new] = "Resyncing"
    if any(state in ("Maintenance", "Last Erred") for state in side.states.values()):
        return _done(call, full, old, new)  # the next replacement begins the resync of the submirror
    volumes.begin_resync(call, mirror, side.name)
    return _done(call, full, old, new)


def _done(call: Call, full: str, old: str, new: str) -> int:
    what = f"device {disks.name(old)} is " + ("enabled" if new == old else f"replaced with {disks.name(new)}")
    call.out(f"{full}: {what}\n")
    return 0


def _component(call: Call, disk_set: DiskSet, word: str) -> str:
    """A slice of the set by its name, whether its disk is there or not."""
    parsed = disks.parse(word)
    for volume in disk_set.volumes.values():
        for part in [each for row in volume.rows for each in row]:
            if parsed is not None and disks.name(part).lower() == f"{parsed[0]}s{parsed[1]}".lower():
                return part
    raise sets.trouble(call, word, "No such file or directory")


@simulated("metasync", on=sets.RELEASES)
async def metasync(call: Call) -> int:
    """Resync what needs it and nobody resyncs."""
    sets.only_root(call)
    options, rest = parse(call.args, "phs:rc")
    flags = dict(options)
    if flags.keys() & {"p", "h", "c"} or rest and rest[0].isdigit() or ("r" in flags) == bool(rest):
        raise Unknown("metasync -c, -p, a buffer size")
    if "r" in flags:
        disk_set = sets.named(call, flags.get("s", ""))
        sets.owner_only(call, disk_set)
        volumes.settle(call, disk_set)
        chosen = [each for each in disk_set.volumes.values() if each.kind == "mirror"]
    else:
        chosen = [_mirror(call, options, [word], 1)[1] for word in rest]
        disk_set = volumes.existing(call, flags.get("s", ""), rest[0])[0]
    for mirror in chosen:
        for side in mirror.submirrors:
            if side and side in mirror.states and not mirror.resync and not disk_set.volumes[side].states:
                volumes.begin_resync(call, mirror, side)
    return 0


@simulated("metaoffline", on=sets.RELEASES)
async def metaoffline(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "hs:f")
    disk_set, mirror = _mirror(call, options, rest, 2)
    full = volumes.full(disk_set, mirror.name)
    side = volumes.target(call, disk_set.name, rest[1])[1]
    if side not in mirror.submirrors:
        raise sets.trouble(call, full, "can't find submirror in mirror")
    if not [each for each in mirror.submirrors if each and each != side and each not in mirror.states]:
        raise sets.trouble(call, full, "operation would result in no readable submirrors")
    if mirror.resync:
        raise sets.trouble(call, full, "resync in progress")
    mirror.states[side] = "Offline"
    call.out(f"{full}: submirror {volumes.full(disk_set, side)} is offlined\n")
    return 0


@simulated("metaonline", on=sets.RELEASES)
async def metaonline(call: Call) -> int:
    sets.only_root(call)
    options, rest = parse(call.args, "hs:")
    disk_set, mirror = _mirror(call, options, rest, 2)
    full = volumes.full(disk_set, mirror.name)
    side = volumes.target(call, disk_set.name, rest[1])[1]
    if mirror.states.get(side) != "Offline":
        raise sets.trouble(call, full, "attempt operation on a submirror in illegal state")
    volumes.begin_resync(call, mirror, side)
    call.out(f"{full}: submirror {volumes.full(disk_set, side)} is onlined\n")
    return 0
