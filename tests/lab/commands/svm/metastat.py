# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metastat(1M): the reports of mirrors, stripes and soft partitions; -p for md.tab. The short form is in concise.py."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Volume
from ..honest import simulated
from ..options import Refused, Unknown, parse
from . import concise, disks, sets, volumes

READ = {"-g": "geometric", "-r": "first"}


def _size(blocks: int) -> str:
    return f"    Size: {blocks} blocks ({volumes.human(blocks)})\n"


def start_block(call: Call, volume: Volume, row: int, place: int) -> int:
    """metagetstart(): a slice at the disk's begin spares the first cylinder, but as a volume's first."""
    part = volume.rows[row][place]
    if (row, place) == (0, 0) or disks.extent(call.centre, part)[0]:
        return 0
    return disks.cylinder(call.centre, disks.drive_of(part))


def _has_replica(disk_set: DiskSet, part: str) -> str:
    return "Yes" if any(each.component == part for each in disk_set.replicas) else "No"


def stripe_body(call: Call, disk_set: DiskSet, volume: Volume, child: bool) -> str:
    """Size and rows; the components of a submirror have states and hot spares, others have not."""
    text = _size(volume.size)
    for number, row in enumerate(volume.rows):
        text += f"    Stripe {number}:" + (f" (interlace: {volume.interlaces[number]} blocks)" if len(row) > 1 else "") + "\n"
        width = max(len("Device"), *(len(disks.name(part)) for part in row)) + 2
        if child:
            text += f"\t{'Device':<{width}} {'Start Block':<12} {'Dbase':>5} {'State':>12} {'Reloc':>5} Hot Spare\n"
        else:
            text += f"\t{'Device':<{width}} {'Start Block':<12} {'Dbase':<5}\tReloc\n"
        for place, part in enumerate(row):
            start = start_block(call, volume, number, place)
            text += f"\t{disks.name(part):<{width}} {start:8}     {_has_replica(disk_set, part):<5}"
            text += f" {volume.states.get(part, 'Okay'):>12} {'Yes':>5} \n" if child else "\tYes\n"
    return text + "\n"


def _action(call: Call, disk_set: DiskSet, mirror: Volume, side: str) -> str:
    """sm_state_to_action(): what to do about a submirror."""
    state = mirror.states.get(side)
    if mirror.resync or state is None:
        return ""
    full = volumes.full(disk_set, mirror.name)
    erred = disk_set.volumes[side].states
    worst = next((part for part, each in erred.items() if each == "Maintenance"), next(iter(erred), None))
    if worst is None:
        return f"    Invoke: metasync {full}\n"
    command = f"metareplace {full} {disks.name(worst)} <new device>"
    if erred[worst] == "Last Erred":
        return f'    Invoke: after replacing "Maintenance" components:\n\t\t{command}\n'
    return f"    Invoke: {command}\n"


def mirror_report(call: Call, disk_set: DiskSet, mirror: Volume) -> str:
    text = f"{volumes.full(disk_set, mirror.name)}: Mirror\n"
    sides = [(number, side) for number, side in enumerate(mirror.submirrors) if side]
    for number, side in sides:
        text += f"    Submirror {number}: {volumes.full(disk_set, side)}\n      State: {mirror.states.get(side, 'Okay'):<12} \n"
    if mirror.resync:
        text += f"    Resync in progress: {volumes.percent(call, mirror)} % done\n"
    read = next((option for option in mirror.options if option in READ), None)
    write = "serial (-S)" if "-S" in mirror.options else "parallel (default)"
    text += f"    Pass: {mirror.pass_number}\n    Read option: {READ[read] + f' ({read})' if read else 'roundrobin (default)'}\n"
    text += f"    Write option: {write}\n" + _size(mirror.size)
    for _, side in sides:
        below = disk_set.volumes[side]
        text += f"\n{volumes.full(disk_set, side)}: Submirror of {volumes.full(disk_set, mirror.name)}\n"
        text += f"    State: {mirror.states.get(side, 'Okay'):<12} \n" + _action(call, disk_set, mirror, side)
        text += stripe_body(call, disk_set, below, True)
    return text + "\n"


def soft_report(call: Call, disk_set: DiskSet, volume: Volume) -> str:
    whole = volume.component in disk_set.volumes
    below = volumes.full(disk_set, volume.component) if whole else disks.name(volume.component)
    text = f"{volumes.full(disk_set, volume.name)}: Soft Partition\n    Device: {below}\n    State: Okay\n" + _size(volume.size)
    if not whole:
        width = max(len(below), len("Device")) + 2
        start = 0 if disks.extent(call.centre, volume.component)[0] else disks.cylinder(call.centre, disks.drive_of(volume.component))
        text += f"\t{'Device':<{width}} {'Start Block':<12} {'Dbase':<5} Reloc\n"
        text += f"\t{below:<{width}} {start:8}     {_has_replica(disk_set, volume.component):<5} Yes\n\n"
    text += f"\t{'Extent':>6} {'Start Block':>24} {'Block count':>24}\n"
    text += "".join(f"\t{number:6} {first:24} {blocks:24}\n" for number, (first, blocks) in enumerate(volume.extents))
    return text + "\n"


def report(call: Call, disk_set: DiskSet, volume: Volume, recurse: bool = False) -> str:
    """One volume; ``recurse``: a named soft partition brings the volume it lies on, as print_name() does."""
    if volume.kind == "mirror":
        return mirror_report(call, disk_set, volume)
    if volume.kind == "soft":
        text = soft_report(call, disk_set, volume)
        if recurse and volume.component in disk_set.volumes:
            text += report(call, disk_set, disk_set.volumes[volume.component], True)
        return text
    return f"{volumes.full(disk_set, volume.name)}: Concat/Stripe\n" + stripe_body(call, disk_set, volume, False)


def short(disk_set: DiskSet, volume: Volume) -> str:
    """-p: a line that metainit takes, raw paths."""
    full, folder = volumes.full(disk_set, volume.name), "/dev/md/" + (f"{disk_set.name}/" if disk_set.name else "") + "rdsk/"
    if volume.kind == "mirror":
        words = [folder + side for side in volume.submirrors if side] + volume.options + [str(volume.pass_number)]
        return f"{full} -m {' '.join(words)}\n"
    if volume.kind == "soft":
        below = folder + volume.component if volume.component in disk_set.volumes else f"/dev/rdsk/{disks.name(volume.component)}"
        return f"{full} -p {below}" + "".join(f" -o {first} -b {blocks} " for first, blocks in volume.extents) + "\n"
    rows = []
    for row, step in zip(volume.rows, volume.interlaces, strict=True):
        words = [str(len(row)), *(f"/dev/rdsk/{disks.name(part)}" for part in row)]
        rows.append(" ".join(words) + (f" -i {step}b" if len(row) > 1 else ""))
    return f"{full} {len(volume.rows)} " + " \\\n\t ".join(rows) + "\n"


def ordered(disk_set: DiskSet) -> list[Volume]:
    """meta_print_all(): mirrors, stripes, soft partitions, by name as they were made."""
    return [each for kind in ("mirror", "stripe", "soft") for each in disk_set.volumes.values() if each.kind == kind]


def relocation(call: Call, disk_set: DiskSet, shown: list[Volume]) -> str:
    drives = list(dict.fromkeys(disks.drive_of(part) for volume in shown for part in volumes.slices(disk_set, volume)))
    width = max(len(disks.drive_name(drive)) for drive in drives) + 2
    text = f"Device Relocation Information:\n{'Device  ':<{width}} {'Reloc':<5}\tDevice ID\n"
    return text + "".join(f"{disks.drive_name(drive):<{width}} {'Yes':<5}\t{disks.identity(call, drive)}\n" for drive in drives)


@simulated("metastat", on=sets.RELEASES)
async def metastat(call: Call) -> int:
    sets.only_in_global(call)
    options, rest = parse(call.args, "acSs:hpBDrtiq")
    flags = dict(options)
    if flags.keys() & set("ShBDt") or {"a", "s"} <= flags.keys():
        raise Unknown("metastat -a with -s, -B, -D, -S, -t")
    if "i" in flags:
        sets.only_root(call)
    disk_set = sets.named(call, flags.get("s", ""))
    sets.needs_database(call)
    chosen = [disk_set]
    if "a" in flags:
        if rest:
            raise Unknown("metastat -a with names")
        chosen += [each for each in sets.known(call.centre, call.machine) if sets.owns(call.machine, each)]
    rc = 0
    for each in chosen:
        if not rest:
            sets.owner_only(call, each)
            volumes.settle(call, each)
            if "i" in flags:
                for volume in each.volumes.values():
                    volumes.touch(call.centre, call.machine, each, volume)
            if sets.stale(call.centre, call.machine, each):
                call.out("****\nWARNING: Stale state database replicas. Metastat output may be inaccurate.\n****\n\n")
        rc = max(rc, _show(call, each, flags, rest))
    return rc


def _show(call: Call, disk_set: DiskSet, flags: dict[str, str], words: list[str]) -> int:
    rc = 0
    if not words and "c" in flags:
        call.out(concise.of_set(call, disk_set))
        return 0
    found: list[tuple[DiskSet, Volume]] = []
    for word in words:
        try:
            found.append(volumes.existing(call, disk_set.name, word))
        except Refused as err:
            call.err(err.text)
            rc = 1
    if not words:
        found = [(disk_set, each) for each in ordered(disk_set)]
    for owner, volume in found:
        if "c" in flags:
            call.out(concise.of_volume(call, owner, volume, 0))
        elif "p" in flags:
            call.out(short(owner, volume))
            if words and volume.kind != "stripe":
                for side in [*volume.submirrors, volume.component]:
                    if side in owner.volumes:
                        call.out(short(owner, owner.volumes[side]))
        elif words or volume.kind != "stripe" or not volumes.parents(owner, volume.name) or _below_soft(owner, volume):
            call.out(report(call, owner, volume, bool(words)))
    if found and not rc and not flags.keys() & {"c", "p", "q"}:
        call.out(relocation(call, found[0][0], [volume for _, volume in found]))
    return rc


def _below_soft(disk_set: DiskSet, volume: Volume) -> bool:
    """A stripe that soft partitions lie on is reported by itself; a submirror with its mirror."""
    return all(parent.kind == "soft" for parent in volumes.parents(disk_set, volume.name))
