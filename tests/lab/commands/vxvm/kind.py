# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxfs: mount, mkfs, fsck, fsadm, how much it has and uses.

Sources: recorded output of mkfs (layout, log size), df, fsadm and mount; the manual pages mount_vxfs(1M), fsck_vxfs(1M), fsadm_vxfs(1M);
messages of VxFS by their numbers. The exit code of a mount that fails is that of other file systems, not seen.
"""

from __future__ import annotations

import hashlib

from ...call import Call
from ...truth import FileSystem, Mounted
from ..options import Refused, Unknown, parse
from ..ufs import devices, files, kinds, space
from . import host

FAILED = 32
MIB = 1 << 20
LAYOUT = {"5.0": 7, "5.1": 7, "6.0": 9}  # default disk layout version
OPTIONS = {"rw", "ro", "suid", "nosuid", "delaylog", "log", "largefiles", "nolargefiles", "qio", "noqio", "noatime", "ioerror=mwdisable"}


def message(program: str, number: str, text: str, kind: str = "ERROR") -> str:
    return f"UX:vxfs {program}: {kind}: V-3-{number}: {text}\n"


def shown(words: list[str]) -> list[str]:
    """As the kernel lists them: recorded defaults rw, suid, delaylog, largefiles, ioerror=mwdisable."""
    return [
        "ro" if "ro" in words else "rw",
        "nosuid" if "nosuid" in words else "suid",
        "log" if "log" in words else "delaylog",
        *(["noatime"] if "noatime" in words else []),
        "nolargefiles" if "nolargefiles" in words else "largefiles",
        "ioerror=mwdisable",
    ]


def available(call: Call) -> None:
    """vxfs comes with the package; what an unlicensed one says is not known."""
    if call.machine.vxvm is None or not call.machine.vxvm.licensed:
        raise Unknown("vxfs without the package or its licence")


def opened(program: str, device: devices.Device | None, path: str, more: str = "") -> devices.Device:
    """A device that answers: a volume that is not started does not."""
    if device is None or not device.io():
        why = "No such file or directory" if device is None else "No such device or address"
        raise Refused(message(program, "20003", f"Cannot open {path}: {why}") + more, FAILED)
    return device


def mount(call: Call, special: str, point: str, wanted: str, zone: str = "") -> Mounted:
    """``mount -F vxfs``. Raises Refused, Unknown."""
    available(call)
    words = [word for word in wanted.split(",") if word]
    if strange := [word for word in words if word not in OPTIONS]:
        raise Unknown(f"mount -F vxfs -o {','.join(strange)}")
    layout = message("mount", "24996", "Unable to get disk layout version")
    device = opened("mount", devices.find(call, special), special, layout)
    if special != device.block or not files.is_folder(call.machine, point):
        raise Unknown("a vxfs mounted from a raw device or on a file")
    if devices.mounted(call, device.key) is not None or devices.at(call.machine, point) is not None:
        text = f"{special} is already mounted, {point} is busy,\n                allowable number of mount points exceeded"
        raise Refused(message("mount", "21264", text), FAILED)
    system = devices.filesystem(call, device)
    if system is None or system.kind != "vxfs":
        raise Refused(message("mount", "20012", "not a valid vxfs file system") + layout, FAILED)
    if system.state != "clean" and zone:
        raise Unknown("zoneadmd's fsck -m of a vxfs that needs checking: it is refused, in words nobody recorded")
    if system.state != "clean" and "ro" not in words:
        raise Refused(message("mount", "21268", f"{special} is corrupted. needs checking"), FAILED)
    if system.state != "clean" or ("largefiles" if "nolargefiles" in system.options else "nolargefiles") in words:
        raise Unknown("a vxfs mounted read-only before its log is replayed, or with another largefiles than it has")
    files.appear(call.machine, system, point)
    made = Mounted(device.key, special, point, shown([*words, *system.options]), call.now(), zone)
    call.machine.mounts.append(made)
    if "ro" not in words:
        system.state, system.last_mounted = "logging", point
    return made


def log_blocks(size: int) -> int:
    """Blocks of 1 Kbyte, by the size in sectors (recorded: 1024 at 100 and 384 Mbytes, 16384 at 5 Gbytes)."""
    if size < 16384:
        raise Unknown("a vxfs smaller than 8 Mbytes")
    return 1024 if size < 2048 * 512 else 16384 if size < 2048 * 16384 else 65536


async def make(call: Call, options: str, operands: list[str]) -> int:
    """``mkfs -F vxfs [-o largefiles,bsize=1024] RAW [SIZE]``."""
    available(call)
    words = [word for word in options.split(",") if word]
    if set(words) - {"largefiles", "nolargefiles", "bsize=1024"} or len(operands) not in (1, 2):
        raise Unknown("mkfs -F vxfs with these options")
    device = opened("mkfs", devices.find(call, operands[0]), operands[0])
    if operands[0] != device.raw or devices.mounted(call, device.key) is not None:
        raise Unknown("mkfs -F vxfs on a block device or a mounted one: it is refused, in words nobody recorded")
    size = host.length(operands[1]) if len(operands) == 2 else device.size
    if size > device.size:
        raise Unknown("mkfs beyond the end of the device")
    small = "nolargefiles" in words
    old = call.centre.filesystems.get(device.key)
    if old is not None:
        files.forget(old)
    stamp = f"{call.centre.seed} {device.key} {call.now()} {len(call.centre.filesystems)}"
    identity = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    call.out(
        f"    version {LAYOUT[host.of(call).version]} layout\n"
        f"    {size} sectors, {size // 2} blocks of size 1024, log size {log_blocks(size)} blocks\n"
        f"    largefiles {'not ' * small}supported\n"
    )
    call.centre.filesystems[device.key] = FileSystem(identity, "vxfs", size, call.now(), options=["nolargefiles"] * small)
    files.prepare(identity)
    await call.sleep(1.0)
    call.save()
    return 0


async def check(call: Call, options: str, operands: list[str]) -> int:
    """``fsck -F vxfs [-y]``: replays the log of one that was not unmounted. The full check is not simulated."""
    available(call)
    if options or len(operands) != 1:
        raise Unknown("fsck -F vxfs -o full")
    device = opened("fsck", devices.find(call, operands[0]), operands[0])
    system = devices.filesystem(call, device)
    if system is None or system.kind != "vxfs" or devices.mounted(call, device.key) is not None:
        raise Unknown("fsck of what is no vxfs or mounted")
    if system.state == "clean":
        call.out("file system is clean - log replay is not required\n")
        return 0
    call.out("log replay in progress\n")
    await call.sleep(1.0)
    system.state = "clean"
    call.out("replay complete - marking super-block as CLEAN\n")
    call.save()
    return 0


def figures(system: FileSystem) -> tuple[int, int, int]:
    """Bytes: size, used (the log, structures, files; recorded: 2.2 of 500 Mbytes when empty), and what df calls available, 15/16 of what
    is free (recorded: 467 Mbytes of 497.8)."""
    total = system.size * 512
    used = log_blocks(system.size) * 1024 + total // 400 + sum(system.used.values())
    return total, used, max(0, total - used) * 15 // 16


kinds.MOUNTERS["vxfs"] = mount
kinds.MAKERS["vxfs"] = make
kinds.CHECKERS["vxfs"] = check
space.FIGURES["vxfs"] = figures


@host.veritas("fsadm", folder="")
async def fsadm(call: Call) -> int:
    """``fsadm -F vxfs -b SIZE MOUNTPOINT`` grows; without -b it says whether large files may be."""
    flags, rest = parse(call.args, "F:b:r:")
    chosen = dict(flags)
    if chosen.get("F") != "vxfs" or len(rest) != 1:
        raise Unknown()
    mounted = devices.at(call.machine, rest[0])
    system = call.centre.filesystems.get(mounted.device) if mounted else None
    device = devices.find(call, mounted.special) if mounted else None
    if system is None or device is None or system.kind != "vxfs":
        raise Unknown("what is no mounted vxfs")
    if "b" not in chosen:
        call.out("nolargefiles\n" if "nolargefiles" in system.options else "largefiles\n")
        return 0
    size = host.length(chosen["b"])
    if chosen.get("r", device.raw) != device.raw or not system.size < size <= device.size or not device.io():
        raise Unknown(f"from {system.size} to {size} sectors on a volume of {device.size}")
    await call.sleep(1.0)
    call.err(message("fsadm", "25942", f"{device.raw} size increased from {system.size} sectors to {size} sectors", "INFO"))
    system.size = size
    call.save()
    return 0
