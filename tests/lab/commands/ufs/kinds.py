# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The specific part of mount, mkfs and fsck: one function a file system type. Other families add their own to the tables here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...call import Call
from ...truth import Mounted
from .. import zone_mounts
from ..options import Refused, Unknown
from . import devices, files

DEFAULT = "ufs"  # /etc/default/fs, LOCAL
FAILED = 32
KNOWN = {
    "ro", "rw", "logging", "nologging", "largefiles", "nolargefiles", "suid", "nosuid", "noatime", "quota", "rq", "intr", "nointr",
    "onerror=panic", "onerror=lock", "onerror=umount", "devices", "nodevices", "setuid", "nosetuid", "forcedirectio", "noforcedirectio",
    "exec", "noexec", "xattr", "noxattr", "remount",
}  # fmt: skip


def shown(words: list[str]) -> list[str]:
    """The options as the kernel lists them in mnttab: rw or ro first, then the defaults of UFS with what was asked for."""
    pairs = (("intr", "nointr"), ("largefiles", "nolargefiles"), ("logging", "nologging"), ("xattr", "noxattr"))
    result = ["ro" if "ro" in words else "rw"]
    result += [word for word in ("nosuid", "nodevices", "nosetuid", "noexec", "quota", "forcedirectio", "noatime") if word in words]
    for yes, no in pairs:
        if no not in words and not (yes == "logging" and "ro" in words):
            result.append(yes)
        elif no in words:
            result.append(no)
    return [*result, next((word for word in words if word.startswith("onerror=")), "onerror=panic")]


def ufs(call: Call, special: str, point: str, wanted: str, zone: str = "") -> Mounted:
    """Mount a UFS. Raises Refused in the words of rpterr() of ufs/mount."""
    words = [word for word in wanted.split(",") if word]
    if strange := [word for word in words if word not in KNOWN]:
        raise Unknown(f"mount -o {','.join(strange)}")
    if "remount" in words:
        raise Unknown("mount -o remount")
    device = devices.find(call, special)
    if device is None or special != device.block:
        if device is not None:
            raise Refused(f"mount: {special} not a block device", FAILED)
        raise Refused(f"mount: {special} or {point}, no such file or directory", FAILED)
    if not files.is_folder(call.machine, point):
        raise Refused(f"mount: {point} not a directory\n\tor a component of {special} is not a directory", FAILED)
    if devices.mounted(call, device.key) is not None or devices.at(call.machine, point) is not None:
        raise Refused(f"mount: {special} is already mounted or {point} is busy", FAILED)
    if device.inner:
        raise Refused(f"mount: {special} is already mounted or {point} is busy", FAILED)
    if device.claim:
        raise Unknown("a mount of a slice that volumes lie on")
    if not device.io():
        raise Refused(f"mount: I/O error\nmount: Cannot mount {special}", FAILED)
    system = devices.filesystem(call, device)
    if system is None or system.kind != "ufs":
        raise Refused(f"mount: {special} is not this fstype", FAILED)
    if system.state == "active" and "ro" not in words:
        call.out("mount: Please run fsck and try again\n")
        raise Refused(f"mount: The state of {special} is not okay\n\tand it was attempted to be mounted read/write", FAILED)
    files.appear(call.machine, system, point)
    made = Mounted(device.key, special, point, shown(words), call.now(), zone)
    call.machine.mounts.append(made)
    if "ro" not in words:
        system.state = "active" if "nologging" in words else "logging"
        system.last_mounted = point
    return made


MOUNTERS: dict[str, Callable[[Call, str, str, str, str], Mounted]] = {"ufs": ufs}
#: mkfs -F and fsck -F of other types: what -o says (fsck: only with -y or without a choice), operands.
MAKERS: dict[str, Callable[[Call, str, list[str]], Awaitable[int]]] = {}
CHECKERS: dict[str, Callable[[Call, str, list[str]], Awaitable[int]]] = {}


def mount(call: Call, kind: str, special: str, point: str, wanted: str, zone: str = "") -> Mounted:
    """Mount by type. Raises Refused, Unknown."""
    if kind in zone_mounts.KINDS:
        return zone_mounts.mount(call, kind, special, point, wanted)
    if kind not in MOUNTERS:
        raise Unknown(f"mount -F {kind}")
    return MOUNTERS[kind](call, special, point, wanted, zone)
