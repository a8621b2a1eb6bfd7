# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxdg: init, adddisk, rmdisk, free, list; import, deport and destroy are in importing.py."""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, MediaDisk
from ..options import Refused, Unknown, parse
from ..zfs.health import lun_reachable
from . import details, groups, host, importing, nodes, space

VERSION = {"5.0": 140, "5.1": 150, "6.0": 170}  # of a new disk group
LISTED = (0, 13, 34)
FREE = (0, 13, 26, 39, 49, 59)
FREE_ALL = (0, 13, 26, 39, 52, 62, 72)


def identifier(call: Call) -> str:
    """``1426245297.43.host``: time, a counter, the host that made it."""
    return f"{call.now()}.{2 * len(call.centre.diskgroups) + 6}.{call.machine.name}"


def take(call: Call, words: list[str], taken: dict[str, MediaDisk]) -> list[tuple[MediaDisk, host.Device]]:
    """``[medianame=]accessname ...``: what may join a group. All or none."""
    found: list[tuple[MediaDisk, host.Device]] = []
    owned = ""
    for word in words:
        name, equals, access = word.rpartition("=")
        device = host.device(call, access)
        if device is None:
            raise Unknown(f"no disk {access}")
        name = name if equals else device.name
        if device.private is None or device.lun is None:
            raise Unknown(f"{access} is not set up: it is refused, in words nobody recorded")
        owner = call.centre.diskgroups.get(device.private.group)
        if owner is not None:
            owned += f"VxVM vxdg ERROR V-5-1-2349 Device {device.name} appears to be owned by disk group {owner.name}.\n"
        if name in taken or any(name == disk.name or device == other for disk, other in found):
            raise Unknown(f"the name or disk {name} twice")
        found.append((MediaDisk(name, device.lun.guid, device.public), device))
    if owned:
        raise Refused(owned, 20)
    return found


def join(call: Call, group: DiskGroup, disks: list[tuple[MediaDisk, host.Device]]) -> None:
    for disk, device in disks:
        group.disks[disk.name] = disk
        if device.private is not None:
            device.private.group, device.private.host = group.id, call.machine.name


def init(call: Call, words: list[str]) -> None:
    attributes = dict(word.split("=", 1) for word in words[1:] if word.startswith(("cds=", "nconfig=", "nlog=", "minor=")))
    disks = [word for word in words[1:] if word.partition("=")[0] not in attributes]
    if not words or not disks or set(attributes) - {"cds"} or attributes.get("cds", "on") not in ("on", "off"):
        raise Unknown()
    name = words[0]
    if not host.of(call).licensed:
        raise host.error("vxdg", "V-5-1-585", f"Disk group {name}: cannot create: {host.LICENCE}", 20)
    if groups.named(call, name):
        raise host.error("vxdg", "V-5-1-585", f"Disk group {name}: cannot create: Disk group exists and is imported", 12)
    chosen = take(call, disks, {})
    made = DiskGroup(identifier(call), name, VERSION[host.of(call).version], attributes.get("cds", "on") == "on")
    made.base_minor = 1000 * (6 + len(call.centre.diskgroups) % 50)
    join(call, made, chosen)
    call.centre.diskgroups[made.id] = made
    host.of(call).groups[made.id] = []
    groups.changed(call, made)
    nodes.refresh(call.centre, call.machine)


def remove_disks(call: Call, group: DiskGroup, names: list[str]) -> None:
    if not names or any(name not in group.disks for name in names):
        raise Unknown("no such disk in the group")
    for name in names:
        if any(subdisk.disk == name for subdisk in space.subdisks(group)):
            text = f"Disk {name} is used by one or more subdisks\nUse -k to remove device assignment."
            raise host.error("vxdg", "V-5-1-552", text, 31)
        if len(group.disks) == 1:
            raise Unknown("the last disk: it is refused, in words nobody recorded")
        disk = group.disks.pop(name)
        lun = call.centre.luns.get(disk.guid)
        if lun is not None and lun.private is not None and lun_reachable(lun, call.machine):
            lun.private.group = lun.private.host = ""
    groups.changed(call, group)


def free(call: Call, group: DiskGroup | None) -> None:
    heads = ["DISK", "DEVICE", "TAG", "OFFSET", "LENGTH", "FLAGS"]
    call.out(host.row(heads, FREE) if group else host.row(["GROUP", *heads], FREE_ALL))
    for each in [group] if group else groups.imported(call.centre, call.machine):
        for disk in sorted(each.disks.values(), key=lambda disk: disk.name):
            device = host.name_of(call, disk.guid) or "-"
            for offset, size in space.free(each, disk):
                cells = [disk.name, device, device, str(offset), str(size), "-"]
                call.out(host.row(cells, FREE) if group else host.row([each.name, *cells], FREE_ALL))


def state(group: DiskGroup) -> str:
    return "enabled,cds" if group.cds else "enabled"


def list_(call: Call, names: list[str], quiet: bool) -> None:
    if not names:
        if not quiet:
            call.out(host.row(["NAME", "STATE", "ID"], LISTED))
        for group in groups.imported(call.centre, call.machine):
            call.out(host.row([group.name, state(group), group.id], LISTED))
        return
    for name in names:
        found = groups.named(call, name)
        if found is None:
            raise host.error("vxdg", "V-5-1-2275", f"vxdg: Disk group {name}: No such disk group", 11)
        call.out(described(call, found))


def described(call: Call, group: DiskGroup) -> str:
    """As the Administrator's Guides of 5.0 and 5.1 show it."""
    records = 1 + len(group.disks) + sum(1 + len(plex.subdisks) for volume in group.volumes.values() for plex in volume.plexes)
    free_records = details.CONFIG - 4 * records
    lines = [
        f"Group:     {group.name}",
        f"dgid:      {group.id}",
        f"import-id: 1024.{5 + list(host.of(call).groups).index(group.id)}",
        f"flags:     {'cds' if group.cds else ''}",
        f"version:   {group.version}",
        f"alignment: {8192 if group.cds else 512} (bytes)",
        "ssb:            on",
        "detach-policy: global",
        "dg-fail-policy: dgdisable",
        "copies:    nconfig=default nlog=default",
        f"config:    seqno=0.{1024 + group.changes} permlen={details.CONFIG} free={free_records} templen=2 loglen={details.LOG}",
    ]
    there = [name for disk in group.disks.values() if (name := host.name_of(call, disk.guid))]
    lines += [f"config disk {name} copy 1 len={details.CONFIG} state=clean online" for name in there]
    lines += [f"log disk {name} copy 1 len={details.LOG}" for name in there]
    return "".join(f"{line}\n" for line in lines)


@host.veritas("vxdg")
async def vxdg(call: Call) -> int:
    flags, rest = parse(call.args, "g:Cftq")
    chosen, letters = dict(flags), {letter for letter, _ in flags}
    keyword, words = (rest[0], rest[1:]) if rest else ("", [])
    known = {"import": {"C", "f", "t"}, "list": {"q"}}.get(keyword, set() if keyword in ("init", "deport", "destroy") else {"g"})
    if letters - known:
        raise Unknown()
    match keyword:
        case "init":
            init(call, words)
        case "list":
            list_(call, words, "q" in letters)
        case "import" if len(words) == 1:
            await importing.import_(call, words[0], letters)
        case "deport" if words:
            for name in words:
                await importing.deport(call, name)
        case "destroy" if words:
            for name in words:
                await importing.destroy(call, name)
        case "adddisk" if words:
            group = groups.required(call, chosen.get("g"))
            join(call, group, take(call, words, group.disks))
            groups.changed(call, group)
        case "rmdisk":
            remove_disks(call, groups.required(call, chosen.get("g")), words)
        case "free" if not words:
            free(call, groups.required(call, chosen["g"]) if "g" in chosen else None)
        case _:
            raise Unknown()
    return 0
