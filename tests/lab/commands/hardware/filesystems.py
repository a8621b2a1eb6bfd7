# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""df(1M) -k and -h: the ZFS file systems that are mounted, and the kernel's own.

Layouts: Solaris 10 as in recorded output; Solaris 11 widened them (``1024-blocks``, ``Available``).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...call import Call
from ..honest import simulated
from ..options import Refused, Unknown, parse
from ..ufs import space
from ..zfs.dataset import imported_pools, is_mounted, mountpoint
from ..zfs.space import available_to_data, referenced
from .memory import swap_volumes

KERNEL = (
    ("/devices", "/devices"), ("/dev", "/dev"), ("ctfs", "/system/contract"), ("proc", "/proc"), ("mnttab", "/etc/mnttab"),
    ("swap", "/system/volatile"), ("objfs", "/system/object"), ("sharefs", "/etc/dfs/sharetab"), ("fd", "/dev/fd"),
    ("swap", "/tmp"), ("swap", "/var/run"),
)  # fmt: skip

UFS_USED = 6 << 30  # what Solaris 10 takes with all its packages


@dataclass(frozen=True)
class Mounted:
    special: str
    point: str
    used: int = 0
    free: int = 0
    size: int | None = None
    kind: str = "zfs"

    @property
    def total(self) -> int:
        return self.used + self.free if self.size is None else self.size

    @property
    def percent(self) -> int:
        """Rounded up, as df does."""
        return -(-self.used * 100 // (self.used + self.free)) if self.used + self.free else 0


def root_filesystem(call: Call) -> str:
    """The data set the machine booted from: its pool's bootfs."""
    for pool in imported_pools(call.centre, call.machine):
        if pool.properties.get("bootfs") in pool.datasets:
            return pool.properties["bootfs"]
    return ""


def of_zfs(call: Call, sized: bool = True) -> list[Mounted]:
    """The boot environment and what belongs to it are mounted although their canmount is noauto."""
    root, found = root_filesystem(call), []
    for pool in imported_pools(call.centre, call.machine):
        for dataset in pool.datasets.values():
            point = mountpoint(pool, dataset)[0]
            booted = bool(root) and dataset.type == "filesystem" and (dataset.name == root or dataset.name.startswith(f"{root}/"))
            if booted and dataset.name == root:
                point = "/"
            if point.startswith("/") and (booted or is_mounted(pool, dataset)):
                free = available_to_data(call.centre, call.machine, pool, dataset) if sized else 0
                found.append(Mounted(dataset.name, point.replace("//", "/"), referenced(pool, dataset), free))
            for one in call.machine.environments.values():
                if one.mounted and (dataset.name + "/").startswith(f"{one.dataset}/") and dataset.type == "filesystem":
                    free = available_to_data(call.centre, call.machine, pool, dataset) if sized else 0
                    place = one.mounted + dataset.name.removeprefix(one.dataset)
                    found.append(Mounted(dataset.name, place, referenced(pool, dataset), free))
    return found


def of_ufs(call: Call) -> list[Mounted]:
    """A machine without a root pool, which only Solaris 10 can be, boots from UFS on its first disk."""
    if root_filesystem(call) or call.machine.release != "s10" or not call.machine.disks:
        return []
    disk = call.machine.disks[0]
    return [Mounted(f"/dev/dsk/{disk.device}s0", "/", UFS_USED, max(0, disk.size - UFS_USED), kind="ufs")]


def of_devices(call: Call) -> list[Mounted]:
    """File systems on volumes and slices. What is kept free for root is neither used nor available."""
    found = []
    for mount in call.machine.mounts:
        system = call.centre.filesystems.get(mount.device)
        if system is not None:
            used, free = space.used(system), space.available(system)
            found.append(Mounted(mount.special, mount.point, used, free, space.total(system), system.kind))
    return found


def of_kernel(call: Call) -> list[Mounted]:
    """tmpfs shows the swap space left; the rest has no size."""
    memory = call.machine.memory + sum(size for _, size in swap_volumes(call))
    free = memory - call.machine.memory // 32
    found = []
    for special, point in KERNEL:
        if point == "/system/volatile" and call.machine.release == "s10":
            point = "/etc/svc/volatile"
        if point == "/var/run" and call.machine.release != "s10":
            continue  # a link to /system/volatile
        kinds = {"/devices": "devfs", "/dev": "dev", "swap": "tmpfs"}
        kind = kinds.get(special, special)
        found.append(Mounted(special, point, 64 * 1024, free, kind=kind) if special == "swap" else Mounted(special, point, kind=kind))
    return found


def of_nfs(call: Call) -> list[Mounted]:
    """The patch depot, where it is another host's. In single user nothing of NFS is mounted. Only df tells of it."""
    depot = call.centre.patch_depot
    if depot is None or not depot.nfs or call.machine.release != "s10" or call.machine.single_user:
        return []
    return [Mounted(f"depot:{depot.path}", depot.path, 20 << 30, 80 << 30, kind="nfs")]


def mounted(call: Call, sized: bool = True) -> list[Mounted]:
    """The root, the kernel's, the rest by mount point. In a zone nothing is known of what lies where. What a data set has left is worked
    out for those who ask (``sized``): every change writes the mount table, which has no sizes."""
    if call.zone is not None:
        raise Unknown("in a zone")
    data = sorted([*of_ufs(call), *of_zfs(call, sized), *of_devices(call)], key=lambda item: item.point)
    kernel = [item for item in of_kernel(call) if item.special != "/dev" or call.machine.release != "s10"]
    return [*[item for item in data if item.point == "/"], *kernel, *[item for item in data if item.point != "/"]]


def human(size: int) -> str:
    """``7.8G``, ``260G``, ``0K``: at most four characters, powers of two."""
    value, unit = size / 1024, "K"
    for bigger in "MGTP":
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    if value == 0:
        return "0K"
    return f"{value:.1f}{unit}" if value < 10 and unit != "K" else f"{value:.0f}{unit}"


def lines(call: Call, form: str, items: list[Mounted]) -> str:
    new = call.machine.release != "s10"
    widths = {("k", False): (8, 7, 7), ("h", False): (6, 6, 6), ("k", True): (11, 11, 11), ("h", True): (6, 6, 10)}[form, new]
    heads = {
        ("k", False): "Filesystem            kbytes    used   avail capacity  Mounted on",
        ("h", False): "Filesystem             size   used  avail capacity  Mounted on",
        ("k", True): "Filesystem           1024-blocks        Used   Available Capacity  Mounted on",
        ("h", True): "Filesystem             Size   Used  Available Capacity  Mounted on",
    }
    text = heads[form, new] + "\n"
    for item in items:
        sizes = (item.total, item.used, item.free)
        cells = [human(size) if form == "h" else str(size // 1024) for size in sizes]
        row = f"{item.special:<20}" + "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        text += f"{row} {item.percent:5}%    {item.point}\n"
    return text


@simulated("df")
async def df(call: Call) -> int:
    flags, paths = parse(call.args, "hkF:")
    options = dict(flags)
    forms = [letter for letter in ("h", "k") if letter in options]
    if len(forms) != 1:
        raise Unknown("the form with files")
    items = mounted(call) + of_nfs(call)
    if "F" in options:
        items = [item for item in items if item.kind == options["F"]]
    if paths:
        chosen, bad = [], []
        for path in paths:
            if not path.startswith("/"):
                found = [item for item in items if item.special == path]
            else:
                inside = [item for item in items if path == item.point or path.startswith(item.point.rstrip("/") + "/")]
                found = sorted(inside, key=lambda item: len(item.point))[-1:]
            chosen += found
            bad += [] if found else [path]
        if bad:
            raise Refused(f"df: ({bad[0]:<10}) not a block device, directory or mounted resource")
        items = chosen
    call.out(lines(call, forms[0], items))
    return 0
