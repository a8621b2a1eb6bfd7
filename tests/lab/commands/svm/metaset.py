# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metaset(1M): the list, the hosts, take and release. Drives are in drives.py.

A safe take asks every other host of the set and fails when one does not answer; a forced one asks nobody, and the SCSI reservation makes
the former owner panic when its kernel still lives (metaset(1M), -t and -f).
"""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet
from ..honest import simulated
from ..options import BadOption, Refused, Unknown, parse
from . import disks, drives, sets, volumes

VERBS = "abdCjoPqrtw"
FORBIDDEN = " *?/"
TAKE_SECONDS = 3.0
RELEASE_SECONDS = 2.0


def printed(call: Call, disk_set: DiskSet) -> str:
    """One set as printset() does. Who else owns it cannot be seen from here."""
    text = f"\nSet name = {disk_set.name}, Set number = {disk_set.number}\n\n{'Host':<19} {'Owner':<5}\n"
    for host in disk_set.hosts:
        mine = host == call.machine.name and sets.owns(call.machine, disk_set)
        owner = ("Yes (auto)" if mine else "No (auto)") if disk_set.auto_take else "Yes" if mine else ""
        text += f"  {host:<17}  {owner}\n"
    if disk_set.drives:
        names = {drive: disks.drive_name(drive) for drive in disk_set.drives}
        width = max(map(len, names.values())) + 2
        text += f"\n{'Drive':<{width}} {'Dbase':<5}\n"
        for drive, name in names.items():
            has = any(disks.drive_of(replica.component) == drive for replica in disk_set.replicas)
            text += f"\n{name:<{width}} {'Yes' if has else 'No':<5}\n"
    return text


@simulated("metaset", on=sets.RELEASES)
async def metaset(call: Call) -> int:
    sets.only_in_global(call)
    try:
        options, rest = parse(call.args, "MaA:bC:dfhjl:LmoPqrs:tu:wy")
    except BadOption as err:
        raise Unknown("metaset's usage") from err
    flags = dict(options)
    verbs = {letter for letter in flags if letter in VERBS}
    if flags.keys() & set("MmbCjPqwuy") or len(verbs) > 1:
        raise Unknown("multi-owner sets, mediators, cluster options, tagged data")
    name = flags.get("s", "")
    if not verbs and "A" not in flags:
        if flags.keys() - {"s"} or rest:
            raise Unknown()
        sets.needs_database(call)
        for each in [sets.named(call, name)] if name else sets.known(call.centre, call.machine):
            call.out(printed(call, each))
        return 0
    sets.only_root(call)
    sets.needs_database(call)
    if not name:
        raise Unknown("metaset's usage")
    if "h" in flags and verbs <= {"a", "d"} and verbs:
        return await (_add_hosts if "a" in verbs else _delete_hosts)(call, name, rest, flags)
    if "h" in flags and verbs != {"o"} or "A" in flags and verbs:
        raise Unknown()
    match "".join(verbs):
        case "a":
            return await drives.add(call, sets.named(call, name), rest, "l" in flags, "L" in flags)
        case "d":
            return await drives.delete(call, sets.named(call, name), rest, "f" in flags)
        case "t":
            return await _take(call, sets.named(call, name), rest, "f" in flags)
        case "r":
            return await _release(call, sets.named(call, name), rest)
        case "o":
            return _is_owner(call, sets.named(call, name), rest, "h" in flags)
    return _auto_take(call, sets.named(call, name), flags["A"], rest)


def _is_owner(call: Call, disk_set: DiskSet, rest: list[str], of_host: bool) -> int:
    host = rest[0] if of_host and len(rest) == 1 else call.machine.name
    if rest and not of_host or len(rest) > 1:
        raise Unknown()
    if host not in disk_set.hosts:
        raise sets.trouble(call, disk_set.name, f"host {host} is not in the set")
    machine = call.machine if host == call.machine.name else sets.speak(call, host)
    if disk_set.drives and not sets.owns(machine, disk_set):
        text = f"host {host} is not the owner" if of_host else "must be owner of the set for this command"
        raise sets.trouble(call, disk_set.name, text)
    return 0


def _auto_take(call: Call, disk_set: DiskSet, how: str, rest: list[str]) -> int:
    if how not in ("enable", "disable") or rest:
        raise Unknown()
    if len(disk_set.hosts) > 1:
        raise Unknown("auto-take of a set with more than one host")
    sets.owner_only(call, disk_set)
    disk_set.auto_take = how == "enable"
    return 0


def _check_hosts(call: Call, name: str, hosts: list[str]) -> None:
    if not hosts:
        raise Unknown("no host names")
    for host in hosts:
        if hosts.count(host) > 1:
            raise sets.trouble(call, name, f"host {host} is specified more than once")
        if len(host) > 63:
            raise sets.trouble(call, name, f"host name {host} is too long")
        if host != call.machine.name:
            sets.speak(call, host)


async def _add_hosts(call: Call, name: str, hosts: list[str], flags: dict[str, str]) -> int:
    _check_hosts(call, name, hosts)
    machines = [call.centre.machines[host] for host in hosts]
    present = next((each for each in sets.known(call.centre, call.machine) if each.name == name), None)
    if present is not None:
        if present.auto_take or "A" in flags:
            raise sets.trouble(call, name, "diskset is auto-take; cannot accept additional hosts")
        sets.owner_only(call, present)
    elif call.machine.name not in hosts:
        raise sets.trouble(call, name, f"nodename of host {call.machine.name} creating the set must be included")
    elif flags.get("A") == "enable" and len(hosts) > 1:
        raise sets.trouble(call, name, "diskset is auto-take; cannot accept additional hosts")
    for machine in machines:
        if present is not None and machine.name in present.hosts:
            raise sets.trouble(call, name, f"host {machine.name} is already in the set")
        if any(each.name == name for each in sets.known(call.centre, machine)):
            raise sets.trouble(call, name, f"host {machine.name} already has set")
        if present is not None:
            if any(each.number == present.number for each in sets.known(call.centre, machine)):
                raise sets.trouble(call, name, f"host {machine.name} already has a set numbered {present.number}")
            for drive in present.drives:
                if not disks.reachable(call.centre, machine, drive):
                    raise sets.trouble(call, name, f"drive {disks.drive_name(drive)} is not common with host {machine.name}")
    await call.sleep(1.0 + len(hosts))
    if present is not None:
        present.hosts += hosts
        return 0
    if len(name) > 50:
        raise sets.trouble(call, name, "set name is too long")
    if any(letter in FORBIDDEN or not letter.isprintable() for letter in name):
        raise sets.trouble(call, name, "set name contains invalid characters")
    busy = {each.number for machine in machines for each in sets.known(call.centre, machine)}
    number = next((number for number in range(1, sets.limit(call)) if number not in busy), None)
    if number is None:
        raise sets.trouble(call, name, "no available set numbers")
    key = f"{name}@{call.machine.name}.{call.now():x}"
    made = DiskSet(key, name, number, list(hosts), auto_take=flags.get("A") == "enable")
    call.centre.disksets[key] = made
    return 0


async def _delete_hosts(call: Call, name: str, hosts: list[str], flags: dict[str, str]) -> int:
    disk_set, force, me = sets.named(call, name), "f" in flags, call.machine.name
    sets.owner_only(call, disk_set)
    if not hosts:
        raise Unknown("no host names")
    for host in hosts:
        if hosts.count(host) > 1:
            raise sets.trouble(call, name, f"host {host} is specified more than once")
        if host not in disk_set.hosts:
            raise sets.trouble(call, name, f"host {host} is not in the set")
    if force and hosts == [me]:
        raise Unknown("metaset -d -f of the host itself")
    if not force and len(disk_set.hosts) > 1 and me in hosts and len(hosts) < len(disk_set.hosts):
        text = f"administrator host {me} can't be deleted, other hosts still in set\nUse -f to override"
        raise sets.trouble(call, name, text)
    silent = []
    for host in hosts:
        try:
            if host != me:
                sets.speak(call, host)
        except Refused:
            if not force:
                raise
            silent.append(host)
    if silent and me in hosts:
        raise sets.trouble(call, name, f"administrator host {me} deletion disallowed in one host admin mode")
    if len(hosts) == len(disk_set.hosts) and disk_set.drives:
        raise sets.trouble(call, name, "unable to delete set, it still has drives")
    await call.sleep(1.0 + len(hosts))
    disk_set.known_to += [host for host in silent if host in call.centre.machines]
    disk_set.hosts = [host for host in disk_set.hosts if host not in hosts]
    if not disk_set.hosts:
        del call.centre.disksets[disk_set.key]
    return 0


async def _take(call: Call, disk_set: DiskSet, rest: list[str], force: bool) -> int:
    """The operand gives time-outs of the reservation, which the lab has none of."""
    if len(rest) > 1:
        raise Unknown()
    if sets.owns(call.machine, disk_set):
        return 0
    if call.machine.name in disk_set.known_to:  # its own record is older than those of the others
        disk_set.known_to.remove(call.machine.name)
        raise sets.trouble(call, disk_set.name, f'set "{disk_set.name}" is out of date - cleaning up - take failed')
    others = [host for host in disk_set.hosts if host != call.machine.name]
    if not force:
        for host in others:
            if sets.owns(sets.speak(call, host), disk_set):
                raise sets.trouble(call, disk_set.name, f"only the current owner {host} may operate on this set")
    if not disk_set.drives:
        return 0
    if not any(disks.reachable(call.centre, call.machine, drive) for drive in disk_set.drives):
        raise sets.trouble(call, disk_set.name, "failed to reserve any drives")
    for host, machine in call.centre.machines.items():
        if host != call.machine.name and sets.up(machine) and disk_set.key in machine.disksets:
            if host not in disk_set.hosts and not force:
                raise Unknown("a set that a host outside its list has taken")
            await _fail_fast(call, host)
    call.machine.disksets.append(disk_set.key)
    await call.sleep(TAKE_SECONDS)
    for volume in disk_set.volumes.values():
        if volume.resync:
            volumes.begin_resync(call, volume, volume.resync)
    if sets.stale(call.centre, call.machine, disk_set):
        raise sets.trouble(call, disk_set.name, "stale databases", rc=66)
    return 0


async def _fail_fast(call: Call, host: str) -> None:
    """Its drives are reserved by another host now: the former owner's kernel notices within a second and panics."""
    if call.panic is not None:
        await call.panic(host)
        return
    machine = call.centre.machines[host]
    machine.running, machine.disksets, machine.mounts = False, [], []


async def _release(call: Call, disk_set: DiskSet, rest: list[str]) -> int:
    if rest:
        raise Unknown()
    if disk_set.auto_take:
        raise Refused("metaset: cannot release auto-take diskset")
    sets.owner_only(call, disk_set)
    if not sets.owns(call.machine, disk_set):
        return 0
    if any(volumes.open_by(call.centre, disk_set, volume) for volume in disk_set.volumes.values()):
        raise sets.trouble(call, "Device busy")
    await call.sleep(RELEASE_SECONDS)
    call.machine.disksets.remove(disk_set.key)
    return 0
