# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lucreate(1M) -n and ludelete(1M)."""

from __future__ import annotations

from copy import deepcopy

from ... import environments, faults, filesystem
from ...call import Call
from ...truth import BootEnvironment, SharedPool, ZfsDataset
from ..honest import S10, simulated
from ..options import Refused, Unknown, parse
from ..zfs import dataset as tree
from ..zfs import space
from .status import current_patch, known, ready

CLONE = 1 << 17  # bytes that a clone needs at once (recorded: 145K)
STEP = 5.0  # seconds for each file system
NEEDED = 1 << 26  # bytes: with less the pool counts as full


@simulated("lucreate", on=S10)
async def lucreate(call: Call) -> int:
    pool = ready(call)
    flags, rest = parse(call.args, "n:c:")
    options = dict(flags)
    name, source = options.get("n", ""), call.machine.environment
    if rest or not name or options.get("c", source) != source:
        raise Unknown()
    current_patch(call)
    if name in call.machine.environments or environments.dataset(pool, name) in pool.datasets:
        raise Unknown(f"the refusal of the name {name}, which is taken")
    if outside := [zone.name for zone in call.machine.zones.values() if zone.state != "configured" and not in_root(call, zone.zonepath)]:
        raise Unknown(f"zones whose roots are not in the root file system ({', '.join(outside)})")
    call.out(
        "Analyzing system configuration.\n"
        f"Comparing source boot environment <{source}> file systems with the file \n"
        "system(s) you specified for the new boot environment. Determining which \n"
        "file systems should be in the new boot environment.\n"
        "Updating boot environment description database on all BEs.\nUpdating system configuration files.\n"
        f"Creating configuration for boot environment <{name}>.\nSource boot environment is <{source}>.\n"
        f"Creating boot environment <{name}>.\n"
        f"Cloning file systems from boot environment <{source}> to create boot environment <{name}>.\n"
    )
    fresh = BootEnvironment(name, environments.dataset(pool, name), call.now(), complete=False)
    for software in environments.SOFTWARE:
        setattr(fresh, software, deepcopy(getattr(call.machine, software)))
    call.machine.environments[name] = fresh
    environments.write_lutab(call.centre, call.machine)
    try:
        await clone(call, pool, source, name)
    except Refused:
        remove(call, pool, name)
        environments.write_lutab(call.centre, call.machine)
        raise
    environments.copy_files(call.machine, name)
    fresh.complete = True
    environments.write_lutab(call.centre, call.machine)
    call.out(f"Population of boot environment <{name}> successful.\nCreation of boot environment <{name}> successful.\n")
    return 0


def in_root(call: Call, path: str) -> bool:
    """Whether a path is in the root file system itself: no other one is mounted there or above it."""
    if not filesystem.configured():
        return True
    parts = [part for part in path.split("/") if part]
    return all(filesystem.mounted(call.machine, "/" + "/".join(parts[:count])) is None for count in range(1, len(parts) + 1))


async def clone(call: Call, pool: SharedPool, source: str, name: str) -> None:
    """A snapshot and a clone of each file system. Of a pool that is full ZFS says so; what lucreate adds was not recorded."""
    top, new = environments.dataset(pool, source), environments.dataset(pool, name)
    for item in [pool.datasets[top], *[one for one in tree.descendants(pool, top) if one.type == "filesystem"]]:
        target = new + item.name.removeprefix(top)
        snapshot = f"{item.name}@{name}"
        call.out(f"Creating snapshot for <{item.name}> on <{snapshot}>.\n")
        full = faults.disk_full(call.centre, call.machine.name, pool.guid)
        if full or space.available(call.centre, call.machine, pool, item) < NEEDED:
            raise Refused(f"cannot create snapshot '{snapshot}': out of space")
        pool.datasets[snapshot] = ZfsDataset(snapshot, "snapshot", {"lab:referenced": str(item.used)}, used=0, created=call.now())
        call.out(f"Creating clone for <{snapshot}> on <{target}>.\n")
        if call.sleep is not None:
            await call.sleep(STEP)
        properties = {key: value for key, value in item.properties.items() if key in ("mountpoint",)} | {"canmount": "noauto"}
        pool.datasets[target] = ZfsDataset(target, "filesystem", properties, CLONE, call.now(), mounted=False)
        call.out(f"Setting canmount=noauto for <{item.name.removeprefix(top) or '/'}> in zone <global> on <{target}>.\n")


@simulated("ludelete", on=S10)
async def ludelete(call: Call) -> int:
    """Not the present one, nor the one that boots next, nor one that is mounted (ludelete(1M))."""
    pool = ready(call)
    names = [word for word in call.args if word != "-n"]
    if len(names) != 1 or call.machine.architecture != "sparc":
        raise Unknown()
    one = known(call, names[0])
    if one.mounted or one.name in (call.machine.environment, call.machine.activated):
        raise Unknown(f"the refusal to delete {one.name}")
    top = environments.dataset(pool, one.name)
    if any(item.name.partition("@")[0].startswith(top) and item.type == "snapshot" for item in pool.datasets.values()):
        raise Unknown("a boot environment that others were cloned from")
    remove(call, pool, one.name)
    call.out("Determining the devices to be marked free.\nUpdating boot environment configuration database.\n")
    call.out("Updating boot environment description database on all BEs.\nUpdating all boot environment configuration databases.\n")
    call.out(f"Boot environment <{one.name}> deleted.\n")
    environments.write_lutab(call.centre, call.machine)
    return 0


def remove(call: Call, pool: SharedPool, name: str) -> None:
    """Its file systems, and the snapshots that they are clones of."""
    top = environments.dataset(pool, name)
    for item in list(pool.datasets):
        if item == top or item.startswith(f"{top}/") or (item.startswith(f"{pool.name}/ROOT/") and item.endswith(f"@{name}")):
            del pool.datasets[item]
    environments.forget_files(call.machine, name)
    call.machine.environments.pop(name, None)
