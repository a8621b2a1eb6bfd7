# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mount(1M) and umount(1M) of UFS and of kinds that others add to ``kinds``; the list of all mounts.

Solaris 10, in the global zone; elsewhere both answer "not simulated".
"""

from __future__ import annotations

from ...call import Call
from ...truth import Mounted
from .. import zone_mounts
from ..honest import nodename, simulated
from ..options import Refused, Unknown, parse
from . import devices, files, kinds, listing, vfstab

FAILED = 32  # exit code of the specific mount


def allowed(call: Call, what: str) -> None:
    if call.machine.release != "s10" or call.zone is not None:
        raise Unknown(f"{what} on {nodename(call)}")


@simulated("mount")
async def mount(call: Call) -> int:
    allowed(call, "mount")
    options, rest = parse(call.args, "apvF:o:OmrgV")
    flags = dict(options)
    if flags.keys() & set("aOmgV") or "p" in flags and "v" in flags:
        raise Unknown("mount -a, -g, -m, -O, -V")
    if not rest:
        if flags.keys() - {"p", "v"}:
            raise Unknown("mount's usage")
        call.out(listing.text(call, "p" if "p" in flags else "v" if "v" in flags else ""))
        return 0
    if len(rest) > 2 or flags.keys() & {"p", "v"}:
        raise Unknown("mount's usage")
    kind, wanted = flags.get("F", ""), flags.get("o", "")
    special, point = rest[0], rest[-1]
    entry = vfstab.find(call, rest[0])
    if len(rest) == 1:
        if entry is None:
            raise Refused("mount: Mount point cannot be determined")
        special, point = entry.special, entry.point
        kind, wanted = kind or entry.kind, wanted or ("" if entry.options == "-" else entry.options)
    elif not kind:
        entry = vfstab.find(call, special)
        kind = entry.kind if entry is not None else kinds.DEFAULT
    if "r" in flags:
        wanted = f"{wanted},ro" if wanted else "ro"
    if not point.startswith("/"):
        raise Refused(f"mount: Mount point {point} is not an absolute pathname.")
    if not files.exists(call.machine, point):
        raise Refused(f"mount: Mount point {point} does not exist.")
    if call.user != "root":
        raise Refused("mount: Insufficient privileges", FAILED)
    kinds.mount(call, kind, special, point, wanted, zone_mounts.owner(call.machine, point))
    return 0


def busy(call: Call, mount: Mounted) -> bool:
    """Something is mounted below, a zone that runs lies in it, or somebody has something open there."""
    top = mount.point.rstrip("/") + "/"
    if any(other is not mount and (other.point + "/").startswith(top) for other in call.machine.mounts):
        return True
    running = ("ready", "running", "shutting_down", "down")
    if any(zone.state in running and zone.zonepath and (zone.zonepath + "/").startswith(top) for zone in call.machine.zones.values()):
        return True
    return bool(call.machine.holders.get(mount.point))


def remove(call: Call, mount: Mounted) -> None:
    """Unmount; a file system that was mounted without a log is clean again."""
    files.vanish(call.machine, mount.point)
    call.machine.mounts.remove(mount)
    system = call.centre.filesystems.get(mount.device)
    if system is not None and "ro" not in mount.options:
        system.state = "clean"


@simulated("umount")
async def umount(call: Call) -> int:
    allowed(call, "umount")
    options, rest = parse(call.args, "afVo:")
    flags = dict(options)
    if flags.keys() - {"f"} or len(rest) != 1:
        raise Unknown("umount -a, -V, -o")
    word = rest[0]
    if call.user != "root":
        raise Refused("umount: permission denied", 1)
    if zone_mounts.unmount(call, word):
        return 0
    found = next((each for each in reversed(call.machine.mounts) if word.rstrip("/") in (each.point, each.special)), None)
    if found is None:
        if any(word == point for _, point, *_ in listing.others(call)):
            raise Unknown("umount of what is no file system of a device")
        call.err(f"umount: warning: {word} not in mnttab\n")
        raise Refused(
            f"umount: {word} no such file or directory" if not files.exists(call.machine, word) else f"umount: {word} not mounted"
        )
    if busy(call, found):
        if "f" in flags:
            raise Unknown("umount -f of what is in use")
        raise Refused(f"umount: {found.point} busy")
    device = devices.find(call, found.special)
    if device is not None and not device.io():
        raise Unknown("umount of a device that cannot be written")
    remove(call, found)
    await call.sleep(0.2)
    return 0
