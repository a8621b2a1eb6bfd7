# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxdisk: list, path, scandisks, resize; vxdctl enable.

Tables as recorded on VxVM 6.0 under Solaris 10 and 11. A group that is not imported here is shown in parentheses, with ``-o alldgs`` only
(vxdisk(1M)); a disk of an imported group that is gone has a line ``failed was:`` (Administrator's Guide, "Displaying disk information").
"""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, MediaDisk
from ...truth import Lun
from ..options import Unknown, parse
from ..zfs.health import lun_reachable
from . import details, groups, host

PLAIN = (0, 13, 29, 42, 55)
EXTENDED = (0, 13, 28, 40, 53, 74, 91)
PATHS = (0, 28, 49, 62, 75)


def media(call: Call, device: host.Device) -> tuple[DiskGroup, MediaDisk] | None:
    """The imported group a device belongs to, and the disk's place there."""
    private = device.private
    if private is None or private.group not in host.of(call).groups or private.group not in call.centre.diskgroups:
        return None
    group = call.centre.diskgroups[private.group]
    found = next((disk for disk in group.disks.values() if device.lun and disk.guid == device.lun.guid), None)
    return (group, found) if found else None


def kind(device: host.Device) -> tuple[str, str]:
    """``(type, status)``."""
    if device.other:
        return f"auto:{device.other}", device.other
    return ("auto:cdsdisk", "online") if device.private else ("auto:none", "online invalid")


def foreign(call: Call, lun: Lun | None) -> str:
    """``(name)`` of a group that is on the disk and not imported here."""
    group = call.centre.diskgroups.get(lun.private.group) if lun and lun.private else None
    return f"({group.name})" if group else "-"


def lost(call: Call) -> list[tuple[MediaDisk, DiskGroup]]:
    """Disks of imported groups that do not answer."""
    found = []
    for group in groups.imported(call.centre, call.machine):
        found += [(disk, group) for disk in group.disks.values() if not lun_reachable(call.centre.luns.get(disk.guid), call.machine)]
    return found


def table(call: Call, every: bool, extended: bool, only: str | None, quiet: bool) -> None:
    heads = ["DEVICE", "TYPE", "DISK", "GROUP", "STATUS"] + (["OS_NATIVE_NAME", "ATTR"] if extended else [])
    starts = EXTENDED if extended else PLAIN
    if not quiet:
        call.out(host.row(heads, starts))
    for device in host.devices(call):
        place = media(call, device)
        disk, group = (place[1].name, place[0].name) if place else ("-", foreign(call, device.lun) if every else "-")
        if only is not None and (place is None or place[0].name != only):
            continue
        shape, status = kind(device)
        call.out(host.row([device.name, shape, disk, group, status] + ([device.native, "-"] if extended else []), starts))
    for item, owner in lost(call):
        if only is None or owner.name == only:
            was = next((name for name, key in host.of(call).devices.items() if key == item.guid), "-")
            cells = ["-", "-", item.name, owner.name, f"failed was:{was}"] + (["-", "-"] if extended else [])
            call.out(host.row(cells, starts))


async def list_(call: Call, flags: list[tuple[str, str]], operands: list[str]) -> int:
    chosen = dict(flags)
    if set(chosen) - {"o", "g", "e", "q"} or [value for letter, value in flags if letter == "o" and value != "alldgs"]:
        raise Unknown()
    group = groups.required(call, chosen["g"]).name if "g" in chosen else None
    if not operands:
        table(call, "o" in chosen, "e" in chosen, group, "q" in chosen)
        return 0
    if "e" in chosen:
        raise Unknown()
    for place, word in enumerate(operands):
        device = host.device(call, word) or by_media(call, word, group)
        if device is None:
            raise Unknown(f"no disk {word}")
        call.out("\n" * bool(place) + details.of(call, device, media(call, device)))
    return 0


def by_media(call: Call, word: str, group: str | None) -> host.Device | None:
    """The device of a disk media name."""
    for device in host.devices(call):
        place = media(call, device)
        if place and place[1].name == word and group in (None, place[0].name):
            return device
    return None


def path(call: Call) -> None:
    call.out(host.row(["SUBPATH", "DANAME", "DMNAME", "GROUP", "STATE"], PATHS))
    for device in host.devices(call):
        place = media(call, device)
        cells = [device.native, device.name, place[1].name if place else "-", place[0].name if place else "-", "ENABLED"]
        call.out(host.row(cells, PATHS))


def resize(call: Call, group: DiskGroup, force: bool, operands: list[str]) -> None:
    """The public region takes what the array has added to the LUN."""
    if len(operands) != 1:
        raise Unknown("with a length")
    device = by_media(call, operands[0], group.name) or host.device(call, operands[0])
    place = media(call, device) if device else None
    if device is None or place is None or place[0] is not group:
        raise Unknown(f"no disk {operands[0]} in the group")
    if len(group.disks) == 1 and (not force or host.of(call).version != "6.0"):
        text = f"Device {operands[0]}: resize failed:\nCannot remove last disk in disk group"
        raise host.error("vxdisk", "V-5-1-8643", text, 20)
    if device.public < place[1].length:
        raise Unknown("the LUN has become smaller")
    place[1].length = device.public
    groups.changed(call, group)


@host.veritas("vxdisk")
async def vxdisk(call: Call) -> int:
    flags, rest = parse(call.args, "fg:o:eq")
    if rest[:1] in (["list"], ["path"]) and len(rest) > 1:
        more, operands = parse(rest[1:], "o:g:eq")  # recorded: options after the keyword
        flags += more
    else:
        operands = rest[1:]
    match rest[:1]:
        case ["list"]:
            return await list_(call, flags, operands)
        case ["path"] if not flags and not operands:
            path(call)
        case ["scandisks"] if not flags and operands in ([], ["new"]):
            host.discover(call.centre, call.machine)
            call.save()
        case ["resize"] if {letter for letter, _ in flags} <= {"f", "g"}:
            resize(call, groups.required(call, dict(flags).get("g")), ("f", "") in flags, operands)
        case _:
            raise Unknown()
    return 0
