# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metadb(1M): state database replicas, of the machine itself or of a set (-s)."""

from __future__ import annotations

from ...call import Call
from ...truth import DiskSet, Replica
from ..honest import simulated
from ..options import Unknown, parse
from . import disks, label, sets, volumes

FLAGS = "RSFDMaWm  pc luo tBr"  # sys/lvm/mdiox.x
LEGEND = """ r - replica does not have device relocation information
 o - replica active prior to last mddb configuration change
 u - replica is up to date
 l - locator for this replica was read successfully
 c - replica's location was in /etc/lvm/mddb.cf
 p - replica's location was patched in kernel
 m - replica is master, this is replica selected as input
 t - tagged data is associated with the replica
 W - replica has device write errors
 a - replica is active, commits are occurring to this replica
 M - replica had problem with master blocks
 D - replica had problem with data blocks
 F - replica had format problems
 S - replica is too small to hold current data base
 R - replica had device read errors
 B - tagged data associated with the replica is not valid
"""


def rows(call: Call, disk_set: DiskSet) -> str:
    """Active and up to date, as after they were made; one whose disk is gone has write errors."""
    text = "\tflags\t\tfirst blk\tblock count\n"
    for each in disk_set.replicas:
        shown = "au" if disks.reachable(call.centre, call.machine, disks.drive_of(each.component)) else "W"
        flags = "".join(letter if letter in shown else " " for letter in FLAGS)
        text += f"{flags}\t{each.first}\t\t{each.blocks}\t\t/dev/dsk/{disks.name(each.component)}\n"
    return text


@simulated("metadb", on=sets.RELEASES)
async def metadb(call: Call) -> int:
    sets.only_in_global(call)
    options, rest = parse(call.args, "s:adfhic:l:p")
    flags = dict(options)
    if flags.keys() & {"h", "p"} or {"a", "d"} <= flags.keys():
        raise Unknown()
    disk_set = sets.named(call, flags.get("s", ""))
    if not flags.keys() & {"a", "d"}:
        if rest or flags.keys() - {"s", "i"}:
            raise Unknown()
        sets.needs_database(call)
        sets.owner_only(call, disk_set)
        call.out(rows(call, disk_set) + (LEGEND if "i" in flags else ""))
        return 0
    sets.only_root(call)
    if disk_set.name or not rest:
        raise Unknown("replicas of a set are metaset's own business")
    components = [volumes.slice_word(call, word) for word in rest]
    if "d" in flags:
        return _delete(call, disk_set, components, "f" in flags)
    if not disk_set.replicas and "f" not in flags:
        raise sets.trouble(call, "there are no existing databases")
    count, length = int(flags.get("c", "1")), int(flags.get("l", str(label.REPLICA)))
    for component in components:
        volumes.free(call, disk_set, component)
        if label.VTOC + count * length > disks.extent(call.centre, component)[1]:
            raise Unknown("a slice too small for its replicas")
    for component in components:
        call.centre.filesystems.pop(component, None)
        disk_set.replicas += [Replica(component, label.VTOC + number * length, length) for number in range(count)]
    return 0


def _delete(call: Call, disk_set: DiskSet, components: list[str], force: bool) -> int:
    for component in components:
        if not any(each.component == component for each in disk_set.replicas):
            raise sets.trouble(call, disks.name(component), "no metadevice database replica on device")
    left = [each for each in disk_set.replicas if each.component not in components]
    if not left and not force:
        raise sets.trouble(call, "must have at least 1 database (-f overrides)")
    if not left and (disk_set.volumes or sets.known(call.centre, call.machine)):
        raise Unknown("the last replica of a machine that has volumes or sets")
    disk_set.replicas = left
    return 0
