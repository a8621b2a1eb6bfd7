# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets: which a machine knows and has taken, and how the commands report trouble.

Every host of a set has its own record of it; the disk set's truth keeps them as one. Ownership is in the memory of the kernel that took
it: only the owner's own ``metaset`` shows it (SVM Administration Guide, "How to Release a Disk Set").
"""

from __future__ import annotations

from ... import faults
from ...call import Call
from ...truth import DataCentre, DiskSet, Machine
from ..honest import S10
from ..options import Refused, Unknown
from . import disks

#: Solaris 10 has SVM always. Solaris 11 to 11.3 had it as a package that nobody has recorded here, 11.4 has none.
RELEASES = S10


def trouble(call: Call, *parts: str, rc: int = 1, host: str = "") -> Refused:
    """libmeta's mde_perror(): ``metaset: HOST: NAME: text`` and an empty line."""
    return Refused(": ".join((call.argv[0], host or call.machine.name, *[part for part in parts if part])) + "\n\n", rc)


def only_in_global(call: Call) -> None:
    if call.zone is not None:
        raise trouble(call, "Volume administration unavailable within non-global zones.")


def only_root(call: Call) -> None:
    only_in_global(call)
    if call.user != "root":
        raise trouble(call, "Permission denied.  You must have root privilege to execute this command.")


def local(centre: DataCentre, machine: Machine) -> DiskSet:
    """The set without a name that every machine has."""
    return centre.disksets.setdefault(f"local:{machine.name}", DiskSet(f"local:{machine.name}", "", 0, [machine.name]))


def has_database(centre: DataCentre, machine: Machine) -> bool:
    """State database replicas of the machine itself: without them there is no SVM."""
    return bool(local(centre, machine).replicas)


def needs_database(call: Call) -> None:
    if not has_database(call.centre, call.machine):
        raise trouble(call, "there are no existing databases")


def known(centre: DataCentre, machine: Machine) -> list[DiskSet]:
    """The sets that this machine believes to be a host of, by number."""
    found = [each for each in centre.disksets.values() if each.name and machine.name in (*each.hosts, *each.known_to)]
    return sorted(found, key=lambda each: each.number)


def named(call: Call, name: str) -> DiskSet:
    """A set by name; the local set by ''. Raises Refused."""
    if not name:
        return local(call.centre, call.machine)
    needs_database(call)
    for each in known(call.centre, call.machine):
        if each.name == name:
            return each
    raise trouble(call, f'setname "{name}"', "no such set")


def owns(machine: Machine, disk_set: DiskSet) -> bool:
    return not disk_set.name or disk_set.key in machine.disksets


def owner_only(call: Call, disk_set: DiskSet) -> None:
    """libmeta's meta_check_ownership(): a set without drives needs no owner."""
    if disk_set.drives and not owns(call.machine, disk_set):
        raise trouble(call, disk_set.name, "must be owner of the set for this command")


def up(machine: Machine) -> bool:
    return machine.powered and machine.running


def speak(call: Call, host: str) -> Machine:
    """The daemon rpc.metad of another host. Raises Refused with the RPC library's words when it does not answer."""
    machine = call.centre.machines.get(host)
    if machine is None:
        raise trouble(call, "metad client create", "RPC: Unknown host", host=host)
    if not up(machine):
        raise trouble(call, "metad client create", "RPC: Rpcbind failure", host=host)
    if faults.lasting(call.centre, host, "hang"):
        raise trouble(call, "metad client create", "RPC: Rpcbind failure", host=host)
    if machine.release not in RELEASES:
        raise trouble(call, "metad client create", "RPC: Program not registered", host=host)
    if not has_database(call.centre, machine):
        raise trouble(call, "there are no existing databases", host=host)
    return machine


def limit(call: Call) -> int:
    """md_nsets of /kernel/drv/md.conf, the local set among them: 4 unless somebody changed it."""
    try:
        text = call.read_file("/kernel/drv/md.conf")
    except OSError:
        return 4
    for line in text.splitlines():
        for part in line.partition("#")[0].split(";"):
            for word in part.split():
                if word.startswith("md_nsets="):
                    return min(32, int(word.removeprefix("md_nsets=")))
    return 4


def of_drive(centre: DataCentre, drive: str) -> DiskSet | None:
    """The set that has a drive, whoever knows of it."""
    return next((each for each in centre.disksets.values() if drive in each.drives), None)


def stale(centre: DataCentre, machine: Machine, disk_set: DiskSet) -> bool:
    """Half or more of a disk set's replicas cannot be read."""
    there = sum(disks.reachable(centre, machine, disks.drive_of(each.component)) for each in disk_set.replicas)
    return bool(disk_set.replicas) and there * 2 <= len(disk_set.replicas)


def writable(call: Call, disk_set: DiskSet) -> None:
    """Changing a stale set makes a real machine panic; nobody wants that simulated."""
    if stale(call.centre, call.machine, disk_set):
        raise Unknown("changes of a set with stale databases")
