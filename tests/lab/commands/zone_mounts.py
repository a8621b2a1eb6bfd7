# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS and lofs in the roots of living zones: what zoneadmd mounted there, and on Solaris 10 mounts by hand from the global zone.

They are the ``fs`` resources that the zone lives with (``zoneadm.config.effective``); devices with a file system of their own are in
``Machine.mounts``. The files do not appear below the zone's root: the lab has no data path. ``Machine.holders`` says who uses what.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..call import Call
from ..truth import Machine, Mounted, Zone
from .options import Refused, Unknown
from .zfs import dataset as tree
from .zfs import files
from .zoneadm.config import effective, readied, resources

ALIVE = ("ready", "running", "shutting_down", "down")
KINDS = ("zfs", "lofs")
BUSY = 32  # exit code of the specific mount
#: special, mount point below the root, type: what every native zone has besides (recorded inside a zone)
KERNEL = (
    ("proc", "/proc", "proc"), ("ctfs", "/system/contract", "ctfs"), ("mnttab", "/etc/mnttab", "mntfs"),
    ("objfs", "/system/object", "objfs"), ("swap", "/etc/svc/volatile", "tmpfs"), ("fd", "/dev/fd", "fd"),
    ("swap", "/tmp", "tmpfs"), ("swap", "/var/run", "tmpfs"),
)  # fmt: skip


def alive(machine: Machine) -> Iterator[Zone]:
    return (zone for zone in machine.zones.values() if zone.state in ALIVE)


def _own(zone: Zone) -> list[dict[str, Any]]:
    return [item for item in resources(zone, "fs") if item.get("type") in KINDS]


def rows(call: Call) -> list[tuple[str, str, str, list[str], int]]:
    """special, mount point, type, options, time: of all zones, as the global zone sees them."""
    found = []
    for zone in alive(call.machine):
        since, root = zone.boot_time or call.now(), f"{zone.zonepath}/root"
        found += [(special, root + point, kind, [f"zone={zone.name}"], since) for special, point, kind in KERNEL]
        for item in _own(zone):
            words = [word for word in item.get("options", []) if word not in ("rw", "ro")]
            first = "ro" if "ro" in item.get("options", []) else "rw"
            found.append((item["special"], root + item["dir"], item["type"], [first, *words, f"zone={zone.name}"], since))
    return found


def at(machine: Machine, path: str) -> tuple[Zone, dict[str, Any]] | None:
    """The zone and its resource that are mounted exactly there."""
    for zone in alive(machine):
        for item in _own(zone):
            if f"{zone.zonepath}/root{item['dir']}" == path.rstrip("/"):
                return zone, item
    return None


def owner(machine: Machine, path: str) -> str:
    """The living zone whose root the path lies in: it takes what is mounted there along when it halts. '' for none."""
    return next((zone.name for zone in alive(machine) if path.startswith(f"{zone.zonepath}/root/")), "")


def users(call: Call, path: str) -> list[int] | None:
    """Processes that hold it; None where nothing of a zone is mounted."""
    devices = any(each.zone and each.point == path.rstrip("/") for each in call.machine.mounts)
    return call.machine.holders.get(path.rstrip("/"), []) if devices or at(call.machine, path) is not None else None


def mount(call: Call, kind: str, special: str, point: str, wanted: str) -> Mounted:
    """``mount -F zfs`` and ``mount -F lofs`` into a living zone's root. Anywhere else: not simulated."""
    zone = next((zone for zone in alive(call.machine) if point.startswith(f"{zone.zonepath}/root/")), None)
    if zone is None:
        raise Unknown(f"mount -F {kind} outside the roots of running zones")
    if at(call.machine, point) is not None:
        raise Unknown(f"mount over {point}, where something is mounted")
    if files.mode(call.machine, point) is None:
        raise Refused(f"mount: {point} not a directory", BUSY)
    if kind == "zfs":
        _legacy(call, special)
    elif files.mode(call.machine, special) is None:
        raise Unknown(f"mount -F lofs of {special}, which is no directory")
    if zone.live is None:
        readied(zone)
    item: dict[str, Any] = {"kind": "fs", "dir": point.removeprefix(f"{zone.zonepath}/root"), "special": special, "type": kind}
    words = [word for word in wanted.split(",") if word]
    effective(zone).setdefault("resources", []).append({**item, "options": words} if words else item)
    return Mounted("", special, point, words, call.now(), zone.name)


def _legacy(call: Call, name: str) -> None:
    """manual_mount() of zfs: a legacy file system that is mounted nowhere."""
    pool, dataset = tree.open_dataset(call, name)
    if tree.mountpoint(pool, dataset)[0] != "legacy":
        raise Refused(
            f"filesystem '{name}' cannot be mounted using 'mount -F zfs'\nUse 'zfs set mountpoint=PATH' instead.\n"
            "If you must use 'mount -F zfs' or /etc/vfstab, use 'zfs set mountpoint=legacy'.\nSee zfs(1M) for more information."
        )
    if any(item.get("special") == name for zone in alive(call.machine) for item in _own(zone)):
        raise Refused("mountpoint or dataset is busy")


def unmount(call: Call, path: str) -> bool:
    """False where nothing of a zone is mounted. Raises Refused where it is in use, or something is mounted below it."""
    found = at(call.machine, path)
    if found is None:
        return False
    below = any(row[1].startswith(path.rstrip("/") + "/") for row in rows(call))
    if users(call, path) or below:
        raise Refused(f"umount: {path.rstrip('/')} busy")
    zone, item = found
    if zone.live is None:
        readied(zone)
    kept = [one for one in effective(zone)["resources"] if one != item]
    effective(zone)["resources"] = kept
    return True
