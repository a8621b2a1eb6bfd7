# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs mount, zfs unmount, and every other mount of a ZFS file system.

What an operator sees (mounted, busy) is decided here; filesystem.py makes the files appear at their place.
"""

from __future__ import annotations

import errno

from ... import filesystem
from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..options import Refused, parse
from . import dataset as tree
from . import files


def users(call: Call, pool: SharedPool, dataset: ZfsDataset) -> list[str]:
    """The running zones that hold the file system: zone path on it, mounted into the zone, or delegated."""
    from ..zoneadm.config import resources

    point = tree.mountpoint(pool, dataset)[0].rstrip("/") + "/"
    zoned = tree.setting(pool, dataset, "zoned")[0] == "on"  # then its mount point is a path inside a zone, or the zone's root
    held = []
    for zone in call.machine.zones.values():
        if zone.zone_id is None:
            continue
        paths = [zone.zonepath, *(item.get("special", "") for item in resources(zone, "fs"))]
        given = [item.get("name", "") for item in resources(zone, "dataset")]
        shared = not zoned and any(f"{path}/".startswith(point) for path in paths)
        inside = point.startswith("/") and (point.startswith(f"{zone.zonepath}/") or shared)
        lent = any(path == dataset.name for path in paths)
        if inside or lent or any(dataset.name == top or dataset.name.startswith(f"{top}/") for top in given):
            held.append(zone.name)
    return held


def mount(call: Call, pool: SharedPool, dataset: ZfsDataset) -> None:
    """Mount it where its properties say. Raises Refused as zfs_mount() fails."""
    point = tree.mountpoint(pool, dataset)[0]
    other = tree.mounted_at(call.centre, call.machine, point)
    if other is not None and other[1] is not dataset and tree.mountpoint(*other)[0] == point:
        raise Refused(f"cannot mount '{point}': directory is not empty")
    try:
        filesystem.mount(call.machine, pool.guid, dataset.name, point)
    except OSError as err:
        if err.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        text = "directory is not empty" if err.errno != errno.ENOTDIR else "Not a directory"
        raise Refused(f"cannot mount '{point}': {text}") from None
    dataset.mounted = True


def unmount(call: Call, pool: SharedPool, dataset: ZfsDataset, force: bool = False) -> None:
    """Unmount it. A file system that a running zone uses is busy, -f or not (zones hold it with further mounts)."""
    point = tree.mountpoint(pool, dataset)[0]
    if users(call, pool, dataset):
        raise Refused(f"cannot unmount '{point}': Device busy")
    dataset.mounted = False
    files.vanish(call.machine, point)


def mount_all(call: Call, pool: SharedPool) -> list[str]:
    """Mount what the properties want, as import and ``mount -a`` do. Returns the messages of those that failed."""
    failures = []
    wanted = [item for item in pool.datasets.values() if item.type == "filesystem"]
    for dataset in sorted(wanted, key=lambda item: (tree.mountpoint(pool, item)[0].count("/"), tree.order(item.name))):
        dataset.mounted = None
        if not tree.is_mounted(pool, dataset):
            dataset.mounted = False if dataset.properties.get("canmount") == "noauto" else None
            continue
        dataset.mounted = False
        try:
            mount(call, pool, dataset)
        except Refused as err:
            failures.append(err.text)
    return failures


def unmount_all(call: Call, pool: SharedPool, force: bool = False) -> None:
    """Unmount every file system of the pool, deepest first; all or, at the first busy one, those before it."""
    mounted = [item for item in pool.datasets.values() if tree.is_mounted(pool, item)]
    for dataset in sorted(mounted, key=lambda item: tree.mountpoint(pool, item)[0].count("/"), reverse=True):
        unmount(call, pool, dataset, force)


def _may(call: Call, what: str, name: str) -> None:
    if call.user != "root":
        text = "Insufficient privileges" if what == "mount" else "permission denied"
        raise Refused(f"cannot {what} '{name}': {text}")


async def mount_command(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "ao:Ov")
    flags = {letter for letter, _ in options}
    pools = tree.imported_pools(call.centre, call.machine)
    if not flags and not rest:
        for pool in pools:
            for dataset in sorted(pool.datasets.values(), key=lambda item: tree.order(item.name)):
                if tree.is_mounted(pool, dataset):
                    call.out(f"{dataset.name:<30}  {tree.mountpoint(pool, dataset)[0]}\n")
        return 0
    if "a" in flags:
        if rest:
            raise Refused("too many arguments\nusage:\n\tmount ...\n", 2)
        _may(call, "mount", pools[0].name if pools else "")
        failed = 0
        for pool in pools:
            for dataset in sorted(pool.datasets.values(), key=lambda item: tree.order(item.name)):
                point = tree.mountpoint(pool, dataset)[0]
                automatic = dataset.properties.get("canmount", "on") == "on" and point.startswith("/") and not tree.zoned(pool, dataset)
                if dataset.type == "filesystem" and automatic and not tree.is_mounted(pool, dataset):
                    try:
                        mount(call, pool, dataset)
                    except Refused as err:
                        call.err(err.text)
                        failed = 1
        return failed
    if len(rest) != 1:
        problem = "too many arguments" if rest else "missing filesystem argument (specify -a for all)"
        raise Refused(f"{problem}\nusage:\n\tmount ...\n", 2)
    pool, dataset = tree.open_dataset(call, rest[0])
    name = dataset.name
    point = tree.mountpoint(pool, dataset)[0]
    if dataset.type != "filesystem":
        raise Refused(f"cannot open '{name}': operation not applicable to datasets of this type")
    if tree.zoned(pool, dataset) and call.zone is None:
        raise Refused(f"cannot mount '{name}': dataset is exported to a local zone")
    if point == "legacy":
        raise Refused(f"cannot mount '{name}': legacy mountpoint\nuse mount(1M) to mount this filesystem")
    if point == "none":
        raise Refused(f"cannot mount '{name}': no mountpoint set")
    if dataset.properties.get("canmount") == "off":
        raise Refused(f"cannot mount '{name}': 'canmount' property is set to 'off'")
    if tree.is_mounted(pool, dataset):
        raise Refused(f"cannot mount '{name}': filesystem already mounted")
    _may(call, "mount", name)
    mount(call, pool, dataset)
    return 0


async def unmount_command(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "af")
    flags = {letter for letter, _ in options}
    if "a" in flags:
        return call.not_simulated("zfs unmount -a")
    if len(rest) != 1:
        problem = "too many arguments" if rest else "missing filesystem argument"
        raise Refused(f"{problem}\nusage:\n\tunmount ...\n", 2)
    if rest[0].startswith("/"):
        found = tree.mounted_at(call.centre, call.machine, rest[0])
        if found is None or tree.mountpoint(*found)[0] != rest[0]:
            raise Refused(f"cannot unmount '{rest[0]}': not currently mounted")
        pool, dataset = found
    else:
        pool, dataset = tree.open_dataset(call, rest[0])
        if tree.mountpoint(pool, dataset)[0] == "legacy":
            raise Refused(f"cannot unmount '{dataset.name}': legacy mountpoint\nuse umount(1M) to unmount this filesystem")
        if not tree.is_mounted(pool, dataset):
            raise Refused(f"cannot unmount '{dataset.name}': not currently mounted")
    _may(call, "unmount", dataset.name)
    below = [item for item in tree.descendants(pool, dataset.name) if tree.is_mounted(pool, item)]
    for item in [*reversed(below), dataset]:
        unmount(call, pool, item, "f" in flags)
    return 0
