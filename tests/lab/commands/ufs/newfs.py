# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""newfs(1M) and mkfs -F ufs.

newfs asks only where its standard input is a terminal (public source, newfs.c); over ssh without one, with ``</dev/null`` or ``echo y |``
it does not. What it prints goes to standard error. Cylinder groups are those newfs chooses for disks without a usable geometry, as all
LUNs of arrays are: 48 tracks of 128 sectors, 16 cylinders.
"""

from __future__ import annotations

import hashlib

from ...call import Call
from ...truth import FileSystem
from ..honest import S10, root_only, simulated
from ..options import Refused, Unknown, parse
from ..zpool import disks as zfs_disks
from . import devices, files, kinds, vfstab

TRACKS, SECTORS, CYLINDERS = 48, 128, 16
GROUP = TRACKS * SECTORS * CYLINDERS  # blocks
STEP = GROUP + SECTORS  # from one super-block backup to the next
FIRST = 32
SECONDS_PER_GIB = 0.5
FAILED = 32


def summary(path: str, blocks: int) -> str:
    """The two lines about the file system."""
    cylinders = -(-blocks // (TRACKS * SECTORS))
    groups = -(-blocks // GROUP)
    return (
        f"{path}:\t{blocks} sectors in {cylinders} cylinders of {TRACKS} tracks, {SECTORS} sectors\n"
        f"\t{blocks / 2048:.1f}MB in {groups} cyl groups ({CYLINDERS} c/g, {GROUP / 2048:.2f}MB/g, {inodes(blocks)} i/g)\n"
    )


def inodes(blocks: int) -> int:
    """Inodes a group: a smaller file system has more."""
    density = min(8192, 2048 * max(1, -(-blocks // (2048 << 10))))
    return GROUP * 512 // density // 64 * 64


def backups(blocks: int) -> str:
    """The super-blocks' places, of the first and the last ten groups, whether they are new or were there before."""
    groups = -(-blocks // GROUP)
    text = "super-block backups (for fsck -F ufs -o b=#) at:\n" + _places(range(min(groups, 10)), ",")
    if groups - 10 > 300:
        dots = len([group for group in range(10, groups - 10) if group % 50 == 0])
        text += f"Initializing cylinder groups:\n{'.' * dots}\nsuper-block backups for last 10 cylinder groups at:\n"
    return text + _places(range(max(10, groups - 10), groups), "")


def _places(groups: range, end: str) -> str:
    """Lines of at most 80 columns; one that is empty when there are none."""
    text, line = "", ""
    for group in groups:
        word = f" {FIRST + group * STEP}" + ("," if group != groups[-1] else end)
        if len(line) + len(word) >= 79:
            text, line = text + line + "\n", ""
        line += word
    return text + line + "\n"


def raw(call: Call, path: str) -> devices.Device:
    """The raw device newfs is given. Raises Refused."""
    word = path if path.startswith("/") else f"/dev/rdsk/{path}"
    device = devices.find(call, word)
    if device is None:
        if "/" not in path:
            raise Refused(f"newfs: {path}: not a raw disk device", 10)
        raise Refused(f"newfs: {path}: No such file or directory", 2)
    return device


def make(call: Call, device: devices.Device, size: int) -> None:
    """A new, empty file system."""
    if device.inner:
        raise Unknown("a file system on what another volume lies on")
    old = call.centre.filesystems.get(device.key)
    if old is not None:
        files.forget(old)
    stamp = f"{call.centre.seed} {device.key} {call.now()} {len(call.centre.filesystems)}"
    identity = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    call.centre.filesystems[device.key] = FileSystem(identity, "ufs", size, call.now())
    files.prepare(identity)


@simulated("newfs", on=S10)
async def newfs(call: Call) -> int:
    """Options of the layout are taken where they change nothing a client sees."""
    options, rest = parse(call.args, "NSBvTG:b:f:i:m:o:s:")
    flags = dict(options)
    if len(rest) != 1 or flags.keys() - {"v", "i", "m", "o", "b", "f"} or call.zone is not None:
        raise Unknown("newfs -B, -N, -S, -T, -s")
    device = raw(call, rest[0])
    root_only(call, f"newfs: {rest[0]}: Permission denied", 10)
    return await _mkfs(call, device, device.size)


def in_use(call: Call, device: devices.Device) -> None:
    """mkfs's check for slices: libdiskmgt knows no volumes. Raises Refused."""
    if not device.block.startswith("/dev/dsk/"):
        return
    mount = devices.mounted(call, device.key)
    if mount is not None:
        raise Refused(f"{device.block} is currently mounted on {mount.point}. Please see umount(1M).", 2)
    entry = vfstab.find(call, device.block)
    if entry is not None:
        text = f"{device.block} is normally mounted on {entry.point} according to /etc/vfstab. Please remove this entry to use this device."
        raise Refused(text, 2)
    if device.claim:
        raise Refused(device.claim, 2)
    pool = zfs_disks.label(call.centre, device.key)
    if pool is not None and pool.guid in call.machine.imported:
        raise Refused(f"{device.block} is part of active ZFS pool {pool.name}. Please see zpool(1M).", 2)
    if pool is not None:
        raise Unknown("mkfs over the label of a ZFS pool that is not imported here: it does not mind")


async def _mkfs(call: Call, device: devices.Device, size: int) -> int:
    in_use(call, device)
    if devices.mounted(call, device.key) is not None:
        raise Refused(f"{device.block} is mounted, can't mkfs", 32)
    if not device.io():
        raise Unknown("newfs on a device that cannot be read")
    if size > device.size:
        raise Unknown("mkfs beyond the end of the device")
    call.err(summary(device.raw, size))
    make(call, device, size)
    call.err(backups(size))
    await call.sleep(1.0 + size / (2048 << 10) * SECONDS_PER_GIB)
    return 0


def constructed(call: Call, path: str) -> int:
    """dump_fscmd() of the public mkfs.c, for what newfs made with its own defaults."""
    device = devices.find(call, path)
    system = devices.filesystem(call, device) if device else None
    if device is None or system is None or system.kind != "ufs" or not device.io():
        raise Unknown("mkfs -m of what holds no readable UFS")
    density = min(8192, 2048 * max(1, -(-system.size // (2048 << 10))))
    call.out(
        f"mkfs -F ufs -o nsect={SECTORS},ntrack={TRACKS},bsize=8192,fragsize=1024,cgsize={CYLINDERS},free=1,rps=120,nbpi={density},opt=t,"
        f"apc=0,gap=0,nrpos=8,maxcontig=128,mtb=n {path} {system.size}\n"
    )
    return 0


@simulated("mkfs", on=S10)
async def mkfs(call: Call) -> int:
    """``mkfs -F ufs RAW SIZE``: no question. ``mkfs -F ufs -m RAW`` prints the command that would make what is there."""
    options, rest = parse(call.args, "F:o:mV")
    flags = dict(options)
    if flags.get("F") in kinds.MAKERS and flags.keys() <= {"F", "o"} and call.zone is None and call.user == "root":
        return await kinds.MAKERS[flags["F"]](call, flags.get("o", ""), rest)
    if flags.get("F") == "ufs" and flags.keys() == {"F", "m"} and len(rest) == 1 and call.zone is None and call.user == "root":
        return constructed(call, rest[0])
    if flags.get("F") != "ufs" or flags.keys() - {"F"} or len(rest) != 2 or not rest[1].isdigit() or call.zone is not None:
        raise Unknown("mkfs of other kinds and with options")
    device = devices.find(call, rest[0])
    if device is None:
        raise Refused(f"{rest[0]}: cannot open", 32)
    root_only(call, f"{rest[0]}: cannot open", 32)
    return await _mkfs(call, device, int(rest[1]))
